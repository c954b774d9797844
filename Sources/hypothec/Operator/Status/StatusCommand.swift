import CommandInterface
import Cryptography
import Documents
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
      JSONMember("recovery", .optional(status.recovery, json)),
    ]
  }

  private static func json(_ recovery: RecoverySummary) -> JSONValue {
    [
      "record": .string(recovery.record.description), "height": .height(recovery.height),
      "epoch": .integer(recovery.epoch.rawValue), "time": .time(recovery.time),
    ]
  }

  private static func json(_ running: RunningStatus) -> JSONValue {
    [
      "member": .member(running.member), "role": .string(running.role.word),
      "view": .integer(running.view.rawValue),
      "uptimeSeconds": .integer(running.uptimeMilliseconds / 1_000),
      "waitingTransactions": .integer(running.waitingTransactions),
      "waitsFor": running.waitsFor.isEmpty ? .null : .string(running.waitsFor),
      "weakness": running.weakness.isEmpty ? .null : .string(running.weakness),
      "peers": .array(running.peers.map(json)),
    ]
  }

  private static func json(_ peer: PeerSummary) -> JSONValue {
    var members = [
      JSONMember("member", .member(peer.member)), JSONMember("address", .string(peer.address)),
    ]
    switch peer.reach {
    case .unreachable(let reason):
      members += [
        JSONMember("linked", .boolean(false)), JSONMember("reason", .string(reason)),
      ]
    case .linked(let link):
      members += [
        JSONMember("linked", .boolean(true)),
        JSONMember("linkedSeconds", .integer(link.sinceMilliseconds / 1_000)),
        JSONMember("roundTripMicroseconds", .optional(link.roundTripMicroseconds) { .integer($0) }),
        JSONMember("role", .optional(link.said) { .string($0.role.word) }),
        JSONMember("height", .optional(link.said) { .integer($0.height.rawValue) }),
        JSONMember("view", .optional(link.said) { .integer($0.view.rawValue) }),
        JSONMember(
          "clockAheadMilliseconds", .optional(link.said) { .signed($0.clockMilliseconds) }),
      ]
    }
    return .object(members)
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
      if !running.weakness.isEmpty { row("Weak links", "连接薄弱", running.weakness) }
    }
    row("Validators", "验证者", "\(status.validatorCount) (\(quorumText(status)[language]))")
    if let recovery = status.recovery {
      row("Recovered", "恢复", recovery.text[language])
    }
    row("Vehicles", "车辆", NumberText.grouped(status.vehicleCount))
    row("Transactions", "交易", NumberText.grouped(status.transactionCount))
    row("Operations", "操作", NumberText.grouped(status.operationCount))
    let peers = peerTable(status.running?.peers ?? [], asOf, language)
    return (table.lines() + peers).joined(separator: "\n")
  }

  // MARK: Peers

  /// One line a peer: how far it is behind or ahead of this node, and how quickly it answers.
  private static func peerTable(
    _ peers: [PeerSummary], _ asOf: AsOf, _ language: Language
  ) -> [String] {
    guard !peers.isEmpty else { return [] }
    var table = Table(Array(repeating: Table.Column(), count: 4))
    for peer in peers {
      table.append([
        peer.member.text, peer.address, reachText(peer.reach, asOf)[language], delay(peer.reach),
      ])
    }
    let title = LocalizedText(english: "Peers", chinese: "对等节点")[language]
    return ["", title] + table.lines().map { "  " + $0 }
  }

  private static func reachText(_ reach: PeerSummary.Reach, _ asOf: AsOf) -> LocalizedText {
    switch reach {
    case .unreachable(let reason):
      return LocalizedText(english: "not reached: \(reason)", chinese: "无法连接：\(reason)")
    case .linked(let link):
      guard let said = link.said else {
        return LocalizedText(english: "linked", chinese: "已连接")
      }
      let difference =
        Int64(clamping: said.height.rawValue) - Int64(clamping: asOf.head.height.rawValue)
      let lag: LocalizedText =
        switch difference {
        case 0: LocalizedText(english: "at the same block", chinese: "区块相同")
        case ..<0:
          LocalizedText(english: "\(-difference) blocks behind", chinese: "落后 \(-difference) 块")
        default: LocalizedText(english: "\(difference) blocks ahead", chinese: "领先 \(difference) 块")
        }
      return LocalizedText(
        english: "\(said.role.word), \(lag[.english])",
        chinese: "\(said.role.chineseWord)，\(lag[.chinese])")
    }
  }

  private static func delay(_ reach: PeerSummary.Reach) -> String {
    guard case .linked(let link) = reach, let microseconds = link.roundTripMicroseconds else {
      return ""
    }
    let tenths = (microseconds + 50) / 100
    return "\(tenths / 10).\(tenths % 10) ms"
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

extension RecoverySummary {
  /// That the chain rests on a recovery record, and on which.
  var text: LocalizedText {
    let height = NumberText.grouped(self.height.rawValue)
    return LocalizedText(
      english: "epoch \(epoch.rawValue) behind height \(height), by the record \(record)",
      chinese: "高度 \(height) 之后的第 \(epoch.rawValue) 纪元，依据记录 \(record)")
  }
}
