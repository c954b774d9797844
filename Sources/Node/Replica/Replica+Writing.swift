import Consensus
import Ledger
import Storage

extension Replica {
  /// Takes the result of a write job.
  func take(_ result: WriteResult) throws(ReplicaFault) {
    switch result.outcome {
    case .durable: try becameDurable(result)
    case .compacted: writes.compacted(byteCount: result.journalByteCount)
    case .logged(let height): try wasLogged(through: height)
    case .notLogged:
      loggingTip = nil
      quietSince = now.instant
    case .repaired: wasRepaired()
    case .repairDelayed(let reason): delayRepair(reason)
    case .scrubbed(let next): wasScrubbed(next)
    case .noSpace(let reason): ranOutOfSpace(reason)
    case .notCompacted(let reason):
      writes.compacted(byteCount: result.journalByteCount)
      ranOutOfSpace(reason)
    case .failed(let fault):
      if case .chain(let error) = fault { chain.stop(after: error) }
      throw fault
    }
  }

  private func becameDurable(_ result: WriteResult) throws(ReplicaFault) {
    foundSpace()
    let turns = writes.takeDurable(
      through: result.number, byteCount: result.journalByteCount)
    for turn in turns { try release(turn, after: .synced) }
    if writes.underWayCount == 0 { quietSince = now.instant }
  }

  // MARK: A full disk

  private func ranOutOfSpace(_ reason: String) {
    loggingTip = nil
    if condition == .sound {
      log(
        LogEvent(
          .critical, "disk-full", "The disk is full; nothing is recorded until there is room",
          [LogField("reason", reason)]))
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

  private func retryWriting() {
    let retryAt = now.instant.advanced(byMicroseconds: ReplicaConfiguration.spaceRetry)
    condition = .outOfSpace(retryAt: retryAt)
    if let job = writes.retry() {
      output.writes.append(job)
    } else if !writeLog() {
      foundSpace()
    }
  }

  // MARK: Emptying the journal

  /// Retries what found no room, and moves what the journal holds into the block log when there is
  /// much of it or nothing else to do.
  func tidy() {
    if case .outOfSpace(let retryAt) = condition {
      if retryAt <= now.instant { retryWriting() }
      return
    }
    guard loggingTip == nil, writes.compaction == nil else { return }
    let isQuiet =
      quietSince.map { now.instant.microseconds(since: $0) >= ReplicaConfiguration.quiet } ?? false
    let isStopping = phase == .stopping && writes.underWayCount == 0
    guard isQuiet || isStopping || writes.journalByteCount >= NodeLimits.journalByteLimit else {
      return
    }
    quietSince = nil
    if !writeLog(), chain.log.condition.canGrow { compactJournal(above: headTip) }
  }

  /// Hands out the final blocks that the block log lacks; whether there are any.
  func writeLog() -> Bool {
    guard loggingTip == nil, let run = chain.unlogged else { return false }
    loggingTip = headTip
    output.writes.append(WriteJob(number: writes.nextNumber(), work: .log(run)))
    return true
  }

  private func wasLogged(through height: Height) throws(ReplicaFault) {
    // What the journal could not write waits for its own retry.
    if writes.underWayCount == 0 { foundSpace() }
    try finishSynchronised(through: height)
    chain.markLogged(through: height)
    // While the log has a hole at its end, the journal alone may have what follows.
    if let tip = loggingTip, tip.header.height <= height, chain.log.condition.canGrow {
      compactJournal(above: tip)
    }
    loggingTip = nil
  }

  private func compactJournal(above tip: FinalizedTip) {
    if let job = writes.seal(gathers: false) { output.writes.append(job) }
    if let job = writes.compact(above: tip) { output.writes.append(job) }
  }

  var headTip: FinalizedTip { chain.tip }

  // MARK: The end

  /// Takes nothing in any more; what is being written is finished, and everybody else hears that the
  /// node stops.
  package func beginStopping(at now: Moment) -> ReplicaOutput {
    self.now = now
    if phase == .running { phase = .stopping }
    expireQuestions()
    tidy()
    return finishTurn()
  }

  /// Whether nothing is under way any more.
  package var isIdle: Bool {
    let isWritten = writes.isEmpty && loggingTip == nil && chain.unlogged == nil
    return isWritten || condition != .sound
  }

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
        guard let waiter = parked.origin.waiter else { continue }
        answer(waiter, .failed(.unavailable("the node is stopping; submit it again")))
      }
    }
    return finishTurn()
  }

  /// Brings the index to the disk, so that the next start has nothing to execute again. Not needed
  /// for anything else: what it lacks comes from the block log.
  package func flushIndex() throws(ReplicaFault) {
    do throws(StorageError) { try chain.state.store.flush() } catch {
      throw .chain(.storage(error))
    }
  }
}
