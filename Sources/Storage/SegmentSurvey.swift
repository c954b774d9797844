import Cryptography

/// What can be read of a segment and of its sidecar, whatever their condition.
struct SegmentSurvey {
  let firstHeight: UInt64
  /// `nil` if the file is missing.
  let blocks: (any DiskFile)?
  /// `nil` if it cannot be trusted.
  let header: FileHeader?
  /// Where the block records lie; `nil` for one that is not whole.
  private(set) var records: [Range<UInt64>?] = []
  /// Whether the records fill the file to its end.
  private(set) var isFilled = false
  private(set) var fileEnd: UInt64 = 0
  let certificates: (any DiskFile)?
  let hasCertificateHeader: Bool
  private(set) var certificateRecords: [DamagedSegment.CertificateRecord] = []
  private(set) var certificateTail = CertificateTail.lost

  /// What follows the last whole certificate.
  enum CertificateTail: Hashable {
    case end
    /// What may be a write that never was finished.
    case torn
    /// Something that once was more.
    case lost
  }

  init(
    at firstHeight: UInt64, on disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    self.firstHeight = firstHeight
    let network = configuration.network
    blocks = try SegmentSurvey.open(LogLayout.blocks(from: firstHeight), disk)
    header = try SegmentSurvey.header(.blocks, firstHeight, network, blocks)
    certificates = try SegmentSurvey.open(LogLayout.certificates(from: firstHeight), disk)
    hasCertificateHeader =
      try SegmentSurvey.header(.certificates, firstHeight, network, certificates) != nil
    if let blocks { try readBlocks(blocks, configuration.maximumBlockByteCount) }
    if let certificates { try readCertificates(certificates) }
  }

  /// The file for reading and writing, `nil` if there is none or the disk cannot get at it.
  private static func open(_ path: DiskPath, _ disk: any Disk) throws(StorageError) -> (
    any DiskFile
  )? {
    do {
      return try disk.open(path, .readWrite)
    } catch {
      guard error.reason == .notFound || error.reason == .io else { throw .disk(error) }
      return nil
    }
  }

  /// The header, if it is whole and the one that belongs here.
  static func header(
    _ kind: FileHeader.Kind, _ number: UInt64, _ network: Digest, _ file: (any DiskFile)?
  ) throws(StorageError) -> FileHeader? {
    guard let file else { return nil }
    return try orNilIfDamaged { () throws(StorageError) in
      try FileHeader.read(kind, number: number, of: network, from: file)
    }
  }

  /// Goes on behind a record whose bytes are damaged, as long as its length leads to another.
  private mutating func readBlocks(
    _ file: any DiskFile, _ maximumBlock: Int
  ) throws(StorageError) {
    let start = UInt64(FileHeader.Kind.blocks.byteCount)
    guard
      var reader = try orNilIfDamaged({ () throws(StorageError) in
        try RecordReader(file, from: start, maximumPayload: maximumBlock)
      })
    else { return }
    fileEnd = reader.end
    while true {
      let outcome = try orNilIfDamaged { () throws(StorageError) in try reader.next() }
      switch outcome {
      case .record(_, let byteRange): records.append(byteRange)
      case .defect(let defect) where defect.kind == .checksum:
        records.append(nil)
        reader.skip(to: defect.byteRange.upperBound)
      case .end:
        isFilled = fileEnd >= start
        return
      case .defect, nil: return
      }
    }
  }

  private mutating func readCertificates(_ file: any DiskFile) throws(StorageError) {
    guard
      let scan = try orNilIfDamaged({ () throws(StorageError) in
        try CertificateScan(file, firstHeight: firstHeight)
      })
    else { return }
    let ends = scan.entries.dropFirst().map(\.offset) + [scan.end]
    certificateRecords = zip(scan.entries, ends).map { entry, end in
      DamagedSegment.CertificateRecord(height: entry.height, byteRange: entry.offset..<end)
    }
    certificateTail =
      switch scan.tail {
      case .end: .end
      case .torn: .torn
      case .damaged: .lost
      }
  }

  // MARK: What it comes to

  var lastCertified: UInt64? { certificateRecords.last?.height }

  /// The height after the last whole block.
  var wholeEnd: UInt64 {
    let last = records.lastIndex { $0 != nil }
    return firstHeight + UInt64(last.map { $0 + 1 } ?? 0)
  }

  /// Whether every block below `end`, and nothing else, is there.
  func isWhole(to end: UInt64) -> Bool {
    isFilled && firstHeight + UInt64(records.count) == end && records.allSatisfy { $0 != nil }
  }

  /// SHA-256 of the whole file, `nil` if it cannot be read.
  func digest() throws(StorageError) -> Digest? {
    guard let blocks else { return nil }
    return try SegmentSurvey.digest(blocks)
  }

  static func digest(_ file: any DiskFile) throws(StorageError) -> Digest? {
    let hasher = try orNilIfDamaged { () throws(StorageError) in
      let count = try attempt { () throws(DiskError) in try file.byteCount() }
      return try Seal.digest(file, byteCount: count)
    }
    guard var hasher else { return nil }
    return hasher.finish()
  }

  /// - Parameters:
  ///   - end: the height after the segment's last block.
  ///   - digest: of the file as it should be, if known.
  ///   - uncertified: from where on certificates may be lost; `end` if none are.
  func damaged(
    end: UInt64, digest: DamagedSegment.ExpectedDigest?, uncertified: UInt64, isLast: Bool
  ) -> DamagedSegment {
    DamagedSegment(
      firstHeight: firstHeight, end: end, blocks: blocks,
      records: Array(records.prefix(Int(end - firstHeight))), certificates: certificates,
      certificateRecords: certificateRecords.filter { $0.height < uncertified },
      uncertified: uncertified, digest: digest, isLast: isLast)
  }
}

/// Runs `body`; `nil` if what it reads is damaged or cannot be read by the disk.
func orNilIfDamaged<Result>(
  _ body: () throws(StorageError) -> Result
) throws(StorageError) -> Result? {
  do {
    return try body()
  } catch {
    guard error.isDamage else { throw error }
    return nil
  }
}

extension StorageError {
  /// Whether bytes of a file are lost: altered, missing, or on a bad place of the disk.
  package var isDamage: Bool {
    switch self {
    case .damaged, .missingSegment: true
    case .disk(let error):
      switch (error.operation, error.reason) {
      case (.read, .io), (.open, .io), (.open, .notFound), (.list, .notFound): true
      default: false
      }
    case .stopped, .missingBlocks, .foreignNetwork, .newerFormat, .notADataDirectory,
      .alreadyADataDirectory, .inUse, .outOfOrder, .indexUnusable:
      false
    }
  }
}
