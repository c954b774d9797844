import Ledger
import Storage
import Synchronization

/// What is to be written, and made durable.
package struct WriteJob: Sendable {
  package enum Work: Sendable {
    /// Append to the journal and sync it.
    case append([Journal.Record])
    /// Sync what an earlier job appended and found no room for.
    case retry
    /// Replace the journal by these records.
    case compact([Journal.Record])
    /// Append final blocks to the block log. This and the following may run beside the others.
    case log(LogRun)
    /// Fill a hole of the block log.
    case repair(LogRun)
    /// Look through the segment of the block log that holds a height.
    case scrub(Height)
  }

  package let number: UInt64
  package let work: Work

  package init(number: UInt64, work: Work) {
    self.number = number
    self.work = work
  }

  /// Whether it is the block log's and not the journal's.
  var isForLog: Bool {
    switch work {
    case .log, .repair, .scrub: true
    case .append, .retry, .compact: false
    }
  }
}

package struct WriteResult: Sendable {
  package enum Outcome: Hashable, Sendable {
    /// All that was appended up to this job is durable.
    case durable
    case compacted
    /// The block log durably ends at this height.
    case logged(Height)
    /// The block log has a hole at its end, which is to be filled before.
    case notLogged
    /// What a repair was given is in the block log.
    case repaired
    /// There was no room for a repair, which begins anew.
    case repairDelayed(String)
    /// The height of the segment that is to be looked through next.
    case scrubbed(next: Height?)
    /// Nothing is lost, and a retry may succeed.
    case noSpace(String)
    /// There was no room to compact; the journal is as it was.
    case notCompacted(String)
    /// What the disk holds is unknown.
    case failed(ReplicaFault)
  }

  package let number: UInt64
  package let outcome: Outcome
  /// The journal's size afterwards; 0 for a job of the block log.
  package let journalByteCount: UInt64

  package init(number: UInt64, outcome: Outcome, journalByteCount: UInt64) {
    self.number = number
    self.outcome = outcome
    self.journalByteCount = journalByteCount
  }
}

/// The journal and the block log in the hands of those who write them: threads in a running node,
/// the test itself in a test.
package final class JournalKeeper: Sendable {
  private let journal: Mutex<Journal>
  private let log: ChainLog

  package init(_ journal: consuming sending Journal, log: ChainLog) {
    self.journal = Mutex(journal)
    self.log = log
  }

  /// Carries out jobs in order with as few syncs as they allow: jobs that arrive while a sync is
  /// under way share the next.
  package func perform(_ jobs: [WriteJob]) -> [WriteResult] {
    var results: [WriteResult] = []
    for job in jobs {
      switch job.work {
      case .log(let run): results.append(append(run, job.number))
      case .repair(let run): results.append(repair(run, job.number))
      case .scrub(let height): results.append(scrub(at: height, job.number))
      case .append, .retry, .compact: break
      }
    }
    let rest = jobs.filter { !$0.isForLog }
    return rest.isEmpty ? results : results + performOnJournal(rest)
  }

  private func append(_ run: LogRun, _ number: UInt64) -> WriteResult {
    let outcome: WriteResult.Outcome
    do {
      outcome = .logged(try log.append(run))
    } catch .diskFull(let free, let needed) {
      let error = ChainError.diskFull(freeByteCount: free, neededByteCount: needed)
      outcome = .noSpace(error.description)
    } catch .storage(.missingBlocks) {
      outcome = .notLogged
    } catch {
      outcome = .failed(.chain(error))
    }
    return WriteResult(number: number, outcome: outcome, journalByteCount: 0)
  }

  private func repair(_ run: LogRun, _ number: UInt64) -> WriteResult {
    let outcome: WriteResult.Outcome
    do {
      _ = try log.append(run)
      outcome = .repaired
    } catch .diskFull(let free, let needed) {
      let error = ChainError.diskFull(freeByteCount: free, neededByteCount: needed)
      outcome = .repairDelayed(error.description)
    } catch .storage(.missingBlocks) {
      // More damage showed meanwhile.
      outcome = .repaired
    } catch {
      outcome = .failed(.chain(error))
    }
    return WriteResult(number: number, outcome: outcome, journalByteCount: 0)
  }

  private func scrub(at height: Height, _ number: UInt64) -> WriteResult {
    let outcome: WriteResult.Outcome
    do {
      outcome = .scrubbed(next: try log.scrub(at: height))
    } catch {
      outcome = .failed(.chain(error))
    }
    return WriteResult(number: number, outcome: outcome, journalByteCount: 0)
  }

  private func performOnJournal(_ jobs: [WriteJob]) -> [WriteResult] {
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
        case .log, .repair, .scrub:
          preconditionFailure("the block log's jobs were carried out before")
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
    let outcome: WriteResult.Outcome
    do throws(StorageError) {
      try journal.sync()
      outcome = .durable
    } catch {
      outcome = error.isOutOfSpace ? .noSpace(error.description) : .failed(.journal(error))
    }
    for number in numbers {
      results.append(
        WriteResult(number: number, outcome: outcome, journalByteCount: journal.byteCount))
    }
    numbers = []
  }

  private static func compact(
    _ journal: inout Journal, _ number: UInt64, _ records: [Journal.Record]
  ) -> WriteResult {
    let outcome: WriteResult.Outcome
    do throws(StorageError) {
      // What an earlier job could not sync is in `records` too, but has not been acknowledged.
      try journal.sync()
      try journal.compact(keeping: records)
      outcome = .compacted
    } catch {
      outcome = error.isOutOfSpace ? .notCompacted(error.description) : .failed(.journal(error))
    }
    return WriteResult(number: number, outcome: outcome, journalByteCount: journal.byteCount)
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
