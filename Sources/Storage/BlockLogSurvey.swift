import Cryptography
import Ledger

/// Opens a log that `BlockLogRecovery` refuses: finds out what can still be read of it, and what
/// must come from other nodes.
///
/// **What is believed.** A segment's digest is what the header of the next segment says, or else its
/// seal. A segment whose header and records are whole and that has this digest is whole; where only
/// its header, its seals or its sidecar's header are lost, they are written anew from what is known.
/// Otherwise the records whose checksums match are kept and the others are holes; should the segment
/// put together of both not have the digest, all of it is a hole (`SegmentRepair`). Which segments
/// there must be is told by the names of segments, sidecars and seals, and by the headers that name
/// the segment before.
///
/// **What is committed** at the end is told by the certificates, as in `BlockLogRecovery`. Where they
/// are damaged, all whole blocks are taken for committed: only final blocks are ever written, and
/// nothing acknowledged is cut.
///
/// **What is altered.** Holes stay as they are: the damaged file is neither cut nor renamed until
/// the whole one takes its place, so a crash at any time leaves what there was. Segments that are
/// sound but for a seal that was never written, or was lost, are sealed.
struct BlockLogSurvey {
  let disk: any Disk
  let configuration: BlockLog.Configuration
  private(set) var cuts: [Cut] = []
  /// First heights of all segments that there must be, ascending.
  private var starts: [UInt64] = []
  private var headers: [UInt64: FileHeader] = [:]
  private var marks: [UInt64] = []
  private var sealed: [UInt64] = []
  private var damaged: [DamagedSegment] = []

  init(_ disk: any Disk, _ configuration: BlockLog.Configuration) {
    self.disk = disk
    self.configuration = configuration
  }

  /// Whether a mark says that a segment was found damaged before.
  static func hasMarks(_ disk: any Disk) throws(StorageError) -> Bool {
    let names = try attempt { () throws(DiskError) in try disk.list(LogLayout.blocks) }
    return !LogLayout.numbers(in: names, suffix: "damaged").isEmpty
  }

  mutating func run() throws(StorageError) -> BlockLogState {
    let state = try findState()
    for mark in marks where !state.damaged.contains(where: { $0.firstHeight == mark }) {
      try LogLayout.removeMark(from: mark, disk)
    }
    return state
  }

  private mutating func findState() throws(StorageError) -> BlockLogState {
    let unsealed = try findSegments()
    try dropUncommitted(unsealed)
    var index = 0
    // A segment may turn out to end before the next one that is known.
    while index + 1 < starts.count {
      try look(at: starts[index], end: starts[index + 1])
      index += 1
    }
    return try lookAtLast(starts[index])
  }

  // MARK: Which segments there must be

  /// - Returns: those at the end that have no seal, ascending.
  private mutating func findSegments() throws(StorageError) -> [UInt64] {
    let (blocks, certificates) = try names()
    let segments = LogLayout.numbers(in: blocks, suffix: "blocks")
    let seals = LogLayout.numbers(in: blocks, suffix: "sha256")
    marks = LogLayout.numbers(in: blocks, suffix: "damaged")
    let first = configuration.firstHeight.rawValue
    var found: Set<UInt64> = [first]
    found.formUnion(segments)
    found.formUnion(seals)
    for height in segments { headers[height] = try header(at: height) }
    found.formUnion(headers.values.compactMap { $0.link?.firstHeight })
    for height in LogLayout.numbers(in: certificates, suffix: "certificates")
    where !found.contains(height) {
      let survey = try SegmentSurvey(at: height, on: disk, configuration)
      if survey.certificateRecords.isEmpty, survey.certificateTail != .lost {
        try removeFile(LogLayout.certificates(from: height))
      } else {
        found.insert(height)
      }
    }
    starts = found.filter { $0 >= first }.sorted()
    dropStrays()
    return Array(starts.reversed().prefix { !seals.contains($0) }.reversed())
  }

  /// The names in both directories, whose unfinished files are removed.
  private func names() throws(StorageError) -> (blocks: [String], certificates: [String]) {
    var names: [[String]] = []
    for directory in [LogLayout.blocks, LogLayout.certificates] {
      names.append(
        try attempt { () throws(DiskError) in
          try disk.createDirectoryIfAbsent(directory)
          let all = try disk.list(directory)
          for name in all where name.hasSuffix(temporarySuffix) {
            try disk.remove(directory.appending(name))
          }
          return all
        })
    }
    return (names[0], names[1])
  }

  private func header(at height: UInt64) throws(StorageError) -> FileHeader? {
    let file: any DiskFile
    do {
      file = try disk.open(LogLayout.blocks(from: height), .read)
    } catch {
      guard error.reason == .io else { throw .disk(error) }
      return nil
    }
    return try SegmentSurvey.header(.blocks, height, configuration.network, file)
  }

  /// A header that names the segment before says that there is none between.
  private mutating func dropStrays() {
    let links = starts.compactMap { start in
      headers[start]?.link.map { (before: $0.firstHeight, start: start) }
    }
    starts.removeAll { start in
      links.contains { $0.before < start && start < $0.start && $0.before < $0.start }
    }
  }

  /// Removes segments at the end that were begun and hold nothing committed.
  private mutating func dropUncommitted(_ unsealed: [UInt64]) throws(StorageError) {
    var certified: UInt64?
    var isSound = true
    for start in unsealed {
      let survey = try SegmentSurvey(at: start, on: disk, configuration)
      certified = survey.lastCertified ?? certified
      let isEmpty = survey.fileEnd <= UInt64(FileHeader.Kind.blocks.byteCount)
      let isSoundSidecar = survey.hasCertificateHeader && survey.certificateTail != .lost
      isSound = isSound && (isSoundSidecar || survey.certificates == nil && isEmpty)
    }
    guard isSound, let first = unsealed.first else { return }
    let next = certified.map { $0 + 1 } ?? first
    while let last = starts.last, last > next, last > first {
      // The segment goes before its sidecar: a sidecar alone, without certificates, is a leftover.
      try removeFile(LogLayout.blocks(from: last))
      try removeFile(LogLayout.certificates(from: last))
      starts.removeLast()
    }
  }

  private mutating func removeFile(_ path: DiskPath) throws(StorageError) {
    do {
      let count = try disk.open(path, .read).byteCount()
      try disk.remove(path)
      try disk.syncDirectory(path.parent)
      cuts.append(Cut(file: path, byteRange: 0..<count))
    } catch {
      guard error.reason == .notFound else { throw .disk(error) }
    }
  }

  // MARK: Segments that another follows

  private mutating func look(at start: UInt64, end: UInt64) throws(StorageError) {
    let next = headers[end]?.link.flatMap { $0.firstHeight == start ? $0.digest : nil }
    let seal = try orNilIfDamaged { () throws(StorageError) in
      try Seal.read(of: LogLayout.blocks(from: start), disk)
    }
    let digest: DamagedSegment.ExpectedDigest? =
      next.map { .linked($0) } ?? (seal ?? nil).map { .sealed($0) }
    if next != nil, seal == next, headers[start] != nil, !marks.contains(start),
      try hasSoundSidecarHeader(start)
    {
      sealed.append(start)
      return
    }
    try lookThrough(start, end: end, digest, isFollowed: next != nil)
  }

  private func hasSoundSidecarHeader(_ start: UInt64) throws(StorageError) -> Bool {
    let file = try orNilIfDamaged { () throws(StorageError) in
      try attempt { () throws(DiskError) in
        try disk.open(LogLayout.certificates(from: start), .read)
      }
    }
    return try SegmentSurvey.header(.certificates, start, configuration.network, file) != nil
  }

  /// Reads all of a segment.
  ///
  /// - Parameter isFollowed: whether the next header names this segment as the one before.
  private mutating func lookThrough(
    _ start: UInt64, end limit: UInt64, _ digest: DamagedSegment.ExpectedDigest?,
    isFollowed: Bool
  ) throws(StorageError) {
    let survey = try SegmentSurvey(at: start, on: disk, configuration)
    var end = limit
    if !isFollowed, survey.isFilled, survey.fileEnd >= configuration.segmentByteCount,
      survey.wholeEnd < limit
    {
      end = survey.wholeEnd
    }
    let found = survey.isWhole(to: end) && survey.header != nil ? try survey.digest() : nil
    let isWhole = found.map { $0 == digest?.digest ?? $0 } ?? false
    if end < limit, isWhole {
      starts.insert(end, at: (starts.firstIndex(of: start) ?? 0) + 1)
    } else {
      end = limit
    }
    let uncertified = try firstUncertified(survey, end: end)
    sealed.append(start)
    if isWhole, uncertified == end, survey.hasCertificateHeader, let found {
      try writeSeals(of: start, found)
    } else {
      damaged.append(
        survey.damaged(end: end, digest: digest, uncertified: uncertified, isLast: false))
    }
  }

  /// From where on the certificates of a segment that another follows may be lost. Its last block
  /// need not have had one; only the seal tells.
  private func firstUncertified(
    _ survey: SegmentSurvey, end: UInt64
  ) throws(StorageError) -> UInt64 {
    let lowest = survey.lastCertified.map { min($0 + 1, end) } ?? survey.firstHeight
    guard survey.certificateTail == .end, let file = survey.certificates else { return lowest }
    if try isNeverSealed(survey.firstHeight) { return end }
    let seal = try orNilIfDamaged { () throws(StorageError) in try Seal.read(of: file.path, disk) }
    guard let seal = seal ?? nil else { return lowest }
    return try SegmentSurvey.digest(file) == seal ? end : lowest
  }

  private func isNeverSealed(_ start: UInt64) throws(StorageError) -> Bool {
    for path in [LogLayout.blocks(from: start), LogLayout.certificates(from: start)] {
      let seal = try orNilIfDamaged { () throws(StorageError) in try Seal.read(of: path, disk) }
      guard case .some(.none) = seal else { return false }
    }
    return true
  }

  private func writeSeals(of start: UInt64, _ digest: Digest) throws(StorageError) {
    let certificates = LogLayout.certificates(from: start)
    let file = try attempt { () throws(DiskError) in try disk.open(certificates, .read) }
    guard let sidecar = try SegmentSurvey.digest(file) else { return }
    try Seal.write(blocks: digest, certificates: sidecar, from: start, disk)
  }

  // MARK: The last segment

  private mutating func lookAtLast(_ start: UInt64) throws(StorageError) -> BlockLogState {
    if let state = try sealedState(start) { return state }
    let survey = try SegmentSurvey(at: start, on: disk, configuration)
    let seal = try orNilIfDamaged { () throws(StorageError) in
      try Seal.read(of: LogLayout.blocks(from: start), disk)
    }
    // What is sealed is committed, whatever its certificates say.
    let isSealed = if case .some(.none) = seal { false } else { true }
    let isTold = survey.hasCertificateHeader && survey.certificateTail != .lost && !isSealed
    let certifiedEnd = survey.lastCertified.map { $0 + 1 } ?? start
    let end = isTold ? certifiedEnd : max(certifiedEnd, survey.wholeEnd)
    let segment = survey.damaged(
      end: end, digest: (seal ?? nil).map { .sealed($0) }, uncertified: isTold ? end : certifiedEnd,
      isLast: true)
    guard segment.needed.isEmpty, survey.header != nil, isTold, isLinked(survey),
      let found = Segment(segment)
    else { return state([], damaged + [segment], nextHeight: end) }
    var recovery = BlockLogRecovery(disk, configuration)
    let open = try recovery.settle(found, through: end)
    cuts += recovery.cuts
    try attempt { () throws(DiskError) in
      try disk.syncDirectory(LogLayout.certificates)
      try disk.syncDirectory(LogLayout.blocks)
    }
    return state([open], damaged, nextHeight: end)
  }

  private func isLinked(_ survey: SegmentSurvey) -> Bool {
    survey.header?.link?.firstHeight == sealed.last
  }

  /// The state if the last segment is full, whole and sealed.
  private func sealedState(_ start: UInt64) throws(StorageError) -> BlockLogState? {
    guard let header = headers[start], header.link?.firstHeight == sealed.last else { return nil }
    let path = LogLayout.blocks(from: start)
    let seal = try orNilIfDamaged { () throws(StorageError) in try Seal.read(of: path, disk) }
    guard let digest = seal ?? nil else { return nil }
    let check = try orNilIfDamaged { () throws(StorageError) in
      try SealedSegmentCheck(header, disk, configuration)
    }
    guard let check, check.damages.isEmpty, let certified = check.lastCertified,
      certified + 1 >= check.nextHeight
    else { return nil }
    var state = state([], damaged, nextHeight: check.nextHeight)
    state.sealed.append(start)
    state.lastSealed = FileHeader.Link(firstHeight: start, digest: digest)
    return state
  }

  private func state(
    _ open: [OpenSegment], _ damaged: [DamagedSegment], nextHeight: UInt64
  ) -> BlockLogState {
    BlockLogState(
      sealed: sealed, lastSealed: nil, open: open, nextHeight: nextHeight, damaged: damaged)
  }
}

extension Segment {
  /// A segment all of whose blocks can be read; `nil` if a file is missing.
  fileprivate init?(_ segment: DamagedSegment) {
    guard let blocks = segment.blocks, let certificates = segment.certificates else { return nil }
    self.init(firstHeight: segment.firstHeight, blocks: blocks, certificates: certificates)
    blockOffsets = segment.records.compactMap { $0?.lowerBound }
    certificateEntries = segment.certificateRecords.map {
      CertificateEntry(height: $0.height, offset: $0.byteRange.lowerBound)
    }
    if let end = segment.records.last??.upperBound { blocksEnd = end }
    if let end = segment.certificateRecords.last?.byteRange.upperBound { certificatesEnd = end }
  }
}

extension LogLayout {
  static func removeMark(from height: UInt64, _ disk: any Disk) throws(StorageError) {
    do {
      try disk.remove(mark(from: height))
      try disk.syncDirectory(blocks)
    } catch {
      guard error.reason == .notFound else { throw .disk(error) }
    }
  }
}
