import CommandInterface
import Documents
import Ledger
import Node

/// `transaction sign`: adds signatures to a draft.
struct TransactionSignCommand {
  static let draft = Argument.required(
    "draft", .file, LocalizedText(english: "The draft's file.", chinese: "草稿文件。"))

  static let output = Option.optional(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(
      english: "Where to write the signed draft; else over the draft itself.",
      chinese: "签署后的草稿写入的文件；默认覆盖原草稿。"))

  static let offline = Flag(
    "offline",
    LocalizedText(
      english: "Ask no node whether key and network are right: for a machine without one.",
      chinese: "不询问节点（不核对密钥与网络），用于离线机器。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "sign",
      LocalizedText(english: "Sign a draft, after showing what it does.", chinese: "显示内容并签署草稿。"),
      arguments: [draft], options: [output, offline] + SigningOptions.all,
      examples: [
        Command.Example(
          "hypothec transaction sign refinance.draft --as bank-b --key bank-b.pem",
          LocalizedText(english: "On the second bank's machine:", chinese: "在第二家银行的机器上："))
      ]
    ) { context throws(Problem) in
      try TransactionSignCommand(context, source).run()
    }
  }

  private let context: CommandContext
  private let source: AccessSource

  init(_ context: CommandContext, _ source: AccessSource) {
    self.context = context
    self.source = source
  }

  /// - Parameter facts: what a vote tells besides.
  func run(_ facts: [DraftReport.Fact] = []) throws(Problem) -> ExitCode {
    let path = context[Self.draft]
    var draft = try DraftFile.read(path)
    try draft.requireTime(context)
    if draft.operations.authority == .governors, context[SigningOptions.keys].isEmpty {
      throw Self.governorKeyNotGiven
    }
    let signers = try context.signers()
    for signer in signers where !draft.payload.signers.contains(signer.member) {
      throw Problem(DraftError.notASigner(signer.member))
    }
    let network = try checked(draft, signers)
    try draft.sign(signers)
    let output = try output(path)
    try DraftFile.write(draft, to: output, .replaced)
    return try DraftReport(context, network).present(draft, output, facts)
  }

  private static var governorKeyNotGiven: Problem {
    Problem(
      .keyNotGiven, .usage,
      what: LocalizedText(
        english: "no governor's key was given to sign with.", chinese: "未给出治理密钥。"),
      why: LocalizedText(
        english: "this draft changes the network; the member's own key does not sign it.",
        chinese: "该草稿变更网络，成员自己的密钥不能签署。"),
      next: LocalizedText(
        english: "give it: --as MEMBER --key GOVERNOR-KEY", chinese: "请给出：--as 成员 --key 治理密钥"))
  }

  /// Checks network and keys with a node, unless the command is offline.
  private func checked(
    _ draft: TransactionDraft, _ signers: [Signer]
  ) throws(Problem) -> KnownNetwork? {
    guard !context[Self.offline] else { return nil }
    let inquiry = Inquiry(context, try source.open(context, .reading))
    let network = try inquiry.network()
    try draft.requireNetwork(network.id)
    let check = SignerCheck(inquiry)
    try check.requireQuorum(draft.operations, draft.payload.signers)
    try check.check(signers, draft.operations.authority)
    return network
  }

  private func output(_ path: FilePath) throws(Problem) -> String {
    if let output = context[Self.output] { return output }
    guard case .path(let path) = path else {
      throw context.misuse(
        LocalizedText(
          english: "say where to write the signed draft: --output FILE",
          chinese: "请给出写入位置：--output 文件"))
    }
    return path
  }
}

/// `transaction submit`: sends what everybody has signed.
struct TransactionSubmitCommand {
  static let file = Argument.required(
    "file", .file,
    LocalizedText(
      english: "A draft that everybody signed, or a signed transaction from the outbox.",
      chinese: "签署齐全的草稿，或待发目录中的已签交易。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "submit",
      LocalizedText(
        english: "Submit a signed draft and wait until it is final.", chinese: "提交已签草稿并等待最终结果。"),
      discussion: LocalizedText(
        english:
          "Safe to repeat: the same bytes are recorded once. Exit status as for 'pledge create'.",
        chinese: "可安全重复：同一内容只登记一次。退出码同 'pledge create'。"),
      arguments: [file], options: [RecordOptions.dryRun]
    ) { context throws(Problem) in
      try TransactionSubmitCommand(context, source).run()
    }
  }

  private let context: CommandContext
  private let source: AccessSource

  init(_ context: CommandContext, _ source: AccessSource) {
    self.context = context
    self.source = source
  }

  func run() throws(Problem) -> ExitCode {
    let isDry = context[RecordOptions.dryRun]
    let path = context[Self.file]
    let bytes = try LocalFile.read(path, limit: Transaction.byteLimit)
    let inquiry = Inquiry(context, try source.open(context, isDry ? .reading : .submitting))
    let network = try inquiry.network().id
    let signed = try SignedFile(bytes, path, network)
    if case .draft(let draft) = signed { try draft.requireNetwork(network) }
    if isDry { return try DryRun(inquiry).run(signed.operations, signed.signers) }
    switch signed {
    case .draft(let draft):
      let transaction = try draft.finished()
      // An expired draft may have been accepted in its time: the ledger is asked first.
      if try inquiry.isKnown(transaction.id) {
        return try Submission(inquiry).send(transaction, .repeated)
      }
      try draft.requireTime(context)
      try SignerCheck(inquiry).requireQuorum(draft.operations, draft.payload.signers)
      return try Submission(inquiry).send(transaction, .repeated)
    case .transaction(let transaction):
      return try Submission(inquiry).send(transaction, .repeated)
    }
  }
}

/// What `transaction submit` takes.
enum SignedFile {
  case draft(TransactionDraft)
  case transaction(Transaction)

  init(_ bytes: [UInt8], _ path: FilePath, _ network: NetworkID) throws(Problem) {
    do throws(LedgerError) {
      self = .draft(try TransactionDraft(bytes))
    } catch let draftError {
      do throws(LedgerError) {
        self = .transaction(try Transaction(bytes, network: network))
      } catch {
        throw DraftFile.notADraft(path, draftError)
      }
    }
  }

  var operations: [Operation] {
    switch self {
    case .draft(let draft): draft.operations
    case .transaction(let transaction): transaction.operations
    }
  }

  var signers: [MemberID] {
    switch self {
    case .draft(let draft): draft.payload.signers
    case .transaction(let transaction): transaction.payload.signers
    }
  }
}

extension Inquiry {
  /// Whether the node has the transaction, final or waiting.
  func isKnown(_ id: TransactionID) throws(Problem) -> Bool {
    let response = try ask(.transaction(id))
    guard case .transaction(let answer) = response.answer else { throw .unexpectedAnswer }
    if case .unknown = answer { return false }
    return true
  }
}
