import Consensus
import Ledger
import Storage

/// The journal as a node finds it, made ready to go on.
///
/// A journal that is damaged or gone is replaced by an empty one, beside which the machine notes that
/// it abstains. So that a crash between the two does not make the empty journal look like a new
/// node's, files with the ending `.damaged` remain in the directory: what was there, or a mark that
/// nothing was. An empty journal beside such files, without a note, is no new node's.
struct JournalOpening: ~Copyable {
  private static let directory = DiskPath("journal")
  private static let damagedSuffix = ".damaged"

  var journal: Journal
  let recovered: RecoveredJournal
  /// All records as the machine and as the journal have them.
  let content: [JournalEntry]
  /// The records' blocks, in order.
  let blocks: [(block: Block, encoded: [UInt8])]

  static func open(
    on disk: any Disk, network: NetworkID, _ log: Log
  ) throws(ReplicaFault) -> JournalOpening {
    switch try find(on: disk, network) {
    case .journal(var journal):
      let records = try records(journal.takeRecords())
      for damage in journal.healed { tell(healed: damage, log) }
      let isReplaced = try hasDamagedFiles(disk) && !records.hasAbstention
      return JournalOpening(
        journal: journal, recovered: isReplaced ? .damaged : .intact(records.content.map(\.record)),
        content: records.content, blocks: records.blocks)
    case .damaged(let damage):
      try putAway(damage, disk, log)
      return JournalOpening(
        journal: try begin(on: disk, network),
        recovered: damage.kind == .missing ? .missing : .damaged, content: [], blocks: [])
    }
  }

  private enum Finding: ~Copyable {
    case journal(Journal)
    case damaged(Damage)
  }

  private static func find(
    on disk: any Disk, _ network: NetworkID
  ) throws(ReplicaFault) -> Finding {
    do {
      return .journal(try Journal.open(on: disk, network: network.digest))
    } catch .damaged(let damage) {
      return .damaged(damage)
    } catch {
      throw .journal(error)
    }
  }

  private static func begin(
    on disk: any Disk, _ network: NetworkID
  ) throws(ReplicaFault) -> Journal {
    do {
      try Journal.create(on: disk, network: network.digest)
      return try Journal.open(on: disk, network: network.digest)
    } catch {
      throw .journal(error)
    }
  }

  private struct Records {
    var content: [JournalEntry] = []
    var blocks: [(block: Block, encoded: [UInt8])] = []

    var hasAbstention: Bool {
      content.contains { entry in
        if case .abstention = entry.record { true } else { false }
      }
    }
  }

  private static func records(_ stored: [Journal.Record]) throws(ReplicaFault) -> Records {
    var records = Records()
    for stored in stored {
      do throws(LedgerError) {
        let record = try RecoveredRecord(stored)
        records.content.append(JournalEntry(record: record.record, stored: stored))
        if let block = record.block { records.blocks.append((block, stored.bytes)) }
      } catch {
        throw .unreadableJournal(error)
      }
    }
    return records
  }

  private static func tell(healed damage: Damage, _ log: Log) {
    log(
      LogEvent(
        .error, "journal-healed",
        "One copy of the journal was damaged and is mended from the other",
        [LogField("damage", damage.description)]))
  }

  // MARK: Damage

  /// Renames what is there; marks that nothing was.
  private static func putAway(_ damage: Damage, _ disk: any Disk, _ log: Log) throws(ReplicaFault) {
    log(
      LogEvent(
        .critical, "journal-lost",
        "The journal of this node's votes is lost; it does not vote until the next epoch",
        [LogField("damage", damage.description)]))
    do throws(DiskError) {
      let names = try namesCreatingDirectory(disk).filter { !$0.hasSuffix(damagedSuffix) }
      for name in names {
        try disk.rename(directory.appending(name), to: name + damagedSuffix)
      }
      if names.isEmpty {
        _ = try disk.open(directory.appending("missing" + damagedSuffix), .createEmpty)
      }
      try disk.syncDirectory(directory)
    } catch {
      throw .journal(.disk(error))
    }
  }

  private static func namesCreatingDirectory(_ disk: any Disk) throws(DiskError) -> [String] {
    do throws(DiskError) {
      return try disk.list(directory)
    } catch {
      guard error.reason == .notFound else { throw error }
      try disk.createDirectory(directory)
      try disk.syncDirectory(.root)
      return []
    }
  }

  private static func hasDamagedFiles(_ disk: any Disk) throws(ReplicaFault) -> Bool {
    do throws(DiskError) {
      return try disk.list(directory).contains { $0.hasSuffix(damagedSuffix) }
    } catch {
      throw .journal(.disk(error))
    }
  }
}
