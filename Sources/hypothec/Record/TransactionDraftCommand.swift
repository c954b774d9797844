import CommandInterface
import Documents
import Ledger
import Node

/// `transaction draft`: a draft from a JSON list of operations.
struct TransactionDraftCommand {
  static let operations = Argument.required(
    "operations", .file,
    LocalizedText(
      english: "A JSON list of operations (docs/json.md); - for standard input.",
      chinese: "JSON 操作列表（docs/json.md）；- 表示标准输入。"))

  static let output = Option.required(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(english: "Where to write the draft.", chinese: "草稿写入的文件。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "draft",
      LocalizedText(
        english: "Draft a transaction of several operations for its members to sign.",
        chinese: "起草含多项操作的交易，供各成员签署。"),
      discussion: LocalizedText(
        english: """
          A refinancing is [release by one bank, pledge by the other], signed by both: it is \
          applied whole or not at all. The signers are the members who act, in the order in which \
          they first do, then those of --signer; the first is the submitter.
          """,
        chinese: "转贷是由两家银行共同签署的［一方解除、另一方抵押］：整体生效或整体不生效。签署人依次为各操作成员及 --signer；第一位为提交人。"),
      arguments: [operations],
      options: [output] + SigningOptions.all + [
        RecordOptions.reference, RecordOptions.validFor, RecordOptions.signers,
      ],
      examples: [
        Command.Example(
          "hypothec transaction draft refinance.json --output refinance.draft",
          LocalizedText(
            english: "A refinancing, to be signed by both banks:", chinese: "由两家银行签署的转贷："))
      ]
    ) { context throws(Problem) in
      try TransactionDraftCommand(context, source).run()
    }
  }

  private let context: CommandContext
  private let source: AccessSource

  init(_ context: CommandContext, _ source: AccessSource) {
    self.context = context
    self.source = source
  }

  func run() throws(Problem) -> ExitCode {
    let inquiry = Inquiry(context, try source.open(context, .reading))
    let path = context[Self.operations]
    let stated = try OperationList.read(path)
    var operations: [Operation] = []
    for statement in stated { operations.append(try operation(statement, inquiry)) }
    var signers: [MemberID] = []
    for member in operations.map(\.by) + context[RecordOptions.signers]
    where !signers.contains(member) { signers.append(member) }
    var draft = try TransactionDraft.new(
      context, network: try inquiry.network().id, signers: signers, operations: operations)
    if !context[SigningOptions.keys].isEmpty { try draft.sign(try context.signers()) }
    let output = context[Self.output]
    try DraftFile.write(draft, to: output, .kept)
    return try DraftReport(context, try inquiry.network()).present(draft, output)
  }

  private func operation(
    _ statement: OperationList.Statement, _ inquiry: Inquiry
  ) throws(Problem) -> Operation {
    let by = if let by = statement.by { by } else { try context.actor() }
    let surroundings = FormSurroundings(
      by: by, inquiry: inquiry, recorded: nil, now: try context.ledgerNow())
    return Operation(
      by: by, occurredAt: statement.occurredAt,
      body: try statement.form.build(.texts(statement.texts), surroundings))
  }
}

/// A JSON list of operations, each with the members that docs/json.md lists for its kind.
enum OperationList {
  struct Statement {
    let form: OperationForm
    let by: MemberID?
    let occurredAt: Timestamp?
    let texts: [String: [String]]
  }

  /// Throws OPERATIONS_INVALID with all faults of the file.
  static func read(_ path: FilePath) throws(Problem) -> [Statement] {
    let bytes = try LocalFile.read(path, limit: 16 * 1024 * 1024)
    return try JSONFile.read(bytes, path.shown, .operationsInvalid) { field in
      field.list(1...TransactionPayload.operationLimit, statement)
    }
  }

  private static func statement(_ field: JSONField) -> Statement? {
    field.object { members in
      guard let name = members.required("operation"), let form = form(name) else { return nil }
      let by = members.optional("by")
      let occurredAt = members.optional("occurredAt")
      var texts: [String: [String]] = [:]
      for field in form.fields {
        if let stated = self.texts(field, members) { texts[field.jsonName] = stated }
      }
      return Statement(
        form: form, by: by?.value(.member), occurredAt: occurredAt?.value(.timestamp),
        texts: texts)
    }
  }

  private static func form(_ name: JSONField) -> OperationForm? {
    guard let text = name.text() else { return nil }
    if let form = OperationForm.form(named: text) { return form }
    let names = OperationForm.all.map(\.kind.name)
    name.wrong(
      "\"\(text)\" is none of \(names.joined(separator: ", "))",
      "\"\(text)\" 不在可选值之内：\(names.joined(separator: "、"))")
    return nil
  }

  /// The field's texts, each checked; `nil` where it is not stated or faulty.
  private static func texts(_ field: any FormField, _ members: JSONMembers) -> [String]? {
    let stated =
      field.presence == .required
      ? members.required(field.jsonName) : members.optional(field.jsonName)
    guard let stated else { return nil }
    let texts =
      field.presence == .repeated
      ? stated.list(0...TransactionPayload.operationLimit) { scalar($0) }
      : scalar(stated).map { [$0] }
    guard let texts else { return nil }
    for text in texts {
      do throws(InvalidValue) {
        try field.check(text)
      } catch {
        stated.wrong(error.message.english, error.message.chinese)
        return nil
      }
    }
    return texts
  }

  /// Texts, numbers and truth values alike, as they would be typed.
  private static func scalar(_ field: JSONField) -> String? {
    switch field.value.content {
    case .number(let text): return text
    case .boolean(let value): return value ? "true" : "false"
    case .string(let text): return text
    case .null, .array, .object: return field.text()
    }
  }
}

extension ProblemCode {
  static let operationsInvalid = ProblemCode("OPERATIONS_INVALID")
}
