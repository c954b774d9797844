import CommandInterface
import Documents
import Ledger
import Node

/// `recovery propose`: the record that names the last block of the data directory and the validators
/// with which the network goes on.
struct RecoveryPropose {
  private static let validators = Option.required(
    "validators", .members,
    LocalizedText(
      english: "Who validates from then on: bank-a,bank-b,registry.",
      chinese: "此后的验证者：bank-a,bank-b,registry。"))

  private static let nodes = Option.repeated(
    "new-node", .file,
    LocalizedText(
      english: "A validator's node that the network does not know: a file of 'node apply'.",
      chinese: "网络尚未登记的验证者节点：'node apply' 生成的文件。"))

  private static let epoch = Option.optional(
    "epoch", .integer(1...Int(Int32.max)),
    LocalizedText(
      english: "The epoch's number; else the next. Greater to replace a record for the same block.",
      chinese: "纪元编号；默认为下一个。替换同一区块的记录时须更大。"))

  private static let output = Option.required(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(english: "Where to write the record.", chinese: "记录写入的文件。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "propose",
      LocalizedText(
        english: "Draft how a network that lost its quorum for good goes on.",
        chinese: "起草永久丧失法定人数的网络如何继续。"),
      discussion: LocalizedText(
        english: """
          Run it on the node that has the highest final block of all that are left ('status' on \
          each): what became final above it on lost nodes alone is lost. The validators are members \
          whose nodes run; a node that takes the place of a lost one is made with 'node apply'.
          """,
        chinese:
          "请在现存节点中最终区块最高的节点上执行（逐个查看 'status'）：仅在丢失节点上成为最终的更高区块将丢失。验证者须为节点在运行的成员；替代丢失节点的新节点用 'node apply' 生成。"
      ),
      options: [validators, nodes, epoch, output],
      examples: [
        Command.Example(
          "hypothec recovery propose --validators bank-a,bank-b --new-node bank-b.node.json "
            + "-o network.recovery",
          LocalizedText(english: "bank-b with a new node:", chinese: "bank-b 使用新节点："))
      ]
    ) { context throws(Problem) in
      try RecoveryPropose(context, source).run()
    }
  }

  private let context: CommandContext
  private let inquiry: Inquiry

  init(_ context: CommandContext, _ source: AccessSource) throws(Problem) {
    self.context = context
    inquiry = Inquiry(context, try source.open(context, .reading))
  }

  func run() throws(Problem) -> ExitCode {
    let now = try inquiry.networkNow()
    let network = try inquiry.network().id
    let (status, asOf) = try inquiry.status()
    let nodes = try newNodes(now, network)
    let least = status.epoch.next
    let epoch = context[Self.epoch].map { Epoch(UInt64($0)) } ?? least
    guard epoch >= least else {
      throw context.misuse(
        LocalizedText(
          english: "the epoch must be \(least.rawValue) or more",
          chinese: "纪元须不小于 \(least.rawValue)"))
    }
    var validators: [Validator] = []
    for member in context[Self.validators] {
      validators.append(try validator(member, now, nodes))
    }
    guard let set = ValidatorSet(epoch: epoch, validators: validators) else {
      throw context.misuse(
        LocalizedText(
          english: "a network has 1 to \(ValidatorSet.limit) validators",
          chinese: "验证者为 1 至 \(ValidatorSet.limit) 个"))
    }
    let head = asOf.head
    let time = max(try context.ledgerNow(), head.time.advanced(byMilliseconds: 1))
    guard
      let record = RecoveryRecord(
        network: network, height: head.height, block: head.block, time: time, validators: set,
        nodes: nodes)
    else { throw nodesUnfit }
    let path = context[Self.output]
    try RecoveryFile.write(record, to: path, .kept)
    try RecoveryReport(context, now.governance).present(
      record, path, RecoveryCommands.next(record, path, now.governance, context))
    return .success
  }

  private func newNodes(
    _ now: NetworkNow, _ network: NetworkID
  ) throws(Problem) -> [NodeIdentity] {
    var nodes: [NodeIdentity] = []
    for path in context[Self.nodes] {
      let application = try MemberApplication.load(path)
      guard application.network == network, application.member == nil, let node = application.node
      else {
        throw Problem(
          .applicationInvalid, .dataError,
          what: LocalizedText(
            english: "\(path.shown) is not the node of a member of this network.",
            chinese: "\(path.shown) 不是本网络成员的节点文件。"),
          next: LocalizedText(
            english: "make it with: hypothec node apply", chinese: "请用 hypothec node apply 生成。"))
      }
      _ = try now.requireMember(node.member)
      try application.requireProofs()
      nodes.append(node)
    }
    return nodes
  }

  private func validator(
    _ id: MemberID, _ now: NetworkNow, _ nodes: [NodeIdentity]
  ) throws(Problem) -> Validator {
    let member = try now.requireMember(id)
    guard member.standing == .active || now.validator(id) != nil else {
      throw .refusal(
        .memberSuspended,
        what: LocalizedText(
          english: "\(id) is suspended and cannot become a validator.",
          chinese: "\(id) 已被暂停，不能成为验证者。"),
        details: ["member": .member(id)])
    }
    let key =
      if let node = nodes.first(where: { $0.member == id }) { node.consensusKey.key } else {
        try now.requireNode(of: id).consensusKey
      }
    return Validator(member: id, consensusKey: key)
  }

  private var nodesUnfit: Problem {
    context.misuse(
      LocalizedText(
        english: "each --new-node is a different validator's of --validators",
        chinese: "每个 --new-node 须属于 --validators 中不同的验证者"))
  }
}
