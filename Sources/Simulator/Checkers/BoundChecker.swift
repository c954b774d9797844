import Node

/// The replica's own invariants hold, and what waits in it stays within its bounds.
struct BoundChecker: Checker {
  private var turnCount = 0

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    guard case .turned(let node) = observation, let replica = node.replica else { return }
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
