import Ledger

/// The whole state in a dictionary.
package final class MemoryState: StateReader {
  package private(set) var entries: [StateID: StateEntry]

  package init(_ entries: [StateID: StateEntry] = [:]) {
    self.entries = entries
  }

  package func entry(_ id: StateID) throws(StateFault) -> StateEntry? { entries[id] }

  package func expiredReferences(
    before time: Timestamp, limit: Int
  ) throws(StateFault) -> [ExpiredReference] {
    let expired = entries.compactMap { id, entry -> (ExpiredReference, UInt64)? in
      guard case .reference(let reference) = entry, reference.validUntil < time else { return nil }
      return (
        ExpiredReference(id: id, validUntil: reference.validUntil),
        reference.validUntil.milliseconds
      )
    }
    return expired.map { ($0.0, $0.1, $0.0.id.key) }.sorted { ($0.1, $0.2) < ($1.1, $1.2) }
      .prefix(limit).map(\.0)
  }

  /// Sets or removes one entry, as a test's own hand.
  package func set(_ id: StateID, to entry: StateEntry?) { entries[id] = entry }

  /// Takes in what a block changed.
  package func apply(_ changes: [StateChange]) {
    for change in changes { entries[change.id] = change.entry }
  }

  /// A state of its own with the same entries.
  package func copy() -> MemoryState { MemoryState(entries) }

  // MARK: Typed access

  package func vehicle(_ vin: VehicleIdentificationNumber) -> VehicleState? {
    guard case .vehicle(let vehicle)? = entries[.vehicle(vin)] else { return nil }
    return vehicle
  }

  package func member(_ id: MemberID) -> MemberState? {
    guard case .member(let member)? = entries[.member(id)] else { return nil }
    return member
  }

  /// Every vehicle, in the order of the numbers.
  package var vehicles: [VehicleState] {
    entries.values.compactMap { entry -> VehicleState? in
      guard case .vehicle(let vehicle) = entry else { return nil }
      return vehicle
    }.sorted { $0.vin < $1.vin }
  }
}
