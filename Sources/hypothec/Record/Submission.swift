import CommandInterface
import Documents
import Ledger
import Node

/// What was submitted before under a reference.
enum EarlierSubmission {
  /// It waits in the outbox: its fate is not known here.
  case waiting(Transaction)
  /// The ledger has it.
  case recorded(Transaction, FinalTransaction, ChainHead)

  var transaction: Transaction {
    switch self {
    case .waiting(let transaction), .recorded(let transaction, _, _): transaction
    }
  }
}

/// Sends a signed transaction and tells what became of it.
struct Submission {
  enum Attempt {
    /// It was never sent: if it is turned away at the door, it is gone.
    case first
    /// It may have been sent before: only an outcome or its expiry settles it.
    case repeated
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  // MARK: What was before

  func earlier(
    _ submitter: MemberID, _ reference: Identifier
  ) throws(Problem) -> EarlierSubmission? {
    if let waiting = try outbox().transaction(of: submitter, reference) {
      return .waiting(waiting)
    }
    let id = StateID.reference(submitter: submitter, reference)
    let response = try inquiry.ask(.entries([id], .none))
    guard case .entries(let answers) = response.answer, answers.count == 1 else {
      throw .unexpectedAnswer
    }
    guard case .reference(let used)? = answers[0].entry else { return nil }
    guard let (final, head) = try final(used.transaction) else { throw .unexpectedAnswer }
    return .recorded(
      try inquiry.decoded(final, used.transaction, head.network), final, head)
  }

  /// Tells what the ledger has, or sends again what waits.
  func settle(_ earlier: EarlierSubmission) throws(Problem) -> ExitCode {
    switch earlier {
    case .waiting(let transaction): return try send(transaction, .repeated)
    case .recorded(let transaction, let final, let head):
      context.note(
        LocalizedText(
          english: "Recorded before under this reference; nothing was sent again.",
          chinese: "此引用号先前已登记；未再次发送。"))
      return try present(transaction, final, head)
    }
  }

  // MARK: Sending

  func send(_ transaction: Transaction, _ attempt: Attempt) throws(Problem) -> ExitCode {
    let outbox = try outbox()
    try outbox.keep(transaction)
    let response: NodeResponse
    do throws(NodeAccessError) {
      response = try inquiry.submit(transaction.bytes)
    } catch {
      throw unanswered(error, transaction, attempt, outbox)
    }
    switch response.answer {
    case .submitted(let result):
      return try settle(result, transaction, attempt, response.head, outbox)
    case .failed(let failure):
      if case .first = attempt { outbox.remove(transaction.id) }
      throw Problem(failure)
    default: throw .unexpectedAnswer
    }
  }

  private func settle(
    _ result: SubmissionResult, _ transaction: Transaction, _ attempt: Attempt,
    _ head: ChainHead, _ outbox: Outbox
  ) throws(Problem) -> ExitCode {
    switch result {
    case .final(let id, let place, let time, let outcome):
      guard id == transaction.id else { throw .unexpectedAnswer }
      outbox.remove(id)
      return try Receipt(transaction: transaction, place: place, time: time, outcome: outcome)
        .present(inquiry, head)
    case .turnedAway(let code):
      return try turnedAway(code, transaction, attempt, outbox)
    case .malformed(let reason):
      outbox.remove(transaction.id)
      throw Problem(
        .transactionMalformed, .softwareError,
        what: LocalizedText(
          english: "the node finds the transaction malformed: \(reason).",
          chinese: "节点认为交易格式有误：\(reason)。"),
        next: LocalizedText(
          english: "check that node and command line have the same version: hypothec --version",
          chinese: "请确认节点与命令行版本一致：hypothec --version"))
    }
  }

  private func turnedAway(
    _ code: RefusalCode, _ transaction: Transaction, _ attempt: Attempt, _ outbox: Outbox
  ) throws(Problem) -> ExitCode {
    // The answer of an earlier attempt may have been lost: the ledger knows.
    if case .repeated = attempt, let (final, head) = try final(transaction.id) {
      outbox.remove(transaction.id)
      return try present(transaction, final, head)
    }
    if code == .referenceReused || code == .transactionExpired { outbox.remove(transaction.id) }
    if case .first = attempt { outbox.remove(transaction.id) }
    throw .refusal(
      code,
      what: code.text.what.asSentenceAfterColon
        + LocalizedText(english: " Nothing was recorded.", chinese: "未作任何登记。"),
      details: [
        "transaction": .transactionID(transaction.id),
        "reference": .identifier(transaction.payload.reference), "recorded": false,
      ])
  }

  private func unanswered(
    _ error: NodeAccessError, _ transaction: Transaction, _ attempt: Attempt, _ outbox: Outbox
  ) -> Problem {
    switch error {
    case .timedOut, .closed, .protocolViolation, .system: break
    case .notRunning, .accessDenied, .pathTooLong, .refused, .anotherNetwork, .otherProtocol,
      .requestTooLarge:
      // It never left this process.
      if case .first = attempt { outbox.remove(transaction.id) }
      return Problem(error)
    }
    let path = outbox.path(of: transaction.id)
    let again = "hypothec transaction submit \(path)\(context.directoryOption)"
    return Problem(
      .outcomeUnknown, .outcomeUnknown,
      what: LocalizedText(
        english: "the transaction was sent; what became of it is not known yet.",
        chinese: "交易已发送，结果尚未确定。"),
      why: LocalizedText(
        english: "\(error). It may still be recorded until "
          + "\(context.local(transaction.payload.validUntil)).",
        chinese: "\(error)。在 \(context.local(transaction.payload.validUntil)) 之前仍可能被登记。"),
      next: LocalizedText(
        english: "send the same signed bytes again, which records nothing twice:\n\(again)",
        chinese: "重新发送同一份已签内容，不会重复登记：\n\(again)"),
      details: [
        "transaction": .transactionID(transaction.id), "file": .string(path),
        "reference": .identifier(transaction.payload.reference),
        "validUntil": .time(transaction.payload.validUntil),
      ])
  }

  // MARK: Parts

  private func outbox() throws(Problem) -> Outbox {
    Outbox(context, try inquiry.network().id)
  }

  private func final(
    _ id: TransactionID
  ) throws(Problem) -> (FinalTransaction, ChainHead)? {
    let response = try inquiry.ask(.transaction(id))
    guard case .transaction(let answer) = response.answer else { throw .unexpectedAnswer }
    guard case .final(let final) = answer else { return nil }
    return (final, response.head)
  }

  private func present(
    _ transaction: Transaction, _ final: FinalTransaction, _ head: ChainHead
  ) throws(Problem) -> ExitCode {
    try Receipt(
      transaction: transaction, place: final.place, time: final.time, outcome: final.outcome
    ).present(inquiry, head)
  }
}

extension ProblemCode {
  static let transactionMalformed = ProblemCode("TRANSACTION_MALFORMED")
}

extension Problem {
  /// The reference names another transaction of this submitter.
  static func referenceReused(_ other: Transaction) -> Problem {
    let first = other.operations.first.map { $0.body.kind.name } ?? ""
    let vin = other.operations.first?.body.vehicle.map { " \($0)" } ?? ""
    return .refusal(
      .referenceReused,
      what: LocalizedText(
        english: "the reference \(other.payload.reference) names another transaction already: "
          + "\(first)\(vin); nothing was sent.",
        chinese: "引用号 \(other.payload.reference) 已用于另一笔交易：\(first)\(vin)；未发送任何内容。"),
      next: LocalizedText(
        english: "look at it: hypothec transaction show \(other.id)\nor choose another reference.",
        chinese: "查看：hypothec transaction show \(other.id)\n或换一个引用号。"),
      details: ["transaction": .transactionID(other.id)])
  }
}
