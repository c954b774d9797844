import CommandInterface
import Cryptography
import Documents
import Ledger

/// `node apply`: the keys of a member's node, and the file with which governors register it. It asks
/// nobody: a node that the network does not know yet knows nothing of the network either.
enum NodeApply {
  private static let member = Option.required(
    "as", .member,
    LocalizedText(english: "The member whose node it is.", chinese: "节点所属的成员。"))

  private static let nowhere = Flag(
    "no-address",
    LocalizedText(
      english: "It is not reached: it connects to the others itself.",
      chinese: "不可被连接：由其主动连接其他节点。"))

  private static let output = Option.optional(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(
      english: "The file to write; else MEMBER.node.json.",
      chinese: "要写入的文件；默认为 成员.node.json。"))

  static let command = Command(
    "apply",
    LocalizedText(
      english: "Make a node's keys, and the file with which the network registers it.",
      chinese: "生成节点密钥，以及供网络登记该节点的文件。"),
    discussion: LocalizedText(
      english: """
        For a member who has no node yet, and for a node in the place of one that was lost with \
        its keys. Keys that exist in DIRECTORY are used as they are. The file holds public keys \
        and proofs, nothing secret. A governor turns it into a draft: 'member propose --register FILE'. \
        A node that runs changes its address by 'node move', its keys by 'key rotate'.
        """,
      chinese:
        "用于尚无节点的成员，或替换连同密钥一起丢失的节点。目录中已有的密钥照用。文件只含公钥和证明。由治理成员用 'member propose --register 文件' 起草。运行中的节点用 'node move' 改地址，用 'key rotate' 换密钥。"
    ),
    options: [
      MemberApply.network, member, MemberApply.keys, MemberApply.addresses, nowhere, output,
      KeyCommands.algorithm, KeyCommands.passphraseFile,
    ],
    examples: [
      Command.Example(
        "hypothec node apply --network network.json --as bank-c --keys keys "
          + "--address node.bank-c.example:7100",
        LocalizedText(english: "A node in the place of a lost one:", chinese: "替换丢失的节点："))
    ]
  ) { context throws(Problem) in
    let network = try NetworkDocument.load(context[MemberApply.network])
    let addresses = context[MemberApply.addresses]
    guard addresses.isEmpty == context[nowhere] else { throw context.addressNotSaid }
    let id = context[member]
    var keys = MemberKeys(
      directory: context[MemberApply.keys], algorithm: context[KeyCommands.algorithm])
    if let source = context[KeyCommands.passphraseFile] {
      keys.passphrase = try Passphrase(from: source)
    }
    let application = MemberApplication(
      network: network.id,
      node: try NodeIdentity.joining(network.id, keys, of: id, addresses: addresses))
    let path = context[output] ?? "\(id).node.json"
    return try application.present(
      at: path, network,
      LocalizedText(
        english: """
          Node of \(id) for \(network.name): \(path)
          Send it to a governor; keep \(keys.directory) to yourself.
          """,
        chinese: """
          \(id) 在 \(network.name) 的节点：\(path)
          请交给治理成员；\(keys.directory) 请自行保管。
          """), context)
  }
}

extension CommandContext {
  var addressNotSaid: Problem {
    misuse(
      LocalizedText(
        english: "say where the node is reached: --address HOST:PORT, or --no-address",
        chinese: "请给出节点地址：--address 主机:端口，或 --no-address"))
  }
}
