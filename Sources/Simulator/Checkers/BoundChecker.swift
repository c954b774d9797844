import Ledger
import Node

/// The replica's own invariants hold, what waits in it stays within its bounds, and no peer makes it say
/// the same thing again and again.
struct BoundChecker: Checker {
  /// How often one peer is shown one certificate in a second. Questions are answered 20 times a second,
  /// and 40 times at once on a new link, of which there may be another; the rest is for statuses.
  private static let showingLimit = 160

  private struct Showing: Hashable {
    let node: Int
    let peer: Int
    let ballot: Ballot
  }

  private var turnCount = 0
  private var second: UInt64 = 0
  /// In the present second.
  private var showings: [Showing: Int] = [:]

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .shown(let node, let peer, let certificate):
      try count(Showing(node: node.index, peer: peer, ballot: certificate.ballot), at: world.now)
    case .turned(let node): try judge(node)
    default: break
    }
  }

  private mutating func count(_ showing: Showing, at now: UInt64) throws(Violation) {
    if now / 1_000_000 != second {
      second = now / 1_000_000
      showings.removeAll(keepingCapacity: true)
    }
    showings[showing, default: 0] += 1
    guard showings[showing, default: 0] <= BoundChecker.showingLimit else {
      throw Violation(
        "bounds", "node \(showing.node) lets node \(showing.peer) ask the same without end")
    }
  }

  private mutating func judge(_ node: SimulatedNode) throws(Violation) {
    guard let replica = node.replica else { return }
    turnCount += 1
    // Looking through everything after every turn would be most of the work of a run.
    guard turnCount.isMultiple(of: 16) else { return }
    replica.checkInvariants()
    guard replica.waitingTransactionCount <= NodeLimits.transactionLimit else {
      throw Violation("bounds", "node \(node.index): too many transactions wait")
    }
    guard replica.chain.waitingByteCount <= NodeLimits.waitingBlockByteLimit else {
      throw Violation("bounds", "node \(node.index): too many bytes of blocks wait")
    }
  }
}
