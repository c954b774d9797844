/// A state that can be read: the index's, or an overlay's over it.
///
/// A protocol because production and tests truly differ; conforming types are read by one thread at
/// a time.
package protocol StateReader: AnyObject {
  /// The entry, or `nil` if there is none.
  func entry(_ id: StateID) throws(StateFault) -> StateEntry?

  /// Used references whose `validUntil` is before `time`, the earliest first, those of the same time
  /// in the order of their keys, at most `limit`.
  func expiredReferences(before time: Timestamp, limit: Int) throws(StateFault)
    -> [ExpiredReference]
}

/// The state cannot be read: the node stops, since it could not decide rightly.
package struct StateFault: Error, Hashable, Sendable {
  package let reason: String

  package init(reason: String) { self.reason = reason }

  /// An entry lies where one of another kind belongs.
  package static func misplaced(_ entry: StateEntry) -> StateFault {
    StateFault(reason: "a state entry of kind \(entry.kind.rawValue) lies under another kind's id")
  }
}

/// A used reference and when it leaves the state.
package struct ExpiredReference: Hashable, Sendable {
  package let id: StateID
  package let validUntil: Timestamp

  package init(id: StateID, validUntil: Timestamp) {
    self.id = id
    self.validUntil = validUntil
  }
}
