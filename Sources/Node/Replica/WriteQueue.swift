import Consensus
import Ledger
import Storage

/// A record as the machine and as the journal have it.
struct JournalEntry {
  let record: JournalRecord
  let stored: Journal.Record
}

/// The writes under way, with the turns of the machine whose releases wait for them.
///
/// Also the journal's content: what has been appended since it was last emptied, so that it can be
/// emptied to what is still needed.
struct WriteQueue {
  private var open: [Turn] = []
  private var openRecords: [Journal.Record] = []
  private var sealed: [(number: UInt64, turns: [Turn])] = []
  private var lastNumber: UInt64 = 0
  private var content: [JournalEntry] = []
  /// The number of the job that empties the journal, while it is under way.
  private(set) var compaction: UInt64?
  /// Bytes of one copy of the journal.
  private(set) var journalByteCount: UInt64 = 0

  /// Writes that were handed out and have not come back.
  var underWayCount: Int { sealed.count }
  var isEmpty: Bool { sealed.isEmpty && open.isEmpty && compaction == nil }

  /// What the journal held at the start.
  mutating func keepRecovered(_ entries: [JournalEntry]) { content = entries }

  /// Adds a turn of the machine to the write that this turn of the node will hand out.
  mutating func add(_ turn: Turn, _ chain: Chain) {
    for record in turn.appends {
      let stored = record.stored { chain.encodedBlock($0) }
      content.append(JournalEntry(record: record, stored: stored))
      openRecords.append(stored)
    }
    open.append(turn)
  }

  /// The write of this turn, `nil` if there is nothing to be made durable, or if enough writes are under
  /// way: what comes meanwhile is gathered into one. Turns that need no sync wait for the writes before
  /// them.
  ///
  /// - Parameter gathers: whether it may wait for a write to come back.
  mutating func seal(gathers: Bool = true) -> WriteJob? {
    guard !open.isEmpty, !gathers || sealed.count <= NodeLimits.syncsUnderWay else { return nil }
    let needsWrite = !openRecords.isEmpty || open.contains { $0.sync == .beforeRelease }
    guard needsWrite else {
      if !sealed.isEmpty {
        sealed[sealed.count - 1].turns += open
        open = []
      }
      return nil
    }
    lastNumber += 1
    sealed.append((lastNumber, open))
    let records = openRecords
    open = []
    openRecords = []
    return WriteJob(number: lastNumber, work: .append(records))
  }

  /// Turns that may release at once: they need no sync, and nothing before them is under way.
  mutating func takeFree() -> [Turn] {
    guard sealed.isEmpty, openRecords.isEmpty, open.allSatisfy({ $0.sync == .notNeeded }) else {
      return []
    }
    let turns = open
    open = []
    return turns
  }

  /// The turns that may release since all writes up to `number` are durable.
  mutating func takeDurable(through number: UInt64, byteCount: UInt64) -> [Turn] {
    journalByteCount = byteCount
    var turns: [Turn] = []
    while let first = sealed.first, first.number <= number {
      turns += first.turns
      sealed.removeFirst()
    }
    return turns
  }

  /// A job that syncs again what found no room.
  mutating func retry() -> WriteJob? {
    sealed.last.map { WriteJob(number: $0.number, work: .retry) }
  }

  /// A job that leaves in the journal only what is needed above `tip`, which the block log has;
  /// `nil` if that is all. It keeps what the writes before it append.
  mutating func compact(above tip: FinalizedTip) -> WriteJob? {
    precondition(openRecords.isEmpty, "what this turn appends has its job before")
    let needed = content.filter { $0.record.isNeeded(above: tip) }
    guard needed.count < content.count else { return nil }
    content = needed
    compaction = nextNumber()
    return WriteJob(number: lastNumber, work: .compact(needed.map(\.stored)))
  }

  /// The number of a job that is not a turn's.
  mutating func nextNumber() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  mutating func compacted(byteCount: UInt64) {
    compaction = nil
    journalByteCount = byteCount
  }
}
