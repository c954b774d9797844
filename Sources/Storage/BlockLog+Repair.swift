import Cryptography
import Ledger

// Holes: what `DamagePolicy.leaveHoles` opens with, and how they are filled.

extension BlockLog {
  /// What cannot be read and must be fetched, ascending. It stays a hole until its segment is whole.
  package var holes: [LogHole] {
    state.damaged.flatMap { segment in
      segment.needed.map {
        LogHole(
          segment: Height(segment.firstHeight),
          heights: Height($0.lowerBound)..<Height($0.upperBound))
      }
    }
  }

  package var isWhole: Bool { state.damaged.isEmpty }

  /// Whether blocks can be appended: not while there is a hole in the segment that the log grows at.
  package var canGrow: Bool { state.damagedLast == nil }

  /// The height that `fill` takes next, `nil` if nothing is missing.
  package var nextWanted: Height? {
    guard let damaged = state.damaged.first else { return nil }
    let height = repair?.height ?? damaged.nextNeeded(from: damaged.firstHeight) ?? damaged.end
    return Height(height)
  }

  /// The first height from `height` on whose block cannot be read; `nextHeight` if there is none.
  package func firstMissing(from height: Height) -> Height {
    let missing = state.missingBlocks.first { $0.upperBound > height.rawValue }
    return missing.map { max(height, Height($0.lowerBound)) } ?? nextHeight
  }

  // MARK: Filling

  /// Gives blocks that are missing, and their certificates where those are; what is not missing is
  /// passed over. A segment takes the damaged one's place, durably, when its last hole is filled; what
  /// was given for it before is lost in a crash.
  ///
  /// The caller has verified the blocks. At the end of the log more may be given than is missing, up
  /// to the first block with a certificate.
  ///
  /// - Throws: `.outOfOrder` if `nextWanted` is a lower height; `.disk` with `.noSpace` when there is
  ///   no room for the segment, after which all for that segment must be given again; `.damaged`
  ///   when the segment contradicts its digest although all of it was given; `.disk` and `.stopped`
  ///   as `append`.
  package mutating func fill(
    _ entries: [Entry], from height: Height
  ) throws(StorageError) {
    try settle()
    contradiction = nil
    var height = height.rawValue
    for entry in entries {
      guard let wanted = nextWanted else { return }
      guard height <= wanted.rawValue else { throw .outOfOrder(nextHeight: wanted) }
      if height == wanted.rawValue {
        try repairing { (log) throws(StorageError) in try log.give(entry) }
        if let contradiction { throw .damaged(contradiction) }
      }
      height += 1
    }
  }

  /// Puts right what needs nothing from elsewhere: headers, seals, segments that need only be copied.
  mutating func mend() throws(StorageError) {
    while let first = state.damaged.first, first.needed.isEmpty, condition.isSound {
      let count = state.damaged.count
      try repairing { (log) throws(StorageError) in
        try log.beginRepair()
        try log.finishIfComplete()
      }
      guard state.damaged.count < count else { return }
    }
  }

  private mutating func give(_ entry: Entry) throws(StorageError) {
    if repair == nil { try beginRepair() }
    try rollIfFull()
    try repair?.append(entry)
    try finishIfComplete()
    if repair == nil { try mend() }
  }

  private mutating func beginRepair() throws(StorageError) {
    guard let damaged = state.damaged.first else { return }
    repair = try SegmentRepair(
      of: damaged, link: try link(before: damaged.firstHeight), on: disk, configuration)
  }

  private func link(before height: UInt64) throws(StorageError) -> FileHeader.Link? {
    guard let previous = state.sealed.last(where: { $0 < height }) else { return nil }
    let path = LogLayout.blocks(from: previous)
    guard let digest = try Seal.read(of: path, disk) else {
      throw .damaged(Damage(.missing, in: Seal.path(of: path), at: 0..<0))
    }
    return FileHeader.Link(firstHeight: previous, digest: digest)
  }

  private mutating func finishIfComplete() throws(StorageError) {
    guard repair?.isComplete ?? false, case .some(var finished) = repair else { return }
    let result = try finished.finish()
    let damaged = state.damaged.removeFirst()
    repair = nil
    sealedCache.forget(damaged.firstHeight)
    switch result {
    case .contradicted(let damage): contradicted(finished, damaged, damage)
    case .open(let segment):
      state.open = [segment]
      state.nextHeight = finished.height
    case .sealed(let link):
      guard damaged.isLast else { return }
      state.sealed.append(link.firstHeight)
      state.lastSealed = link
      state.nextHeight = finished.height
    }
  }

  /// Goes on with the next segment of a stretch of missing ones.
  private mutating func rollIfFull() throws(StorageError) {
    guard repair?.isFull ?? false, case .some(var finished) = repair else { return }
    let result = try finished.finish()
    let damaged = state.damaged.removeFirst()
    repair = nil
    sealedCache.forget(damaged.firstHeight)
    guard case .sealed(let link) = result else {
      // It is full, so it is sealed or contradicts its digest.
      if case .contradicted(let damage) = result { contradicted(finished, damaged, damage) }
      return
    }
    let rest = DamagedSegment(missing: finished.height..<finished.end, isLast: damaged.isLast)
    if !state.sealed.contains(link.firstHeight) { state.sealed.append(link.firstHeight) }
    if !damaged.isLast { state.sealed.append(rest.firstHeight) }
    state.sealed.sort()
    state.damaged.insert(rest, at: 0)
    try beginRepair()
  }

  /// What was copied may be wrong although its checksums match: then all must be given.
  private mutating func contradicted(
    _ finished: SegmentRepair, _ damaged: DamagedSegment, _ damage: Damage
  ) {
    finished.abandon()
    var suspect = damaged
    suspect.records = []
    state.damaged.insert(suspect, at: 0)
    if !finished.hasCopies { contradiction = damage }
  }

  /// Runs a step of a repair. After an error the repair begins anew, unless what the disk holds is
  /// unknown. More damage that shows is no error, but another hole.
  private mutating func repairing(
    _ body: (inout BlockLog) throws(StorageError) -> Void
  ) throws(StorageError) {
    do {
      try body(&self)
    } catch {
      abandonRepair()
      if error.isDamage { return try survey() }
      if case .disk(let cause) = error, cause.isOfNames || !cause.isTransient {
        condition = .stopped(cause)
      }
      throw error
    }
  }

  // MARK: Finding damage

  /// Takes note that bytes are not what was stored, as reading a block showed, and looks through the
  /// segment: its blocks that cannot be read become holes. The next start knows of it too.
  package mutating func quarantine(_ damage: Damage) throws(StorageError) {
    try settle()
    guard let height = LogLayout.number(of: damage.file) else { return }
    if state.sealed.contains(height) {
      try unlessFull { (log) throws(StorageError) in try log.mark(height, damage) }
    }
    try survey()
    try unlessFull { (log) throws(StorageError) in try log.mend() }
  }

  private func mark(_ segment: UInt64, _ damage: Damage) throws(StorageError) {
    try attempt { () throws(DiskError) in
      try disk.createAtomically(LogLayout.mark(from: segment), Array("\(damage)\n".utf8))
      try disk.syncDirectory(LogLayout.blocks)
    }
  }

  /// Runs what can be left undone while there is no room on the disk.
  mutating func unlessFull(
    _ body: (inout BlockLog) throws(StorageError) -> Void
  ) throws(StorageError) {
    do {
      try body(&self)
    } catch {
      guard case .disk(let cause) = error, cause.isTransient else { throw error }
    }
  }

  /// The sealed segment that holds `height`, to be looked through: for a node to do in its quiet
  /// hours, a segment at a time, without holding up the log. `nil` if it is not sealed, or known to be
  /// damaged.
  ///
  /// - Returns: also the first height of the next sealed segment, `nil` after the last.
  package func scrub(at height: Height) -> (segment: SegmentScrub?, next: Height?) {
    let index = state.sealed.partitionPoint { $0 > height.rawValue }
    let next = index < state.sealed.count ? Height(state.sealed[index]) : nil
    guard index > 0 else { return (nil, next) }
    let start = state.sealed[index - 1]
    guard !state.damaged.contains(where: { $0.firstHeight == start }) else { return (nil, next) }
    return (SegmentScrub(firstHeight: start, disk: disk, configuration: configuration), next)
  }

  /// Takes note that the log once had blocks up to `height`, as whoever derived something from them
  /// says: they are a hole.
  package mutating func declareMissing(through height: Height) {
    declaredEnd = max(declaredEnd, height.rawValue + 1)
    guard declaredEnd > state.nextHeight else { return }
    abandonRepair()
    declareAgain()
  }

  /// After the files were looked at anew.
  mutating func declareAgain() {
    if declaredEnd > state.nextHeight { state.declareMissing(to: declaredEnd) }
  }

  /// Looks at all files anew. What was committed stays so, whatever they tell now.
  mutating func survey() throws(StorageError) {
    abandonRepair()
    declaredEnd = max(declaredEnd, state.nextHeight)
    sealedCache = SealedSegmentCache()
    var survey = BlockLogSurvey(disk, configuration)
    state = try survey.run()
    declareAgain()
  }

  private mutating func abandonRepair() {
    repair?.abandon()
    repair = nil
  }
}

extension BlockLogState {
  /// The heights whose blocks cannot be read, ascending.
  var missingBlocks: [Range<UInt64>] { damaged.flatMap(\.missingBlocks) }

  /// Makes the heights from `nextHeight` up to `end` a hole in the segment that the log grows at.
  fileprivate mutating func declareMissing(to end: UInt64) {
    if var last = damagedLast {
      last.uncertified = min(last.uncertified, last.end)
      last.end = end
      damaged[damaged.count - 1] = last
    } else if let segment = open.popLast()?.segment {
      damaged.append(DamagedSegment(segment, end: end))
    } else {
      damaged.append(DamagedSegment(missing: nextHeight..<end, isLast: true))
    }
    nextHeight = end
  }
}

extension DamagedSegment {
  /// A segment, or several, of which nothing is left.
  fileprivate init(missing heights: Range<UInt64>, isLast: Bool) {
    self.init(
      firstHeight: heights.lowerBound, end: heights.upperBound, blocks: nil, records: [],
      certificates: nil, certificateRecords: [], uncertified: heights.lowerBound, digest: nil,
      isLast: isLast)
  }

  /// The segment that the log grows at, when it turns out to end too early.
  fileprivate init(_ segment: Segment, end: UInt64) {
    let ends = segment.blockOffsets.dropFirst() + [segment.blocksEnd]
    let certificateEnds =
      segment.certificateEntries.dropFirst().map(\.offset) + [segment.certificatesEnd]
    self.init(
      firstHeight: segment.firstHeight, end: end, blocks: segment.blocks,
      records: zip(segment.blockOffsets, ends).map { $0..<$1 },
      certificates: segment.certificates,
      certificateRecords: zip(segment.certificateEntries, certificateEnds).map {
        CertificateRecord(height: $0.height, byteRange: $0.offset..<$1)
      }, uncertified: segment.nextHeight, digest: nil, isLast: true)
  }
}

extension BlockLog.Condition {
  var isSound: Bool {
    if case .sound = self { true } else { false }
  }
}

extension DiskError {
  /// Whether a name may now be the old file's or the new one's.
  fileprivate var isOfNames: Bool {
    switch operation {
    case .rename, .syncDirectory: true
    default: false
    }
  }
}
