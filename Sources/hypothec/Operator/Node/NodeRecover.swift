import CommandInterface
import Ledger
import Node
import Storage

/// `node recover`: an operator's word that this node goes on by a recovery record.
enum NodeRecover {
  private static let record = Option.required(
    "record", .file,
    LocalizedText(
      english: "The record that the governors signed.", chinese: "治理成员签署的恢复记录。"))

  static let command = Command(
    "recover",
    LocalizedText(
      english: "Have a stopped node accept a recovery record.", chinese: "使已停止的节点接受恢复记录。"),
    discussion: LocalizedText(
      english: """
        For a network that lost its quorum for good. The record is checked against this node's own \
        chain: the governors' signatures, and that the chain ends with the record's block, or has not \
        come to it yet (a new node): then it is checked when it does, and until then the node casts no \
        vote. A node whose chain goes on beyond the block, or has another there, refuses. Accepting \
        cannot be taken back.
        """,
      chinese:
        "用于永久丧失法定人数的网络。按本节点自己的链核对：治理签名，以及链恰好止于记录所指区块，或尚未到达（新节点；到达时再核对，此前不投票）。链已越过该区块或该处为其他区块时拒绝。接受后不可撤回。"
    ),
    options: [record],
    examples: [
      Command.Example(
        "hypothec node recover --record network.recovery -d bank-a",
        LocalizedText(english: "On each node, stopped:", chinese: "在每个已停止的节点上："))
    ]
  ) { context throws(Problem) in
    let path = context[record]
    let place = NodeDirectory(context.dataDirectory)
    let record = try RecoveryFile.read(path)
    try record.requireNetwork(try place.networkFile().id)
    let opened = try OpenedDirectory(place, context)
    let acceptance = try opened.accept(record)
    let report = RecoveryReport(context, nil)
    try context.answer {
      JSONDocument(
        JSONSchema("node-recover"),
        [
          JSONMember("directory", .string(place.path)),
          JSONMember("acceptance", .string(acceptance.word)),
        ] + report.json(record))
    } text: {
      ([acceptance.text(record)[context.language]] + report.lines(record)
        + [
          context.say(
            "Next: hypothec node run --directory \(place.path)",
            "下一步：hypothec node run --directory \(place.path)")
        ]).joined(separator: "\n")
    }
    return .success
  }
}

extension Chain.RecoveryAcceptance {
  fileprivate var word: String {
    switch self {
    case .begun: "begun"
    case .awaited: "awaited"
    case .known: "known"
    }
  }

  fileprivate func text(_ record: RecoveryRecord) -> LocalizedText {
    let (epoch, height) = (record.epoch.rawValue, NumberText.grouped(record.height.rawValue))
    return switch self {
    case .begun:
      LocalizedText(
        english: "Accepted: the next block is of epoch \(epoch).",
        chinese: "已接受：下一区块属于第 \(epoch) 纪元。")
    case .awaited:
      LocalizedText(
        english: "Accepted, to be checked when the chain comes to height \(height); the node "
          + "casts no vote until then.",
        chinese: "已接受，待链到达高度 \(height) 时核对；此前不投票。")
    case .known:
      LocalizedText(english: "This node accepted it before.", chinese: "本节点此前已接受。")
    }
  }
}
