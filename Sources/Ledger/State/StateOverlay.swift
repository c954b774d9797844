import Cryptography

/// The changes of one block, or of one transaction that is being tried, over a state that they leave
/// untouched. Overlays stack: a block's parent may be an overlay itself.
///
/// A transaction is applied whole or not at all: `beginTransaction`, then either `keepTransaction`
/// or `undoTransaction`.
package final class StateOverlay: StateReader {
  private let base: any StateReader
  /// What this overlay says of an entry; an entry that it removed is `.some(nil)`.
  private var changes: [StateID: StateEntry?] = [:]
  /// What `changes` said before the running transaction, in the order in which it changed.
  private var undo: [(id: StateID, previous: StateEntry??)]?

  package init(over base: any StateReader) {
    self.base = base
  }

  package func entry(_ id: StateID) throws(StateFault) -> StateEntry? {
    if let change = changes[id] { return change }
    return try base.entry(id)
  }

  /// Sets an entry, or removes it with `nil`.
  package func set(_ id: StateID, to entry: StateEntry?) {
    undo?.append((id, changes[id]))
    changes[id] = .some(entry)
  }

  // MARK: Transactions

  /// - Precondition: no transaction is running.
  package func beginTransaction() {
    precondition(undo == nil, "one transaction runs at a time")
    undo = []
  }

  package func keepTransaction() {
    precondition(undo != nil, "a transaction is running")
    undo = nil
  }

  package func undoTransaction() {
    guard let undo else { preconditionFailure("a transaction is running") }
    for (id, previous) in undo.reversed() { changes[id] = previous }
    self.undo = nil
  }

  // MARK: What changed

  /// Every change, in the order of the entries' keys.
  package var sortedChanges: [StateChange] {
    changes.map { StateChange(key: $0.key.key, id: $0.key, entry: $0.value) }
      .sorted { $0.key < $1.key }
  }

  package func expiredReferences(
    before time: Timestamp, limit: Int
  ) throws(StateFault) -> [ExpiredReference] {
    // References that this overlay removed or used anew still stand in the base as they were, so as
    // many more are asked for: the answer must not depend on how many overlays hold the state.
    let changed = changes.keys.reduce(0) { count, id in
      if case .reference = id { count + 1 } else { count }
    }
    let standing = try base.expiredReferences(before: time, limit: limit + changed)
      .filter { changes[$0.id] == nil }
    let added = changes.compactMap { id, entry -> ExpiredReference? in
      guard case .reference(let reference)? = entry, reference.validUntil < time else { return nil }
      return ExpiredReference(id: id, validUntil: reference.validUntil)
    }
    let all = (standing + added).map { (reference: $0, key: $0.id.key) }.sorted {
      ($0.reference.validUntil, $0.key) < ($1.reference.validUntil, $1.key)
    }
    return all.prefix(limit).map(\.reference)
  }
}

/// One entry that a block sets, or removes.
package struct StateChange: Hashable, Sendable {
  package let key: Digest
  package let id: StateID
  /// `nil` when the entry is removed.
  package let entry: StateEntry?

  package init(key: Digest, id: StateID, entry: StateEntry?) {
    self.key = key
    self.id = id
    self.entry = entry
  }
}
