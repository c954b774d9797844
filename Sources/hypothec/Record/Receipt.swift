import CommandInterface
import Documents
import Ledger
import Node

/// What became of a transaction that is final: told as a receipt if it was accepted, as a problem
/// with exit status 12 if it was refused.
struct Receipt {
  let transaction: Transaction
  let place: TransactionPlace
  let time: Timestamp
  let outcome: Outcome

  /// Writes the receipt. Throws the refusal.
  func present(_ inquiry: Inquiry, _ head: ChainHead) throws(Problem) -> ExitCode {
    if case .refused(let refusal) = outcome {
      throw try RefusalReport(
        refusal: refusal, operations: transaction.operations,
        recorded: .transaction(transaction.id, place, time)
      ).problem(inquiry)
    }
    let context = inquiry.context
    let network = try inquiry.network()
    let asOf = try inquiry.asOf(head)
    try context.answer {
      JSONDocument(JSONSchema("receipt"), members + [asOf.json])
    } text: {
      text(context, network)
    }
    return .success
  }

  private var members: [JSONMember] {
    [
      JSONMember("transaction", .transactionID(transaction.id)),
      JSONMember("place", .place(place)), JSONMember("time", .time(time)),
      JSONMember("outcome", .outcome(outcome)),
      JSONMember("signers", .array(transaction.payload.signers.map(JSONValue.member))),
      JSONMember("reference", .identifier(transaction.payload.reference)),
      JSONMember("operations", .array(transaction.operations.map(\.json))),
    ]
  }

  private func text(_ context: CommandContext, _ network: KnownNetwork) -> String {
    let language = context.language
    let texts = OperationText(language: language, network: network)
    var facts = FactList()
    for (index, operation) in transaction.operations.prefix(TransactionShow.shownLimit).enumerated()
    {
      facts.append(index == 0 ? context.say("Recorded", "已登记") : "", texts.line(operation))
    }
    let rest = transaction.operations.count - TransactionShow.shownLimit
    if rest > 0 { facts.append("", context.say("… and \(rest) more", "… 另有 \(rest) 项")) }
    facts.append(
      context.say("Accepted", "接受时间"),
      "\(context.text(time, place.height)), \(network.file.name)")
    facts.append(context.say("Reference", "引用号"), transaction.payload.reference.text)
    facts.append(context.say("Transaction", "交易"), transaction.id.description)
    return ([context.say("Accepted and final.", "已接受，不可撤销。")] + facts.lines(context))
      .joined(separator: "\n")
  }
}
