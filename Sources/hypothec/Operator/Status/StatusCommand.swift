import CommandInterface
import Ledger
import Node

/// `status`: how the node and its chain are.
enum StatusCommand {
  static func command(_ source: AccessSource) -> Command {
    Command(
      "status",
      LocalizedText(
        english: "Show how the node is and how far its chain has come.",
        chinese: "显示节点状态和区块链进度。"),
      section: Noun.look
    ) { context throws(Problem) in
      let (status, asOf) = try Inquiry(context, try source.open(context, .reading)).status()
      try context.answer {
        JSONDocument(JSONSchema("status"), [asOf.json] + members(status))
      } text: {
        text(status, asOf, context)
      }
      return .success
    }
  }

  // MARK: JSON

  private static func members(_ status: NodeStatus) -> [JSONMember] {
    [
      JSONMember("node", .optional(status.running, json)),
      JSONMember("epoch", .integer(status.epoch.rawValue)),
      JSONMember("validators", .integer(status.validatorCount)),
      JSONMember("quorum", .integer(status.quorum)),
      JSONMember("vehicles", .integer(status.vehicleCount)),
      JSONMember("transactions", .integer(status.transactionCount)),
      JSONMember("operations", .integer(status.operationCount)),
    ]
  }

  private static func json(_ running: RunningStatus) -> JSONValue {
    [
      "member": .member(running.member), "role": .string(running.role.word),
      "view": .integer(running.view.rawValue),
      "uptimeSeconds": .integer(running.uptimeMilliseconds / 1_000),
      "waitingTransactions": .integer(running.waitingTransactions),
      "waitsFor": running.waitsFor.isEmpty ? .null : .string(running.waitsFor),
    ]
  }

  // MARK: Text

  private static func text(
    _ status: NodeStatus, _ asOf: AsOf, _ context: CommandContext
  ) -> String {
    let language = context.language
    var table = Table([Table.Column(), Table.Column()])
    func row(_ english: String, _ chinese: String, _ value: String) {
      table.append([LocalizedText(english: english, chinese: chinese)[language], value])
    }
    row("Network", "网络", asOf.text[language])
    row("Newest block", "最新区块", context.local(asOf.head.time, .secondsWithOffset))
    row("Node", "节点", nodeText(status.running, asOf)[language])
    if let running = status.running {
      row("Waits for", "等待", waitText(running)[language])
      row("Waiting", "排队交易", NumberText.grouped(running.waitingTransactions))
    }
    row("Validators", "验证者", "\(status.validatorCount) (\(quorumText(status)[language]))")
    row("Vehicles", "车辆", NumberText.grouped(status.vehicleCount))
    row("Transactions", "交易", NumberText.grouped(status.transactionCount))
    row("Operations", "操作", NumberText.grouped(status.operationCount))
    return table.lines().joined(separator: "\n")
  }

  private static func nodeText(_ running: RunningStatus?, _ asOf: AsOf) -> LocalizedText {
    guard let running else {
      return LocalizedText(
        english: "not running; read from the data directory", chinese: "未运行；读自数据目录")
    }
    let uptime = Duration.milliseconds(running.uptimeMilliseconds)
    return LocalizedText(
      english: "\(running.member), \(running.role.word), "
        + "running for \(DurationText.short(uptime, .english))",
      chinese: "\(running.member)，\(running.role.chineseWord)，"
        + "已运行 \(DurationText.short(uptime, .chinese))")
  }

  private static func waitText(_ running: RunningStatus) -> LocalizedText {
    running.waitsFor.isEmpty
      ? LocalizedText(english: "nothing", chinese: "无") : LocalizedText(verbatim: running.waitsFor)
  }

  private static func quorumText(_ status: NodeStatus) -> LocalizedText {
    LocalizedText(
      english: "quorum \(status.quorum), epoch \(status.epoch.rawValue)",
      chinese: "法定数 \(status.quorum)，第 \(status.epoch.rawValue) 期")
  }
}

extension NodeRole {
  var word: String {
    switch self {
    case .validator: "validator"
    case .observer: "observer"
    case .follower: "follower"
    }
  }

  fileprivate var chineseWord: String {
    switch self {
    case .validator: "验证节点"
    case .observer: "观察节点"
    case .follower: "跟随节点"
    }
  }
}

extension Inquiry {
  func status() throws(Problem) -> (NodeStatus, AsOf) {
    let response = try ask(.status)
    guard case .status(let status) = response.answer else { throw .unexpectedAnswer }
    return (status, try asOf(response.head))
  }
}
