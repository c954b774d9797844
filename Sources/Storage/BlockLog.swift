import Cryptography
import Ledger

/// The chain of finalized blocks, which is the write-ahead log of everything else.
///
/// **Files** (FileHeader.swift and Record.swift have the bytes, docs/formats/storage.md all of it).
/// `blocks/<first height>.blocks` are the segments: header, then one record a block, in the order
/// of heights. A segment is full as soon as it has `segmentByteCount` bytes; the next block begins
/// the next segment, whose header holds the SHA-256 of the full one. Nothing but blocks decides
/// this, so a full segment has the same bytes on every node. `certificates/<first height>
/// .certificates` holds the finalization certificates of the segment's blocks, which differ from
/// node to node: records of height and certificate, heights ascending. A block may go without a
/// certificate of its own; that of a later block proves it. A full segment all of whose blocks are
/// committed is *sealed* by `<first height>.sha256` beside both files, which `sha256sum -c` reads.
///
/// **Durability.** `append` writes the blocks, syncs them, *then* writes the certificates, syncs
/// them, then returns. Hence a whole certificate record for height h proves that all blocks up to
/// h were safely on the disk before. That is the commit point, and it costs the second sync 0.2 ms
/// that issuing both at once would save, but it lets recovery tell a torn write from damage.
///
/// **Recovery** runs at every start and after a full disk, and is the same code. Committed is the
/// highest height with a whole certificate. Blocks up to it must be whole: a defect there is
/// damage and is reported, never cut. What lies behind was never acknowledged and is cut. A defect
/// in the certificates is a tear only if nothing valid follows and if it looks as unfinished
/// writes do (`TornTail`), else damage. What recovery builds on is synced again before it is built
/// on: after the death of a process, unlike that of a machine, a file reads back bytes that never
/// reached the disk. The certificates, whose sync may be the one that failed, are written again
/// before that, since a system drops what it could not write. Temporary files and segments without a committed block are removed.
/// Sealed segments but the last are only checked for their headers, chain and seals at the start;
/// `verify` reads them all.
///
/// **Damage** makes opening fail, or leaves holes (`DamagePolicy`): `BlockLogSurvey` says what is
/// kept, `fill` puts a segment right once its blocks have come from elsewhere. Until then reading a
/// hole's heights throws `.missingBlocks`, and everything else can be read.
///
/// **Failures.** A full disk undoes the append, nothing is lost, and the same append succeeds when
/// there is room. Any other failed write and every failed sync stop the log for good: what the
/// disk holds is then unknown, and only a new `open` finds out.
///
/// Segments are not pre-allocated. `fallocate` with KEEP_SIZE took a synced append of 4 KiB from
/// 250 to 174 microseconds and one of 400 KB from 699 to 1,600 (ext4, medians of 150).
package struct BlockLog: ~Copyable {
  package struct Configuration: Hashable, Sendable {
    package let network: Digest
    /// The height of the first block of all.
    package let firstHeight: Height
    /// A segment of at least so many bytes is full. The same on all nodes of all networks.
    package let segmentByteCount: UInt64
    /// A record that claims to be longer is damaged.
    package let maximumBlockByteCount: Int

    package static let usualSegmentByteCount: UInt64 = 64 << 20

    package init(
      network: Digest, firstHeight: Height = Height.genesis.next,
      segmentByteCount: UInt64 = Configuration.usualSegmentByteCount,
      maximumBlockByteCount: Int = 64 << 20
    ) {
      self.network = network
      self.firstHeight = firstHeight
      self.segmentByteCount = segmentByteCount
      self.maximumBlockByteCount = maximumBlockByteCount
    }
  }

  /// A block to be appended.
  package struct Entry: Hashable, Sendable {
    package let block: [UInt8]
    /// Its finalization certificate; `nil` if that of a later block of the same append proves it.
    package let certificate: [UInt8]?

    package init(block: [UInt8], certificate: [UInt8]?) {
      self.block = block
      self.certificate = certificate
    }
  }

  enum Condition {
    case sound
    /// An append was undone for want of room, and the undoing has yet to be finished.
    case unsettled
    case stopped(DiskError)
  }

  let disk: any Disk
  package let configuration: Configuration
  var condition = Condition.sound
  var state: BlockLogState
  var sealedCache = SealedSegmentCache()
  /// What is done about damage that shows from now on.
  package var damagePolicy: DamagePolicy
  /// The segment that is being written anew, the first of the damaged ones.
  var repair: SegmentRepair?
  /// What is wrong with a segment although all of it was given.
  var contradiction: Damage?
  /// The log must have all blocks below.
  var declaredEnd: UInt64 = 0

  /// The unfinished writes that were removed when the log was opened.
  package let cuts: [Cut]

  /// Sets up an empty log: its directories and its first segment.
  package static func create(
    on disk: any Disk, _ configuration: Configuration
  ) throws(StorageError) {
    try attempt { () throws(DiskError) in
      for directory in [LogLayout.blocks, LogLayout.certificates] {
        try disk.createDirectoryIfAbsent(directory)
      }
      try disk.syncDirectory(.root)
      _ = try OpenSegment(
        creating: configuration.firstHeight.rawValue, link: nil, on: disk, configuration)
    }
  }

  /// Opens the log and recovers it.
  ///
  /// - Throws: `.foreignNetwork`, `.newerFormat` and what the disk throws; if damage is refused also
  ///   `.missingSegment` and `.damaged`, and then nothing but unfinished writes has been altered.
  package static func open(
    on disk: any Disk, _ configuration: Configuration, damage policy: DamagePolicy = .refuse
  ) throws(StorageError) -> BlockLog {
    let (state, cuts) = try recover(disk, configuration, policy)
    var log = BlockLog(
      disk: disk, configuration: configuration, policy: policy, state: state, cuts: cuts)
    log.sealFullSegments()
    // Without room all stays as it is, and can be read.
    try log.unlessFull { (log) throws(StorageError) in try log.mend() }
    return log
  }

  private init(
    disk: any Disk, configuration: Configuration, policy: DamagePolicy, state: BlockLogState,
    cuts: [Cut]
  ) {
    self.disk = disk
    self.configuration = configuration
    damagePolicy = policy
    self.state = state
    self.cuts = cuts
  }

  private static func recover(
    _ disk: any Disk, _ configuration: Configuration, _ policy: DamagePolicy
  ) throws(StorageError) -> (BlockLogState, [Cut]) {
    var recovery = BlockLogRecovery(disk, configuration)
    do throws(StorageError) {
      let isSuspect = policy == .leaveHoles ? try BlockLogSurvey.hasMarks(disk) : false
      if !isSuspect { return (try recovery.run(), recovery.cuts) }
    } catch {
      guard policy == .leaveHoles, error.isDamage else { throw error }
    }
    var survey = BlockLogSurvey(disk, configuration)
    let state = try survey.run()
    return (state, recovery.cuts + survey.cuts)
  }

  /// Recovers anew what an append left that found no room.
  mutating func recover() throws(StorageError) {
    repair = nil
    sealedCache = SealedSegmentCache()
    state = try BlockLog.recover(disk, configuration, damagePolicy).0
    declareAgain()
  }

  /// The height that the next appended block has; all blocks below are committed.
  package var nextHeight: Height { Height(state.nextHeight) }

  /// The height of the last block, `nil` if there is none.
  package var lastHeight: Height? {
    nextHeight > configuration.firstHeight ? nextHeight.previous : nil
  }
}

/// What recovery finds out and appending moves on.
struct BlockLogState {
  /// First heights of the sealed segments, ascending.
  var sealed: [UInt64]
  /// The segment that the next one's header will name, if all segments are sealed.
  var lastSealed: FileHeader.Link?
  /// The segments after the sealed ones, ascending: one, rarely more, or none if the last is full or
  /// damaged.
  var open: [OpenSegment]
  var nextHeight: UInt64
  /// Ascending. All but one that is the last are among `sealed` too.
  var damaged: [DamagedSegment] = []

  /// The damaged segment that the log grows at, if it is damaged.
  var damagedLast: DamagedSegment? { damaged.last.flatMap { $0.isLast ? $0 : nil } }

  /// The first heights of all segments, ascending.
  var firstHeights: [UInt64] {
    sealed + open.map(\.segment.firstHeight) + (damagedLast.map { [$0.firstHeight] } ?? [])
  }

  /// The height after the last block of the sealed segments.
  var sealedEnd: UInt64 {
    open.first?.segment.firstHeight ?? damagedLast?.firstHeight ?? nextHeight
  }
}
