import Ledger

extension BlockLog {
  /// The block of a height, `nil` if it is not in the log.
  ///
  /// - Throws: `.damaged` when its bytes are not what was appended; `.missingBlocks` in a hole.
  /// - Complexity: one read; the first access to a sealed segment walks over its records, about
  ///   20 ms from the page cache.
  package mutating func block(at height: Height) throws(StorageError) -> [UInt8]? {
    guard height >= configuration.firstHeight, height < nextHeight else { return nil }
    if let damaged = damagedSegment(of: height.rawValue) {
      return try damaged.block(at: height.rawValue)
    }
    return try segment(of: height.rawValue).block(at: height.rawValue)
  }

  /// The certificate of the lowest height from `height` on that has one; it proves `height` too.
  /// `nil` if the height is not in the log.
  ///
  /// - Throws: `.damaged`; `.missingBlocks` if the certificate may be a lost one.
  package mutating func certificate(
    covering height: Height
  ) throws(StorageError) -> (height: Height, bytes: [UInt8])? {
    guard height >= configuration.firstHeight, height < nextHeight else { return nil }
    var searched = height.rawValue
    while searched < state.nextHeight {
      let found: (height: UInt64, bytes: [UInt8])?
      if let damaged = damagedSegment(of: searched) {
        found = try damaged.certificate(covering: height.rawValue)
        searched = damaged.end
      } else {
        let segment = try segment(of: searched)
        found = try segment.certificate(covering: height.rawValue)
        searched = segment.nextHeight
      }
      if let found { return (Height(found.height), found.bytes) }
    }
    return nil
  }

  /// The highest height below `height` that has a certificate of its own which can be read.
  package mutating func lastCertified(below height: Height) throws(StorageError) -> Height? {
    for firstHeight in state.firstHeights.reversed() where firstHeight < height.rawValue {
      let heights: [UInt64]
      if let damaged = damagedSegment(of: firstHeight) {
        heights = damaged.certificateRecords.map(\.height)
      } else {
        heights = try segment(of: firstHeight).certificateEntries.map(\.height)
      }
      let count = heights.partitionPoint { $0 >= height.rawValue }
      if count > 0 { return Height(heights[count - 1]) }
    }
    return nil
  }

  /// Reads the blocks from `height` on in order, up to those committed now.
  package func reader(from height: Height) -> BlockReader {
    let first = min(max(height, configuration.firstHeight), nextHeight)
    return BlockReader(
      disk, configuration, firstHeights: state.firstHeights, missing: state.missingBlocks,
      heights: first.rawValue..<state.nextHeight)
  }

  private func damagedSegment(of height: UInt64) -> DamagedSegment? {
    guard !state.damaged.isEmpty else { return nil }
    return state.damaged.first { ($0.firstHeight..<$0.end).contains(height) }
  }

  private mutating func segment(of height: UInt64) throws(StorageError) -> Segment {
    if let open = state.open.last(where: { $0.segment.firstHeight <= height }) {
      return open.segment
    }
    let index = state.sealed.partitionPoint { $0 > height } - 1
    let firstHeight = state.sealed[index]
    let end = index + 1 < state.sealed.count ? state.sealed[index + 1] : state.sealedEnd
    let (disk, configuration) = (disk, configuration)
    return try sealedCache.segment(firstHeight) { () throws(StorageError) in
      try Segment(sealed: firstHeight..<end, on: disk, configuration)
    }
  }
}

extension Segment {
  /// Finds the records of a sealed segment without checking them; reading one does that.
  fileprivate init(
    sealed heights: Range<UInt64>, on disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    let first = heights.lowerBound
    let (blocks, certificates) = try attempt { () throws(DiskError) in
      (
        try disk.open(LogLayout.blocks(from: first), .read),
        try disk.open(LogLayout.certificates(from: first), .read)
      )
    }
    self.init(firstHeight: first, blocks: blocks, certificates: certificates)
    let scan = try BlockScan(
      blocks, maximumBlock: configuration.maximumBlockByteCount, check: .lengthsOnly)
    guard scan.defect == nil, scan.offsets.count == heights.count else {
      throw try Segment.damage(in: blocks, heights, configuration)
    }
    let certificateScan = try CertificateScan(certificates, firstHeight: first, check: .lengthsOnly)
    guard case .end = certificateScan.tail else {
      let range = certificateScan.end..<certificateScan.fileEnd
      throw .damaged(Damage(.checksum, in: certificates.path, at: range))
    }
    (blockOffsets, blocksEnd) = (scan.offsets, scan.end)
    (certificateEntries, certificatesEnd) = (certificateScan.entries, certificateScan.end)
  }

  /// Where the walk over the lengths went astray.
  private static func damage(
    in blocks: any DiskFile, _ heights: Range<UInt64>, _ configuration: BlockLog.Configuration
  ) throws(StorageError) -> StorageError {
    let scan = try BlockScan(blocks, maximumBlock: configuration.maximumBlockByteCount)
    let height = heights.lowerBound + UInt64(scan.offsets.count)
    let defect =
      scan.defect ?? RecordDefect(kind: .truncated, byteRange: scan.end..<scan.end)
    return .damaged(Damage(defect.kind, in: blocks.path, at: defect.byteRange, height: height))
  }
}
