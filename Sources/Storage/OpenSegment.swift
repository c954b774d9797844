import Cryptography

/// A segment that is not sealed yet.
struct OpenSegment {
  var segment: Segment
  /// Has taken in the segment's bytes.
  var hasher: SHA256

  /// Creates the files of a segment. They are durable when this returns.
  ///
  /// The sidecar comes first; recovery removes either if it finds it alone.
  init(
    creating firstHeight: UInt64, link: FileHeader.Link?, on disk: any Disk,
    _ configuration: BlockLog.Configuration
  ) throws(DiskError) {
    let (network, number) = (configuration.network, firstHeight)
    let blocks = LogLayout.blocks(from: number)
    let certificates = LogLayout.certificates(from: number)
    let header = FileHeader(.blocks, network: network, number: number, link: link).bytes
    try disk.createAtomically(
      certificates, FileHeader(.certificates, network: network, number: number).bytes)
    try disk.syncDirectory(LogLayout.certificates)
    try disk.createAtomically(blocks, header)
    try disk.syncDirectory(LogLayout.blocks)
    segment = Segment(
      firstHeight: firstHeight, blocks: try disk.open(blocks, .readWrite),
      certificates: try disk.open(certificates, .readWrite))
    hasher = SHA256()
    hasher.update(header)
  }

  init(recovered segment: Segment, hasher: SHA256) {
    self.segment = segment
    self.hasher = hasher
  }

  /// What the header of the next segment says of this one.
  var link: FileHeader.Link {
    var hasher = hasher
    return FileHeader.Link(firstHeight: segment.firstHeight, digest: hasher.finish())
  }

  /// Writes block records behind those that are there, and syncs them.
  mutating func write(blocks records: [UInt8], lengths: [UInt64]) throws(DiskError) {
    guard !records.isEmpty else { return }
    try segment.blocks.write(records, at: segment.blocksEnd)
    try segment.blocks.sync()
    hasher.update(records)
    for length in lengths {
      segment.blockOffsets.append(segment.blocksEnd)
      segment.blocksEnd += length
    }
  }

  /// Writes certificates behind those that are there, and syncs them.
  mutating func write(
    certificates: [(height: UInt64, bytes: [UInt8])]
  ) throws(DiskError) {
    guard !certificates.isEmpty else { return }
    var records: [UInt8] = []
    var entries: [Segment.CertificateEntry] = []
    for (height, bytes) in certificates {
      let offset = segment.certificatesEnd + UInt64(records.count)
      entries.append(.init(height: height, offset: offset))
      Record.append(OpenSegment.littleEndian(height), bytes, to: &records)
    }
    try segment.certificates.write(records, at: segment.certificatesEnd)
    try segment.certificates.sync()
    segment.certificateEntries += entries
    segment.certificatesEnd += UInt64(records.count)
  }

  /// Writes the seals of both files.
  func seal(on disk: any Disk) throws(StorageError) {
    var hasher = try Seal.digest(segment.certificates, byteCount: segment.certificatesEnd)
    try Seal.write(
      blocks: link.digest, certificates: hasher.finish(), from: segment.firstHeight, disk)
  }

  private static func littleEndian(_ height: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(height)
    return bytes
  }
}
