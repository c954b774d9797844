import CommandInterface
import Cryptography
import Documents

/// `key new` and `key show`.
enum KeyCommands {
  static let noun = Noun.key([new, show])

  static let algorithm = Option.defaulted(
    "algorithm", .word(of: SignatureAlgorithm.self, "algorithm"), to: "es256",
    LocalizedText(
      english: "es256 (P-256, in every hardware module) or ed25519.",
      chinese: "es256（P-256，各种硬件模块均支持）或 ed25519。"))

  static let passphraseFile = Option.optional(
    "passphrase-file", .file,
    LocalizedText(
      english: "Encrypt with the passphrase in this file's first line; - for standard input.",
      chinese: "用此文件第一行的口令加密；- 表示标准输入。"))

  // MARK: new

  private static let newFile = Argument.required(
    "file", .path,
    LocalizedText(
      english: "The private key's file; its public part is written to FILE.pub.",
      chinese: "私钥文件；公钥写入 文件.pub。"))

  private static let new = Command(
    "new", LocalizedText(english: "Make a key.", chinese: "生成密钥。"),
    discussion: LocalizedText(
      english: """
        The private key is a PKCS#8 PEM file that only you can read (mode 0600); it never leaves \
        this machine. FILE.pub holds the public part and the key's id (kid), to be sent to whoever \
        registers the key. A file that exists is never overwritten.
        """,
      chinese: "私钥为仅您可读的 PKCS#8 PEM 文件（权限 0600），不会离开本机。文件.pub 含公钥及密钥编号（kid），可交给登记方。已有文件绝不覆盖。"),
    arguments: [newFile], options: [algorithm, passphraseFile],
    examples: [
      .init(
        "hypothec key new governor.pem --passphrase-file -",
        LocalizedText(
          english: "Make an offline key, encrypted with a passphrase that is typed in:",
          chinese: "生成离线密钥，用输入的口令加密："))
    ]
  ) { context throws(Problem) in
    let path = context[newFile]
    if LocalFile.exists(path) { throw .fileExists(path) }
    let key = try KeyFile.generate(context[algorithm])
    try KeyFile.store(key, at: path, passphrase: try passphrase(context))
    let publicPath = path + PublicKeyFile.suffix
    try LocalFile.write(
      Array(PublicKeyFile.text(key.publicKey).utf8), to: publicPath, .everybody, .replaced)
    try answer(context, key.publicKey, [("private", path), ("public", publicPath)])
    return .success
  }

  private static func passphrase(_ context: CommandContext) throws(Problem) -> Passphrase? {
    guard let source = context[passphraseFile] else { return nil }
    return try Passphrase(from: source)
  }

  // MARK: show

  private static let shownFile = Argument.required(
    "file", .file,
    LocalizedText(
      english: "A private key's file, or its .pub file.", chinese: "私钥文件或其 .pub 文件。"))

  private static let showPassphraseFile = Option.optional(
    "passphrase-file", .file,
    LocalizedText(
      english: "Where the first line is the key's passphrase; - for standard input.",
      chinese: "第一行为密钥口令的文件；- 表示标准输入。"))

  private static let show = Command(
    "show", LocalizedText(english: "Show a key's id and public part.", chinese: "显示密钥编号和公钥。"),
    arguments: [shownFile], options: [showPassphraseFile]
  ) { context throws(Problem) in
    try answer(context, try publicKey(context), [])
    return .success
  }

  private static func publicKey(_ context: CommandContext) throws(Problem) -> PublicKey {
    guard case .path(let path) = context[shownFile] else {
      return try PublicKeyFile.read(try LocalFile.read(.standardStream), "standard input")
    }
    let bytes = try LocalFile.read(path, limit: KeyFile.byteLimit)
    if bytes.first == UInt8(ascii: "{") { return try PublicKeyFile.read(bytes, path) }
    let passphrase: Passphrase? =
      if let source = context[showPassphraseFile] { try Passphrase(from: source) } else { nil }
    return try KeyFile.load(path, passphrase: passphrase).publicKey
  }

  private static func answer(
    _ context: CommandContext, _ key: PublicKey, _ files: [(role: String, path: String)]
  ) throws(Problem) {
    try context.answer {
      JSONDocument(
        JSONSchema("key"),
        key.jsonMembers + [JSONMember("algorithm", key.algorithm.json)]
          + files.map { JSONMember($0.role, .string($0.path)) })
    } text: {
      var table = Table([Table.Column(), Table.Column()])
      table.append(["kid", key.keyID.description])
      table.append([Text.algorithm[context.language], key.algorithm.word])
      for (role, path) in files { table.append([Text.file(role)[context.language], path]) }
      return table.lines().joined(separator: "\n")
    }
  }

  private enum Text {
    static let algorithm = LocalizedText(english: "algorithm", chinese: "算法")

    static func file(_ role: String) -> LocalizedText {
      role == "private"
        ? LocalizedText(english: "private key", chinese: "私钥")
        : LocalizedText(english: "public key", chinese: "公钥")
    }
  }
}
