import CommandInterface
import Cryptography
import Documents
import Ledger

/// A draft as people read it before they sign: what it does, who signed, who is missing.
struct DraftReport {
  private let context: CommandContext
  /// For the members' names; `nil` where no node is asked.
  private let network: KnownNetwork?

  init(_ context: CommandContext, _ network: KnownNetwork?) {
    self.context = context
    self.network = network
  }

  /// Something that a command tells besides the draft.
  struct Fact {
    /// `nil` for what stands elsewhere in the document.
    let member: JSONMember?
    let label: String
    let value: String

    init(_ member: JSONMember?, label: String, value: String) {
      (self.member, self.label, self.value) = (member, label, value)
    }
  }

  /// `path` is the file of the draft.
  func present(
    _ draft: TransactionDraft, _ path: String, _ facts: [Fact] = []
  ) throws(Problem) -> ExitCode {
    let isExpired = try context.ledgerNow() > draft.payload.validUntil
    try context.answer {
      document(draft, path, isExpired, facts)
    } text: {
      text(draft, path, isExpired, facts)
    }
    return .success
  }

  private func document(
    _ draft: TransactionDraft, _ path: String, _ isExpired: Bool, _ facts: [Fact]
  ) -> JSONDocument {
    let signers = zip(draft.payload.signers, draft.signatures).map { member, signature in
      JSONValue.object([
        JSONMember("member", .member(member)), JSONMember("signed", .boolean(signature != nil)),
        JSONMember("keyId", .optional(signature) { .string($0.keyID.description) }),
      ])
    }
    return JSONDocument(
      JSONSchema("transaction-draft"),
      [
        JSONMember("file", .string(path)), JSONMember("transaction", .transactionID(draft.id)),
        JSONMember("networkId", .string(draft.network.description)),
        JSONMember("signers", .array(signers)),
        JSONMember("complete", .boolean(draft.missingSigners.isEmpty)),
        JSONMember("reference", .identifier(draft.payload.reference)),
        JSONMember("validUntil", .time(draft.payload.validUntil)),
        JSONMember("expired", .boolean(isExpired)),
        JSONMember("operations", .array(draft.operations.map(\.json))),
      ] + facts.compactMap(\.member))
  }

  private func text(
    _ draft: TransactionDraft, _ path: String, _ isExpired: Bool, _ told: [Fact]
  ) -> String {
    let language = context.language
    let texts = OperationText(language: language, network: network)
    var facts = FactList()
    for (index, operation) in draft.operations.prefix(TransactionShow.shownLimit).enumerated() {
      facts.append(index == 0 ? context.say("Does", "操作") : "", texts.line(operation))
    }
    let rest = draft.operations.count - TransactionShow.shownLimit
    if rest > 0 { facts.append("", context.say("… and \(rest) more", "… 另有 \(rest) 项")) }
    for fact in told { facts.append(fact.label, fact.value) }
    for (index, (member, signature)) in zip(draft.payload.signers, draft.signatures).enumerated() {
      let name = network.map { $0.name(of: member) } ?? member.text
      let state =
        signature == nil
        ? context.say("has not signed", "未签署") : context.say("signed", "已签署")
      facts.append(index == 0 ? context.say("Signers", "签署人") : "", "\(name): \(state)")
    }
    facts.append(
      context.say("Valid until", "有效期至"),
      context.local(draft.payload.validUntil)
        + (isExpired ? context.say(" (expired)", "（已过期）") : ""))
    facts.append(context.say("Reference", "引用号"), draft.payload.reference.text)
    facts.append(context.say("Network", "网络"), networkText(draft))
    facts.append(context.say("Transaction", "交易"), draft.id.description)
    return
      ([context.say("Draft \(path)", "草稿 \(path)")] + facts.lines(context)
      + [next(draft, path, isExpired)]).joined(separator: "\n")
  }

  private func networkText(_ draft: TransactionDraft) -> String {
    let digest = ShortText.digest(draft.network.digest)
    guard let network, network.id == draft.network else { return digest }
    return "\(network.file.name) (\(digest))"
  }

  private func next(_ draft: TransactionDraft, _ path: String, _ isExpired: Bool) -> String {
    if isExpired {
      return context.say("Expired: draft it anew.", "已过期，请重新起草。")
    }
    guard let missing = draft.missingSigners.first else {
      return context.say(
        "Everybody has signed. Next: hypothec transaction submit \(path)",
        "全部已签署。下一步：hypothec transaction submit \(path)")
    }
    if draft.operations.authority == .governors {
      return context.say(
        "Next: hypothec member vote \(path) --as \(missing) --key GOVERNOR-KEY",
        "下一步：hypothec member vote \(path) --as \(missing) --key 治理密钥")
    }
    return context.say(
      "Next: hypothec transaction sign \(path) --as \(missing) --key FILE",
      "下一步：hypothec transaction sign \(path) --as \(missing) --key 文件")
  }
}

/// `transaction show FILE`: a draft, or a signed transaction that waits in the outbox.
struct DraftShow {
  private let context: CommandContext

  init(_ context: CommandContext) { self.context = context }

  func run(_ path: FilePath) throws(Problem) -> ExitCode {
    try DraftReport(context, nil).present(try DraftFile.read(path), path.shown)
  }
}
