import CommandInterface
import Cryptography
import Documents
import Ledger

/// `member apply`: makes the keys of somebody who wants to join a running network, and the file to
/// send to its governors.
enum MemberApply {
  static let network = Option.required(
    "network", .file,
    LocalizedText(
      english: "The network's file, from one of its members.", chinese: "网络文件，由其成员提供。"))

  private static let member = Option.required(
    "as", .member,
    LocalizedText(english: "The id that you will have.", chinese: "您将使用的成员编号。"))

  private static let name = Option.required(
    "name", .descriptive("name"),
    LocalizedText(english: "Your name for people.", chinese: "您的名称。"))

  private static let roles = Option.repeated(
    "role", .word(of: Role.self, "role"),
    LocalizedText(english: "What you are; once for each.", chinese: "您的角色；每个一次。"))

  private static let entities = Option.repeated(
    "entity", .legalEntity,
    LocalizedText(
      english: "A code under which you appear as a party; once for each.",
      chinese: "您作为当事人出现时的机构代码；每个一次。"))

  static let keys = Option.required(
    "keys", .directory,
    LocalizedText(
      english: "Where your keys are; those that are missing are made.",
      chinese: "密钥所在目录；缺少的密钥会自动生成。"))

  static let addresses = Option.repeated(
    "address", .address,
    LocalizedText(
      english: "Where your node will be reached; once for each.", chinese: "您的节点地址；每个一次。"))

  private static let withoutNode = Flag(
    "without-node",
    LocalizedText(
      english: "You run no node: you submit at another member's.",
      chinese: "不运行节点，在其他成员的节点提交。"))

  static let output = Option.optional(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(
      english: "The file to write; else MEMBER.application.json.",
      chinese: "要写入的文件；默认为 成员.application.json。"))

  static let command = Command(
    "apply",
    LocalizedText(
      english: "Make your keys, and the file with which a network admits you.",
      chinese: "生成您的密钥，以及供网络接纳您的申请文件。"),
    discussion: LocalizedText(
      english: """
        DIRECTORY then holds member.pem (signs your transactions) and, unless --without-node, \
        consensus.pem and transport.pem (your node's). Keys that exist are used as they are. The \
        file holds public keys and proofs, nothing secret. A governor turns it into a draft: \
        'member propose --admit FILE'.
        """,
      chinese:
        "目录中将有 member.pem（签署交易），以及（除非 --without-node）consensus.pem 和 transport.pem（节点）。已有密钥照用。文件只含公钥和证明。由治理成员用 'member propose --admit 文件' 起草。"
    ),
    options: [
      network, member, name, roles, entities, keys, addresses, withoutNode, output,
      KeyCommands.algorithm, KeyCommands.passphraseFile,
    ],
    examples: [
      Command.Example(
        "hypothec member apply --network network.json --as bank-c --name 'Bank C' --role lender "
          + "--keys keys --address node.bank-c.example:7100",
        LocalizedText(english: "As a third bank:", chinese: "作为第三家银行："))
    ]
  ) { context throws(Problem) in
    let network = try NetworkDocument.load(context[network])
    let application = try application(context, network.id)
    let path = context[output] ?? "\(context[member]).application.json"
    return try application.present(
      at: path, network,
      LocalizedText(
        english: """
          Application of \(context[member]) to \(network.name): \(path)
          Send it to a governor; keep \(context[keys]) to yourself.
          """,
        chinese: """
          \(context[member]) 加入 \(network.name) 的申请：\(path)
          请交给治理成员；\(context[keys]) 请自行保管。
          """), context)
  }

  private static func application(
    _ context: CommandContext, _ network: NetworkID
  ) throws(Problem) -> MemberApplication {
    guard !context[roles].isEmpty else {
      throw context.misuse(
        LocalizedText(
          english: "say what you are: --role \(Role.lender.name), or another role",
          chinese: "请说明角色：--role \(Role.lender.name) 等"))
    }
    guard context[addresses].isEmpty || !context[withoutNode] else {
      throw context.misuse(
        LocalizedText(
          english: "--address is of a node, and --without-node says that there is none",
          chinese: "--address 是节点地址，与 --without-node 矛盾"))
    }
    let id = context[member]
    var keys = MemberKeys(directory: context[keys], algorithm: context[KeyCommands.algorithm])
    if let source = context[KeyCommands.passphraseFile] {
      keys.passphrase = try Passphrase(from: source)
    }
    let member = GenesisMember(
      id: id, name: context[name], roles: context[roles], keys: [try keys.publicKey(.member)],
      entities: context[entities])
    guard !context[withoutNode] else {
      return MemberApplication(network: network, admitting: member, node: nil)
    }
    return MemberApplication(
      network: network, admitting: member,
      node: try NodeIdentity.joining(network, keys, of: id, addresses: context[addresses]))
  }
}

extension NodeIdentity {
  /// A node of a running network with the keys of a directory; those that are missing are made.
  static func joining(
    _ network: NetworkID, _ keys: MemberKeys, of member: MemberID, addresses: [NodeAddress]
  ) throws(Problem) -> NodeIdentity {
    NodeIdentity(
      member: member,
      consensusKey: try .joining(
        network, try keys.loadOrMake(.consensus), of: member, for: .consensus),
      transportKey: try .joining(
        network, try keys.loadOrMake(.transport), of: member, for: .transport),
      addresses: addresses)
  }
}

extension MemberApplication {
  /// Writes the application, and answers with `text` or with what is in it.
  func present(
    at path: String, _ network: NetworkFile, _ text: LocalizedText, _ context: CommandContext
  ) throws(Problem) -> ExitCode {
    try LocalFile.write(Array(self.text.utf8), to: path, .everybody, .replaced)
    try context.answer {
      JSONDocument(
        JSONSchema("application"),
        [
          "network": .member(network.name), "networkId": .string(network.id.description),
          "file": .string(path), "member": .optional(member, \.json),
          "node": .optional(node, \.json),
        ])
    } text: {
      text[context.language]
    }
    return .success
  }
}
