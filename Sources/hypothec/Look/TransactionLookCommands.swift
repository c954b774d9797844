import CommandInterface
import Documents
import Ledger
import Node

/// `transaction show`, `wait` and `list`.
enum TransactionLookCommands {
  static func all(_ source: AccessSource) -> [Command] {
    [
      TransactionShow.command(source), TransactionWait.command(source),
      TransactionList.command(source),
    ]
  }
}

/// A transaction as it is named on the command line: by its id, or by the file of a draft or of a
/// signed transaction.
enum TransactionName: Hashable, Sendable {
  case id(TransactionID)
  case file(FilePath)
}

extension ValueType where Value == TransactionName {
  static var transactionName: ValueType {
    ValueType("transaction", completion: .file) { text throws(InvalidValue) in
      if text.utf8.count == 64, let id = try? ValueType<TransactionID>.transactionID.parse(text) {
        return .id(id)
      }
      return .file(try ValueType<FilePath>.file.parse(text))
    }
  }
}

/// `transaction show`.
struct TransactionShow {
  static let name = Argument.required(
    "transaction", .transactionName,
    LocalizedText(
      english: "Its id, or the file of a draft or a signed transaction.",
      chinese: "交易编号，或草稿、已签交易的文件。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "show",
      LocalizedText(
        english: "Show a transaction and what became of it, or a draft and who signed it.",
        chinese: "显示交易及其结果，或草稿及其签署情况。"),
      arguments: [name]
    ) { context throws(Problem) in
      switch context[name] {
      case .id(let id):
        return try TransactionShow(Inquiry(context, try source.open(context, .reading))).run(id)
      case .file(let path): return try DraftShow(context).run(path)
      }
    }
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run(_ id: TransactionID) throws(Problem) -> ExitCode {
    let response = try inquiry.ask(.transaction(id))
    guard case .transaction(let answer) = response.answer else { throw .unexpectedAnswer }
    let asOf = try inquiry.asOf(response.head)
    switch answer {
    case .unknown: throw .transactionNotFound(id)
    case .waiting:
      throw .outcomeNotKnown(
        id,
        LocalizedText(
          english: "the node has received it; no block holds it yet.",
          chinese: "节点已收到，尚未进入区块。"))
    case .final(let final):
      let transaction = try inquiry.decoded(final, id, response.head.network)
      let network = try inquiry.network()
      try context.answer {
        JSONDocument(
          JSONSchema("transaction-show"),
          Self.members(final, transaction) + [.signedBytes, asOf.json])
      } text: {
        text(final, transaction, network, asOf)
      }
      return .success
    }
  }

  static func members(_ final: FinalTransaction, _ transaction: Transaction) -> [JSONMember] {
    [
      JSONMember("transaction", .transactionID(transaction.id)),
      JSONMember("place", .place(final.place)), JSONMember("time", .time(final.time)),
      JSONMember("block", .string(final.block.description)),
      JSONMember("outcome", .outcome(final.outcome)),
      JSONMember("signers", .array(transaction.payload.signers.map(JSONValue.member))),
      JSONMember("reference", .identifier(transaction.payload.reference)),
      JSONMember("validUntil", .time(transaction.payload.validUntil)),
      JSONMember("operations", .array(transaction.operations.map(\.json))),
    ]
  }

  private func text(
    _ final: FinalTransaction, _ transaction: Transaction, _ network: KnownNetwork, _ asOf: AsOf
  ) -> String {
    let language = context.language
    let title = context.say("Transaction", "交易")
    var facts = FactList()
    facts.append(context.say("Id", "编号"), transaction.id.description)
    facts.append(context.say("Outcome", "结果"), OutcomeText(language).line(final.outcome))
    facts.append(
      context.say("Recorded", "登记"),
      context.text(final.time, final.place.height))
    facts.append(
      context.say("Signed by", "签署"),
      transaction.payload.signers.map(network.name).joined(separator: ", "))
    facts.append(context.say("Reference", "引用号"), transaction.payload.reference.text)
    let texts = OperationText(language: language, network: network)
    for (index, operation) in transaction.operations.prefix(Self.shownLimit).enumerated() {
      facts.append(index == 0 ? context.say("Does", "操作") : "", texts.line(operation))
    }
    let rest = transaction.operations.count - Self.shownLimit
    if rest > 0 { facts.append("", context.say("… and \(rest) more", "… 另有 \(rest) 项")) }
    return
      ([Headline.text(title, asOf, context)] + facts.lines(context)
      + [
        context.say(
          "Its bytes are those of the id; its place is the node's word.",
          "内容与编号相符；位置由节点给出。")
      ]).joined(separator: "\n")
  }

  static let shownLimit = 20
}

extension JSONMember {
  /// The bytes hash to the id that was asked for; place and outcome are the node's word.
  static let signedBytes = JSONMember("proof", ["proven": false, "contentMatchesId": true])
}

/// An outcome in one line.
struct OutcomeText {
  private let language: Language

  init(_ language: Language) { self.language = language }

  func line(_ outcome: Outcome) -> String {
    switch outcome {
    case .accepted: return LocalizedText(english: "accepted", chinese: "已接受")[language]
    case .refused(let refusal):
      let conflict = refusal.conflict.map { ": \($0.id)" } ?? ""
      return LocalizedText(english: "refused", chinese: "被拒绝")[language]
        + " (\(refusal.code.name)\(conflict))"
    }
  }
}

extension Problem {
  static func transactionNotFound(_ id: TransactionID) -> Problem {
    Problem(
      .transactionNotFound, .notFound,
      what: LocalizedText(
        english: "this node knows no transaction \(id).", chinese: "该节点没有交易 \(id)。"),
      why: LocalizedText(
        english: "it was never submitted, or has not reached this node.",
        chinese: "从未提交，或尚未到达该节点。"),
      next: LocalizedText(
        english: "wait for it: hypothec transaction wait \(id)",
        chinese: "等待：hypothec transaction wait \(id)"),
      details: ["transaction": .transactionID(id)])
  }

  /// Exit status 13: not decided yet, and the same command is safe.
  static func outcomeNotKnown(_ id: TransactionID, _ why: LocalizedText) -> Problem {
    Problem(
      .outcomeUnknown, .outcomeUnknown,
      what: LocalizedText(
        english: "the outcome of transaction \(id) is not known yet.",
        chinese: "交易 \(id) 的结果尚未确定。"),
      why: why,
      next: LocalizedText(
        english: "wait for it: hypothec transaction wait \(id)",
        chinese: "等待：hypothec transaction wait \(id)"),
      details: ["transaction": .transactionID(id)])
  }
}

/// `transaction wait`.
struct TransactionWait {
  static let id = Argument.required(
    "transaction", .transactionID, LocalizedText(english: "Its id.", chinese: "交易编号。"))
  /// How long one question waits for the next block: Ctrl-C is obeyed in between.
  private static let stepMilliseconds: UInt64 = 1_000

  static func command(_ source: AccessSource) -> Command {
    Command(
      "wait",
      LocalizedText(
        english: "Wait until a transaction is final.", chinese: "等待交易最终确定。"),
      discussion: LocalizedText(
        english: """
          Exit status 0: accepted. 12: refused. 13: not known within --timeout; the same command \
          is safe.
          """,
        chinese: "退出码 0：已接受。12：被拒绝。13：在 --timeout 内未确定；可安全重复同一命令。"),
      arguments: [id]
    ) { context throws(Problem) in
      try TransactionWait(Inquiry(context, try source.open(context, .reading))).run(context[id])
    }
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run(_ id: TransactionID) throws(Problem) -> ExitCode {
    let final = try wait(for: id)
    let head = final.head
    let transaction = try inquiry.decoded(final.transaction, id, head.network)
    let receipt = Receipt(
      transaction: transaction, place: final.transaction.place, time: final.transaction.time,
      outcome: final.transaction.outcome)
    return try receipt.present(inquiry, head)
  }

  private func wait(
    for id: TransactionID
  ) throws(Problem) -> (head: ChainHead, transaction: FinalTransaction) {
    let clock = context.host.monotonicClock
    let deadline = clock.now() + context[GlobalOptions.timeout]
    context.host.interrupt.arm()
    while true {
      let response = try inquiry.ask(.transaction(id))
      guard case .transaction(let answer) = response.answer else { throw .unexpectedAnswer }
      if case .final(let final) = answer { return (response.head, final) }
      try context.host.interrupt.throwIfRequested(resume: "hypothec transaction wait \(id)")
      let left = deadline - clock.now()
      guard left > .zero, inquiry.source == .runningNode else {
        throw .outcomeNotKnown(id, Self.reason(answer, inquiry.source))
      }
      let milliseconds = UInt64(max(1, left.components.seconds * 1_000))
      _ = try inquiry.ask(
        .blocks(
          from: response.head.height.next,
          waitMilliseconds: min(Self.stepMilliseconds, milliseconds)))
    }
  }

  private static func reason(
    _ answer: TransactionAnswer, _ source: AsOf.Source
  ) -> LocalizedText {
    if source == .dataDirectory {
      return LocalizedText(
        english: "no node runs here, and the data directory does not have it.",
        chinese: "此处没有运行节点，数据目录中也没有该交易。")
    }
    switch answer {
    case .waiting:
      return LocalizedText(
        english: "the node has it; no block holds it yet.", chinese: "节点已收到，尚未进入区块。")
    case .unknown, .final:
      return LocalizedText(
        english: "this node has not seen it.", chinese: "该节点未见过此交易。")
    }
  }
}

/// `transaction list`: the newest first.
struct TransactionList {
  static let member = Option.optional(
    "submitter", .member,
    LocalizedText(english: "Those of this submitter.", chinese: "该提交人的交易。"))

  static let mine = Flag(
    "mine",
    LocalizedText(english: "Those of the data directory's member.", chinese: "数据目录所属成员的交易。"))

  static let refused = Flag(
    "refused", LocalizedText(english: "Only refused ones.", chinese: "仅被拒绝的交易。"))

  static let limit = Option.defaulted(
    "limit", .integer(1...1_000_000), to: "20",
    LocalizedText(english: "At most so many.", chinese: "最多显示的数量。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "list",
      LocalizedText(
        english: "List transactions, the newest first.", chinese: "列出交易，由新到旧。"),
      options: [member, mine, refused, limit],
      examples: [
        Command.Example(
          "hypothec transaction list --mine --refused",
          LocalizedText(english: "What was refused to us:", chinese: "本成员被拒绝的交易："))
      ]
    ) { context throws(Problem) in
      try TransactionList(Inquiry(context, try source.open(context, .reading))).run()
    }
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run() throws(Problem) -> ExitCode {
    let submitter = try context.memberChoice(Self.member, mine: Self.mine)
    let filter = TransactionFilter(
      submitter: submitter, outcome: context[Self.refused] ? .refusedOnly : .any)
    let (items, head) = try items(filter)
    let asOf = try inquiry.asOf(head)
    let network = try inquiry.network()
    try context.answer {
      JSONDocument(
        JSONSchema("transaction-list"),
        [JSONMember("transactions", .array(items.map(Self.json))), .unproven, asOf.json])
    } text: {
      text(items, network, asOf)
    }
    return .success
  }

  private func items(
    _ filter: TransactionFilter
  ) throws(Problem) -> ([TransactionItem], ChainHead) {
    let limit = context[Self.limit]
    var items: [TransactionItem] = []
    while true {
      let count = min(NodeRequest.listLimit, limit - items.count)
      let response = try inquiry.ask(
        .transactions(filter, before: items.last?.place, limit: count))
      guard case .transactions(let part) = response.answer else { throw .unexpectedAnswer }
      items += part
      if part.isEmpty || items.count >= limit { return (items, response.head) }
    }
  }

  private static func json(_ item: TransactionItem) -> JSONValue {
    [
      "transaction": .transactionID(item.id), "place": .place(item.place),
      "time": .time(item.time), "submitter": .member(item.submitter),
      "reference": .identifier(item.reference), "operations": .integer(item.operationCount),
      "outcome": .outcome(item.outcome),
    ]
  }

  private func text(
    _ items: [TransactionItem], _ network: KnownNetwork, _ asOf: AsOf
  ) -> String {
    var table = Table([
      Table.Column(), Table.Column(), Table.Column(), Table.Column("", .right), Table.Column(),
    ])
    let (style, remark) = context.rowStyle(items.map(\.time))
    for item in items {
      table.append([
        context.local(item.time, style), outcomeWord(item.outcome),
        network.name(of: item.submitter), context.text(item.place.height), item.reference.text,
      ])
    }
    let rows = zip(items, context.indented(table)).flatMap { item, row in
      [row, "   \(item.id)"] + (refusal(item.outcome).map { ["   \($0)"] } ?? [])
    }
    let title = context.say("Transactions", "交易")
    let none = items.isEmpty ? [context.say(" none", " 无")] : []
    let closing = context.unprovenText + remark
    return ([Headline.text(title, asOf, context)] + rows + none + [closing])
      .joined(separator: "\n")
  }

  private func outcomeWord(_ outcome: Outcome) -> String {
    outcome == .accepted ? context.say("accepted", "已接受") : context.say("refused", "被拒绝")
  }

  /// Why, on a line of its own.
  private func refusal(_ outcome: Outcome) -> String? {
    guard case .refused(let refusal) = outcome else { return nil }
    return refusal.code.name + (refusal.conflict.map { ": \($0.id)" } ?? "")
  }
}
