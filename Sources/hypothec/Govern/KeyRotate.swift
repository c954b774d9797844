import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `key rotate`: makes a member's next key and drafts the change that registers it.
///
/// The old key stays valid until it is retired (member, transport, governor) or until a set of
/// validators takes up the new one (consensus), so nothing stops in between.
struct KeyRotate {
  private static let purpose = Option.required(
    "purpose", .word(of: KeyPurpose.self, "purpose"),
    LocalizedText(
      english: "member, transport, consensus or governor.",
      chinese: "member（成员）、transport（传输）、consensus（共识）或 governor（治理）。"))

  private static let new = Option.optional(
    "new", ValueType<String>.path,
    LocalizedText(
      english: "The new key's file; one that exists is used, else it is made. Without this, a "
        + "file beside the old one.",
      chinese: "新密钥文件；已存在则使用，否则生成。默认放在旧密钥旁边。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "rotate",
      LocalizedText(
        english: "Make the next key, and draft the change that registers it.",
        chinese: "生成下一个密钥，并起草登记它的变更。"),
      discussion: LocalizedText(
        english: """
          The old key stays valid beside the new one: a member's, a transport and a governor's key \
          until 'key retire', a consensus key until the next validators take up the new one. A \
          member who does not govern yet becomes a governor by its first governor's key. A lost \
          key is replaced the same way, and then retired; --new names a file where there is no old \
          one.
          """,
        chinese:
          "旧密钥与新密钥同时有效：成员、传输和治理密钥直至 'key retire'，共识密钥直至下一验证集合采用新密钥。尚非治理成员者，登记首个治理密钥即成为治理成员。遗失的密钥同样先更换再停用；没有旧文件时用 --new 指定。"
      ),
      options: [
        purpose, ChangeOptions.holder, new, KeyCommands.algorithm, SigningOptions.passphraseFile,
      ] + ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec key rotate --purpose transport -o rotate.draft",
          LocalizedText(
            english: "The key by which your node is known:", chinese: "更换节点的传输密钥："))
      ]
    ) { context throws(Problem) in
      try KeyRotate(context, source).run()
    }
  }

  private let context: CommandContext
  private let source: AccessSource

  init(_ context: CommandContext, _ source: AccessSource) {
    self.context = context
    self.source = source
  }

  func run() throws(Problem) -> ExitCode {
    let purpose = context[Self.purpose]
    let configured = try NodeConfiguration.loadIfPresent(context.dataDirectory)
    let member = try context.actorOfKey()
    let inquiry = Inquiry(context, try source.open(context, .reading))
    let draft = try ChangeDraft(inquiry)
    _ = try draft.now.requireMember(member)
    let passphrase: Passphrase? =
      if let source = context[SigningOptions.passphraseFile] { try Passphrase(from: source) } else {
        nil
      }
    let file = try newFile(purpose, configured?.member == member ? configured : nil)
    let key = try key(at: file, passphrase)
    let action = try action(purpose, key, member, draft, passphrase)
    let code = try draft.make([action], facts(file, key.publicKey))
    if !context[RecordOptions.dryRun] { context.note(next(purpose, file, member, draft.now)) }
    return code
  }

  // MARK: The key

  private func newFile(
    _ purpose: KeyPurpose, _ configuration: NodeConfiguration?
  ) throws(Problem) -> String {
    if let path = context[Self.new] { return path }
    let old: String? =
      switch purpose {
      case .member: configuration?.memberKey
      case .consensus: configuration?.consensusKey
      case .transport: configuration?.transportKey
      case .governor: nil
      }
    guard let old else {
      throw context.misuse(
        LocalizedText(
          english: "say where the new key is to be: --new FILE; the data directory names no old "
            + "\(purpose.rawValue) key of this member",
          chinese: "请给出新密钥的位置：--new 文件；数据目录未指明该成员的旧 \(purpose.rawValue) 密钥"))
    }
    return KeySuccession.path(after: NodeDirectory(context.dataDirectory).resolved(old))
  }

  private func key(at path: String, _ passphrase: Passphrase?) throws(Problem) -> SigningKey {
    if LocalFile.exists(path) { return try KeyFile.load(path, passphrase: passphrase) }
    let key = try KeyFile.generate(context[KeyCommands.algorithm])
    // A try leaves nothing behind.
    guard !context[RecordOptions.dryRun] else { return key }
    try KeyFile.store(key, at: path, passphrase: passphrase)
    try LocalFile.write(
      Array(PublicKeyFile.text(key.publicKey).utf8), to: path + PublicKeyFile.suffix, .everybody,
      .replaced)
    return key
  }

  // MARK: The change

  private func action(
    _ purpose: KeyPurpose, _ key: SigningKey, _ member: MemberID, _ draft: ChangeDraft,
    _ passphrase: Passphrase?
  ) throws(Problem) -> GovernanceAction {
    let network = try draft.inquiry.network().id
    let proven = try ProvenKey.joining(network, key, of: member, for: purpose)
    switch purpose {
    case .member: return .addKey(member, .member, proven)
    case .governor: return .addKey(member, .governor, proven)
    case .transport:
      _ = try draft.now.requireNode(of: member)
      return .addKey(member, .transport, proven)
    case .consensus:
      let node = try draft.now.requireNode(of: member)
      let keys = try NodeKeys(context)
      guard keys.configuration.member == member else {
        throw context.misuse(
          LocalizedText(
            english: "a consensus key is registered with the whole node: run this in the data "
              + "directory of \(member)'s node",
            chinese: "共识密钥随节点一并登记：请在 \(member) 的节点数据目录运行"))
      }
      return .setNode(
        try keys.identity(network, addresses: node.addresses, consensusKey: key))
    }
  }

  private func facts(_ file: String, _ key: PublicKey) -> [DraftReport.Fact] {
    [
      DraftReport.Fact(
        JSONMember("newKey", .object([JSONMember("file", .string(file))] + key.jsonMembers)),
        label: context.say("New key", "新密钥"), value: "\(file)  \(key)")
    ]
  }

  // MARK: What is next

  private func next(
    _ purpose: KeyPurpose, _ file: String, _ member: MemberID, _ now: NetworkNow
  ) -> LocalizedText {
    let path = LocalPath.absolute(file)
    switch purpose {
    case .member:
      let old = oldKey(.member, member, now)
      return LocalizedText(
        english: "When it is accepted: sign with \(path) (\"member\" in node.json), then retire "
          + "the old key:\n\(retiring(old, purpose))",
        chinese: "接受后：改用 \(path) 签名（node.json 的 \"member\"），再停用旧密钥：\n\(retiring(old, purpose))")
    case .transport:
      let old = oldKey(.transport, member, now)
      return LocalizedText(
        english: "When it is accepted: set \"transport\" in node.json to \(path), restart the "
          + "node, then retire the old key:\n\(retiring(old, purpose))",
        chinese: "接受后：将 node.json 的 \"transport\" 设为 \(path)，重启节点，再停用旧密钥：\n"
          + retiring(old, purpose))
    case .governor:
      let old = oldKey(.governor, member, now)
      return LocalizedText(
        english: "When it is accepted: sign changes with \(path)"
          + (old == nil ? "." : ", then retire the old key:\n\(retiring(old, purpose))"),
        chinese: "接受后：用 \(path) 签署变更"
          + (old == nil ? "。" : "，再停用旧密钥：\n\(retiring(old, purpose))"))
    case .consensus:
      let change = "hypothec validator propose --keep -o validators.json"
      return LocalizedText(
        english: "When it is accepted, let the validators take it up:\n\(change)\nWhen that change "
          + "closes the epoch: set \"consensus\" in node.json to \(path) and restart the node. "
          + "Until then it votes with the old key.",
        chinese: "接受后，由验证集合采用：\n\(change)\n该变更结束纪元时：将 node.json 的 \"consensus\" 设为 "
          + "\(path) 并重启节点；此前仍用旧密钥投票。")
    }
  }

  private func oldKey(
    _ purpose: RotatingPurpose, _ member: MemberID, _ now: NetworkNow
  ) -> PublicKey? {
    now.keys(of: member, for: purpose).last
  }

  private func retiring(_ old: PublicKey?, _ purpose: KeyPurpose) -> String {
    "hypothec key retire \(old?.description ?? "KID") --purpose \(purpose.rawValue) -o retire.draft"
  }
}

/// Names of keys that follow one another: `member.pem`, `member-2.pem`, `member-3.pem`.
enum KeySuccession {
  /// The next name that no file has, beside `path`.
  static func path(after path: String) -> String {
    let suffix = path.hasSuffix(".pem") ? ".pem" : ""
    let stem = String(path.dropLast(suffix.count))
    let (base, number) = numbered(stem)
    var next = number + 1
    while LocalFile.exists("\(base)-\(next)\(suffix)") { next += 1 }
    return "\(base)-\(next)\(suffix)"
  }

  private static func numbered(_ stem: String) -> (String, Int) {
    guard let hyphen = stem.lastIndex(of: "-"),
      let number = Int(stem[stem.index(after: hyphen)...]), (2...9_999).contains(number)
    else { return (stem, 1) }
    return (String(stem[..<hyphen]), number)
  }
}
