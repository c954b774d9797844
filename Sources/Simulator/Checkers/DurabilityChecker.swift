import Ledger
import Node

/// What a node tells a client is final, the node itself has: the block and the certificate that covers
/// it would be there after a power cut, in both copies of the journal or in the block log.
///
/// While a node catches up it may also answer of blocks that others have made final and that its log is
/// about to have.
struct DurabilityChecker: Checker {
  private struct Place: Hashable {
    let node: Int
    let height: Height
  }

  private let untrusted: Set<Int>
  private var catchingUp: Set<Int> = []
  /// What was found on a disk stays there.
  private var found: Set<Place> = []

  init(untrusted: Set<Int>) { self.untrusted = untrusted }

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .logged(let node, let event):
      if event.key == "catching-up" { catchingUp.insert(node.index) }
      if event.key == "caught-up" { catchingUp.remove(node.index) }
    case .ended(let node): catchingUp.remove(node.index)
    case .answered(let node, _, let response, _):
      guard case .submitted(.final(_, let place, _, _)) = response.answer else { return }
      try see(place.height, toldBy: node)
    default: break
    }
  }

  private mutating func see(_ height: Height, toldBy node: SimulatedNode) throws(Violation) {
    guard !untrusted.contains(node.original), !catchingUp.contains(node.index),
      let replica = node.replica,
      found.insert(Place(node: node.index, height: height)).inserted
    else { return }
    let told = "node \(node.index) tells that block \(height.rawValue) is final"
    do {
      guard let covering = try replica.chain.certificate(covering: height) else {
        throw Violation("durability", "\(told) and has no certificate of it")
      }
      guard node.hasDurably(covering.certificate.encoded) else {
        throw Violation("durability", "\(told) before the certificate is on its disk")
      }
      guard node.hasDurably(try replica.encodedBlock(at: height)) else {
        throw Violation("durability", "\(told) before the block is on its disk")
      }
    } catch let violation as Violation {
      throw violation
    } catch {
      throw Violation("durability", "\(told) and cannot read it: \(error)")
    }
  }
}
