import Cryptography
import Ledger

/// A segment of the log that is not what it was, with what of it can still be read.
struct DamagedSegment {
  let firstHeight: UInt64
  /// The height after its last block.
  var end: UInt64
  /// `nil` if the file cannot be opened.
  let blocks: (any DiskFile)?
  /// Where the whole block records lie, from the first height on; heights behind are missing.
  var records: [Range<UInt64>?]
  /// `nil` if the file cannot be opened.
  let certificates: (any DiskFile)?
  /// The whole certificates before the first that is not, ascending.
  var certificateRecords: [CertificateRecord]
  /// Certificates of this height and higher ones may be lost; `end` if none are.
  var uncertified: UInt64
  let digest: ExpectedDigest?
  /// Whether this is the segment that the log grows at.
  let isLast: Bool

  struct CertificateRecord: Hashable {
    let height: UInt64
    let byteRange: Range<UInt64>
  }

  /// SHA-256 of the whole file, as another file names it.
  enum ExpectedDigest: Hashable {
    /// The next segment's header, whose checksum is right.
    case linked(Digest)
    /// The seal alone, which may be what is damaged: blocks that were verified are believed more.
    case sealed(Digest)

    var digest: Digest {
      switch self {
      case .linked(let digest), .sealed(let digest): digest
      }
    }
  }

  /// Whether the block of a height in this segment can be read.
  func hasBlock(at height: UInt64) -> Bool { record(of: height) != nil }

  func record(of height: UInt64) -> Range<UInt64>? {
    let index = Int(height - firstHeight)
    return index < records.count ? records[index] : nil
  }

  /// The heights without a readable block, ascending, not touching each other.
  var missingBlocks: [Range<UInt64>] { ranges { !hasBlock(at: $0) } }

  /// The heights that must come from elsewhere: those without block or certificate.
  var needed: [Range<UInt64>] { ranges { isNeeded($0) } }

  func isNeeded(_ height: UInt64) -> Bool { height >= uncertified || !hasBlock(at: height) }

  /// The lowest needed height from `height` on, `nil` if there is none.
  func nextNeeded(from height: UInt64) -> UInt64? {
    (height..<max(height, end)).first { isNeeded($0) }
  }

  private func ranges(where isWanted: (UInt64) -> Bool) -> [Range<UInt64>] {
    var ranges: [Range<UInt64>] = []
    for height in firstHeight..<end where isWanted(height) {
      if let last = ranges.last, last.upperBound == height {
        ranges[ranges.count - 1] = last.lowerBound..<height + 1
      } else {
        ranges.append(height..<height + 1)
      }
    }
    return ranges
  }

  // MARK: Reading

  /// - Throws: `.missingBlocks`, with all missing heights around.
  func block(at height: UInt64) throws(StorageError) -> [UInt8] {
    guard let blocks, let record = record(of: height) else { throw missing(at: height) }
    return try Segment.payload(of: blocks, record, height: height)
  }

  /// The certificate of the lowest height from `height` on that has one in this segment; `nil` if a
  /// later segment must have it.
  func certificate(
    covering height: UInt64
  ) throws(StorageError) -> (height: UInt64, bytes: [UInt8])? {
    let index = certificateRecords.partitionPoint { $0.height >= height }
    if let certificates, index < certificateRecords.count {
      let record = certificateRecords[index]
      let payload = try Segment.payload(of: certificates, record.byteRange, height: record.height)
      return (record.height, Array(payload.dropFirst(8)))
    }
    guard uncertified == end else {
      throw .missingBlocks(Height(max(height, uncertified))..<Height(end))
    }
    return nil
  }

  private func missing(at height: UInt64) -> StorageError {
    let range = missingBlocks.first { $0.contains(height) } ?? height..<height + 1
    return .missingBlocks(Height(range.lowerBound)..<Height(range.upperBound))
  }
}
