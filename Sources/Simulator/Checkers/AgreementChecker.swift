import Ledger

/// One block at each height, at all nodes that do not lie, and each block on the one before.
struct AgreementChecker: Checker {
  /// By height.
  private var blocks: [Height: BlockHash] = [:]
  private var parents: [Int: (height: Height, hash: BlockHash)] = [:]

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .final(let node, let final): try see(final, at: node)
    case .ended(let node): parents[node.index] = nil
    default: break
    }
  }

  private mutating func see(_ final: FinalBlock, at node: SimulatedNode) throws(Violation) {
    let hash = final.block.header.hash
    if let other = blocks[final.height], other != hash {
      throw Violation(
        "agreement",
        "fork at height \(final.height.rawValue): node \(node.index) has \(hash), others \(other)")
    }
    if let parent = parents[node.index], parent.height.next == final.height,
      parent.hash != final.block.header.parent
    {
      throw Violation(
        "agreement", "node \(node.index): block \(final.height.rawValue) is not on its parent")
    }
    blocks[final.height] = hash
    parents[node.index] = (final.height, hash)
  }
}
