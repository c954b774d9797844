import Cryptography

/// An entry of the state: under a key, the hash of a value.
package struct MapEntry: Hashable, Sendable {
  package var key: Digest
  package var valueHash: Digest

  package init(key: Digest, valueHash: Digest) {
    self.key = key
    self.valueHash = valueHash
  }

  /// The hash of the entry's leaf: SHA-256(0x02 || key || value hash).
  var leafHash: Digest { SHA256.merkleNode(prefix: 0x02, key, valueHash) }
}

/// What happens to one key of the state, as against the state that the tree holds.
///
/// Every change says whether its key is in that state, which whoever changes an entry has read
/// before: the tree, which holds no whole keys, could not always know (see `SparseMerkleMap`).
package struct MapChange: Hashable, Sendable {
  package enum Effect: Hashable, Sendable {
    /// The key is not in the state, and gets this value hash.
    case insert(Digest)
    /// The key is in the state, and gets this value hash.
    case update(Digest)
    /// The key is in the state, and leaves it.
    case remove

    /// The one effect that equals this one and then `next`; `nil` if both together do nothing.
    ///
    /// - Precondition: `next` can follow: only an absent key is inserted, only a present one is
    ///   updated or removed.
    package func followed(by next: Effect) -> Effect? {
      switch (self, next) {
      case (.insert, .update(let valueHash)): return .insert(valueHash)
      case (.insert, .remove): return nil
      case (.update, .update(let valueHash)), (.remove, .insert(let valueHash)):
        return .update(valueHash)
      case (.update, .remove): return .remove
      case (.insert, .insert), (.update, .insert), (.remove, .update), (.remove, .remove):
        preconditionFailure("an absent key is inserted, a present one is updated or removed")
      }
    }

    /// The value hash under the key afterwards.
    package var valueHash: Digest? {
      switch self {
      case .insert(let valueHash), .update(let valueHash): valueHash
      case .remove: nil
      }
    }
  }

  package var key: Digest
  package var effect: Effect

  package init(key: Digest, effect: Effect) {
    self.key = key
    self.effect = effect
  }
}

extension [MapChange] {
  /// These changes and then `later` ones as one; both are in the order of their keys.
  package func followed(by later: [MapChange]) -> [MapChange] {
    guard !isEmpty else { return later }
    var merged: [MapChange] = []
    merged.reserveCapacity(count + later.count)
    var index = 0
    for change in later {
      while index < count, self[index].key < change.key {
        merged.append(self[index])
        index += 1
      }
      guard index < count, self[index].key == change.key else {
        merged.append(change)
        continue
      }
      if let effect = self[index].effect.followed(by: change.effect) {
        merged.append(MapChange(key: change.key, effect: effect))
      }
      index += 1
    }
    merged.append(contentsOf: self[index...])
    return merged
  }
}

/// Finds the first entry, in the order of keys, that the store holds in a range of keys: one
/// ordered seek. `nil` if there is none.
package typealias EntryLookup = (ClosedRange<Digest>) -> MapEntry?
