import Ledger
import Node

/// No honest validator is accused of contradicting itself, no honest peer is cut off for what it
/// sends, and no honest node stops for good.
struct AccusationChecker: Checker {
  private let members: [Int: MemberID]
  private let untrusted: Set<Int>

  init(_ membership: SimulatedMembership, untrusted: Set<Int>) {
    members = Dictionary(
      uniqueKeysWithValues: membership.nodes.enumerated().map { ($0.offset, $0.element) })
    self.untrusted = untrusted
  }

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .logged(let node, let event): try see(event, node)
    case .cut(let node, let peer, let fault):
      let original = world.nodes[peer].original
      guard !untrusted.contains(node.original), !untrusted.contains(original) else { return }
      throw Violation(
        "accusation", "node \(node.index) cuts the honest node \(peer) off: \(fault)")
    default: break
    }
  }

  private func see(_ event: LogEvent, _ node: SimulatedNode) throws(Violation) {
    guard !untrusted.contains(node.original) else { return }
    switch event.key {
    case "contradicting-votes":
      let accused = event.fields.first { $0.name == "member" }?.value
      let isLiar = untrusted.contains { number in
        members[number].map { accused == .text($0.text) } ?? false
      }
      guard isLiar else {
        throw Violation("accusation", "node \(node.index) accuses \(String(describing: accused))")
      }
    case "halted":
      throw Violation("accusation", "node \(node.index) has stopped for good: \(event.fields)")
    default: break
    }
  }
}
