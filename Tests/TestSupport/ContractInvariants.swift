import CollateralContract
import ContractTwin
import Ledger

/// The contract's invariants (CONTRACT section 6), checked over a whole state after every block.
///
/// 1. A vehicle has at most one live pledge, which has not ended.
/// 2. A pledge id and a valuation id is used once for its vehicle; a reference once until it expires.
/// 3. Nothing that was recorded changes or disappears: the block before is asked.
/// 4. The current state is the fold of the accepted operations: `NaiveContract.entries` says so.
/// 5. Every history entry is reached from its vehicle's head; an entry reads back as it was written.
/// 6. The same blocks give the same changes over whatever holds the state.
package struct ContractInvariants {
  /// Every vehicle's history so far, by the block transitions' account.
  private var histories: [VehicleIdentificationNumber: [HistoryEntry]] = [:]

  package init() {}

  package struct Violation: Error, CustomStringConvertible {
    package let description: String
  }

  /// Checks `state`, which a block with these changes and history entries made of `before`.
  package mutating func check(
    _ state: MemoryState, after before: MemoryState, changes: [StateChange],
    history: [VehicleHistoryRecord]
  ) throws {
    try SlotAssertion.check(changes, over: before)
    try checkOrder(of: changes)
    try checkReferences(before, changes)
    try extendHistories(history)
    for change in changes {
      guard let entry = change.entry else { continue }
      try checkEncoding(of: entry)
      if case .vehicle(let vehicle) = entry { try checkHead(of: vehicle) }
    }
  }

  private func checkOrder(of changes: [StateChange]) throws {
    for (change, next) in zip(changes, changes.dropFirst()) {
      try require(change.key < next.key, "changes are in the order of their keys")
    }
    for change in changes { try require(change.key == change.id.key, "a change has its id's key") }
  }

  /// A reference is replaced only when it had expired, never by another transaction before.
  private func checkReferences(_ before: MemoryState, _ changes: [StateChange]) throws {
    for change in changes {
      guard case .reference(let new)? = change.entry,
        case .reference(let old)? = before.entries[change.id]
      else { continue }
      try require(old.validUntil < new.validUntil, "a reference is used once until it expires")
    }
  }

  private mutating func extendHistories(_ records: [VehicleHistoryRecord]) throws {
    for record in records {
      histories[record.vin, default: []].append(record.entry)
      try require(
        UInt64(histories[record.vin]?.count ?? 0) == record.number,
        "history entries are numbered without a gap")
    }
  }

  private func checkHead(of vehicle: VehicleState) throws {
    var head = HistoryHead(of: vehicle.vin)
    for entry in histories[vehicle.vin] ?? [] { head = head.appending(entry) }
    try require(head == vehicle.history, "the head of \(vehicle.vin) follows from its entries")
    let leaf = VehicleLeaf(vehicle)
    try require(try VehicleLeaf(leaf.encoded) == leaf, "a vehicle's leaf reads back")
  }

  private func checkEncoding(of entry: StateEntry) throws {
    let bytes = entry.stored
    let decoded = try StateEntry(stored: bytes, range: 0..<bytes.count)
    try require(decoded == entry, "an entry reads back as it was written")
    try require(decoded.valueHash == entry.valueHash, "an entry's leaf follows from what is stored")
  }

  private func require(_ condition: Bool, _ invariant: String) throws {
    guard condition else { throw Violation(description: "broken: \(invariant)") }
  }
}
