import Consensus
import Ledger

/// A question for blocks that are not there yet.
struct WaitingQuestion {
  let waiter: Waiter
  let from: Height
  let deadline: Instant
}

extension Replica {
  /// Answers a request, now or later.
  func answer(_ request: NodeRequest, to waiter: Waiter) throws(ReplicaFault) {
    switch request {
    case .submit(let transaction): try submit(transaction, waiter)
    case .drain:
      if !isDraining {
        isDraining = true
        log(
          LogEvent(
            .notice, "draining", "This node takes no submissions until it is started again"))
      }
      reply(.status, to: waiter)
    case .transaction(let id) where mempool.contains(id):
      answer(waiter, .transaction(.waiting))
    case .blocks(let from, let milliseconds) where milliseconds > 0 && from > head:
      wait(for: from, milliseconds, waiter)
    case .status, .networkFile, .entries, .history, .search, .pledges, .transaction,
      .transactions, .blocks, .check:
      reply(request, to: waiter)
    }
  }

  /// The height of the newest final block.
  var head: Height { chain.head.header.height }

  private func reply(_ request: NodeRequest, to waiter: Waiter) {
    output.answers.append(
      ReplicaAnswer(
        client: waiter.client, number: waiter.number,
        response: chain.answer(request, running: runningStatus, at: now.wallClock)))
  }

  private func wait(for from: Height, _ milliseconds: UInt64, _ waiter: Waiter) {
    guard waitingQuestions.count < NodeLimits.waitingQuestionLimit, phase == .running else {
      reply(.blocks(from: from, waitMilliseconds: 0), to: waiter)
      return
    }
    let wait = min(milliseconds, NodeLimits.longestWaitMilliseconds)
    waitingQuestions.append(
      WaitingQuestion(
        waiter: waiter, from: from,
        deadline: now.instant.advanced(byMicroseconds: wait * 1_000)))
  }

  /// Answers who waited for blocks that are there now, or for long enough.
  func expireQuestions() {
    let due = waitingQuestions.filter {
      $0.from <= head || $0.deadline <= now.instant || phase != .running
    }
    guard !due.isEmpty else { return }
    waitingQuestions.removeAll {
      $0.from <= head || $0.deadline <= now.instant || phase != .running
    }
    for question in due {
      reply(.blocks(from: question.from, waitMilliseconds: 0), to: question.waiter)
    }
  }

  // MARK: How the node is

  package var runningStatus: RunningStatus {
    RunningStatus(
      member: configuration.member, role: role, view: machine.view,
      uptimeMilliseconds: now.instant.microseconds(since: startedAt) / 1_000,
      waitingTransactions: mempool.count, waitsFor: waitsFor,
      weakness: weakness, peers: peerSummaries)
  }

  var role: NodeRole {
    switch machine.right {
    case .voting: .validator
    case .observing(.notValidator): .follower
    case .observing: .observer
    }
  }

  /// What keeps the node from going on, in words; empty when all is well.
  private var waitsFor: String {
    switch condition {
    case .outOfSpace: return "room on the disk: it is full, nothing is recorded until there is room"
    case .halted(let reason): return "its operators: it stopped voting, \(reason)"
    case .sound: break
    }
    if let reason = missingOfLog ?? missingQuorum { return reason }
    if isDraining { return "its operators: it is drained and can be stopped when nothing waits" }
    switch machine.right {
    case .voting, .observing(.notValidator): return slowView ?? ""
    case .observing(.blocksMissing): return "the repair of its block log"
    case .observing(.joining): return "other validators' word on what they hold of its votes"
    case .observing(let reason): return "the next epoch: \(reason.explanation)"
    }
  }
}

extension VotingRight.Reason {
  /// Why the node does not vote.
  var explanation: String {
    switch self {
    case .notValidator: "this node is no validator"
    case .joining: "too few validators were heard from since this node started"
    case .blocksMissing: "its block log lacks blocks that it once had; it votes when it is whole"
    case .journalMissing: "the journal of its own votes is missing, so it does not vote"
    case .journalDamaged: "the journal of its own votes is damaged, so it does not vote"
    case .journalReplaced:
      "the journal of its own votes was lost before, so it does not vote in this epoch"
    case .unknownOwnVote:
      "a vote of its own turned up that its journal does not have, so it does not vote"
    }
  }
}
