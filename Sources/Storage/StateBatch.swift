/// Changes to a state that are made together. A later change of a key overrides an earlier one.
///
/// Keys and values lie one after the other in one array: a block has thousands.
package struct StateBatch: Sendable {
  private struct Change {
    let keyOffset: Int
    let keyCount: Int
    /// `nil` to remove the key.
    let valueCount: Int?
  }

  private var changes: [Change] = []
  private var bytes: [UInt8] = []

  package init() {}

  package var isEmpty: Bool { changes.isEmpty }
  package var count: Int { changes.count }

  /// - Precondition: the key is not empty and does not begin with 0x00, which is the store's own.
  package mutating func put(_ key: [UInt8], _ value: [UInt8]) {
    add(key, valueCount: value.count)
    bytes += value
  }

  /// - Precondition: as for `put`.
  package mutating func remove(_ key: [UInt8]) {
    add(key, valueCount: nil)
  }

  package mutating func removeAll() {
    changes.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  private mutating func add(_ key: [UInt8], valueCount: Int?) {
    precondition(key.first.map { $0 != 0 } ?? false, "keys beginning with 0x00 are the store's")
    changes.append(Change(keyOffset: bytes.count, keyCount: key.count, valueCount: valueCount))
    bytes += key
  }

  /// Calls `body` with each change in order; the value is `nil` where the key is removed.
  package func visit(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Void
  ) {
    bytes.withUnsafeBytes { bytes in
      for change in changes {
        let valueOffset = change.keyOffset + change.keyCount
        let key = UnsafeRawBufferPointer(rebasing: bytes[change.keyOffset..<valueOffset])
        let value = change.valueCount.map {
          UnsafeRawBufferPointer(rebasing: bytes[valueOffset..<valueOffset + $0])
        }
        body(key, value)
      }
    }
  }
}
