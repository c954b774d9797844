import Ledger
import Storage
import Synchronization

/// The block log behind a lock, so that a thread of its own may wait for its syncs.
///
/// A log that may have holes makes them of the damage that it meets: who reads a damaged block hears
/// `.missingBlocks`, and `takeFindings` tells what was found.
package final class ChainLog: Sendable {
  /// Room on the disk that no append takes: for the journal, the index and the operator's comfort.
  package static let reservedByteCount: UInt64 = 64 << 20

  private let log: Mutex<BlockLog>
  /// As of the last change: who asks does not wait for a sync.
  private let lastCondition: Mutex<LogCondition>
  private let findings = Mutex<[Damage]>([])
  private let disk: any Disk
  private let reserve: UInt64

  init(
    _ log: consuming sending BlockLog, disk: any Disk,
    reserve: UInt64 = ChainLog.reservedByteCount
  ) {
    lastCondition = Mutex(LogCondition(log))
    self.log = Mutex(log)
    self.disk = disk
    self.reserve = reserve
  }

  /// Opens and recovers the log; returns it with the unfinished writes that were removed.
  static func open(
    on disk: any Disk, _ configuration: BlockLog.Configuration,
    damage policy: DamagePolicy = .refuse
  ) throws(ChainError) -> (log: ChainLog, cuts: [Cut]) {
    do throws(StorageError) {
      let log = try BlockLog.open(on: disk, configuration, damage: policy)
      let cuts = log.cuts
      return (ChainLog(log, disk: disk), cuts)
    } catch {
      throw .storage(error)
    }
  }

  /// Writes final blocks; when this returns they are durable. Those that fill holes are durable when
  /// the hole is filled; those that the log has are passed over.
  ///
  /// - Returns: the height of the last block.
  /// - Throws: `.diskFull`: nothing was written, or nothing that was not taken back, and the same
  ///   call succeeds when there is room; `.storage`: a fault, to be given to `Chain.stop(after:)`.
  package func append(_ run: LogRun) throws(ChainError) -> Height {
    try requireRoom(for: run)
    return try changing { (log) throws(ChainError) -> Height in
      do throws(StorageError) {
        try ChainLog.fillHoles(of: &log, with: run)
        guard run.height <= log.nextHeight else {
          throw .outOfOrder(nextHeight: log.nextHeight)
        }
        // After a full disk the log may have part of the run.
        let known = Int(log.nextHeight.rawValue - min(log.nextHeight, run.height).rawValue)
        guard known < run.entries.count else { return run.lastHeight }
        try log.append(Array(run.entries[known...]), from: log.nextHeight)
      } catch .disk(let error) where error.reason == .noSpace {
        throw .diskFull(freeByteCount: 0, neededByteCount: run.byteCount)
      } catch {
        throw .storage(error)
      }
      return run.lastHeight
    }
  }

  private static func fillHoles(
    of log: inout BlockLog, with run: LogRun
  ) throws(StorageError) {
    guard let wanted = log.nextWanted, run.height <= wanted, wanted <= run.lastHeight else {
      return
    }
    try log.fill(run.entries, from: run.height)
  }

  private func requireRoom(for run: LogRun) throws(ChainError) {
    let free: UInt64
    do { free = try disk.freeByteCount() } catch { throw .storage(.disk(error)) }
    let needed = run.byteCount + reserve
    guard free >= needed else {
      throw .diskFull(freeByteCount: free, neededByteCount: needed)
    }
  }

  // MARK: Reading

  package var lastHeight: Height? { log.withLock { $0.lastHeight } }

  /// The encoded block, `nil` if the log does not have it.
  package func block(at height: Height) throws(ChainError) -> [UInt8]? {
    try reading { (log) throws(StorageError) in try log.block(at: height) }
  }

  /// The certificate of the lowest height from `height` on that has one.
  func certificate(
    covering height: Height
  ) throws(ChainError) -> (height: Height, bytes: [UInt8])? {
    try reading { (log) throws(StorageError) in try log.certificate(covering: height) }
  }

  /// The highest height below `height` with a certificate of its own.
  func lastCertified(below height: Height) throws(ChainError) -> Height? {
    try reading { (log) throws(StorageError) in try log.lastCertified(below: height) }
  }

  func reader(from height: Height) -> BlockReader { log.withLock { $0.reader(from: height) } }

  /// Reads; damage that shows becomes a hole, if it may.
  private func reading<Result>(
    _ body: (inout BlockLog) throws(StorageError) -> sending Result
  ) throws(ChainError) -> sending Result {
    do throws(StorageError) {
      return try log.withLock { (log) throws(StorageError) in try body(&log) }
    } catch {
      guard try quarantine(after: error) else { throw .storage(error) }
    }
    return try log.withLock { (log) throws(ChainError) in
      do throws(StorageError) { return try body(&log) } catch { throw .storage(error) }
    }
  }

  // MARK: Damage

  /// What cannot be read, and whether blocks can be appended.
  package var condition: LogCondition { lastCondition.withLock { $0 } }

  /// The first height from `height` on whose block cannot be read.
  func firstMissing(from height: Height) -> Height {
    log.withLock { $0.firstMissing(from: height) }
  }

  /// What is done about damage that shows from now on: holes are for who has peers to fill them.
  package var damagePolicy: DamagePolicy {
    get { log.withLock { $0.damagePolicy } }
    set { log.withLock { $0.damagePolicy = newValue } }
  }

  /// What was found damaged since this was last asked.
  package func takeFindings() -> [Damage] {
    findings.withLock { findings in
      defer { findings = [] }
      return findings
    }
  }

  /// Makes holes of the damage that an error shows.
  ///
  /// - Returns: whether it is such an error, holes are allowed, and the disk has room for looking.
  func quarantine(after error: StorageError) throws(ChainError) -> Bool {
    guard let damage = error.damage else { return false }
    let isQuarantined = try changing { (log) throws(ChainError) in
      guard log.damagePolicy == .leaveHoles else { return false }
      do throws(StorageError) {
        try log.quarantine(damage)
        return true
      } catch {
        guard error.isOutOfSpace else { throw .storage(error) }
        return false
      }
    }
    if isQuarantined { findings.withLock { $0.append(damage) } }
    return isQuarantined
  }

  /// Reads every byte of the sealed segment that holds `height`, beside whoever uses the log; damage
  /// that shows becomes a hole.
  ///
  /// - Returns: the first height of the next sealed segment, `nil` after the last.
  package func scrub(at height: Height) throws(ChainError) -> Height? {
    let (segment, next) = log.withLock { $0.scrub(at: height) }
    let damages = try stored { () throws(StorageError) in try segment?.run() ?? [] }
    if let damage = damages.first, try quarantine(after: .damaged(damage)) {
      findings.withLock { $0 += damages.dropFirst() }
    }
    return next
  }

  /// The log must have blocks up to `height`: what it does not have is a hole.
  func declareMissing(through height: Height) {
    log.withLock { log in
      log.declareMissing(through: height)
      let condition = LogCondition(log)
      lastCondition.withLock { $0 = condition }
    }
  }

  private func changing<Result>(
    _ body: (inout BlockLog) throws(ChainError) -> sending Result
  ) throws(ChainError) -> sending Result {
    try log.withLock { (log) throws(ChainError) in
      defer {
        let condition = LogCondition(log)
        lastCondition.withLock { $0 = condition }
      }
      return try body(&log)
    }
  }
}

/// What is missing of a log.
package struct LogCondition: Hashable, Sendable {
  /// Ascending.
  package let holes: [LogHole]
  /// Whether blocks can be appended: not while there is a hole in the segment that the log grows at.
  package let canGrow: Bool
  /// The next missing block that the log takes; `nil` if nothing is missing.
  package let nextWanted: Height?
  /// The height of the last block, missing or not; `nil` if there is none.
  package let lastHeight: Height?

  package var isWhole: Bool { nextWanted == nil }

  /// Whether blocks from `height` on can be given to `append` now.
  package func takes(_ height: Height) -> Bool {
    canGrow || nextWanted.map { $0 >= height } ?? true
  }

  fileprivate init(_ log: borrowing BlockLog) {
    holes = log.holes
    canGrow = log.canGrow
    nextWanted = log.nextWanted
    lastHeight = log.lastHeight
  }
}

extension StorageError {
  /// The damage that reading showed.
  fileprivate var damage: Damage? {
    switch self {
    case .damaged(let damage): damage
    case .disk(let error) where isDamage: Damage(.unreadable, in: error.path, at: 0..<0)
    default: nil
    }
  }
}

/// Final blocks on their way into the log: encoded, in order.
package struct LogRun: Sendable {
  package let height: Height
  let entries: [BlockLog.Entry]

  package var lastHeight: Height { Height(height.rawValue + UInt64(entries.count) - 1) }

  /// What they take on the disk, or little more.
  var byteCount: UInt64 {
    entries.reduce(0) { $0 + UInt64($1.block.count + ($1.certificate?.count ?? 0) + 256) }
  }
}
