import CommandInterface
import Documents
import Ledger
import Node

/// `vehicle history`: what happened to a vehicle, proven complete.
struct VehicleHistoryCommand {
  static let vehicle = Argument.required(
    "vin", .vin, LocalizedText(english: "The vehicle.", chinese: "车辆识别代号。"))

  static let at = Option.optional(
    "at", .height,
    LocalizedText(
      english: "The history up to this height, and the slot as of it.",
      chinese: "截至该高度的历史及当时的抵押状态。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "history",
      LocalizedText(
        english: "Show all that happened to a vehicle, proven complete.",
        chinese: "显示车辆的全部历史，并证明其完整。"),
      discussion: LocalizedText(
        english: """
          Accepted and refused operations in the ledger's order. The command line computes the \
          vehicle's hash chain from them and compares it with the proven state: nothing is missing.
          """,
        chinese: "按账本顺序显示已接受和被拒绝的操作。命令行据此计算车辆的哈希链并与已证明的状态比较：没有遗漏。"),
      arguments: [vehicle], options: [at],
      examples: [
        Command.Example(
          "hypothec vehicle history LHYPC2D34TD004217",
          LocalizedText(english: "A vehicle's whole life:", chinese: "车辆的全部历史："))
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      return try VehicleHistoryCommand(inquiry).run(context[vehicle], at: context[at])
    }
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run(_ vin: VehicleIdentificationNumber, at height: Height?) throws(Problem) -> ExitCode {
    let history = try inquiry.history(of: vin)
    if let height, height > history.proven.head.height {
      throw .heightNotReached(height, history.proven.head.height)
    }
    let items = history.items(through: height)
    let network = try inquiry.network()
    let asOf = try inquiry.asOf(history.proven.head)
    try context.answer {
      json(history, items, height, asOf)
    } text: {
      text(history, items, height, network, asOf)
    }
    return .success
  }

  // MARK: JSON

  private func json(
    _ history: VehicleHistory, _ items: [HistoryItem], _ height: Height?, _ asOf: AsOf
  ) -> JSONDocument {
    let slot = VehicleHistory.slot(after: items)
    return JSONDocument(
      JSONSchema("vehicle-history"),
      [
        JSONMember("vin", .vin(history.vin)),
        JSONMember("at", .optional(height, JSONValue.height)),
        JSONMember("entries", .array(items.map(Self.json))),
        JSONMember("pledge", .optional(slot, Self.slotJSON)),
        JSONMember("complete", true),
        JSONMember("entryCount", .integer(history.vehicle.history.count)),
        history.proven.sureness.json, asOf.json,
      ])
  }

  static func json(_ item: HistoryItem) -> JSONValue {
    [
      "number": .integer(item.number + 1), "time": .time(item.time),
      "place": .place(item.entry.place), "operationIndex": .integer(item.entry.operationIndex),
      "transaction": .transactionID(item.entry.transaction),
      "outcome": .outcome(item.entry.outcome),
      "signers": .array(item.signers.map(JSONValue.member)), "operation": item.operation.json,
    ]
  }

  private static func slotJSON(_ item: HistoryItem) -> JSONValue {
    guard case .createPledge(let creation) = item.operation.body else { return .null }
    return LivePledge(
      id: creation.id, pledgee: item.operation.by,
      acceptedAt: LedgerMoment(height: item.entry.place.height, time: item.time),
      creation: creation
    ).slotJSON
  }

  // MARK: Text

  private func text(
    _ history: VehicleHistory, _ items: [HistoryItem], _ height: Height?,
    _ network: KnownNetwork, _ asOf: AsOf
  ) -> String {
    var lines = [
      Headline.text(context.say("Vehicle \(history.vin)", "车辆 \(history.vin)"), asOf, context)
    ]
    let rows = HistoryRows(context: context, network: network)
    lines += rows.lines(items)
    lines.append(conclusion(history, items, height, network))
    return lines.joined(separator: "\n")
  }

  private func conclusion(
    _ history: VehicleHistory, _ items: [HistoryItem], _ height: Height?, _ network: KnownNetwork
  ) -> String {
    let when =
      height.map { height in
        context.say(
          "At \(context.text(height))", "\(context.text(height)) 时")
      } ?? context.say("Now", "当前")
    let quorum = history.proven.sureness.quorumText
    let total = history.vehicle.history.count
    let shown = items.count
    let times = context.rowStyle(items.map(\.time)).remark
    return context.closing(
      context.say(
        "\(when): \(slotText(items, network)). Proven complete: \(shown) of \(total) "
          + "\(total == 1 ? "entry" : "entries"), \(quorum.english).\(times)",
        "\(when)：\(slotText(items, network))。完整性已证明：\(shown)/\(total) 条，"
          + "\(quorum.chinese)。\(times)"))
  }

  private func slotText(_ items: [HistoryItem], _ network: KnownNetwork) -> String {
    guard !items.isEmpty else { return context.say("not registered yet", "尚未登记") }
    guard let slot = VehicleHistory.slot(after: items),
      case .createPledge(let creation) = slot.operation.body
    else { return context.say("no live pledge", "无有效抵押") }
    let name = network.name(of: slot.operation.by)
    return context.say("pledged to \(name) (\(creation.id))", "已抵押给 \(name)（\(creation.id)）")
  }
}

extension Problem {
  static func heightNotReached(_ height: Height, _ head: Height) -> Problem {
    Problem(
      .heightNotReached, .notFound,
      what: LocalizedText(
        english: "height \(NumberText.grouped(height.rawValue)) has not been reached; the newest "
          + "block is at \(NumberText.grouped(head.rawValue)).",
        chinese: "尚未到达高度 \(NumberText.grouped(height.rawValue))；最新区块为 "
          + "\(NumberText.grouped(head.rawValue))。"),
      details: ["height": .height(height), "head": .height(head)])
  }
}

extension ProblemCode {
  static let heightNotReached = ProblemCode("HEIGHT_NOT_REACHED")
}
