import Consensus
import Cryptography
import Ledger
import Node

/// A validator whose disk has forgotten votes that it cast, as one that was set back to an older copy
/// has, learns so from its peers, who show it what they hold of its votes before it votes again. From
/// then on it casts none in that epoch. While it catches up it hears nothing; what the chain has gone
/// past when it has caught up says nothing any more.
struct SetBackChecker: Checker {
  private struct Shown {
    let vote: Vote
    let isHeard: Bool
  }

  private let network: NetworkID
  private let liars: Set<Int>
  /// Votes of its own that a node was shown in this life and does not know, by node.
  private var shown: [Int: [Shown]] = [:]
  /// What a node has voted in this life.
  private var cast: [Int: Set<Vote>] = [:]

  init(_ membership: SimulatedMembership, liars: Set<Int>) {
    network = membership.network
    self.liars = liars
  }

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .sent(let node, .vote(let vote)): cast[node.index, default: []].insert(vote)
    case .sent(let node, .proposal(let compact)):
      cast[node.index, default: []].insert(compact.proposal.leaderVote)
    case .heard(let node, let peer, .vote(let vote)):
      // What a liar says may be beyond its quota, and so not be looked at.
      if !liars.contains(world.nodes[peer].original) { note(vote, shownTo: node) }
    case .turned(let node): try judge(node)
    case .ended(let node):
      shown[node.index] = nil
      cast[node.index] = nil
    default: break
    }
  }

  private mutating func note(_ vote: Vote, shownTo node: SimulatedNode) {
    guard let replica = node.replica, !replica.isVoting, isUnsettled(vote, replica),
      let own = replica.validators.index(of: node.member), vote.signer == own,
      cast[node.index]?.contains(vote) != true, !node.mayRemember(vote.signature),
      Verifier(replica.validators[own].consensusKey).isValid(
        signature: vote.signature, message: vote.ballot.toBeSigned(network: network))
    else { return }
    shown[node.index, default: []].append(Shown(vote: vote, isHeard: replica.isListening))
  }

  private func judge(_ node: SimulatedNode) throws(Violation) {
    guard let shown = shown[node.index], let replica = node.replica, replica.isVoting else {
      return
    }
    let epoch = replica.validators.epoch
    let binding = shown.first {
      $0.vote.ballot.epoch == epoch && ($0.isHeard || isUnsettled($0.vote, replica))
    }
    guard let vote = binding?.vote else { return }
    throw Violation(
      "set-back",
      "node \(node.index) votes, although it was shown a vote of its own, of view "
        + "\(vote.ballot.view.rawValue), that it does not know")
  }

  private func isUnsettled(_ vote: Vote, _ replica: Replica) -> Bool {
    let head = replica.chain.head.header
    return vote.ballot.epoch == replica.validators.epoch
      && vote.ballot.view > replica.finalizedView
      && (head.epoch != vote.ballot.epoch || vote.ballot.view > head.view)
  }
}
