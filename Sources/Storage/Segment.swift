import Cryptography

/// A segment of the block log and its certificates, opened, with the places of their records.
struct Segment {
  /// A certificate's record in the sidecar.
  struct CertificateEntry {
    let height: UInt64
    let offset: UInt64
  }

  let firstHeight: UInt64
  let blocks: any DiskFile
  let certificates: any DiskFile
  /// Where each block's record begins.
  var blockOffsets: [UInt64] = []
  var blocksEnd = UInt64(FileHeader.Kind.blocks.byteCount)
  /// Ascending by height.
  var certificateEntries: [CertificateEntry] = []
  var certificatesEnd = UInt64(FileHeader.Kind.certificates.byteCount)

  /// The height after the last block.
  var nextHeight: UInt64 { firstHeight + UInt64(blockOffsets.count) }

  /// The block of a height that lies in this segment.
  func block(at height: UInt64) throws(StorageError) -> [UInt8] {
    let index = Int(height - firstHeight)
    let start = blockOffsets[index]
    let end = index + 1 < blockOffsets.count ? blockOffsets[index + 1] : blocksEnd
    return try Segment.payload(of: blocks, start..<end, height: height)
  }

  /// The certificate of the lowest height from `height` on that has one in this segment.
  func certificate(
    covering height: UInt64
  ) throws(StorageError) -> (height: UInt64, bytes: [UInt8])? {
    let index = certificateEntries.partitionPoint { $0.height >= height }
    guard index < certificateEntries.count else { return nil }
    let entry = certificateEntries[index]
    let end =
      index + 1 < certificateEntries.count
      ? certificateEntries[index + 1].offset : certificatesEnd
    let payload = try Segment.payload(of: certificates, entry.offset..<end, height: entry.height)
    return (entry.height, Array(payload.dropFirst(8)))
  }

  /// The payload of the record that fills `byteRange`.
  static func payload(
    of file: any DiskFile, _ byteRange: Range<UInt64>, height: UInt64
  ) throws(StorageError) -> [UInt8] {
    let record = try attempt { () throws(DiskError) in
      try file.read(byteRange.count, at: byteRange.lowerBound)
    }
    guard record.count == byteRange.count else {
      throw .damaged(Damage(.truncated, in: file.path, at: byteRange, height: height))
    }
    guard Int(record.littleEndian(at: 0, as: UInt32.self)) == record.count - 8,
      RecordReader.isWhole(record[...])
    else {
      throw .damaged(Damage(.checksum, in: file.path, at: byteRange, height: height))
    }
    return Array(record.dropFirst(Record.headerByteCount))
  }
}

extension RandomAccessCollection {
  /// The first index whose element satisfies `predicate`, which none before and all after it do.
  func partitionPoint(where predicate: (Element) -> Bool) -> Index {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = index(low, offsetBy: distance(from: low, to: high) / 2)
      if predicate(self[middle]) {
        high = middle
      } else {
        low = index(after: middle)
      }
    }
    return low
  }
}
