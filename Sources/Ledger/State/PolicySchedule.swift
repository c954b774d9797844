import CBOR

/// The policy in force and, at times, the one that follows it.
///
/// A block executes under the policy of its own height: the first block at or above the effective
/// height makes the next policy the current one before its first transaction.
package struct PolicySchedule: Hashable, Sendable {
  package let current: Policy
  package let next: Change?

  /// A policy and the height from which it is in force.
  package struct Change: Hashable, Sendable {
    package let policy: Policy
    package let height: Height

    package init(policy: Policy, height: Height) {
      self.policy = policy
      self.height = height
    }
  }

  package init(current: Policy, next: Change? = nil) {
    self.current = current
    self.next = next
  }

  /// What a block at `height` executes under.
  package func policy(at height: Height) -> Policy { switched(at: height)?.current ?? current }

  /// The schedule from `height` on, if it is another one.
  package func switched(at height: Height) -> PolicySchedule? {
    guard let next, next.height <= height else { return nil }
    return PolicySchedule(current: next.policy)
  }

  /// `[policy, [height, policy] or null]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    current.encode(into: &encoder)
    if let next {
      encoder.array(2)
      encoder.height(next.height)
      next.policy.encode(into: &encoder)
    } else {
      encoder.null()
    }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    current = try Policy(from: &reader)
    if reader.acceptNull() {
      next = nil
    } else {
      try reader.array(count: 2)
      let height = try reader.height()
      next = Change(policy: try Policy(from: &reader), height: height)
    }
  }
}
