import Cryptography

/// The node's own votes and what must be durable with them, in two copies.
///
/// **Files.** `journal/<generation>.a` and `.b` have the same bytes: a header (FileHeader.swift)
/// and records (Record.swift) with the payload
///
///     sequence  u64: 0, 1, 2 ...
///     chain     32 bytes: SHA-256("hypothec journal" 0x00, chain before, sequence, kind, content),
///               where the chain before the first record is SHA-256 of the file's header
///     kind      u8
///     content
///
/// **Durability.** `sync` writes what was appended to `a`, syncs `a`, *then* writes it to `b`,
/// syncs `b`, and only then returns: at no moment are both copies being written to, so that a
/// write that fails, even one that spoils the sector before it, spoils one copy. That is why
/// records need no alignment.
///
/// **Recovery** reads both copies in step and takes each record from a copy in which it is whole
/// and continues the chain.
/// - Whole in one copy only: it is copied to the other. If the other looks as the order of writing
///   allows, which is `b` ending early or unfinished, a crash was the cause; if not, it was
///   damaged, which `healed` reports.
/// - `b` ends where `a` has no whole record: `a` was never synced there, so nobody was told;
///   it is cut.
/// - Whole in neither, with bytes in `b`: a record that was synced is lost. That is `.damaged`,
///   nothing is altered, and the node must not vote in this epoch, as it cannot know what it said.
///
/// That both copies were put back to an earlier state together nothing on this disk can show.
///
/// **Compaction** writes the records that are still needed into the next generation, both copies
/// under temporary names, synced, renamed, the directory synced, and removes the generation
/// before. Until then nothing is appended to the new one. So a generation with one copy beside an
/// earlier one with two is unfinished, and removed; without such an earlier one it lost a copy.
package struct Journal: ~Copyable {
  /// What was appended.
  package struct Record: Hashable, Sendable {
    /// Chosen by the caller.
    package let kind: UInt8
    package let bytes: [UInt8]

    package init(kind: UInt8, bytes: [UInt8]) {
      self.kind = kind
      self.bytes = bytes
    }
  }

  enum Condition {
    case sound
    /// A sync found no room and left something behind the end.
    case unsettled
    case stopped(DiskError)
  }

  private let disk: any Disk
  private let network: Digest
  private var condition = Condition.sound
  private var generation: UInt64
  private var first, second: any DiskFile
  private var writer: JournalWriter
  /// Records that `sync` has yet to write.
  private var pending: [UInt8] = []
  /// Where both copies end.
  private var end: UInt64
  private var recovered: [Record]

  /// Damage to one copy that was mended from the other when the journal was opened.
  package let healed: [Damage]

  /// Sets up an empty journal.
  package static func create(on disk: any Disk, network: Digest) throws(StorageError) {
    try attempt { () throws(DiskError) in
      try disk.createDirectoryIfAbsent(JournalFiles.directory)
      try disk.syncDirectory(.root)
      try JournalFiles.create(
        0, FileHeader(.journal, network: network, number: 0).bytes, on: disk)
    }
  }

  /// Opens the journal and recovers it.
  ///
  /// - Throws: `.damaged` when a record that may have been synced is lost, or all of the journal;
  ///   `.foreignNetwork`, `.newerFormat`, and what the disk throws.
  package static func open(
    on disk: any Disk, network: Digest
  ) throws(StorageError) -> Journal {
    let generation = try JournalFiles.settleGenerations(on: disk)
    var recovery = try JournalRecovery(generation, network, disk)
    try recovery.run()
    return Journal(recovery, generation, network, disk)
  }

  private init(
    _ recovery: JournalRecovery, _ generation: UInt64, _ network: Digest, _ disk: any Disk
  ) {
    self.disk = disk
    self.network = network
    self.generation = generation
    (first, second) = (recovery.first.file, recovery.second.file)
    writer = recovery.writer
    end = recovery.end
    recovered = recovery.records
    healed = recovery.damages
  }

  /// Bytes of one copy; for the caller to decide when to compact.
  package var byteCount: UInt64 { end + UInt64(pending.count) }

  /// The records that were there when the journal was opened, oldest first; gives them away.
  package mutating func takeRecords() -> [Record] {
    let records = recovered
    recovered = []
    return records
  }

  /// Takes a record in; it is durable after the next `sync`.
  package mutating func append(_ record: Record) {
    writer.append(record, to: &pending)
  }

  /// Makes all that was appended durable.
  ///
  /// - Throws: `.disk` with `.noSpace`: nothing is lost, and `sync` may be called again; `.disk`
  ///   with any other reason when the journal stops, and `.stopped` from then on.
  package mutating func sync() throws(StorageError) {
    if case .stopped(let error) = condition { throw .stopped(error) }
    guard !pending.isEmpty else { return }
    do {
      if case .unsettled = condition { try JournalFiles.cut(first, second, to: end) }
      try first.write(pending, at: end)
      try first.sync()
      try second.write(pending, at: end)
      try second.sync()
    } catch {
      condition = error.isTransient ? .unsettled : .stopped(error)
      throw .disk(error)
    }
    condition = .sound
    end += UInt64(pending.count)
    pending.removeAll(keepingCapacity: true)
  }

  /// Replaces all records by `records`.
  ///
  /// - Precondition: all that was appended has been synced.
  /// - Throws: as `sync` does; without room the journal stays as it was.
  package mutating func compact(keeping records: [Record]) throws(StorageError) {
    precondition(pending.isEmpty, "nothing that was appended is lost by compacting")
    if case .stopped(let error) = condition { throw .stopped(error) }
    let header = FileHeader(.journal, network: network, number: generation + 1).bytes
    var newWriter = JournalWriter(header: header)
    var bytes = header
    for record in records { newWriter.append(record, to: &bytes) }
    do {
      try JournalFiles.create(generation + 1, bytes, on: disk)
      first = try disk.open(JournalFiles.first(generation + 1), .readWrite)
      second = try disk.open(JournalFiles.second(generation + 1), .readWrite)
      try JournalFiles.remove(generation, on: disk)
    } catch {
      try abandonCompaction(after: error)
    }
    generation += 1
    writer = newWriter
    end = UInt64(bytes.count)
    condition = .sound
  }

  /// Without room no file of the new generation has its name yet, and those that lie there go.
  private mutating func abandonCompaction(after error: DiskError) throws(StorageError) {
    guard error.isTransient, error.path.name.hasSuffix(temporarySuffix) else {
      condition = .stopped(error)
      throw .disk(error)
    }
    for path in [JournalFiles.first(generation + 1), JournalFiles.second(generation + 1)] {
      do {
        try disk.remove(path.parent.appending(path.name + temporarySuffix))
      } catch {
        // It was not created, or the next start removes it.
      }
    }
    throw .disk(error)
  }
}
