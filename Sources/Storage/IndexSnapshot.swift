import CRocksDB
import Cryptography

/// The index as it was at one height; released when the last reference goes.
///
/// Safety: the pointers never change, and RocksDB lets any number of threads read through them.
final class IndexSnapshot: StoreReader, @unchecked Sendable {
  private let database: IndexDatabase
  private let snapshot: OpaquePointer
  private let options: OpaquePointer

  init(_ database: IndexDatabase) {
    self.database = database
    snapshot = rocksdb_create_snapshot(database.database)
    options = rocksdb_readoptions_create()
    rocksdb_readoptions_set_snapshot(options, snapshot)
  }

  deinit {
    rocksdb_readoptions_destroy(options)
    rocksdb_release_snapshot(database.database, snapshot)
  }

  func position() throws(StorageError) -> StatePosition? {
    try database.reader(options).position()
  }

  func value(of key: [UInt8]) throws(StorageError) -> [UInt8]? {
    try database.reader(options).value(of: key)
  }

  func values(of keys: [[UInt8]]) throws(StorageError) -> [[UInt8]?] {
    try database.reader(options).values(of: keys)
  }

  func scan(
    _ range: KeyRange, _ direction: ScanDirection,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> ScanStep
  ) throws(StorageError) {
    try database.reader(options).scan(range, direction, body)
  }
}
