import Cryptography
import Ledger

/// Finds out what is committed in a block log and removes what is not: `BlockLog` says by which
/// rules. Reads first and judges; only then does it alter anything.
struct BlockLogRecovery {
  let disk: any Disk
  let configuration: BlockLog.Configuration
  private(set) var cuts: [Cut] = []

  init(_ disk: any Disk, _ configuration: BlockLog.Configuration) {
    self.disk = disk
    self.configuration = configuration
  }

  mutating func run() throws(StorageError) -> BlockLogState {
    var inventory = try BlockLogInventory(disk, configuration)
    try remove(inventory.leftovers)
    guard !inventory.open.isEmpty else { return try sealedState(inventory) }
    let tail = try BlockLogTail(inventory, disk, configuration)
    while inventory.open.count > tail.keptCount {
      try remove(segmentFrom: inventory.open.removeLast().number)
    }
    var state = BlockLogState(
      sealed: inventory.sealed.map(\.number), lastSealed: inventory.lastSealed, open: [],
      nextHeight: tail.nextHeight)
    for segment in tail.segments.prefix(tail.keptCount) {
      state.open.append(try settle(segment.segment, through: tail.nextHeight))
    }
    try checkLinks(state.open, inventory.open)
    try attempt { () throws(DiskError) in
      try disk.syncDirectory(LogLayout.certificates)
      try disk.syncDirectory(LogLayout.blocks)
    }
    return state
  }

  /// The state when the last segment is sealed: all of it is committed, and all of it is checked.
  private func sealedState(_ inventory: BlockLogInventory) throws(StorageError) -> BlockLogState {
    guard let last = inventory.sealed.last else {
      throw .missingSegment(firstHeight: configuration.firstHeight)
    }
    let check = try SealedSegmentCheck(last, disk, configuration)
    if let damage = check.damages.first { throw .damaged(damage) }
    guard let certified = check.lastCertified, certified + 1 >= check.nextHeight else {
      throw .missingSegment(firstHeight: Height(check.nextHeight))
    }
    return BlockLogState(
      sealed: inventory.sealed.map(\.number), lastSealed: inventory.lastSealed, open: [],
      nextHeight: check.nextHeight)
  }

  /// A segment that is followed by another is the one that the other's header names.
  private func checkLinks(
    _ segments: [OpenSegment], _ headers: [FileHeader]
  ) throws(StorageError) {
    for (segment, following) in zip(segments, headers.dropFirst()) {
      guard segment.link != following.link else { continue }
      let range = 0..<segment.segment.blocksEnd
      throw .damaged(Damage(.digest, in: segment.segment.blocks.path, at: range))
    }
  }

  private mutating func remove(_ leftovers: [DiskPath]) throws(StorageError) {
    try attempt { () throws(DiskError) in
      for path in leftovers { try disk.remove(path) }
    }
  }

  /// The segment goes before its sidecar: a sidecar alone, without certificates, is a leftover.
  private mutating func remove(segmentFrom height: UInt64) throws(StorageError) {
    let paths = [LogLayout.blocks(from: height), LogLayout.certificates(from: height)]
    for path in paths {
      let cut = try attempt { () throws(DiskError) in
        let count = try disk.open(path, .read).byteCount()
        try disk.remove(path)
        try disk.syncDirectory(path.parent)
        return Cut(file: path, byteRange: 0..<count)
      }
      cuts.append(cut)
    }
  }

  /// Cuts both files behind what is committed and syncs what stays.
  mutating func settle(
    _ scanned: Segment, through nextHeight: UInt64
  ) throws(StorageError) -> OpenSegment {
    var segment = scanned
    if segment.nextHeight > nextHeight {
      let count = Int(nextHeight - segment.firstHeight)
      segment.blocksEnd = segment.blockOffsets[count]
      segment.blockOffsets.removeSubrange(count...)
    }
    try cut(segment.blocks, to: segment.blocksEnd)
    try rewrite(segment.certificates, to: segment.certificatesEnd)
    try cut(segment.certificates, to: segment.certificatesEnd)
    let hasher = try Seal.digest(segment.blocks, byteCount: segment.blocksEnd)
    return OpenSegment(recovered: segment, hasher: hasher)
  }

  /// Writes what is there once more, for the sync that follows to find it unwritten: after a sync
  /// has failed, the system takes for written what it could not write.
  private func rewrite(_ file: any DiskFile, to end: UInt64) throws(StorageError) {
    try attempt { () throws(DiskError) in
      try file.write(try file.read(Int(end), at: 0), at: 0)
    }
  }

  private mutating func cut(_ file: any DiskFile, to end: UInt64) throws(StorageError) {
    let count = try attempt { () throws(DiskError) in
      let count = try file.byteCount()
      if count > end { try file.truncate(to: end) }
      try file.sync()
      return count
    }
    if count > end { cuts.append(Cut(file: file.path, byteRange: end..<count)) }
  }
}

/// An unsealed segment with all its whole records, committed or not.
struct ScannedSegment {
  let segment: Segment
  let blockDefect: RecordDefect?
  let certificateTail: CertificateScan.Tail
  let certificateFileEnd: UInt64

  init(
    _ header: FileHeader, _ disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    let first = header.number
    var segment = try attempt { () throws(DiskError) in
      Segment(
        firstHeight: first, blocks: try disk.open(LogLayout.blocks(from: first), .readWrite),
        certificates: try disk.open(LogLayout.certificates(from: first), .readWrite))
    }
    let blocks = try BlockScan(
      segment.blocks, maximumBlock: configuration.maximumBlockByteCount)
    let certificates = try CertificateScan(segment.certificates, firstHeight: first)
    (segment.blockOffsets, segment.blocksEnd) = (blocks.offsets, blocks.end)
    (segment.certificateEntries, segment.certificatesEnd) = (certificates.entries, certificates.end)
    self.segment = segment
    blockDefect = blocks.defect
    certificateTail = certificates.tail
    certificateFileEnd = certificates.fileEnd
  }
}

/// The unsealed segments, judged: what is committed in them, and whether all of that is there.
struct BlockLogTail {
  private(set) var segments: [ScannedSegment] = []
  /// All blocks below are committed.
  let nextHeight: UInt64
  /// How many of the segments, from the first, stay.
  let keptCount: Int

  init(
    _ inventory: BlockLogInventory, _ disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    for header in inventory.open {
      segments.append(try ScannedSegment(header, disk, configuration))
    }
    let firstHeight = segments[0].segment.firstHeight
    let certified = segments.compactMap { $0.segment.certificateEntries.last?.height }.max()
    nextHeight = certified.map { $0 + 1 } ?? firstHeight
    let nextHeight = nextHeight
    keptCount = max(1, segments.count { $0.segment.firstHeight <= nextHeight })
    try checkCommitted()
  }

  private func checkCommitted() throws(StorageError) {
    for (index, scanned) in segments.enumerated() {
      let segment = scanned.segment
      let following =
        index + 1 < segments.count ? segments[index + 1].segment.firstHeight : UInt64.max
      let isFollowed = following < nextHeight
      try checkCertificates(scanned, before: isFollowed ? following : nextHeight, isFollowed)
      guard segment.nextHeight < min(nextHeight, following) else {
        guard !isFollowed || segment.nextHeight == following && scanned.blockDefect == nil else {
          throw blockDamage(scanned, .surplus)
        }
        continue
      }
      throw blockDamage(scanned, .truncated)
    }
  }

  /// A later certificate was written only after those of this segment had been synced.
  private func checkCertificates(
    _ scanned: ScannedSegment, before end: UInt64, _ isFollowed: Bool
  ) throws(StorageError) {
    let (path, start) = (scanned.segment.certificates.path, scanned.segment.certificatesEnd)
    switch scanned.certificateTail {
    case .damaged(let defect):
      throw .damaged(Damage(defect.kind, in: path, at: defect.byteRange))
    case .torn where isFollowed:
      throw .damaged(Damage(.truncated, in: path, at: start..<scanned.certificateFileEnd))
    case .torn, .end: break
    }
    guard let last = scanned.segment.certificateEntries.last, last.height >= end else { return }
    let range = last.offset..<start
    throw .damaged(Damage(.order, in: path, at: range, height: last.height))
  }

  private func blockDamage(_ scanned: ScannedSegment, _ kind: Damage.Kind) -> StorageError {
    let end = scanned.segment.blocksEnd
    let defect = scanned.blockDefect ?? RecordDefect(kind: kind, byteRange: end..<end)
    return .damaged(
      Damage(
        defect.kind, in: scanned.segment.blocks.path, at: defect.byteRange,
        height: scanned.segment.nextHeight))
  }
}
