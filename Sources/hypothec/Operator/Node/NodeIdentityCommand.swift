import CommandInterface
import Documents
import Ledger

/// `node identity`: what a member sends to the network's coordinator.
enum NodeIdentityCommand {
  private static let template = Option.required(
    "template", .file,
    LocalizedText(
      english: "The template that the members agreed on.", chinese: "成员约定的模板。"))

  private static let member = Option.required(
    "as", .member, LocalizedText(english: "Your member id.", chinese: "您的成员编号。"))

  private static let keys = Option.required(
    "keys", .directory,
    LocalizedText(
      english: "Where your keys are; those that are missing are made.",
      chinese: "密钥所在目录；缺少的密钥会自动生成。"))

  private static let output = Option.optional(
    "out", short: "o", .path,
    LocalizedText(
      english: "The file to write; else MEMBER.identity.json.",
      chinese: "要写入的文件；默认为 成员.identity.json。"))

  static let command = Command(
    "identity",
    LocalizedText(
      english: "Make your keys, and the file to send to the network's coordinator.",
      chinese: "生成您的密钥，以及要交给网络协调方的身份文件。"),
    discussion: LocalizedText(
      english: """
        DIRECTORY then holds member.pem (signs your transactions), consensus.pem and transport.pem \
        (your node's) and, if you govern, governor.pem. Keys that exist are used as they are. A \
        key that is kept on another machine is given by its public part alone: member.pem.pub or \
        governor.pem.pub. The identity file holds public keys and proofs, nothing secret.
        """,
      chinese:
        "目录中将有 member.pem（签署交易）、consensus.pem 和 transport.pem（节点），治理成员还有 governor.pem。已有密钥照用。存放在其他机器上的密钥只需放公钥：member.pem.pub 或 governor.pem.pub。身份文件只含公钥和证明，没有秘密。"
    ),
    options: [template, member, keys, output, KeyCommands.algorithm, KeyCommands.passphraseFile],
    examples: [
      .init(
        "hypothec node identity --template agreed.json --as bank-a --keys keys",
        LocalizedText(english: "As bank-a:", chinese: "以 bank-a 的身份："))
    ]
  ) { context throws(Problem) in
    let template = try NetworkCreate.load(context[template])
    let member = context[member]
    guard template.members.contains(where: { $0.id == member }) else {
      throw .notMember(member, template.members.map(\.id))
    }
    guard let time = template.genesisTime else { throw genesisTimeMissing(context) }
    let path = context[output] ?? "\(member).identity.json"
    var keys = MemberKeys(directory: context[keys], algorithm: context[KeyCommands.algorithm])
    if let source = context[KeyCommands.passphraseFile] {
      keys.passphrase = try Passphrase(from: source)
    }
    let identity = try MemberIdentity.make(of: member, in: template, at: time, from: keys)
    try LocalFile.write(Array(identity.text.utf8), to: path, .everybody, .replaced)
    try answer(context, identity, path)
    return .success
  }

  private static func answer(
    _ context: CommandContext, _ identity: MemberIdentity, _ path: String
  ) throws(Problem) {
    try context.answer {
      JSONDocument(
        JSONSchema("identity"),
        [
          "network": .member(identity.network), "member": .member(identity.member),
          "file": .string(path), "keys": .array(identity.keys.map(\.json)),
        ])
    } text: {
      LocalizedText(
        english: """
          Identity of \(identity.member) for \(identity.network): \(path)
          Send it to the network's coordinator; keep \(context[keys]) to yourself.
          """,
        chinese: """
          \(identity.member) 在 \(identity.network) 的身份文件：\(path)
          请交给网络协调方；\(context[keys]) 请自行保管。
          """)[context.language]
    }
  }

  private static func genesisTimeMissing(_ context: CommandContext) -> Problem {
    let line = "\"genesisTime\": \"\(context.now.text)\""
    return Problem(
      .networkFileInvalid, .configurationError,
      what: LocalizedText(
        english: "the template has no genesisTime.", chinese: "模板没有 genesisTime。"),
      why: LocalizedText(
        english: "your proofs are bound to the network's name and its genesis time, so all "
          + "members need the same one.",
        chinese: "证明与网络名称和创世时间绑定，所有成员须一致。"),
      next: LocalizedText(
        english: "agree on one, and add it to the template: \(line)",
        chinese: "请约定时间并写入模板：\(line)"))
  }
}

extension ProblemCode {
  static let memberNotInNetwork = ProblemCode("MEMBER_NOT_IN_NETWORK")
}

extension Problem {
  static func notMember(_ member: MemberID, _ members: [MemberID]) -> Problem {
    let names = members.map(\.text)
    let hint = Suggestion.nearest(to: member.text, in: names)
    let list = names.prefix(20).joined(separator: ", ")
    return Problem(
      .memberNotInNetwork, .notFound,
      what: LocalizedText(
        english: "\(member) is not a member of this network.", chinese: "\(member) 不是此网络的成员。"),
      next: hint.map {
        LocalizedText(english: "did you mean \($0)?", chinese: "您是否想输入 \($0)？")
      } ?? LocalizedText(english: "its members are \(list).", chinese: "其成员为 \(list)。"),
      details: ["member": .member(member)])
  }
}
