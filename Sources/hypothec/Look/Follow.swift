import CommandInterface
import Documents
import Ledger
import Node

/// `follow`: what the network records, as it comes: one line an operation, or JSON Lines.
struct Follow {
  static let from = Option.optional(
    "from", .height,
    LocalizedText(
      english: "Begin with the block at this height; else with the next one.",
      chinese: "从该高度的区块开始；默认为下一个区块。"))

  static let until = Option.optional(
    "until", .height,
    LocalizedText(english: "End after this height.", chinese: "到该高度为止。"))

  static let refused = Flag(
    "refused", LocalizedText(english: "Only what was refused.", chinese: "仅被拒绝的操作。"))

  static let vehicle = Option.optional(
    "vin", .vin, LocalizedText(english: "Only this vehicle.", chinese: "仅此车辆。"))

  static let pledgee = Option.optional(
    "by", .member, LocalizedText(english: "Only what this member does.", chinese: "仅此成员的操作。"))

  /// How long one question waits for a block: Ctrl-C is obeyed in between.
  private static let stepMilliseconds: UInt64 = 500

  static func command(_ source: AccessSource) -> Command {
    Command(
      "follow",
      LocalizedText(
        english: "Show what is recorded as it comes, until Ctrl-C.",
        chinese: "实时显示登记内容，直到 Ctrl-C。"),
      discussion: LocalizedText(
        english: """
          Every block's certificate is checked. The last line of an interrupted run tells from \
          which height to go on.
          """,
        chinese: "每个区块的证书均经核验。中断时会提示从哪个高度继续。"),
      section: Noun.look, options: [from, until, refused, vehicle, pledgee],
      examples: [
        Command.Example(
          "hypothec follow --refused --json",
          LocalizedText(
            english: "Refusals, for a program to read:", chinese: "以 JSON Lines 输出被拒操作："))
      ]
    ) { context throws(Problem) in
      try Follow(Inquiry(context, try source.open(context, .reading))).run()
    }
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run() throws(Problem) -> ExitCode {
    let network = try inquiry.network()
    var next = try start()
    context.host.interrupt.arm()
    while true {
      if let until = context[Self.until], next > until { return .success }
      try context.host.interrupt.throwIfRequested(
        resume: "hypothec follow --from \(next.rawValue)\(context.directoryOption)")
      let response = try inquiry.ask(
        .blocks(from: next, waitMilliseconds: Self.stepMilliseconds))
      guard case .blocks(let items) = response.answer else { throw .unexpectedAnswer }
      if items.isEmpty, inquiry.source == .dataDirectory { return .success }
      let run = try CertifiedBlocks(items)
      for (index, block) in run.blocks.enumerated() {
        guard block.header.height == next, block.header.network == network.id else {
          throw .unexpectedAnswer
        }
        if let until = context[Self.until], next > until { return .success }
        try show(block, try run.sureness(at: index, network), network)
        next = block.header.height.next
      }
      try context.output.flush()
    }
  }

  private func start() throws(Problem) -> Height {
    if let from = context[Self.from] { return max(from, Height.genesis.next) }
    let response = try inquiry.ask(.status)
    return response.head.height.next
  }

  private func show(
    _ block: Block, _ sureness: Sureness, _ network: KnownNetwork
  ) throws(Problem) {
    for (index, transaction) in block.transactions.enumerated() {
      let outcome = block.outcomes[index]
      for (operationIndex, operation) in transaction.operations.enumerated()
      where isWanted(operation, outcome) {
        let event = FollowedEvent(
          header: block.header, transactionIndex: index, operationIndex: operationIndex,
          transaction: transaction, operation: operation, outcome: outcome)
        switch context.format {
        case .json: try context.output.document(event.document(sureness))
        case .text: try context.output.line(text(event, network))
        }
      }
    }
  }

  private func isWanted(_ operation: Operation, _ outcome: Outcome) -> Bool {
    if context[Self.refused], outcome == .accepted { return false }
    if let vin = context[Self.vehicle], operation.body.vehicle != vin { return false }
    if let member = context[Self.pledgee], operation.by != member { return false }
    return true
  }

  private func text(_ event: FollowedEvent, _ network: KnownNetwork) -> String {
    let time = context.local(event.header.time, .secondsWithOffset)
    let operation = OperationText(language: context.language, network: network)
      .line(event.operation)
    let outcome =
      event.outcome == .accepted
      ? "" : "  \(OutcomeText(context.language).line(event.outcome))"
    let height = NumberText.grouped(event.header.height.rawValue)
    return DisplayWidth.visible("\(time)  \(height)  \(operation)\(outcome)")
  }
}

/// One operation of a block.
private struct FollowedEvent {
  let header: BlockHeader
  let transactionIndex: Int
  let operationIndex: Int
  let transaction: Transaction
  let operation: Operation
  let outcome: Outcome

  func document(_ sureness: Sureness) -> JSONDocument {
    JSONDocument(
      JSONSchema("follow"),
      [
        JSONMember("time", .time(header.time)),
        JSONMember(
          "place",
          .place(TransactionPlace(height: header.height, transactionIndex: transactionIndex))),
        JSONMember("operationIndex", .integer(operationIndex)),
        JSONMember("transaction", .transactionID(transaction.id)),
        JSONMember("signers", .array(transaction.payload.signers.map(JSONValue.member))),
        JSONMember("outcome", .outcome(outcome)), JSONMember("operation", operation.json),
        sureness.json,
      ])
  }
}
