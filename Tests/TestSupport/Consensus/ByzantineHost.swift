import Consensus
import Ledger
import SimulatedMachine

/// What a lying validator does. Each follows the chain with an honest machine that never votes.
package enum Misbehaviour: CaseIterable, Sendable {
  /// Votes, and never proposes.
  case silentLeader
  /// Signs every vote it can for every block it hears of, each to some peers only.
  case doubleVoter
  /// Proposes two blocks, each to some peers only.
  case equivocatingLeader
  /// Proposes on any certified block, skipping views that nobody nullified.
  case illegalSkipper
}

/// A message that a lying validator sends to one peer.
package struct Lie: Sendable {
  package let recipient: Int
  package let payload: SimulatedPayload
}

package struct ByzantineHost {
  private let misbehaviour: Misbehaviour
  private let peerCount: Int
  private var certified: [Certificate] = []
  private var epoch = Epoch.genesis
  private var ledView = View.genesis
  private var answered: Set<Ballot> = []

  package init(_ misbehaviour: Misbehaviour, peerCount: Int) {
    self.misbehaviour = misbehaviour
    self.peerCount = peerCount
  }

  /// Votes about what was received.
  package mutating func react(
    to message: ConsensusMessage, host: SimulatedHost, random: inout SimulatedRandom
  ) -> [Lie] {
    follow(host)
    guard let own = host.machine.validators.index(of: host.member) else { return [] }
    switch message {
    case .proposal(let proposal):
      return react(to: proposal.leaderVote.ballot, own: own, random: &random)
    case .vote(let vote):
      return vote.signer == own ? [] : react(to: vote.ballot, own: own, random: &random)
    case .certificate(let certificate):
      return react(to: certificate, own: own, random: &random)
    }
  }

  private mutating func follow(_ host: SimulatedHost) {
    guard host.machine.epoch != epoch else { return }
    epoch = host.machine.epoch
    certified = []
    answered = []
    ledView = .genesis
  }

  private mutating func react(
    to ballot: Ballot, own: ValidatorIndex, random: inout SimulatedRandom
  ) -> [Lie] {
    guard case .notarize(let block) = ballot.subject, ballot.epoch == epoch,
      answered.insert(ballot).inserted
    else { return [] }
    switch misbehaviour {
    case .silentLeader, .equivocatingLeader, .illegalSkipper:
      return toAll(.vote(ConsensusFixture.vote(ballot, signer: own)))
    case .doubleVoter:
      let subjects: [VoteSubject] = [.notarize(block), .finalize(block), .nullify]
      return subjects.flatMap { subject in
        let ballot = Ballot(epoch: ballot.epoch, view: ballot.view, subject: subject)
        return toSome(.vote(ConsensusFixture.vote(ballot, signer: own)), random: &random)
      }
    }
  }

  private mutating func react(
    to certificate: Certificate, own: ValidatorIndex, random: inout SimulatedRandom
  ) -> [Lie] {
    let ballot = certificate.ballot
    guard ballot.epoch == epoch, answered.insert(ballot).inserted else { return [] }
    certified.append(certificate)
    guard case .notarize(let block) = ballot.subject, misbehaviour != .doubleVoter else {
      return []
    }
    let final = Ballot(epoch: ballot.epoch, view: ballot.view, subject: .finalize(block))
    return toAll(.vote(ConsensusFixture.vote(final, signer: own)))
  }

  /// Proposes when the follower has come to a view of this validator.
  package mutating func lead(
    host: SimulatedHost, random: inout SimulatedRandom, at wallClock: Timestamp
  ) -> [Lie] {
    follow(host)
    let machine = host.machine
    guard misbehaviour == .equivocatingLeader || misbehaviour == .illegalSkipper,
      let own = machine.validators.index(of: host.member), machine.phase == .open,
      machine.leader(of: machine.view) == own, machine.view > ledView, !host.mempool.isEmpty
    else { return [] }
    ledView = machine.view
    return (0..<2).flatMap { salt in
      propose(
        salt: UInt64(salt), host: host, own: own, random: &random, at: wallClock)
    }
  }

  private func propose(
    salt: UInt64, host: SimulatedHost, own: ValidatorIndex, random: inout SimulatedRandom,
    at wallClock: Timestamp
  ) -> [Lie] {
    let view = host.machine.view
    let parents = certified.filter { $0.ballot.subject.block != nil && $0.ballot.view < view }
    let recent = parents.suffix(misbehaviour == .illegalSkipper ? 4 : 1)
    let parent = recent.isEmpty ? nil : Array(recent)[random.below(recent.count)]
    let parentView = parent?.ballot.view ?? .genesis
    let hash = parent?.ballot.subject.block?.hash ?? host.chain[0].header.hash
    guard let parentBlock = host.block(hash), !parentBlock.header.isClosing || parent == nil else {
      return []
    }
    let request = ProposalRequest(
      epoch: epoch, view: view, parentView: parentView, parent: hash,
      height: parentBlock.header.height.next,
      minimumTime: parentBlock.header.time.advanced(byMilliseconds: 1), kind: .transactions)
    let numbers = host.candidates(on: hash).filter { $0 < SimulatedBlock.governance }
    let count = random.below(numbers.count + 1)
    let block = host.block(
      for: request, transactions: Array(numbers.prefix(count)), proposer: host.member,
      salt: salt, at: wallClock)
    host.store(block)
    let reference = BlockReference(parentView: parentView, hash: block.header.hash)
    let ballot = Ballot(epoch: epoch, view: view, subject: .notarize(reference))
    let attached = certified.filter { $0.ballot.view >= parentView && $0.ballot.view < view }
    let proposal = Proposal(
      header: block.header, leaderVote: ConsensusFixture.vote(ballot, signer: own),
      justification: attached.suffix(ConsensusLimits.justificationCount))
    return toSome(.proposal(proposal), random: &random)
  }

  private func toAll(_ message: ConsensusMessage) -> [Lie] {
    (0..<peerCount).map { Lie(recipient: $0, payload: .message(message)) }
  }

  private func toSome(_ message: ConsensusMessage, random: inout SimulatedRandom) -> [Lie] {
    toAll(message).filter { _ in random.chance(percent: 50) }
  }
}
