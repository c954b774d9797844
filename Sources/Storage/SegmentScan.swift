/// What a walk over the records of a segment found.
struct BlockScan {
  var offsets: [UInt64] = []
  /// Where the last whole record ends.
  var end: UInt64
  let fileEnd: UInt64
  /// What follows the last whole record, if it is not the end of the file.
  var defect: RecordDefect?

  init(
    _ file: any DiskFile, maximumBlock: Int, check: RecordReader.Check = .checksums
  ) throws(StorageError) {
    var reader = try RecordReader(
      file, from: UInt64(FileHeader.Kind.blocks.byteCount), maximumPayload: maximumBlock,
      check: check)
    fileEnd = reader.end
    walk: while true {
      switch try reader.next() {
      case .record(_, let byteRange): offsets.append(byteRange.lowerBound)
      case .end: break walk
      case .defect(let found):
        defect = found
        break walk
      }
    }
    end = reader.offset
  }
}

/// What a walk over the certificates of a segment found.
struct CertificateScan {
  /// What follows the last whole record.
  enum Tail {
    case end
    /// A write that never was finished.
    case torn
    /// A record that was whole once.
    case damaged(RecordDefect)
  }

  /// Bytes of a certificate's record payload at most: 31 signatures are 3 KiB.
  static let maximumPayload = 1 << 20

  var entries: [Segment.CertificateEntry] = []
  /// Where the last whole record ends.
  var end: UInt64
  let fileEnd: UInt64
  var tail = Tail.end

  init(
    _ file: any DiskFile, firstHeight: UInt64, check: RecordReader.Check = .checksums
  ) throws(StorageError) {
    var reader = try RecordReader(
      file, from: UInt64(FileHeader.Kind.certificates.byteCount),
      maximumPayload: CertificateScan.maximumPayload, check: check)
    fileEnd = reader.end
    end = reader.offset
    walk: while true {
      switch try reader.next() {
      case .record(let payload, let byteRange):
        guard let height = CertificateScan.height(payload, from: firstHeight, after: entries.last)
        else {
          tail = .damaged(RecordDefect(kind: .order, byteRange: byteRange))
          break walk
        }
        entries.append(.init(height: height, offset: byteRange.lowerBound))
        end = byteRange.upperBound
      case .end: break walk
      case .defect(let defect):
        tail = try TornTail.isTorn(defect, file, end: fileEnd) ? .torn : .damaged(defect)
        break walk
      }
    }
  }

  /// The height that a payload begins with, `nil` if it cannot stand here.
  private static func height(
    _ payload: ArraySlice<UInt8>, from firstHeight: UInt64, after last: Segment.CertificateEntry?
  ) -> UInt64? {
    guard payload.count > 8 else { return nil }
    let height = payload.littleEndian(at: 0, as: UInt64.self)
    let lowest = last.map { $0.height + 1 } ?? firstHeight
    return height >= lowest ? height : nil
  }
}

/// Tells a record whose writing a crash cut short from one that was whole and is not any more.
///
/// A write that was cut short leaves a beginning of itself, then the end of the file or, where the
/// file system had extended the file already, zeros from a sector boundary on. A record that was
/// whole and was damaged leaves nothing of the kind, unless the damage is a shortening of the
/// file. So the bytes from the defect to the end of the file are a tear unless
/// - a whole record follows somewhere in them, or
/// - they are a whole record once the length in front is taken to be theirs, or
/// - they hold all that the length in front announces, and do not end in unwritten sectors.
enum TornTail {
  private static let sectorByteCount: UInt64 = 512
  private static let unwrittenByteCount = 8

  static func isTorn(
    _ defect: RecordDefect, _ file: any DiskFile, end: UInt64
  ) throws(StorageError) -> Bool {
    let start = defect.byteRange.lowerBound
    let rest = try attempt { () throws(DiskError) in try file.read(Int(end - start), at: start) }
    if holdsRecord(rest) || isRecordWithWrongLength(rest) { return false }
    if endsUnwritten(rest, start: start) { return true }
    return defect.kind == .truncated
  }

  private static func holdsRecord(_ rest: [UInt8]) -> Bool {
    guard rest.count > Record.headerByteCount else { return false }
    return (1..<rest.count - Record.headerByteCount).contains { start in
      let count = Record.headerByteCount + Int(rest.littleEndian(at: start, as: UInt32.self))
      guard count > Record.headerByteCount, count <= rest.count - start else { return false }
      return RecordReader.isWhole(rest[start..<start + count])
    }
  }

  private static func isRecordWithWrongLength(_ rest: [UInt8]) -> Bool {
    guard rest.count > Record.headerByteCount else { return false }
    var corrected: [UInt8] = []
    corrected.appendLittleEndian(UInt32(rest.count - Record.headerByteCount))
    return RecordReader.isWhole((corrected + rest[4...])[...])
  }

  private static func endsUnwritten(_ rest: [UInt8], start: UInt64) -> Bool {
    let zeroCount = rest.reversed().prefix { $0 == 0 }.count
    guard zeroCount >= unwrittenByteCount else { return false }
    if zeroCount == rest.count { return true }
    let zerosStart = start + UInt64(rest.count - zeroCount)
    let boundary = (zerosStart + sectorByteCount - 1) / sectorByteCount * sectorByteCount
    return boundary < start + UInt64(rest.count)
  }
}
