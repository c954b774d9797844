import CommandInterface
import Ledger
import Node

/// `node move`: drafts where a node is reached, or that a member's first node joins.
enum NodeMove {
  private static let addresses = Option.repeated(
    "address", .address,
    LocalizedText(
      english: "Where the node is reached from now on; once for each.",
      chinese: "节点今后的地址；每个一次。"))

  private static let nowhere = Flag(
    "no-address",
    LocalizedText(
      english: "It is not reached: it connects to the others itself.",
      chinese: "不可被连接：由其主动连接其他节点。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "move",
      LocalizedText(
        english: "Draft new addresses for your node, or register your first one.",
        chinese: "起草您的节点的新地址，或登记首个节点。"),
      discussion: LocalizedText(
        english: """
          Run it where the node's keys are: node.json in the data directory names them, and both \
          prove that the node is yours. All addresses are replaced. The keys stay as node.json \
          has them; to change one, see 'key rotate'.
          """,
        chinese: "在节点密钥所在机器运行：数据目录的 node.json 指明密钥，两者共同证明节点属于您。地址全部替换；更换密钥请用 'key rotate'。"),
      options: [addresses, nowhere, SigningOptions.passphraseFile] + ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec node move --address new.bank-a.example:7100 -o move.draft",
          LocalizedText(english: "To another host:", chinese: "迁至另一主机："))
      ]
    ) { context throws(Problem) in
      guard context[addresses].isEmpty == context[nowhere] else {
        throw context.misuse(
          LocalizedText(
            english: "say where the node is reached: --address HOST:PORT, or --no-address",
            chinese: "请给出节点地址：--address 主机:端口，或 --no-address"))
      }
      let keys = try NodeKeys(context)
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let draft = try ChangeDraft(inquiry)
      _ = try draft.now.requireMember(keys.configuration.member)
      let identity = try keys.identity(
        try inquiry.network().id, addresses: context[addresses])
      return try draft.make([.setNode(identity)])
    }
  }
}
