import CRocksDB
import Cryptography

/// Reads an open database with given options. Lives no longer than the one who made it.
struct IndexReader {
  let database: OpaquePointer
  let options: OpaquePointer

  func position() throws(StorageError) -> StatePosition? {
    guard let bytes = try value(of: StatePosition.key) else { return nil }
    guard let position = StatePosition(bytes: bytes) else {
      throw .indexUnusable("the record of its height is malformed")
    }
    return position
  }

  func value(of key: [UInt8]) throws(StorageError) -> [UInt8]? {
    let slice = try IndexError.check { message in
      key.withUnsafeBytes { key in
        rocksdb_get_pinned(database, options, key.characters, key.count, &message)
      }
    }
    guard let slice else { return nil }
    defer { rocksdb_pinnableslice_destroy(slice) }
    var count = 0
    let value = rocksdb_pinnableslice_value(slice, &count)
    return Array(UnsafeRawBufferPointer(start: value, count: count))
  }

  func values(of keys: [[UInt8]]) throws(StorageError) -> [[UInt8]?] {
    let count = keys.count
    var lengths = keys.map(\.count)
    var values = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    var valueLengths = [Int](repeating: 0, count: count)
    var messages = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    // All keys one after the other, so that each has an address as long as the call lasts.
    keys.flatMap(\.self).withUnsafeBytes { bytes in
      var pointers: [UnsafePointer<CChar>?] = []
      var offset = 0
      for length in lengths {
        let key = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
        pointers.append(key.characters)
        offset += length
      }
      rocksdb_multi_get(
        database, options, count, &pointers, &lengths, &values, &valueLengths, &messages)
    }
    defer {
      for pointer in values + messages { rocksdb_free(pointer) }
    }
    if let message = messages.lazy.compactMap(\.self).first {
      throw .indexUnusable(String(cString: message))
    }
    return zip(values, valueLengths).map { value, length in
      value.map { Array(UnsafeRawBufferPointer(start: $0, count: length)) }
    }
  }

  func scan(
    _ range: KeyRange, _ direction: ScanDirection,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> ScanStep
  ) throws(StorageError) {
    let iterator: OpaquePointer = rocksdb_create_iterator(database, options)
    defer { rocksdb_iter_destroy(iterator) }
    seek(iterator, range, direction)
    while rocksdb_iter_valid(iterator) != 0 {
      let key = IndexReader.bytes { rocksdb_iter_key(iterator, $0) }
      guard range.contains(key) else { break }
      let value = IndexReader.bytes { rocksdb_iter_value(iterator, $0) }
      if !key.elementsEqual(StatePosition.key), body(key, value) == .stop { return }
      switch direction {
      case .ascending: rocksdb_iter_next(iterator)
      case .descending: rocksdb_iter_prev(iterator)
      }
    }
    try IndexError.check { rocksdb_iter_get_error(iterator, &$0) }
  }

  private func seek(_ iterator: OpaquePointer, _ range: KeyRange, _ direction: ScanDirection) {
    switch direction {
    case .ascending:
      range.lowest.withUnsafeBytes { rocksdb_iter_seek(iterator, $0.characters, $0.count) }
    case .descending:
      guard let end = range.end else {
        rocksdb_iter_seek_to_last(iterator)
        return
      }
      end.withUnsafeBytes { rocksdb_iter_seek_for_prev(iterator, $0.characters, $0.count) }
      let key = IndexReader.bytes {
        rocksdb_iter_valid(iterator) == 0 ? nil : rocksdb_iter_key(iterator, $0)
      }
      if key.elementsEqual(end) { rocksdb_iter_prev(iterator) }
    }
  }

  /// The bytes at the iterator, valid until it moves.
  private static func bytes(
    _ read: (UnsafeMutablePointer<Int>) -> UnsafePointer<CChar>?
  ) -> UnsafeRawBufferPointer {
    var count = 0
    let start = read(&count)
    return UnsafeRawBufferPointer(start: start, count: count)
  }
}

extension KeyRange {
  package func contains(_ key: UnsafeRawBufferPointer) -> Bool {
    guard !key.lexicographicallyPrecedes(lowest) else { return false }
    return end.map { key.lexicographicallyPrecedes($0) } ?? true
  }
}
