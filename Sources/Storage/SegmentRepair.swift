import Cryptography
import Ledger

/// A damaged segment being written anew, beside the old one and under a name that means nothing.
///
/// What can be read of the old one is copied, the rest is given in the order of heights. As segments
/// roll on block bytes alone, the result has the same bytes as every other node's; where its digest
/// is known, that is checked before it takes the old one's place. A stretch of segments that are
/// missing as a whole is written one segment after the other.
struct SegmentRepair {
  private let disk: any Disk
  private let configuration: BlockLog.Configuration
  private let damaged: DamagedSegment
  private var blocks: StagedFile
  private var certificates: StagedFile
  /// The next height to be written.
  private(set) var height: UInt64
  /// The height after the last block that the segment, or the stretch of segments, must have.
  private(set) var end: UInt64
  private var offsets: [UInt64] = []
  private var certified: [Segment.CertificateEntry] = []

  /// - Parameter link: what the segment's header says of the one before.
  init(
    of damaged: DamagedSegment, link: FileHeader.Link?, on disk: any Disk,
    _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    self.disk = disk
    self.configuration = configuration
    self.damaged = damaged
    (height, end) = (damaged.firstHeight, damaged.end)
    let (network, number) = (configuration.network, damaged.firstHeight)
    blocks = try StagedFile(
      replacing: LogLayout.blocks(from: number),
      with: FileHeader(.blocks, network: network, number: number, link: link).bytes, disk)
    certificates = try StagedFile(
      replacing: LogLayout.certificates(from: number),
      with: FileHeader(.certificates, network: network, number: number).bytes, disk)
    try copyCertificates()
    try copyBlocks()
  }

  var firstHeight: UInt64 { damaged.firstHeight }

  /// Whether the next block begins the next segment.
  var isFull: Bool { blocks.byteCount >= configuration.segmentByteCount }

  /// Whether all blocks are written and, where the log grows, the last one is proven.
  var isComplete: Bool {
    guard height >= end else { return false }
    return !damaged.isLast || height == firstHeight || certified.last?.height == height - 1
  }

  /// Whether any block was copied and not given.
  var hasCopies: Bool { damaged.records.contains { $0 != nil } }

  // MARK: Writing

  /// Writes the next height's block, and copies those that follow and need not be given.
  ///
  /// - Precondition: the segment is not full.
  mutating func append(_ entry: BlockLog.Entry) throws(StorageError) {
    precondition(!isFull, "a full segment takes no more blocks")
    if height >= damaged.uncertified, let certificate = entry.certificate {
      try append(certificate: certificate, at: height)
    }
    try append(block: entry.block)
    end = max(end, height)
    try copyBlocks()
  }

  private mutating func append(block: [UInt8]) throws(StorageError) {
    offsets.append(blocks.byteCount)
    try blocks.append(block)
    height += 1
  }

  private mutating func append(
    certificate: [UInt8], at height: UInt64
  ) throws(StorageError) {
    certified.append(.init(height: height, offset: certificates.byteCount))
    var number: [UInt8] = []
    number.appendLittleEndian(height)
    try certificates.append(number, certificate)
  }

  private mutating func copyBlocks() throws(StorageError) {
    while height < damaged.end, !isFull, !damaged.isNeeded(height) {
      try append(block: try damaged.block(at: height))
    }
  }

  private mutating func copyCertificates() throws(StorageError) {
    guard let file = damaged.certificates else { return }
    for record in damaged.certificateRecords {
      let payload = try Segment.payload(of: file, record.byteRange, height: record.height)
      try append(certificate: Array(payload.dropFirst(8)), at: record.height)
    }
  }

  // MARK: The end

  enum Result {
    case sealed(FileHeader.Link)
    /// The segment that the log grows at.
    case open(OpenSegment)
    /// The segment is not the one that its seal or the next segment names; nothing was altered.
    case contradicted(Damage)
  }

  /// Puts the segment in its place. Durable when this returns.
  mutating func finish() throws(StorageError) -> Result {
    if let damage = contradiction { return .contradicted(damage) }
    if damaged.certificates == nil { try createSidecar() }
    try blocks.replaceTarget()
    try certificates.replaceTarget()
    guard isFull else { return .open(try openSegment()) }
    let digest = blocks.digest
    try Seal.write(blocks: digest, certificates: certificates.digest, from: firstHeight, disk)
    try LogLayout.removeMark(from: firstHeight, disk)
    return .sealed(FileHeader.Link(firstHeight: firstHeight, digest: digest))
  }

  private var contradiction: Damage? {
    let range = 0..<blocks.byteCount
    guard isFull else {
      return damaged.isLast ? nil : Damage(.truncated, in: blocks.target, at: range)
    }
    guard let expected = damaged.digest, expected.digest != blocks.digest else { return nil }
    if case .sealed = expected, !hasCopies { return nil }
    return Damage(.digest, in: blocks.target, at: range)
  }

  /// A segment without sidecar would be damaged; blocks without certificates are merely uncommitted.
  private func createSidecar() throws(StorageError) {
    let header = FileHeader(
      .certificates, network: configuration.network, number: firstHeight)
    try attempt { () throws(DiskError) in
      try disk.createAtomically(certificates.target, header.bytes)
      try disk.syncDirectory(LogLayout.certificates)
    }
  }

  private func openSegment() throws(StorageError) -> OpenSegment {
    var segment = try attempt { () throws(DiskError) in
      Segment(
        firstHeight: firstHeight, blocks: try disk.open(blocks.target, .readWrite),
        certificates: try disk.open(certificates.target, .readWrite))
    }
    (segment.blockOffsets, segment.blocksEnd) = (offsets, blocks.byteCount)
    (segment.certificateEntries, segment.certificatesEnd) = (certified, certificates.byteCount)
    return OpenSegment(
      recovered: segment, hasher: try Seal.digest(segment.blocks, byteCount: blocks.byteCount))
  }

  func abandon() {
    blocks.abandon()
    certificates.abandon()
  }
}
