import Storage
import Synchronization

/// What is to be made durable before a turn's releases.
package struct WriteJob: Sendable {
  package enum Work: Sendable {
    /// Append and sync.
    case append([Journal.Record])
    /// Sync what an earlier job appended and found no room for.
    case retry
    /// Replace the journal by these records.
    case compact([Journal.Record])
  }

  package let number: UInt64
  package let work: Work

  package init(number: UInt64, work: Work) {
    self.number = number
    self.work = work
  }
}

package struct WriteResult: Sendable {
  package enum Outcome: Hashable, Sendable {
    case durable
    /// Nothing is lost, and a retry may succeed.
    case noSpace(StorageError)
    /// What the disk holds is unknown.
    case failed(StorageError)
  }

  package let number: UInt64
  package let outcome: Outcome
  /// The journal's size afterwards.
  package let journalByteCount: UInt64

  package init(number: UInt64, outcome: Outcome, journalByteCount: UInt64) {
    self.number = number
    self.outcome = outcome
    self.journalByteCount = journalByteCount
  }
}

/// The journal in the hands of the one who writes it: a thread in a running node, the test itself in
/// a test.
package final class JournalKeeper: Sendable {
  private let journal: Mutex<Journal>

  package init(_ journal: consuming sending Journal) {
    self.journal = Mutex(journal)
  }

  /// Carries out jobs in order with as few syncs as they allow: jobs that arrive while a sync is
  /// under way share the next.
  package func perform(_ jobs: [WriteJob]) -> [WriteResult] {
    journal.withLock { journal in
      var results: [WriteResult] = []
      var unsynced: [UInt64] = []
      for job in jobs {
        switch job.work {
        case .append(let records):
          for record in records { journal.append(record) }
          unsynced.append(job.number)
        case .retry: unsynced.append(job.number)
        case .compact(let records):
          JournalKeeper.sync(&journal, &unsynced, &results)
          results.append(JournalKeeper.compact(&journal, job.number, records))
        }
      }
      JournalKeeper.sync(&journal, &unsynced, &results)
      return results
    }
  }

  private static func sync(
    _ journal: inout Journal, _ numbers: inout [UInt64], _ results: inout [WriteResult]
  ) {
    guard !numbers.isEmpty else { return }
    let outcome = JournalKeeper.outcome { () throws(StorageError) in try journal.sync() }
    for number in numbers {
      results.append(
        WriteResult(number: number, outcome: outcome, journalByteCount: journal.byteCount))
    }
    numbers = []
  }

  private static func compact(
    _ journal: inout Journal, _ number: UInt64, _ records: [Journal.Record]
  ) -> WriteResult {
    let outcome = JournalKeeper.outcome { () throws(StorageError) in
      // A journal with a failed sync behind it is not compacted: its own answer says why.
      try journal.sync()
      try journal.compact(keeping: records)
    }
    return WriteResult(number: number, outcome: outcome, journalByteCount: journal.byteCount)
  }

  private static func outcome(
    of write: () throws(StorageError) -> Void
  ) -> WriteResult.Outcome {
    do {
      try write()
      return .durable
    } catch {
      return error.isOutOfSpace ? .noSpace(error) : .failed(error)
    }
  }
}

extension StorageError {
  /// Whether the disk was full, nothing is lost, and the same call may succeed later.
  var isOutOfSpace: Bool {
    guard case .disk(let error) = self else { return false }
    switch (error.operation, error.reason) {
    case (.sync, _), (.syncDirectory, _): return false
    case (_, .noSpace), (_, .tooManyOpenFiles): return true
    default: return false
    }
  }
}
