import CommandInterface
import Cryptography
import Documents
import Ledger
import Storage

/// `node init`: a data directory for one member's node.
///
/// `node.json` is written last: a directory with it is one that was set up whole.
enum NodeInit {
  private static let network = Option.required(
    "network", .file,
    LocalizedText(english: "The network file.", chinese: "网络文件。"))

  private static let member = Option.required(
    "as", .member,
    LocalizedText(english: "Whose node it is.", chinese: "节点所属的成员。"))

  private static let keys = Option.required(
    "keys", .directory,
    LocalizedText(
      english: "Where consensus.pem, transport.pem and, if kept here, member.pem are.",
      chinese: "consensus.pem、transport.pem 以及（若存于本机）member.pem 所在目录。"))

  private static let joinsLater = Flag(
    "joins-later",
    LocalizedText(
      english: "The network registers this node, or these keys of it, later: check none of it.",
      chinese: "网络稍后才登记此节点或其新密钥：不作核对。"))

  private static let listen = Option.repeated(
    "listen", .address,
    LocalizedText(
      english: "Where the node listens, if not where the network file says that it is reached.",
      chinese: "节点监听的地址，若与网络文件中的地址不同。"))

  static let command = Command(
    "init", LocalizedText(english: "Set up a node's data directory.", chinese: "设置节点的数据目录。"),
    discussion: LocalizedText(
      english: """
        Checks that the network knows the member and that the keys are the ones it registered, \
        then writes the network, empty data and node.json into the directory. Keys stay where they \
        are; node.json names them.
        """,
      chinese: "核对网络中有此成员、密钥与登记的一致，然后把网络文件、空数据和 node.json 写入目录。密钥不移动，由 node.json 指明位置。"),
    options: [network, member, keys, joinsLater, listen, passphraseFile],
    examples: [
      .init(
        "hypothec node init --network network.json --as bank-a --keys keys/bank-a -d bank-a",
        LocalizedText(
          english: "A node of bank-a in ./bank-a:", chinese: "在 ./bank-a 设置 bank-a 的节点："))
    ]
  ) { context throws(Problem) in
    let directory = NodeDirectory(context.dataDirectory)
    if LocalFile.exists(directory.configurationPath) {
      throw .fileExists(directory.configurationPath)
    }
    let network = try NetworkDocument.load(context[network])
    let passphrase: Passphrase? =
      if let source = context[passphraseFile] { try Passphrase(from: source) } else { nil }
    let memberKeys = MemberKeys(
      directory: LocalPath.absolute(context[keys]), passphrase: passphrase)
    if !context[joinsLater] { try check(network, context[member], memberKeys) }
    let listen = context[listen]
    try setUp(
      directory, network, context[member], memberKeys, listen: listen.isEmpty ? nil : listen,
      peers: nil)
    try answer(context, network, directory)
    return .success
  }

  /// Sets up a directory that has no `node.json` yet.
  ///
  /// - Parameters:
  ///   - keys: in a directory that is named by an absolute path.
  ///   - listen: where the node listens; where the network file says that it is reached if `nil`.
  ///   - peers: whom alone the node keeps connections with; everybody if `nil`.
  static func setUp(
    _ directory: NodeDirectory, _ network: NetworkFile, _ member: MemberID, _ keys: MemberKeys,
    listen: [NodeAddress]? = nil, peers: [MemberID]?
  ) throws(Problem) {
    var configuration = try configuration(member, keys)
    configuration.listen = listen
    configuration.peers = peers
    try LocalFile.createDirectories(directory.path)
    try createData(directory, network.id)
    try LocalFile.write(network.encoded, to: directory.networkPath, .everybody, .replaced)
    try LocalFile.write(
      Array(configuration.text.utf8), to: directory.configurationPath, .everybody, .kept)
  }

  /// An empty block log and journal, made by Storage. Data of the same network that are there already
  /// stay: an earlier `node init` was interrupted, or node.json was lost.
  private static func createData(
    _ directory: NodeDirectory, _ network: NetworkID
  ) throws(Problem) {
    do throws(StorageError) {
      // Closed again at once, which lets go of the lock.
      _ = try DataDirectory.create(
        on: try directory.disk(), BlockLog.Configuration(network: network.digest))
    } catch .alreadyADataDirectory {
      try checkData(directory, network)
    } catch {
      throw Problem(error, directory: directory.path)
    }
  }

  private static func checkData(
    _ directory: NodeDirectory, _ network: NetworkID
  ) throws(Problem) {
    do throws(StorageError) {
      _ = try DataDirectory.open(on: try directory.disk(), network: network.digest)
    } catch {
      throw Problem(error, directory: directory.path)
    }
  }

  private static let passphraseFile = Option.optional(
    "passphrase-file", .file,
    LocalizedText(
      english: "Where the first line is the keys' passphrase; - for standard input.",
      chinese: "第一行为密钥口令的文件；- 表示标准输入。"))

  // MARK: Keys

  private static func configuration(
    _ member: MemberID, _ keys: MemberKeys
  ) throws(Problem) -> NodeConfiguration {
    for use in [MemberKeys.Use.consensus, .transport] {
      _ = try KeyFile.load(keys.path(use), passphrase: keys.passphrase)
    }
    let hasMemberKey = LocalFile.exists(keys.path(.member))
    return NodeConfiguration(
      member: member, consensusKey: keys.path(.consensus), transportKey: keys.path(.transport),
      memberKey: hasMemberKey ? keys.path(.member) : nil)
  }

  /// The network file must list the node with these keys.
  private static func check(
    _ network: NetworkFile, _ member: MemberID, _ keys: MemberKeys
  ) throws(Problem) {
    guard let listed = network.members.first(where: { $0.id == member }) else {
      throw .notMember(member, network.members.map(\.id))
    }
    guard let node = (network.validators + network.followers).first(where: { $0.member == member })
    else { throw noNode(member, network) }
    try NodeKeyCheck.check(keys, .consensus, [node.consensusKey.key])
    try NodeKeyCheck.check(keys, .transport, [node.transportKey.key])
    if LocalFile.exists(keys.path(.member)) {
      try NodeKeyCheck.check(keys, .member, listed.keys)
    }
  }

  private static func noNode(_ member: MemberID, _ network: NetworkFile) -> Problem {
    let nodes = (network.validators + network.followers).map(\.member.text)
    let list = nodes.joined(separator: ", ")
    return Problem(
      .nodeNotInNetwork, .configurationError,
      what: LocalizedText(
        english: "the network has no node of \(member).", chinese: "网络中没有 \(member) 的节点。"),
      why: LocalizedText(
        english: "it lists validators and followers; nodes run by \(list).",
        chinese: "网络文件列出了验证和跟随节点：\(list)。"),
      next: LocalizedText(
        english: "ask the node of another member with --node, or have yours admitted.",
        chinese: "可用 --node 询问其他成员的节点，或申请加入自己的节点。"),
      details: ["member": .member(member)])
  }

  // MARK: Answer

  private static func answer(
    _ context: CommandContext, _ network: NetworkFile, _ directory: NodeDirectory
  ) throws(Problem) {
    let member = context[member]
    try context.answer {
      JSONDocument(
        JSONSchema("node-init"),
        [
          "directory": .string(directory.path), "network": .member(network.name),
          "networkId": .string(network.id.description), "member": .member(member),
        ])
    } text: {
      LocalizedText(
        english: "Node of \(member) in \(network.name): \(directory.path)",
        chinese: "\(network.name) 中 \(member) 的节点：\(directory.path)")[context.language]
    }
    context.note(
      LocalizedText(
        english: "Next: hypothec node run\(context.directoryOption)",
        chinese: "下一步：hypothec node run\(context.directoryOption)"))
  }
}

extension ProblemCode {
  static let nodeNotInNetwork = ProblemCode("NODE_NOT_IN_NETWORK")
  static let keyNotRegistered = ProblemCode("KEY_NOT_REGISTERED")
}

/// Whether the keys in files are those that the network knows.
enum NodeKeyCheck {
  static func check(
    _ keys: MemberKeys, _ use: MemberKeys.Use, _ registered: [PublicKey]
  ) throws(Problem) {
    try check(
      try KeyFile.load(keys.path(use), passphrase: keys.passphrase), keys.path(use), use, registered
    )
  }

  static func check(
    _ key: SigningKey, _ path: String, _ use: MemberKeys.Use, _ registered: [PublicKey]
  ) throws(Problem) {
    guard !registered.contains(key.publicKey) else { return }
    let known = registered.map(\.description).joined(separator: ", ")
    throw Problem(
      .keyNotRegistered, .configurationError,
      what: LocalizedText(
        english: "\(path) is not the \(use.rawValue) key that the network registered.",
        chinese: "\(path) 不是网络登记的 \(use.rawValue) 密钥。"),
      why: LocalizedText(
        english: "its kid is \(key.publicKey), the network has \(known).",
        chinese: "其 kid 为 \(key.publicKey)，网络登记的是 \(known)。"),
      next: LocalizedText(
        english: "name the directory with the right keys, or compare kids: hypothec key show FILE",
        chinese: "请指定正确的密钥目录，或核对 kid：hypothec key show 文件"),
      details: ["path": .string(path), "kid": .string(key.publicKey.description)])
  }
}
