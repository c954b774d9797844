import Storage
import Synchronization

/// A state store in memory: what `Index` is, without RocksDB. A crash takes it back to the last
/// flush, or further, as RocksDB without its write-ahead log does.
package final class MemoryStateStore: StateStore {
  private struct Content {
    var current = MemoryContent()
    var flushed = MemoryContent()
  }

  private let content = Mutex(Content())

  package init() {}

  /// Another store with the same content.
  package func copy() -> MemoryStateStore {
    let copy = MemoryStateStore()
    let content = content.withLock { $0 }
    copy.content.withLock { $0 = content }
    return copy
  }

  package func apply(_ batch: StateBatch, at position: StatePosition) throws(StorageError) {
    content.withLock { $0.current.apply(batch, at: position) }
  }

  package func flush() throws(StorageError) {
    content.withLock { $0.flushed = $0.current }
  }

  /// Forgets what was applied after the last flush.
  package func crash() {
    content.withLock { $0.current = $0.flushed }
  }

  /// Removes everything, as if the directory were gone.
  package func clear() {
    content.withLock { $0 = Content() }
  }

  package func snapshot() throws(StorageError) -> any StoreReader {
    MemorySnapshot(content.withLock { $0.current })
  }

  package func position() throws(StorageError) -> StatePosition? {
    content.withLock { $0.current.position }
  }

  package func value(of key: [UInt8]) throws(StorageError) -> [UInt8]? {
    content.withLock { $0.current.values[key] }
  }

  package func values(of keys: [[UInt8]]) throws(StorageError) -> [[UInt8]?] {
    content.withLock { content in keys.map { content.current.values[$0] } }
  }

  package func scan(
    _ range: KeyRange, _ direction: ScanDirection,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> ScanStep
  ) throws(StorageError) {
    let state = content.withLock { content in
      content.current.sortKeys()
      return content.current
    }
    state.scan(range, direction, body)
  }
}

/// What `MemoryStateStore` was at one height.
private final class MemorySnapshot: StoreReader {
  private let state: MemoryContent

  init(_ state: MemoryContent) {
    var state = state
    state.sortKeys()
    self.state = state
  }

  func position() throws(StorageError) -> StatePosition? { state.position }
  func value(of key: [UInt8]) throws(StorageError) -> [UInt8]? { state.values[key] }
  func values(of keys: [[UInt8]]) throws(StorageError) -> [[UInt8]?] {
    keys.map { state.values[$0] }
  }

  func scan(
    _ range: KeyRange, _ direction: ScanDirection,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> ScanStep
  ) throws(StorageError) {
    state.scan(range, direction, body)
  }
}

private struct MemoryContent: Sendable {
  var position: StatePosition?
  var values: [[UInt8]: [UInt8]] = [:]
  /// All keys in order; `nil` after one came or went.
  private var sortedKeys: [[UInt8]]?

  mutating func apply(_ batch: StateBatch, at position: StatePosition) {
    batch.visit { key, value in
      let key = Array(key)
      if (values[key] == nil) != (value == nil) { sortedKeys = nil }
      values[key] = value.map { Array($0) }
    }
    self.position = position
  }

  mutating func sortKeys() {
    guard sortedKeys == nil else { return }
    sortedKeys = values.keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// - Precondition: the keys are sorted.
  func scan(
    _ range: KeyRange, _ direction: ScanDirection,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> ScanStep
  ) {
    guard let sortedKeys else { preconditionFailure("a scan goes over sorted keys") }
    let keys = sortedKeys.filter { $0.withUnsafeBytes { range.contains($0) } }
    for key in direction == .ascending ? keys : keys.reversed() {
      guard let value = values[key] else { continue }
      let step = key.withUnsafeBytes { key in value.withUnsafeBytes { body(key, $0) } }
      if step == .stop { return }
    }
  }
}
