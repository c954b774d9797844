import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `validator ready`: a validator's word that its node runs, follows and will vote in a set.
struct ValidatorReady {
  private static let file = Argument.required(
    "file", .file,
    LocalizedText(english: "The proposal's file.", chinese: "方案文件。"))

  private static let key = Option.optional(
    "key", short: "k", ValueType<String>.path,
    LocalizedText(
      english: "The node's consensus key; else that of node.json.",
      chinese: "节点的共识密钥；默认为 node.json 中的密钥。"))

  private static let output = Option.optional(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(
      english: "Where to write the proposal with the attestation; else over the file itself.",
      chinese: "写入含声明的方案的文件；默认覆盖原文件。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "ready",
      LocalizedText(
        english: "Attest that your node is ready to validate in a proposed set.",
        chinese: "声明您的节点已就绪，可在提议的集合中验证。"),
      discussion: LocalizedText(
        english: """
          Run it where the node runs: it asks the node whether it has come to the epoch before. \
          The chain stands still if validators who attested are not there when the epoch begins.
          """,
        chinese: "在节点所在机器运行：会询问节点是否已到前一纪元。若声明者在纪元开始时不在，链会停顿。"),
      arguments: [file],
      options: [ChangeOptions.holder, key, SigningOptions.passphraseFile, output],
      examples: [
        Command.Example(
          "hypothec validator ready validators.json",
          LocalizedText(english: "With the key of node.json:", chinese: "使用 node.json 中的密钥："))
      ]
    ) { context throws(Problem) in
      try ValidatorReady(context, source).run()
    }
  }

  private let context: CommandContext
  private let source: AccessSource

  init(_ context: CommandContext, _ source: AccessSource) {
    self.context = context
    self.source = source
  }

  func run() throws(Problem) -> ExitCode {
    let path = context[Self.file]
    var proposal = try ValidatorProposal.load(path)
    let member = try context.actorOfKey()
    let signing = try signingKey(member)
    let inquiry = Inquiry(context, try source.open(context, .reading))
    if inquiry.source == .dataDirectory {
      context.note(
        LocalizedText(
          english: "No node runs here now; it must when the epoch begins.",
          chinese: "此处目前没有节点运行；纪元开始时必须运行。"))
    }
    try proposal.requireCurrent(try inquiry.networkNow(), try inquiry.network().id)
    guard let index = proposal.set.index(of: member) else { throw notProposed(member, proposal) }
    guard proposal.set[index].consensusKey == signing.key.publicKey else {
      throw otherKey(member, signing, proposal.set[index].consensusKey)
    }
    try proposal.attest(member, with: signing.key)
    let output = try output(path)
    try proposal.write(to: output, .replaced)
    return try ValidatorProposalReport(context).present(proposal, output)
  }

  private func signingKey(
    _ member: MemberID
  ) throws(Problem) -> (key: SigningKey, path: String) {
    let passphrase: Passphrase? =
      if let source = context[SigningOptions.passphraseFile] { try Passphrase(from: source) } else {
        nil
      }
    if let path = context[Self.key] {
      return (try KeyFile.load(path, passphrase: passphrase), path)
    }
    let configured = try NodeConfiguration.loadIfPresent(context.dataDirectory)
    guard let configured, configured.member == member else {
      throw context.misuse(
        LocalizedText(
          english: "give the node's consensus key: --key FILE; the data directory is not "
            + "\(member)'s",
          chinese: "请给出节点的共识密钥：--key 文件；数据目录不属于 \(member)"))
    }
    let path = NodeDirectory(context.dataDirectory).resolved(configured.consensusKey)
    let key = try KeyFile.load(path, passphrase: passphrase)
    // After a rotation the next key lies beside, until the epoch that takes it up.
    return (key, path)
  }

  private func output(_ path: FilePath) throws(Problem) -> String {
    if let output = context[Self.output] { return output }
    guard case .path(let path) = path else {
      throw context.misuse(
        LocalizedText(
          english: "say where to write the proposal: --output FILE",
          chinese: "请给出写入位置：--output 文件"))
    }
    return path
  }

  private func notProposed(_ member: MemberID, _ proposal: ValidatorProposal) -> Problem {
    let list = proposal.set.validators.map(\.member.text).joined(separator: ", ")
    return Problem(
      .notProposed, .usage,
      what: LocalizedText(
        english: "\(member) is not among the proposed validators.", chinese: "\(member) 不在提议的验证者之列。"
      ),
      next: LocalizedText(
        english: "they are \(list); say whose node this is with --as.",
        chinese: "提议的验证者为 \(list)；请用 --as 说明节点属于谁。"),
      details: ["member": .member(member)])
  }

  private func otherKey(
    _ member: MemberID, _ signing: (key: SigningKey, path: String), _ registered: PublicKey
  ) -> Problem {
    Problem(
      .keyNotRegistered, .configurationError,
      what: LocalizedText(
        english: "\(signing.path) is not the consensus key that \(member)'s node has in the set.",
        chinese: "\(signing.path) 不是 \(member) 的节点在该集合中的共识密钥。"),
      why: LocalizedText(
        english: "its kid is \(signing.key.publicKey), the set has \(registered).",
        chinese: "其 kid 为 \(signing.key.publicKey)，集合中为 \(registered)。"),
      next: LocalizedText(
        english: "name the right key, after a rotation the new one: --key FILE",
        chinese: "请指定正确的密钥（更换后为新密钥）：--key 文件"),
      details: ["path": .string(signing.path), "kid": .string(registered.description)])
  }
}

/// `validator draft`: the change that governors sign, from a proposal that enough have attested.
enum ValidatorDraft {
  private static let files = Argument.oneOrMore(
    "files", .file,
    LocalizedText(
      english: "The proposal; or copies of it, whose attestations are put together.",
      chinese: "方案文件，或其多个副本（合并其中的声明）。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "draft",
      LocalizedText(
        english: "Draft the change to validators that have attested.",
        chinese: "以已声明就绪的方案起草变更。"),
      arguments: [files], options: ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec validator draft validators.json -o validators.draft",
          LocalizedText(english: "For the governors to sign:", chinese: "供治理成员签署："))
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let draft = try ChangeDraft(inquiry)
      let proposal = try merged(context)
      try proposal.requireCurrent(draft.now, try inquiry.network().id)
      guard proposal.isReady || context[RecordOptions.dryRun] else { throw notReady(proposal) }
      return try draft.make([.setValidators(proposal.change)])
    }
  }

  private static func merged(_ context: CommandContext) throws(Problem) -> ValidatorProposal {
    let files = context[files]
    var proposal = try ValidatorProposal.load(files[0])
    for file in files.dropFirst() {
      let other = try ValidatorProposal.load(file)
      guard other.network == proposal.network, other.set == proposal.set else {
        throw Problem(
          .validatorProposalInvalid, .dataError,
          what: LocalizedText(
            english: "\(file.shown) proposes other validators than \(files[0].shown).",
            chinese: "\(file.shown) 与 \(files[0].shown) 提议的验证者不同。"),
          next: LocalizedText(
            english: "put together copies of one proposal.", chinese: "请合并同一方案的副本。"))
      }
      for attestation in other.attestations { proposal.add(attestation) }
    }
    return proposal
  }

  private static func notReady(_ proposal: ValidatorProposal) -> Problem {
    let missing = proposal.missing.map(\.text).joined(separator: ", ")
    return .refusal(
      .attestationsMissing,
      what: LocalizedText(
        english:
          "\(proposal.attestations.count) of \(proposal.set.count) validators said that they "
          + "are ready; \(proposal.set.quorum) must. Missing: \(missing).",
        chinese: "\(proposal.set.count) 个验证者中 \(proposal.attestations.count) 个已声明就绪，须 "
          + "\(proposal.set.quorum) 个。尚缺：\(missing)。"),
      details: ["missing": .array(proposal.missing.map(JSONValue.member))])
  }
}

extension ProblemCode {
  static let notProposed = ProblemCode("NOT_PROPOSED")
}
