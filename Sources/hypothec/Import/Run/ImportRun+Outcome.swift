import CommandInterface
import Ledger
import Node

extension ImportRun {
  /// How often the rows of a transaction are tried again before the ledger's word is the last.
  private static let generationLimit: UInt64 = 4

  func take(_ response: NodeResponse, of attempt: ImportAttempt) throws(Problem) {
    guard case .submitted(let result) = response.answer else {
      // The node stops or cannot read: whether it took the transaction is asked next time.
      throw .unexpectedAnswer(response.answer)
    }
    switch result {
    case .final(_, let place, _, let outcome): try settle(attempt, outcome, place.height)
    case .turnedAway(let code): try takeBack(attempt, code)
    case .malformed(let reason):
      throw Problem(
        .softwareFault, .softwareError,
        what: LocalizedText(
          english: "the node does not understand a transaction: \(reason).",
          chinese: "节点无法理解交易：\(reason)。"))
    }
  }

  func settle(
    _ attempt: ImportAttempt, _ outcome: Outcome, _ height: Height
  ) throws(Problem) {
    setbackCount = 0
    switch outcome {
    case .accepted: try keepAccepted(attempt, height)
    case .refused(let refusal):
      summary.racedCount += 1
      try planAgain(attempt, refusal)
    }
  }

  func keepAccepted(_ attempt: ImportAttempt, _ height: Height) throws(Problem) {
    var counts = OperationCounts()
    for operation in attempt.transaction.operations { counts.add(operation) }
    summary.accepted += counts
    summary.transactionCount += 1
    summary.height = max(summary.height ?? height, height)
    try state?.append(
      .settled(attempt: attempt.stored.number, Settlement(height: height, counts: counts)))
  }

  /// What to do with a transaction that was turned away at the door: nothing of it is recorded.
  private func takeBack(_ attempt: ImportAttempt, _ code: RefusalCode) throws(Problem) {
    switch code {
    case .queueFull, .memberQuotaExceeded: try sendLater(attempt, code)
    case .transactionExpired:
      // It may have been in a block before it expired.
      if let final = try finalTransaction(attempt.transaction.id) {
        try settle(attempt, final.outcome, final.place.height)
      } else {
        try planAgain(attempt, nil)
      }
    case .referenceReused: try adopt(attempt)
    default:
      // Signed by another run, perhaps with a key that was replaced since: signed anew once.
      guard attempt.isOfEarlierRun else {
        throw .refusal(code, next: Problem.resumeText(settings.resumeCommand))
      }
      try planAgain(attempt, nil)
    }
  }

  /// Another run, whose state is lost, sent the same rows: what became of its transaction is what
  /// became of this one.
  private func adopt(_ attempt: ImportAttempt) throws(Problem) {
    let payload = attempt.transaction.payload
    let id = StateID.reference(submitter: payload.submitter, payload.reference)
    let response = try ask(.entries([id], .none))
    guard case .entries(let answers) = response.answer else {
      throw .unexpectedAnswer(response.answer)
    }
    guard case .reference(let reference)? = answers.first?.entry else {
      // It is not in the state: used by a transaction that is not final yet, or expired.
      return try sendLater(attempt, .referenceReused)
    }
    guard let final = try finalTransaction(reference.transaction) else {
      return try sendLater(attempt, .referenceReused)
    }
    if final.outcome == .accepted, has(final, attempt.transaction.operations) {
      return try settle(attempt, .accepted, final.place.height)
    }
    try planAgain(attempt, nil)
  }

  private func has(_ final: FinalTransaction, _ operations: [Operation]) -> Bool {
    do throws(LedgerError) {
      return try Transaction(final.bytes, network: settings.network).operations == operations
    } catch {
      return false
    }
  }

  /// Looks at the rows of a transaction that failed once more, and sends what still passes: the row
  /// that was refused alone, those before and after it together, so that every refusal settles one
  /// row at least.
  private func planAgain(_ attempt: ImportAttempt, _ refusal: Refusal?) throws(Problem) {
    guard let first = attempt.rows.first, let last = attempt.rows.last else { return }
    let failed = refusal.flatMap { attempt.rowNumber(ofOperation: $0.operationIndex) }
    var planned = try planner.plan(attempt.rows) { request throws(Problem) in try self.ask(request)
    }
    let generation = attempt.stored.generation + 1
    if let refusal, planned.rows.count == 1, attempt.rows.count == 1,
      generation > Self.generationLimit
    {
      let row = planned.rows.removeFirst()
      let kind = attempt.transaction.operations[refusal.operationIndex].body.kind
      planned.rejections.append((row.row, .rejected(refusal, kind)))
    }
    let parts = [
      planned.rows.filter { $0.row.number < failed ?? .max },
      planned.rows.filter { $0.row.number == failed },
      planned.rows.filter { $0.row.number > failed ?? .max },
    ]
    try record(planned, rows: first.number...last.number, replaces: attempt.stored.number) {
      () throws(Problem) in
      var attempts: [ImportAttempt] = []
      for part in parts where !part.isEmpty {
        attempts.append(try self.attempt(part, generation: generation))
      }
      return attempts
    }
  }
}
