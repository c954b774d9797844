import Consensus
import Cryptography
import Ledger
import Node
import SimulatedMachine
import TestSupport
import Testing

@Suite("The relay of consensus messages")
struct ConsensusRelayTests {
  /// Nodes that pass a message on when they have it first, in an order that a seed decides.
  struct Flood {
    let network: GossipNetwork
    let validators: ValidatorSet
    var relays: [ConsensusRelay]
    var random: SimulatedRandom

    init(validators count: Int, followers: Int = 0, _ pairs: [(Int, Int)], seed: UInt64) {
      network = GossipNetwork(validators: count, followers: followers)
      network.connect(pairs)
      network.run(milliseconds: 10)
      validators = ConsensusFixture.validators(Array(0..<count), epoch: Epoch.genesis.next)
      relays = Array(repeating: ConsensusRelay(), count: count + followers)
      random = SimulatedRandom(seed: seed)
    }

    func neighbourhood(_ index: Int) -> Neighbourhood { network.nodes[index].gossip.neighbourhood }

    /// Who has the message in the end, and how often it was sent.
    mutating func spread(_ message: ConsensusMessage, from origin: Int) -> (Set<Int>, Int) {
      var reached: Set<Int> = [origin]
      var count = 0
      var underWay: [(link: Link, to: Int)] = []
      func send(_ index: Int, _ recipients: Outbound.Recipients, _ flood: inout Flood) {
        let links = flood.relays[index].recipients(
          of: Outbound(message, to: recipients), validators: flood.validators,
          in: flood.neighbourhood(index))
        for link in links {
          for other in flood.network.nodes.indices
          where other != index && flood.network.link(index, other) == link {
            underWay.append((link, other))
          }
        }
        count += links.count
      }
      send(origin, .everyone, &self)
      while !underWay.isEmpty {
        let (link, index) = underWay.remove(at: random.below(underWay.count))
        if case .certificate(let certificate) = message {
          relays[index].note(certificate, from: link)
        }
        if reached.insert(index).inserted { send(index, .everyoneExcept(link), &self) }
      }
      return (reached, count)
    }
  }

  static let block = BlockReference(parentView: .genesis, hash: BlockHash(.zero))

  static func ballot(_ subject: VoteSubject, view: UInt64 = 1) -> Ballot {
    Ballot(epoch: Epoch.genesis.next, view: View(view), subject: subject)
  }

  static func vote(of index: Int) -> ConsensusMessage {
    .vote(ConsensusFixture.vote(ballot(.notarize(block)), signer: ValidatorIndex(UInt8(index))))
  }

  static func certificate(_ subject: VoteSubject) -> Certificate {
    ConsensusFixture.certificate(ballot(subject), signers: 3)
  }

  static let layouts: [(count: Int, pairs: [(Int, Int)])] = [
    (4, Layout.mesh(4)), (7, Layout.mesh(7)), (5, Layout.line(5)), (7, Layout.ring(7)),
    (10, Layout.random(10, degree: 3, seed: 1)), (10, Layout.random(10, degree: 4, seed: 2)),
    (31, Layout.random(31, degree: 8, seed: 3)),
  ]

  @Test("reaches every validator from every other, whatever the order", arguments: layouts.indices)
  func reachesAll(_ layout: Int) {
    let (count, pairs) = Self.layouts[layout]
    for seed in SeedRange.seeds(1...3) {
      for origin in 0..<count {
        var flood = Flood(validators: count, pairs, seed: seed)
        let (reached, sent) = flood.spread(Self.vote(of: origin), from: origin)
        #expect(reached.count == count, "seed \(seed), origin \(origin)")
        // Never back to where it came from.
        #expect(sent <= 2 * pairs.count - (count - 1))
      }
    }
  }

  @Test("relays nothing in a full mesh and once a hop in a line")
  func relaysNothingInAMesh() {
    var mesh = Flood(validators: 7, Layout.mesh(7), seed: 1)
    #expect(mesh.spread(Self.vote(of: 3), from: 3) == (Set(0..<7), 6))
    #expect(mesh.spread(.certificate(Self.certificate(.nullify)), from: 2) == (Set(0..<7), 6))
    var line = Flood(validators: 5, Layout.line(5), seed: 1)
    #expect(line.spread(Self.vote(of: 2), from: 2) == (Set(0..<5), 4))
    #expect(line.spread(Self.vote(of: 0), from: 0) == (Set(0..<5), 4))
  }

  @Test("sends followers proposals, nullifications and finalizations, and relays them there")
  func servesFollowers() {
    // A follower of a follower: 0-1-2-3 vote, 4 follows 0, 5 follows 4.
    let pairs = Layout.mesh(4) + [(0, 4), (4, 5)]
    let cases: [(ConsensusMessage, Int)] = [
      (Self.vote(of: 1), 4),
      (.certificate(Self.certificate(.notarize(Self.block))), 4),
      (.certificate(Self.certificate(.nullify)), 6),
      (.certificate(Self.certificate(.finalize(Self.block))), 6),
      (.proposal(Self.proposal(by: 1)), 6),
    ]
    for (message, count) in cases {
      var flood = Flood(validators: 4, followers: 2, pairs, seed: 1)
      #expect(flood.spread(message, from: 1).0.count == count)
    }
  }

  static func proposal(by index: Int) -> Proposal {
    let validators = ConsensusFixture.validators([0, 1, 2, 3], epoch: Epoch.genesis.next)
    let vote = ConsensusFixture.vote(
      ballot(.notarize(block)), signer: ValidatorIndex(UInt8(index)))
    return Proposal(
      header: ConsensusFixture.genesis(validators), leaderVote: vote, justification: [])
  }

  @Test("relays no vote once its certificate is held, and a certificate once over each link")
  func stopsAtTheCertificate() {
    var flood = Flood(validators: 5, Layout.line(5), seed: 1)
    let certificate = Self.certificate(.notarize(Self.block))
    guard let left = flood.network.link(1, 2), let right = flood.network.link(2, 3) else { return }
    func links(_ message: ConsensusMessage, _ recipients: Outbound.Recipients) -> [Link] {
      flood.relays[2].recipients(
        of: Outbound(message, to: recipients), validators: flood.validators,
        in: flood.neighbourhood(2))
    }
    #expect(links(Self.vote(of: 0), .everyoneExcept(left)) == [right])
    flood.relays[2].note(certificate, from: left)
    #expect(links(Self.vote(of: 0), .everyoneExcept(left)) == [])
    // Its own votes always go out, and other kinds of votes do.
    #expect(links(Self.vote(of: 2), .everyone) == [left, right])
    let finalize = ConsensusFixture.vote(
      Self.ballot(.finalize(Self.block)), signer: ValidatorIndex(0))
    #expect(links(.vote(finalize), .everyoneExcept(left)) == [right])
    #expect(links(.certificate(certificate), .everyone) == [right])
    #expect(links(.certificate(certificate), .everyone) == [])
    #expect(links(.certificate(certificate), .only(left)) == [left])
    #expect(links(.certificate(certificate), .only(Link(99))) == [])
  }

  @Test("believes only a peer's own word on whom it hears directly")
  func believesTheRecipient() {
    // 1 claims to be everybody's neighbour; 0 still passes its message on to 2, who knows better.
    let now = Instant(microseconds: 1)
    var gossip = TransactionGossip(
      own: ConsensusFixture.member(0),
      validators: ConsensusFixture.validators([0, 1, 2], epoch: Epoch.genesis.next), seed: 1,
      at: now)
    for index in 1...2 {
      gossip.linkUp(Link(UInt64(index)), to: ConsensusFixture.member(index), at: now)
    }
    gossip.statusReceived(
      from: Link(1), neighbours: (0..<3).map(ConsensusFixture.member), roundTrip: nil)
    gossip.statusReceived(from: Link(2), neighbours: [ConsensusFixture.member(0)], roundTrip: nil)
    var relay = ConsensusRelay()
    let links = relay.recipients(
      of: Outbound(Self.vote(of: 1), to: .everyoneExcept(Link(1))),
      validators: ConsensusFixture.validators([0, 1, 2], epoch: Epoch.genesis.next),
      in: gossip.neighbourhood)
    #expect(links == [Link(2)])
  }

  @Test("keeps a bounded number of certificates in mind")
  func isBounded() {
    var flood = Flood(validators: 3, Layout.line(3), seed: 1)
    guard let left = flood.network.link(0, 1) else { return }
    for view in 1...10_000 as ClosedRange<UInt64> {
      flood.relays[1].note(
        ConsensusFixture.certificate(Self.ballot(.nullify, view: view), signers: 3), from: left)
    }
    flood.relays[1].linkDown(left)
    let old = ConsensusFixture.vote(Self.ballot(.nullify, view: 1), signer: ValidatorIndex(0))
    let new = ConsensusFixture.vote(Self.ballot(.nullify, view: 10_000), signer: ValidatorIndex(0))
    let links = [old, new].map { vote in
      flood.relays[1].recipients(
        of: Outbound(.vote(vote), to: .everyoneExcept(left)), validators: flood.validators,
        in: flood.neighbourhood(1)
      ).count
    }
    #expect(links == [1, 0])
  }
}
