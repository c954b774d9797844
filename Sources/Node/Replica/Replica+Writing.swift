import Consensus
import Ledger
import Storage

extension Replica {
  /// Takes the result of a write job.
  func take(_ result: WriteResult) throws(ReplicaFault) {
    switch result.outcome {
    case .durable: try becameDurable(result)
    case .noSpace(let error): ranOutOfSpace(error, result)
    case .failed(let error): throw .storage(error)
    }
  }

  private func becameDurable(_ result: WriteResult) throws(ReplicaFault) {
    if result.number == writes.compaction {
      writes.compacted(byteCount: result.journalByteCount)
      return
    }
    foundSpace()
    let turns = writes.takeDurable(
      through: result.number, byteCount: result.journalByteCount)
    for turn in turns { try release(turn, after: .synced) }
    if writes.underWayCount == 0 { quietSince = now.instant }
  }

  // MARK: A full disk

  private func ranOutOfSpace(_ error: StorageError, _ result: WriteResult) {
    // Without room the journal stays as it was, and works.
    if result.number == writes.compaction { writes.compacted(byteCount: result.journalByteCount) }
    if condition == .sound {
      log(
        LogEvent(
          .critical, "disk-full", "The disk is full; nothing is recorded until there is room",
          [LogField("error", "\(error)")]))
    }
    switch condition {
    case .sound, .outOfSpace:
      let retryAt = now.instant.advanced(byMicroseconds: ReplicaConfiguration.spaceRetry)
      condition = .outOfSpace(retryAt: retryAt)
    case .halted: break
    }
  }

  private func foundSpace() {
    guard case .outOfSpace = condition else { return }
    condition = .sound
    workChanged = true
    log(LogEvent(.notice, "disk-has-room", "There is room on the disk again; the node goes on"))
  }

  // MARK: Emptying the journal

  /// Retries what found no room, and moves what the journal holds into the block log when there is
  /// much of it or nothing else to do.
  func tidy() throws(ReplicaFault) {
    if case .outOfSpace(let retryAt) = condition {
      guard retryAt <= now.instant else { return }
      retryWriting()
      return
    }
    guard writes.isEmpty, phase != .stopped else { return }
    let isQuiet =
      quietSince.map { now.instant.microseconds(since: $0) >= ReplicaConfiguration.quiet } ?? false
    guard isQuiet || writes.journalByteCount >= NodeLimits.journalByteLimit || phase == .stopping
    else { return }
    quietSince = nil
    try emptyJournal()
  }

  private func retryWriting() {
    condition = .outOfSpace(
      retryAt: now.instant.advanced(byMicroseconds: ReplicaConfiguration.spaceRetry))
    if let job = writes.retry() {
      output.writes.append(job)
    } else {
      // It was the block log or the emptying that found no room: both are tried again later.
      foundSpace()
      quietSince = now.instant
    }
  }

  private func emptyJournal() throws(ReplicaFault) {
    do throws(StorageError) {
      try chain.writeLog()
    } catch {
      guard error.isOutOfSpace else { throw .storage(error) }
      ranOutOfSpace(error, WriteResult(number: 0, outcome: .noSpace(error), journalByteCount: 0))
      return
    }
    if let job = writes.compact(above: machine.tip) { output.writes.append(job) }
  }

  // MARK: The end

  /// Takes nothing in any more; what is being written is finished, and everybody else hears that the
  /// node stops.
  package func beginStopping(at now: Moment) -> ReplicaOutput {
    self.now = now
    if phase == .running { phase = .stopping }
    expireQuestions()
    return finishTurn()
  }

  /// Whether nothing is under way any more.
  package var isIdle: Bool { writes.isEmpty || condition != .sound }

  /// Answers who still waits: their transactions are in no block.
  ///
  /// - Precondition: nothing is under way.
  package func finishStopping(at now: Moment) -> ReplicaOutput {
    self.now = now
    phase = .stopped
    for id in mempool.entries.keys.sorted() {
      guard let entry = mempool.remove(id) else { continue }
      answer(
        entry.waiters,
        .failed(.unavailable("the node stopped before it recorded this; submit it again")))
      for parked in door.takeParked(behind: id) {
        answer(parked.waiter, .failed(.unavailable("the node is stopping; submit it again")))
      }
    }
    return finishTurn()
  }
}
