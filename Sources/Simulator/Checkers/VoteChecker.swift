import Consensus
import Ledger
import Node

/// What an honest validator signs never contradicts itself, in all its lives; and no vote of its own
/// leaves a node before the journal has it, synced.
struct VoteChecker: Checker {
  private struct Voter: Hashable {
    let node: Int
    let epoch: Epoch
    let view: View
  }

  private let untrusted: Set<Int>
  private var votes: [Voter: [Vote]] = [:]

  init(untrusted: Set<Int>) { self.untrusted = untrusted }

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .sent(let node, .vote(let vote)): try see(vote, node)
    case .sent(let node, .proposal(let compact)): try see(compact.proposal.leaderVote, node)
    default: break
    }
  }

  private mutating func see(_ vote: Vote, _ node: SimulatedNode) throws(Violation) {
    guard !untrusted.contains(node.original), let replica = node.replica,
      replica.validators.epoch == vote.ballot.epoch,
      replica.validators.index(of: node.member) == vote.signer
    else { return }
    let voter = Voter(node: node.index, epoch: vote.ballot.epoch, view: vote.ballot.view)
    let earlier = votes[voter] ?? []
    guard !earlier.contains(vote) else { return }
    for other in earlier {
      if let evidence = Evidence(other, vote) {
        throw Violation(
          "votes",
          "node \(node.index) contradicts itself in view \(vote.ballot.view.rawValue): \(evidence.kind)"
        )
      }
    }
    votes[voter] = earlier + [vote]
    // What is below the last final block is needed no more, and may have left the journal.
    let head = replica.chain.head.header
    guard head.epoch != vote.ballot.epoch || vote.ballot.view > head.view else { return }
    guard node.hasInJournal(vote.signature) else {
      throw Violation(
        "votes",
        "node \(node.index) sends a vote of view \(vote.ballot.view.rawValue) that its journal lacks"
      )
    }
  }
}
