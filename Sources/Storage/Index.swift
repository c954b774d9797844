import CRocksDB
import Cryptography

/// The state in RocksDB: one column family, no write-ahead log, because the block log is it.
///
/// A batch is atomic and comes with its position, and RocksDB flushes its memory tables in order,
/// so after a crash or a power cut the index is the state after some earlier block; the caller
/// reads its `position` and replays the blocks behind it. Whatever else is wrong with it
/// is `.indexUnusable`, and `destroy` and a replay of the whole log mend it.
///
/// Settings: Bloom filters of ten bits a key for the point reads; index and filter blocks in the
/// block cache, so that the cache bounds the memory; LZ4; checksums verified at every read. The
/// memory tables take at most twice 64 MiB, in which the batches of some seconds are sorted.
package final class Index: StateStore {
  package struct Configuration: Hashable, Sendable {
    package let cacheByteCount: Int
    package let memoryTableByteCount: Int
    package let openFileLimit: Int32

    package init(
      cacheByteCount: Int = 128 << 20, memoryTableByteCount: Int = 64 << 20,
      openFileLimit: Int32 = 256
    ) {
      self.cacheByteCount = cacheByteCount
      self.memoryTableByteCount = memoryTableByteCount
      self.openFileLimit = openFileLimit
    }
  }

  private let database: IndexDatabase

  /// Opens the index in the directory at `path`, which is created if need be.
  ///
  /// - Throws: `.indexUnusable`.
  package init(path: String, _ configuration: Configuration = Configuration()) throws(StorageError)
  {
    database = try IndexDatabase(path: path, configuration)
    _ = try position()
  }

  /// Removes the index at `path`, whatever its condition; none is fine. It must not be open.
  package static func destroy(path: String) throws(StorageError) {
    let disk: PosixDisk
    do {
      disk = try PosixDisk(root: path)
    } catch  where error.reason == .notFound {
      return
    } catch {
      throw .disk(error)
    }
    try attempt { () throws(DiskError) in
      for name in try disk.list(.root) { try disk.remove(DiskPath(name)) }
      try disk.syncDirectory(.root)
    }
  }

  package func position() throws(StorageError) -> StatePosition? {
    try database.reader(nil).position()
  }

  package func value(of key: [UInt8]) throws(StorageError) -> [UInt8]? {
    try database.reader(nil).value(of: key)
  }

  package func values(of keys: [[UInt8]]) throws(StorageError) -> [[UInt8]?] {
    try database.reader(nil).values(of: keys)
  }

  package func scan(
    _ range: KeyRange, _ direction: ScanDirection,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> ScanStep
  ) throws(StorageError) {
    try database.reader(nil).scan(range, direction, body)
  }

  package func snapshot() throws(StorageError) -> any StoreReader {
    IndexSnapshot(database)
  }

  package func apply(
    _ batch: StateBatch, at position: StatePosition
  ) throws(StorageError) {
    try database.apply(batch, at: position)
  }

  package func flush() throws(StorageError) {
    try database.flush()
  }
}
