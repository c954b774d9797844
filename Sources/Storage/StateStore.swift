import Cryptography
import Ledger

/// Ordered keys and values that are derived from the block log.
///
/// The state goes with the height and the state root of the block that it follows; all three
/// change together or not at all. It may lag behind the log after a crash, never mix two heights,
/// and whoever opens it replays the blocks that it lacks, or rebuilds it when the root is wrong.
package protocol StateStore: StoreReader {
  /// Applies a batch, which takes the store to `position`, atomically.
  func apply(_ batch: StateBatch, at position: StatePosition) throws(StorageError)
  /// Returns when all that was applied is on the disk.
  func flush() throws(StorageError)
  /// The state as it is now, which may be read while the store moves on, on any thread. It keeps
  /// what it sees from being freed: let it go soon.
  func snapshot() throws(StorageError) -> any StoreReader
}

/// What can be read at one height.
package protocol StoreReader: AnyObject, Sendable {
  /// `nil` before the first batch.
  func position() throws(StorageError) -> StatePosition?
  func value(of key: [UInt8]) throws(StorageError) -> [UInt8]?
  /// The values of many keys, in their order; faster than one at a time.
  func values(of keys: [[UInt8]]) throws(StorageError) -> [[UInt8]?]
  /// Calls `body` with the keys and values in a range, in the order of the keys' bytes or against
  /// it, until it says stop. The buffers are valid during the call only.
  func scan(
    _ range: KeyRange, _ direction: ScanDirection,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> ScanStep
  ) throws(StorageError)
}

/// The block that a state follows.
package struct StatePosition: Hashable, Sendable {
  package let height: Height
  package let stateRoot: Digest

  package init(height: Height, stateRoot: Digest) {
    self.height = height
    self.stateRoot = stateRoot
  }
}

package enum ScanDirection: Hashable, Sendable {
  case ascending, descending
}

package enum ScanStep: Hashable, Sendable {
  case next, stop
}

/// The keys from a lowest one up to, not including, an end.
package struct KeyRange: Hashable, Sendable {
  package let lowest: [UInt8]
  /// `nil` if there is no end.
  package let end: [UInt8]?

  package init(from lowest: [UInt8], upTo end: [UInt8]?) {
    self.lowest = lowest
    self.end = end
  }

  /// The keys that begin with `prefix`.
  package init(prefix: [UInt8]) {
    self.init(from: prefix, upTo: KeyRange.successor(ofPrefix: prefix))
  }

  /// The keys that begin with `prefix` and are not below `key`.
  package init(prefix: [UInt8], from key: [UInt8]) {
    self.init(from: key, upTo: KeyRange.successor(ofPrefix: prefix))
  }

  /// The keys that begin with `prefix` and are below `end`.
  package init(prefix: [UInt8], upTo end: [UInt8]) {
    self.init(from: prefix, upTo: end)
  }

  /// The lowest key above all that begin with `prefix`; `nil` if there is none.
  private static func successor(ofPrefix prefix: [UInt8]) -> [UInt8]? {
    guard let index = prefix.lastIndex(where: { $0 != .max }) else { return nil }
    return prefix[..<index] + [prefix[index] + 1]
  }
}
