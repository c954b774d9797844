import Cryptography
import Ledger
import Merkle

/// An entry as the index keeps it, with the hash that the state tree has of it.
struct EncodedEntry: Sendable {
  let stored: [UInt8]
  let valueHash: Digest

  init(_ entry: StateEntry) {
    stored = entry.stored
    // All but a vehicle's leaf are the stored bytes.
    valueHash =
      entry.kind == .vehicle ? entry.valueHash : StateEntry.valueHash(ofLeaf: stored)
  }
}

/// What it takes to put a change into the tree and the index.
struct PreparedChange: Sendable {
  /// `nil` when the entry is removed.
  let encoded: EncodedEntry?
  /// What was there before the block.
  let previous: PreviousEntry

  init(_ change: StateChange, before: StateEntry?) {
    encoded = change.entry.map { EncodedEntry($0) }
    previous = PreviousEntry(before)
  }

  /// As against the state before the block; `nil` if the change does nothing.
  func effect(on key: Digest) -> MapChange? {
    switch (previous, encoded) {
    case (.absent, nil): nil
    case (.absent, let encoded?): MapChange(key: key, effect: .insert(encoded.valueHash))
    case (_, let encoded?): MapChange(key: key, effect: .update(encoded.valueHash))
    case (_, nil): MapChange(key: key, effect: .remove)
    }
  }
}

/// Of the entry that a change replaces, what the index has rows for.
enum PreviousEntry: Sendable {
  case absent
  case reference(validUntil: Timestamp)
  case vehicle(pledgee: MemberID?, endedPledges: Int)
  case other

  init(_ entry: StateEntry?) {
    switch entry {
    case nil: self = .absent
    case .reference(let reference): self = .reference(validUntil: reference.validUntil)
    case .vehicle(let vehicle):
      self = .vehicle(pledgee: vehicle.pledge?.pledgee, endedPledges: vehicle.endedPledges.count)
    case .member, .validators, .governance, .policy, .model, .entity, .node, .key, .members:
      self = .other
    }
  }
}
