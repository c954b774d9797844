import CommandInterface
import Documents
import Ledger
import Node

/// `node move`: drafts where a node is reached. A node that the network does not know asks nobody:
/// see `NodeApply`.
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
        english: "Draft new addresses for your node.", chinese: "起草您的节点的新地址。"),
      discussion: LocalizedText(
        english: """
          Run it where the node's keys are: node.json in the data directory names them, and both \
          prove that the node is yours. All addresses are replaced. The keys stay as node.json \
          has them; to change one, see 'key rotate'. A first node is registered by 'node apply'.
          """,
        chinese:
          "在节点密钥所在机器运行：数据目录的 node.json 指明密钥，两者共同证明节点属于您。地址全部替换；更换密钥请用 'key rotate'，首个节点请用 'node apply'。"
      ),
      options: [addresses, nowhere, SigningOptions.passphraseFile] + ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec node move --address new.bank-a.example:7100 -o move.draft",
          LocalizedText(english: "To another host:", chinese: "迁至另一主机："))
      ]
    ) { context throws(Problem) in
      guard context[addresses].isEmpty == context[nowhere] else { throw context.addressNotSaid }
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
