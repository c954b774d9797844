/// What the files of the block log and the journal hold after their header: records.
///
///     length    u32: bytes of the payload, 1...limit
///     checksum  u32: CRC-32C of the four length bytes and the payload
///     payload
///
/// Integers are little-endian; there is no padding and nothing between records.
enum Record {
  static let headerByteCount = 8

  /// Appends a record to `bytes` whose payload is the concatenation of `parts`.
  static func append(_ parts: [UInt8]..., to bytes: inout [UInt8]) { append(parts, to: &bytes) }

  static func append(_ parts: [[UInt8]], to bytes: inout [UInt8]) {
    let count = parts.reduce(0) { $0 + $1.count }
    precondition(count > 0 && count <= Int(UInt32.max), "a record holds 1...2^32-1 bytes")
    let length = withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) }
    var checksum = CRC32C()
    checksum.update(length)
    for part in parts { checksum.update(part) }
    bytes += length
    bytes.appendLittleEndian(checksum.value)
    for part in parts { bytes += part }
  }

  /// The bytes that a record with this payload takes.
  static func byteCount(payload: Int) -> UInt64 { UInt64(headerByteCount + payload) }
}

/// Why there is no record where one should be.
struct RecordDefect: Hashable {
  let kind: Damage.Kind
  let byteRange: Range<UInt64>
}

/// Reads the records of a file one after the other, a large piece of the file at a time.
struct RecordReader {
  enum Check {
    /// Every record's checksum is computed.
    case checksums
    /// Only the lengths are looked at, to find where records begin.
    case lengthsOnly
  }

  enum Outcome {
    case record(payload: ArraySlice<UInt8>, byteRange: Range<UInt64>)
    /// The file ends here, as it should.
    case end
    /// There are bytes, but no whole record. The reader does not go on.
    case defect(RecordDefect)
  }

  private static let pieceByteCount = 1 << 20

  let file: any DiskFile
  let end: UInt64
  private let maximumPayload: Int
  var check: Check
  /// Where the next record begins.
  private(set) var offset: UInt64
  private var piece: [UInt8] = []
  private var pieceStart: UInt64

  /// - Parameters:
  ///   - start: where the first record begins.
  ///   - end: where to stop; the end of the file if `nil`.
  init(
    _ file: any DiskFile, from start: UInt64, to end: UInt64? = nil, maximumPayload: Int,
    check: Check = .checksums
  ) throws(StorageError) {
    self.file = file
    if let end {
      self.end = end
    } else {
      self.end = try attempt { () throws(DiskError) in try file.byteCount() }
    }
    self.maximumPayload = maximumPayload
    self.check = check
    (offset, pieceStart) = (start, start)
  }

  mutating func next() throws(StorageError) -> Outcome {
    guard offset < end else { return .end }
    let remaining = end - offset
    let headerCount = Record.headerByteCount
    guard remaining > headerCount, let header = try bytes(headerCount) else {
      return .defect(RecordDefect(kind: .truncated, byteRange: offset..<end))
    }
    let length = Int(header.littleEndian(at: 0, as: UInt32.self))
    guard length > 0, length <= maximumPayload else {
      return .defect(RecordDefect(kind: .length, byteRange: offset..<end))
    }
    let byteRange = offset..<offset + Record.byteCount(payload: length)
    guard byteRange.upperBound <= end, let record = try bytes(headerCount + length) else {
      return .defect(RecordDefect(kind: .truncated, byteRange: offset..<end))
    }
    guard check == .lengthsOnly || RecordReader.isWhole(record) else {
      return .defect(RecordDefect(kind: .checksum, byteRange: byteRange))
    }
    offset = byteRange.upperBound
    return .record(payload: record.dropFirst(headerCount), byteRange: byteRange)
  }

  /// Goes on behind a record whose bytes are damaged but whose length may be right.
  mutating func skip(to offset: UInt64) {
    self.offset = offset
  }

  /// Whether `record`, with its header, matches its checksum.
  static func isWhole(_ record: ArraySlice<UInt8>) -> Bool {
    var checksum = CRC32C()
    record.prefix(4).withUnsafeBytes { checksum.update($0) }
    record.dropFirst(8).withUnsafeBytes { checksum.update($0) }
    return checksum.value == record.littleEndian(at: 4, as: UInt32.self)
  }

  /// The `count` bytes at the offset; `nil` if the file has become shorter.
  private mutating func bytes(_ count: Int) throws(StorageError) -> ArraySlice<UInt8>? {
    if offset < pieceStart || offset + UInt64(count) > pieceStart + UInt64(piece.count) {
      let wanted = min(max(count, RecordReader.pieceByteCount), Int(end - offset))
      let (file, offset) = (file, offset)
      piece = try attempt { () throws(DiskError) in try file.read(wanted, at: offset) }
      pieceStart = offset
    }
    let start = Int(offset - pieceStart)
    guard start + count <= piece.count else { return nil }
    return piece[start..<start + count]
  }
}
