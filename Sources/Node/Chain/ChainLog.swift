import Ledger
import Storage
import Synchronization

/// The block log behind a lock, so that a thread of its own may wait for its syncs.
package final class ChainLog: Sendable {
  /// Room on the disk that no append takes: for the journal, the index and the operator's comfort.
  package static let reservedByteCount: UInt64 = 64 << 20

  private let log: Mutex<BlockLog>
  private let disk: any Disk
  private let reserve: UInt64

  init(
    _ log: consuming sending BlockLog, disk: any Disk, reserve: UInt64 = ChainLog.reservedByteCount
  ) {
    self.log = Mutex(log)
    self.disk = disk
    self.reserve = reserve
  }

  /// Opens and recovers the log; returns it with the unfinished writes that were removed.
  static func open(
    on disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(ChainError) -> (log: ChainLog, cuts: [Cut]) {
    do throws(StorageError) {
      let log = try BlockLog.open(on: disk, configuration)
      let cuts = log.cuts
      return (ChainLog(log, disk: disk), cuts)
    } catch {
      throw .storage(error)
    }
  }

  /// Writes final blocks; when this returns they are durable.
  ///
  /// - Returns: the height of the last block in the log.
  /// - Throws: `.diskFull`: nothing was written, or nothing that was not taken back, and the same
  ///   call succeeds when there is room; `.storage`: a fault, to be given to `Chain.stop(after:)`.
  package func append(_ run: LogRun) throws(ChainError) -> Height {
    try requireRoom(for: run)
    return try log.withLock { (log) throws(ChainError) -> Height in
      // After a full disk the log may have part of the run.
      let known = Int(log.nextHeight.rawValue - min(log.nextHeight, run.height).rawValue)
      guard known < run.entries.count else { return run.lastHeight }
      do throws(StorageError) {
        try log.append(Array(run.entries[known...]), from: log.nextHeight)
      } catch .disk(let error) where error.reason == .noSpace {
        throw .diskFull(freeByteCount: 0, neededByteCount: run.byteCount)
      } catch {
        throw .storage(error)
      }
      return run.lastHeight
    }
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
    try log.withLock { (log) throws(ChainError) in
      try stored { () throws(StorageError) in try log.block(at: height) }
    }
  }

  /// The certificate of the lowest height from `height` on that has one.
  func certificate(
    covering height: Height
  ) throws(ChainError) -> (height: Height, bytes: [UInt8])? {
    try log.withLock { (log) throws(ChainError) in
      try stored { () throws(StorageError) in try log.certificate(covering: height) }
    }
  }

  func reader(from height: Height) -> BlockReader { log.withLock { $0.reader(from: height) } }
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
