import Consensus
import Cryptography
import Ledger
import SimulatedMachine
import TestSupport
import Testing

@testable import Node

@Suite("Transaction gossip")
struct TransactionGossipTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let validators: Int
    var followers = 0
    let pairs: @Sendable (UInt64) -> [(Int, Int)]
    /// Received bytes for each unique one, at most.
    let redundancy: Double

    var count: Int { validators + followers }
  }

  static let shapes = [
    Shape(
      testDescription: "a full mesh of 4", validators: 4, pairs: { _ in Layout.mesh(4) },
      redundancy: 1),
    Shape(
      testDescription: "a full mesh of 7", validators: 7, pairs: { _ in Layout.mesh(7) },
      redundancy: 1),
    Shape(
      testDescription: "a line of 5", validators: 5, pairs: { _ in Layout.line(5) }, redundancy: 1),
    Shape(
      testDescription: "a ring of 7", validators: 7, pairs: { _ in Layout.ring(7) },
      redundancy: 1.1),
    Shape(
      testDescription: "10 at random with 3 links, 3 of them followers", validators: 7,
      followers: 3, pairs: { Layout.random(10, degree: 3, seed: $0) }, redundancy: 1.4),
    Shape(
      testDescription: "a full mesh of 4 with 3 followers of two each", validators: 4,
      followers: 3,
      pairs: { _ in Layout.mesh(4) + [(0, 4), (1, 4), (1, 5), (2, 5), (3, 6), (0, 6)] },
      redundancy: 1.1),
  ]

  static func network(
    _ shape: Shape, _ conditions: GossipNetwork.Conditions
  ) -> GossipNetwork {
    let network = GossipNetwork(
      validators: shape.validators, followers: shape.followers, conditions)
    network.connect(shape.pairs(conditions.seed))
    network.run(milliseconds: 1_500)
    return network
  }

  /// Submits `count` transactions at all nodes in turn, `interval` milliseconds apart.
  static func submit(
    _ count: Int, every interval: UInt64, in network: GossipNetwork
  ) -> [TransactionID] {
    (0..<count).map { number in
      let id = network.submit(at: number * 7 % network.nodes.count)
      network.run(milliseconds: interval)
      return id
    }
  }

  @Test("brings every transaction to everybody, with little redundancy", arguments: shapes)
  func spreads(_ shape: Shape) {
    for seed in SeedRange.seeds(1...3) {
      let network = Self.network(shape, .init(seed: seed))
      let ids = Self.submit(300, every: 5, in: network)
      network.run(milliseconds: 1_000)
      #expect(network.isEverywhere(ids), "seed \(seed)")
      #expect(network.redundancy <= shape.redundancy, "seed \(seed)")
      #expect(network.nodes.allSatisfy { $0.reports.isEmpty }, "seed \(seed)")
    }
  }

  @Test("takes much less than flooding takes", arguments: shapes)
  func takesLessThanFlooding(_ shape: Shape) {
    let gossip = Self.network(shape, .init())
    let flooding = Self.network(shape, .init(spreading: .flooding))
    for network in [gossip, flooding] {
      let ids = Self.submit(60, every: 5, in: network)
      network.run(milliseconds: 1_000)
      #expect(network.isEverywhere(ids))
    }
    // Flooding sends over every link in one direction at least; a tree has one less than nodes.
    let bound = Double(shape.pairs(1).count) / Double(shape.count - 1)
    #expect(flooding.redundancy >= bound)
    #expect(gossip.redundancy <= max(1, flooding.redundancy * 0.9))
  }

  @Test("pushes to three and delivers to the rest within two more round trips")
  func isFast() {
    let network = Self.network(Self.shapes[1], .init(delay: 5_000, verification: 0))
    let ids = (0..<7).map { network.submit(at: $0) }
    network.run(milliseconds: 500)
    #expect(network.latencies(of: ids).max() == 5_000 * 3 + GossipLimits.announcementHold)
    let first = network.nodes.compactMap { $0.arrivals[ids[0]] }.sorted()
    #expect(first[1...3].allSatisfy { $0 == first[0] + 5_000 })
  }

  @Test("pushes to the leaders that come first")
  func favoursLeaders() {
    let network = Self.network(Self.shapes[1], .init(verification: 0))
    let leaders = [network.nodes[5].member, network.nodes[2].member]
    network.withGossip(of: 0) { gossip, _ in gossip.favour(leaders) }
    let id = network.submit(at: 0)
    network.run(milliseconds: 6)
    #expect(network.nodes[5].mempool[id] != nil)
    #expect(network.nodes[2].mempool[id] != nil)
    #expect(network.holders(of: [id]).count == 1 + GossipLimits.eagerCount)
  }

  @Test("never pushes a large transaction, and delivers it")
  func announcesLargeOnes() {
    let network = Self.network(Self.shapes[0], .init(verification: 0))
    let large = network.submit(at: 0, byteCount: GossipLimits.pushedByteLimit + 1)
    let small = network.submit(at: 0, byteCount: GossipLimits.pushedByteLimit)
    network.run(milliseconds: 6)
    #expect(network.holders(of: [large]) == [0])
    #expect(network.holders(of: [small]) == [0, 1, 2, 3])
    network.run(milliseconds: 100)
    #expect(network.isEverywhere([large]))
    #expect(network.redundancy == 1)
  }

  @Test("says nothing while the mempool is empty")
  func isQuiet() {
    let network = Self.network(Self.shapes[1], .init())
    network.run(milliseconds: 60_000)
    #expect(network.frameCount == 0)
    let id = network.submit(at: 0)
    network.run(milliseconds: 1_000)
    for index in network.nodes.indices { network.settle(id, at: index) }
    let count = network.frameCount
    network.run(milliseconds: 60_000)
    #expect(network.frameCount == count)
  }

  @Test("heals a fifth of all frames lost", arguments: shapes)
  func heals(_ shape: Shape) {
    for seed in SeedRange.seeds(1...3) {
      let network = Self.network(shape, .init(lossPercent: 20, seed: seed))
      let ids = Self.submit(100, every: 10, in: network)
      network.run(milliseconds: 30_000)
      #expect(network.isEverywhere(ids), "seed \(seed)")
    }
  }

  @Test("heals within seconds when nothing but a digest gets through")
  func healsByDigests() {
    let network = Self.network(Self.shapes[0], .init())
    // Nobody hears of it: the only node that has it is alone.
    for other in 1..<4 { network.disconnect(0, other) }
    let ids = (0..<20).map { _ in network.submit(at: 0) }
    network.run(milliseconds: 100)
    #expect(network.holders(of: ids) == [0])
    network.connect([(0, 1)])
    network.run(milliseconds: 200)
    #expect(network.isEverywhere(ids))
    #expect(network.redundancy == 1)
  }

  @Test("brings differences of any size together", arguments: [600, 3_000])
  func healsLargeDifferences(_ count: Int) {
    let network = GossipNetwork(validators: 2, .init(verification: 0))
    let left = (0..<count).map { _ in network.submit(at: 0, byteCount: 64) }
    let right = (0..<count).map { _ in network.submit(at: 1, byteCount: 64) }
    network.run(milliseconds: 10)
    network.connect([(0, 1)])
    // An answer has 512 tags; each interval there is one in both directions.
    network.run(milliseconds: UInt64(2_000 * (count / 512 + 3)))
    #expect(network.isEverywhere(left + right))
  }

  @Test("goes on over other paths when links go down, and over new ones")
  func survivesChanges() {
    let network = Self.network(Self.shapes[3], .init())
    var ids = Self.submit(20, every: 10, in: network)
    network.disconnect(2, 3)
    ids += Self.submit(20, every: 10, in: network)
    network.run(milliseconds: 500)
    #expect(network.isEverywhere(ids))
    // The line that is left breaks in two, and heals.
    network.disconnect(5, 6)
    let here = Self.submit(20, every: 10, in: network)
    network.run(milliseconds: 500)
    #expect(!network.isEverywhere(here))
    network.connect([(5, 6), (2, 3)])
    network.run(milliseconds: 5_000)
    #expect(network.isEverywhere(ids + here))
  }

  // MARK: Peers that misbehave

  @Test("asks the next announcer for what one withholds, and reports it")
  func withholding() {
    let network = GossipNetwork(validators: 4, .init())
    network.connect([(0, 1), (0, 2), (1, 3), (2, 3)])
    network.run(milliseconds: 1_500)
    network.behave(.withholding, 1)
    let ids = (0..<10).map { _ in network.submit(at: 0) }
    network.run(milliseconds: 2_000)
    #expect(network.isEverywhere(ids))
    let culprit = network.link(1, 3)
    #expect(network.nodes[3].reports.allSatisfy { $0.link == culprit && $0.offence == .withheld })
    #expect(network.nodes[0].reports.isEmpty)
    #expect(network.nodes[2].reports.isEmpty)
  }

  @Test("gives up on what nobody delivers")
  func withholdingByAll() {
    let network = GossipNetwork(validators: 2, .init())
    network.connect([(0, 1)])
    network.behave(.withholding, 0)
    let ids = (0..<3).map { _ in network.submit(at: 0) }
    network.run(milliseconds: 1_000)
    #expect(network.holders(of: ids) == [0])
    // Announced and withheld again with each digest; never more than that.
    network.run(milliseconds: 10_000)
    let reports = network.nodes[1].reports
    #expect(!reports.isEmpty && reports.count <= 3 * 6)
    #expect(reports.allSatisfy { $0.offence == .withheld })
  }

  @Test("is not kept from a transaction by copies with wrong signatures")
  func forging() {
    let network = GossipNetwork(validators: 4, .init(verification: 2_000))
    network.connect(Layout.mesh(4))
    network.run(milliseconds: 1_500)
    network.behave(.forging, 1)
    let ids = (0..<10).map { _ in network.submit(at: 0) }
    network.run(milliseconds: 3_000)
    #expect(network.holders(of: ids) == [0, 1, 2, 3])
    for index in 2...3 {
      #expect(network.nodes[index].reports.allSatisfy { $0.link == network.link(1, index) })
    }
  }

  @Test("does not keep giving to a peer that asks for everything again and again")
  func greed() {
    let network = GossipNetwork(validators: 2, .init(verification: 0))
    network.connect([(0, 1)])
    let ids = (0..<400).map { _ in network.submit(at: 0, byteCount: 4_096) }
    network.run(milliseconds: 500)
    #expect(network.isEverywhere(ids))
    guard let link = network.link(0, 1) else { return }
    var given = 0
    for _ in 0..<100 {
      network.withGossip(of: 0) { gossip, now in
        gossip.wantedReceived(ids.map(TransactionTag.init), from: link, at: now)
        gossip.tick(at: now)
        given += gossip.takeFrames().reduce(0) { $0 + $1.body.count }
      }
      network.run(milliseconds: 10)
    }
    let allowed = GossipLimits.repeatBurst + 2 * GossipLimits.repeatRate
    #expect(given <= Int(allowed) * 11 / 10)
    #expect(network.nodes[0].reports.contains(PeerReport(link, .greedy)))
  }

  @Test("bounds what a peer's announcements take, and is not kept from others' by them")
  func floodOfAnnouncements() {
    let network = GossipNetwork(validators: 3, .init())
    network.connect(Layout.mesh(3))
    guard let link = network.link(0, 1) else { return }
    var random = SimulatedRandom(seed: 7)
    for _ in 0..<100 {
      network.withGossip(of: 0) { gossip, now in
        let tags = (0..<512).map { _ in TransactionTag(high: random.next(), low: random.next()) }
        gossip.announcementReceived(tags, from: link, at: now)
        gossip.checkInvariants()
      }
    }
    #expect(network.nodes[0].gossip.wants.count == GossipLimits.wantsPerLink)
    let id = network.submit(at: 2, byteCount: GossipLimits.pushedByteLimit + 1)
    network.run(milliseconds: 200)
    #expect(network.isEverywhere([id]))
    // All of it is forgotten once nobody delivered.
    network.run(milliseconds: 2_000)
    #expect(network.nodes[0].gossip.wake.map { $0.microseconds > network.now } ?? true)
  }

  @Test("takes any announcement, question, answer or digest from anybody")
  func nonsense() {
    let network = GossipNetwork(validators: 3, .init())
    network.connect(Layout.mesh(3))
    let ids = (0..<50).map { _ in network.submit(at: 0) }
    network.run(milliseconds: 100)
    var random = SimulatedRandom(seed: 3)
    for round in 0..<500 {
      network.withGossip(of: 0) { gossip, now in
        let link = Link(UInt64(random.below(6)))
        let tags = (0..<random.below(20)).map { _ in
          random.chance(percent: 50)
            ? TransactionTag(ids[random.below(ids.count)])
            : TransactionTag(high: random.next(), low: random.next())
        }
        switch round % 7 {
        case 0: gossip.announcementReceived(tags, from: link, at: now)
        case 1: gossip.wantedReceived(tags, from: link, at: now)
        case 2: gossip.digestReceived(MempoolDigest(tags), from: link, at: now)
        case 3:
          gossip.tagsReceived(
            complete: BucketSet((0..<256).filter { _ in random.chance(percent: 50) }), tags,
            from: link, at: now)
        case 4: gossip.pruneReceived(from: link)
        case 5:
          gossip.statusReceived(
            from: link, neighbours: [ConsensusFixture.member(random.below(5))],
            roundTrip: random.next())
        default: gossip.refused(ids[random.below(ids.count)], .forged, from: link, at: now)
        }
        gossip.checkInvariants()
      }
      network.run(milliseconds: 5)
    }
    let late = network.submit(at: 1)
    network.run(milliseconds: 5_000)
    #expect(network.isEverywhere([late]))
  }

  // MARK: What is not wanted

  static func pair() -> (TransactionGossip, Link, Instant) {
    let now = Instant(microseconds: 1_000_000)
    var gossip = TransactionGossip(
      own: ConsensusFixture.member(0),
      validators: ConsensusFixture.validators([0, 1], epoch: Epoch.genesis.next), seed: 1, at: now)
    let link = Link(1)
    gossip.linkUp(link, to: ConsensusFixture.member(1), at: now)
    gossip.statusReceived(from: link, neighbours: [ConsensusFixture.member(0)], roundTrip: 10_000)
    return (gossip, link, now)
  }

  static func id(_ number: Int) -> TransactionID {
    TransactionID(SHA256.hash(Array("\(number)".utf8)))
  }

  /// What `gossip` asks for at `now` after it was told of transaction 1.
  static func asks(
    _ gossip: inout TransactionGossip, toldBy link: Link, at now: Instant
  ) -> Bool {
    gossip.announcementReceived([TransactionTag(id(1))], from: link, at: now)
    gossip.tick(at: now)
    return gossip.takeFrames().contains(
      PeerFrame(.transactionsWanted([TransactionTag(id(1))]), to: [link]))
  }

  @Test("does not ask for what is final or expired")
  func doesNotAskForSettled() {
    var (gossip, link, now) = Self.pair()
    gossip.settled(Self.id(1))
    #expect(!Self.asks(&gossip, toldBy: link, at: now))
    #expect(gossip.arrived(Self.id(1), from: link, at: now) == .unwanted)
  }

  @Test("asks later for what could not be taken now, and at once for what was only a bad copy")
  func asksAgain() {
    var (gossip, link, now) = Self.pair()
    #expect(Self.asks(&gossip, toldBy: link, at: now))
    #expect(gossip.arrived(Self.id(1), from: link, at: now) == .fresh)
    gossip.refused(Self.id(1), .forged, from: link, at: now)
    #expect(gossip.takeReports() == [PeerReport(link, .forged)])
    #expect(Self.asks(&gossip, toldBy: link, at: now))
    #expect(gossip.arrived(Self.id(1), from: link, at: now) == .fresh)
    gossip.refused(Self.id(1), .notNow, from: link, at: now)
    #expect(!Self.asks(&gossip, toldBy: link, at: now))
    let later = now.advanced(byMicroseconds: 2 * GossipLimits.refusedPause + 1)
    gossip.tick(at: now.advanced(byMicroseconds: GossipLimits.refusedPause + 1))
    gossip.tick(at: later)
    #expect(Self.asks(&gossip, toldBy: link, at: later))
    #expect(gossip.takeReports().isEmpty)
  }

  @Test("asks for nothing while its host takes nothing")
  func waits() {
    var (gossip, link, now) = Self.pair()
    gossip.isTaking = false
    #expect(!Self.asks(&gossip, toldBy: link, at: now))
    gossip.isTaking = true
    let later = now.advanced(byMicroseconds: GossipLimits.busyPause)
    gossip.tick(at: later)
    #expect(gossip.takeFrames().map(\.recipients) == [[link]])
  }

  @Test("pushes nothing on a congested link, and announces when it is free again")
  func congestion() {
    var (gossip, link, now) = Self.pair()
    gossip.setPace(.congested, of: link)
    gossip.accepted(Self.id(1), [1, 2, 3], at: now)
    gossip.tick(at: now.advanced(byMicroseconds: 10_000))
    #expect(gossip.takeFrames().isEmpty)
    gossip.setPace(.free, of: link)
    gossip.tick(at: now.advanced(byMicroseconds: 100_000))
    #expect(
      gossip.takeFrames() == [PeerFrame(.announcement([TransactionTag(Self.id(1))]), to: [link])])
  }

  @Test("puts what goes out in one turn into frames of bounded size")
  func batches() throws {
    var (gossip, link, now) = Self.pair()
    for number in 0..<100 {
      gossip.accepted(Self.id(number), Array(repeating: 7, count: 1_000), at: now)
    }
    let frames = gossip.takeFrames()
    #expect(frames.count == 2)
    var count = 0
    for frame in frames {
      guard case .transactions(let transactions) = try PeerMessage(frame.body, on: frame.channel)
      else { continue }
      #expect(frame.recipients == [link])
      #expect(transactions.reduce(0) { $0 + $1.count } <= PeerLimits.pushByteLimit)
      count += transactions.count
    }
    #expect(count == 100)
  }

  @Test("gives the same frames for the same inputs")
  func isDeterministic() {
    func frames() -> [Int] {
      let network = Self.network(Self.shapes[4], .init(lossPercent: 10, seed: 5))
      _ = Self.submit(50, every: 3, in: network)
      network.run(milliseconds: 5_000)
      return network.nodes.map(\.overheadByteCount) + [network.frameCount]
    }
    #expect(frames() == frames())
  }
}
