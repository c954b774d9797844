import CRocksDB
import Cryptography

/// An open RocksDB database and what it was opened with; closed when the last reference goes.
///
/// Safety: the pointers never change after `init`, and RocksDB lets any number of threads read,
/// write and take snapshots through them at once. Snapshots keep the object, so nobody can use a
/// pointer after `deinit` has closed the database.
final class IndexDatabase: @unchecked Sendable {
  let database: OpaquePointer
  private let options: OpaquePointer
  private let tableOptions: OpaquePointer
  private let cache: OpaquePointer
  private let writeOptions: OpaquePointer
  private let readOptions: OpaquePointer

  init(path: String, _ configuration: Index.Configuration) throws(StorageError) {
    cache = rocksdb_cache_create_lru(configuration.cacheByteCount)
    tableOptions = IndexDatabase.makeTableOptions(cache)
    options = IndexDatabase.makeOptions(tableOptions, configuration)
    writeOptions = rocksdb_writeoptions_create()
    rocksdb_writeoptions_disable_WAL(writeOptions, 1)
    readOptions = rocksdb_readoptions_create()
    do {
      let options = options
      database = try IndexError.check { rocksdb_open(options, path, &$0) }.required()
    } catch {
      IndexDatabase.destroy(
        options, tableOptions, cache, writeOptions: writeOptions, readOptions: readOptions)
      throw error
    }
  }

  deinit {
    rocksdb_close(database)
    IndexDatabase.destroy(
      options, tableOptions, cache, writeOptions: writeOptions, readOptions: readOptions)
  }

  private static func makeTableOptions(_ cache: OpaquePointer) -> OpaquePointer {
    let options: OpaquePointer = rocksdb_block_based_options_create()
    rocksdb_block_based_options_set_block_cache(options, cache)
    // The table takes the filter policy over.
    let filter = rocksdb_filterpolicy_create_bloom_full(10)
    rocksdb_block_based_options_set_filter_policy(options, filter)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(options, 1)
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(options, 1)
    rocksdb_block_based_options_set_format_version(options, 5)
    return options
  }

  private static func makeOptions(
    _ tableOptions: OpaquePointer, _ configuration: Index.Configuration
  ) -> OpaquePointer {
    let options: OpaquePointer = rocksdb_options_create()
    rocksdb_options_set_create_if_missing(options, 1)
    rocksdb_options_set_paranoid_checks(options, 1)
    rocksdb_options_set_block_based_table_factory(options, tableOptions)
    rocksdb_options_set_compression(options, Int32(rocksdb_lz4_compression))
    rocksdb_options_set_write_buffer_size(options, configuration.memoryTableByteCount)
    rocksdb_options_set_max_write_buffer_number(options, 2)
    // Every transaction asks for a reference that is not there: that takes no search then.
    rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, 0.1)
    rocksdb_options_set_memtable_whole_key_filtering(options, 1)
    rocksdb_options_set_max_background_jobs(options, 2)
    rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1)
    rocksdb_options_set_max_open_files(options, configuration.openFileLimit)
    rocksdb_options_set_bytes_per_sync(options, 1 << 20)
    rocksdb_options_set_info_log_level(options, 3)
    rocksdb_options_set_keep_log_file_num(options, 2)
    rocksdb_options_set_max_log_file_size(options, 1 << 20)
    return options
  }

  private static func destroy(
    _ options: OpaquePointer, _ tableOptions: OpaquePointer, _ cache: OpaquePointer,
    writeOptions: OpaquePointer, readOptions: OpaquePointer
  ) {
    rocksdb_readoptions_destroy(readOptions)
    rocksdb_writeoptions_destroy(writeOptions)
    rocksdb_options_destroy(options)
    rocksdb_block_based_options_destroy(tableOptions)
    rocksdb_cache_destroy(cache)
  }

  /// A reader with these options, the database's own if `nil`.
  func reader(_ snapshotOptions: OpaquePointer?) -> IndexReader {
    IndexReader(database: database, options: snapshotOptions ?? readOptions)
  }

  func apply(_ batch: StateBatch, at position: StatePosition) throws(StorageError) {
    let writes: OpaquePointer = rocksdb_writebatch_create()
    defer { rocksdb_writebatch_destroy(writes) }
    batch.visit { key, value in
      if let value {
        rocksdb_writebatch_put(
          writes, key.characters, key.count, value.characters, value.count)
      } else {
        rocksdb_writebatch_delete(writes, key.characters, key.count)
      }
    }
    StatePosition.key.withUnsafeBytes { key in
      position.bytes.withUnsafeBytes { value in
        rocksdb_writebatch_put(
          writes, key.characters, key.count, value.characters, value.count)
      }
    }
    try IndexError.check { rocksdb_write(database, writeOptions, writes, &$0) }
  }

  func flush() throws(StorageError) {
    let options: OpaquePointer = rocksdb_flushoptions_create()
    defer { rocksdb_flushoptions_destroy(options) }
    rocksdb_flushoptions_set_wait(options, 1)
    try IndexError.check { rocksdb_flush(database, options, &$0) }
  }
}

/// RocksDB's way to report errors: a message that the caller frees.
enum IndexError {
  /// - Throws: `.indexUnusable` with the message that `call` left in its argument.
  @discardableResult
  static func check<Result>(
    _ call: (inout UnsafeMutablePointer<CChar>?) -> Result
  ) throws(StorageError) -> Result {
    var message: UnsafeMutablePointer<CChar>?
    let result = call(&message)
    if let message {
      let text = String(cString: message)
      rocksdb_free(message)
      throw .indexUnusable(text)
    }
    return result
  }
}

extension Optional where Wrapped == OpaquePointer {
  func required() throws(StorageError) -> OpaquePointer {
    guard let self else { throw .indexUnusable("RocksDB gave no database and no reason") }
    return self
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes as C characters. Safety: both are single bytes, and RocksDB only reads them.
  var characters: UnsafePointer<CChar>? {
    baseAddress?.assumingMemoryBound(to: CChar.self)
  }
}
