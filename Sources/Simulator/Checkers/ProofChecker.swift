import Cryptography
import Ledger
import Merkle
import Node

/// What a node proves is so: each answered entry, or its absence, against the state root of the block
/// that the node names, which is the chain's.
struct ProofChecker: Checker {
  private var roots: [Height: Digest] = [:]

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .final(_, let final): roots[final.height] = final.block.header.stateRoot
    case .answered(let node, let request, let response, _):
      guard case .entries(let answers) = response.answer, case .prove(let ids) = request.wish
      else { return }
      for (id, answer) in zip(ids, answers) {
        try check(answer, of: id, response.head, node)
      }
    default: break
    }
  }

  private func check(
    _ answer: EntryAnswer, of id: StateID, _ head: ChainHead, _ node: SimulatedNode
  ) throws(Violation) {
    guard head.height == .genesis || roots[head.height] == head.stateRoot else {
      throw Violation(
        "proofs", "node \(node.index) names a state root that block \(head.height.rawValue) lacks")
    }
    guard let proof = answer.proof else {
      throw Violation("proofs", "node \(node.index) gives no proof of \(id)")
    }
    do {
      if let entry = answer.entry {
        try proof.verifyInclusion(
          root: head.stateRoot, key: id.key, valueHash: entry.valueHash)
      } else {
        try proof.verifyAbsence(root: head.stateRoot, key: id.key)
      }
    } catch {
      throw Violation("proofs", "node \(node.index) proves \(id) wrongly: \(error)")
    }
  }
}
