import CommandInterface
import Documents
import Ledger
import Node

/// `valuation show` and `valuation list`.
enum ValuationCommands {
  static let vehicle = Argument.required(
    "vin", .vin, LocalizedText(english: "The vehicle.", chinese: "车辆识别代号。"))

  static let id = Option.optional(
    "id", .identifier("valuation"),
    LocalizedText(
      english: "This valuation; else the current one.", chinese: "指定的评估；默认为当前评估。"))

  static func all(_ source: AccessSource) -> [Command] {
    [
      Command(
        "show",
        LocalizedText(
          english: "Show a vehicle's current valuation, or one by its id.",
          chinese: "显示车辆的当前评估，或指定编号的评估。"),
        arguments: [vehicle], options: [id]
      ) { context throws(Problem) in
        try show(Inquiry(context, try source.open(context, .reading)))
      },
      Command(
        "list",
        LocalizedText(
          english: "List a vehicle's valuations, the oldest first.", chinese: "列出车辆的全部评估，由旧到新。"),
        arguments: [vehicle]
      ) { context throws(Problem) in
        try list(Inquiry(context, try source.open(context, .reading)))
      },
    ]
  }

  // MARK: show

  private static func show(_ inquiry: Inquiry) throws(Problem) -> ExitCode {
    let context = inquiry.context
    let history = try inquiry.history(of: context[vehicle])
    let current = history.vehicle.currentValuation
    guard let wanted = context[id] ?? current?.id else {
      throw notFound(nil, history.vin)
    }
    guard let item = accepted(history).first(where: { $0.valuation.id == wanted }) else {
      throw notFound(wanted, history.vin)
    }
    let network = try inquiry.network()
    let asOf = try inquiry.asOf(history.proven.head)
    let isCurrent = current?.id == wanted
    try context.answer {
      JSONDocument(
        JSONSchema("valuation-show"),
        [
          JSONMember("valuation", item.item.operation.json),
          JSONMember("current", .boolean(isCurrent)),
          JSONMember("recorded", VehicleHistoryCommand.json(item.item)),
          history.proven.sureness.json, asOf.json,
        ])
    } text: {
      var lines = [
        Headline.text(
          context.say("Valuation \(wanted)", "评估 \(wanted)"), asOf, context)
      ]
      lines += facts(item, isCurrent: isCurrent, context, network).lines(context)
      lines.append(provenText(history, context))
      return lines.joined(separator: "\n")
    }
    return .success
  }

  private static func facts(
    _ found: (item: HistoryItem, valuation: ValuationRecording), isCurrent: Bool,
    _ context: CommandContext, _ network: KnownNetwork
  ) -> FactList {
    let (item, valuation) = found
    let language = context.language
    var facts = FactList()
    facts.append(context.say("Vehicle", "车辆"), valuation.vin.text)
    facts.append(
      context.say("Value", "价值"),
      valuation.value.groupedText + (isCurrent ? context.say(" (current)", "（当前）") : ""))
    if let low = valuation.low, let high = valuation.high {
      facts.append(context.say("Band", "区间"), "\(low.groupedText) – \(high.groupedText)")
    }
    facts.append(
      context.say("Method", "方法"),
      "\(valuation.method.spoken[language]), \(valuation.basis.spoken[language])")
    facts.append(context.say("As of", "基准时间"), context.local(valuation.asOf))
    facts.append(
      context.say("Odometer", "里程"),
      valuation.odometer.map { "\(NumberText.grouped($0.rawValue)) km" })
    facts.append(context.say("Condition", "车况"), valuation.condition.map { "\($0)/50" })
    facts.append(
      context.say("Model", "模型"), valuation.model.map { "\($0.id) \($0.version)" })
    facts.append(context.say("Report", "报告"), valuation.report.map(ShortText.document))
    facts.append(
      context.say("Recorded", "登记"),
      context.say(
        "\(network.name(of: item.operation.by)), ", "\(network.name(of: item.operation.by))，")
        + context.text(item.time, item.entry.place.height))
    return facts
  }

  // MARK: list

  private static func list(_ inquiry: Inquiry) throws(Problem) -> ExitCode {
    let context = inquiry.context
    let history = try inquiry.history(of: context[vehicle])
    let found = accepted(history)
    let network = try inquiry.network()
    let asOf = try inquiry.asOf(history.proven.head)
    let current = history.vehicle.currentValuation?.id
    try context.answer {
      JSONDocument(
        JSONSchema("valuation-list"),
        [
          JSONMember("vin", .vin(history.vin)),
          JSONMember("valuations", .array(found.map { VehicleHistoryCommand.json($0.item) })),
          JSONMember("current", .optional(current, JSONValue.identifier)),
          history.proven.sureness.json, asOf.json,
        ])
    } text: {
      var table = Table([
        Table.Column(), Table.Column("", .right), Table.Column(), Table.Column(), Table.Column(),
      ])
      let (style, remark) = context.rowStyle(found.map(\.valuation.asOf))
      for (item, valuation) in found {
        table.append([
          context.local(valuation.asOf, style), valuation.value.groupedText, valuation.id.text,
          network.name(of: item.operation.by),
          valuation.id == current ? context.say("current", "当前") : "",
        ])
      }
      let title = context.say("Valuations of \(history.vin)", "\(history.vin) 的评估")
      let none = found.isEmpty ? [context.say(" none", " 无")] : []
      return
        ([Headline.text(title, asOf, context)] + context.indented(table)
        + none + [provenText(history, context) + remark]).joined(separator: "\n")
    }
    return .success
  }

  // MARK: Parts

  private static func accepted(
    _ history: VehicleHistory
  ) -> [(item: HistoryItem, valuation: ValuationRecording)] {
    history.items.compactMap { item in
      guard item.entry.outcome == .accepted,
        case .recordValuation(let valuation) = item.operation.body
      else { return nil }
      return (item, valuation)
    }
  }

  private static func provenText(_ history: VehicleHistory, _ context: CommandContext) -> String {
    let quorum = history.proven.sureness.quorumText
    return context.say(
      "Proven complete, \(quorum.english).", "完整性已证明，\(quorum.chinese)。")
  }

  private static func notFound(
    _ id: Identifier?, _ vin: VehicleIdentificationNumber
  ) -> Problem {
    Problem(
      .valuationNotFound, .notFound,
      what: id.map {
        LocalizedText(
          english: "vehicle \(vin) has no valuation \($0).", chinese: "车辆 \(vin) 没有评估 \($0)。")
      }
        ?? LocalizedText(
          english: "vehicle \(vin) has no valuation.", chinese: "车辆 \(vin) 没有评估。"),
      next: LocalizedText(
        english: "list them: hypothec valuation list \(vin)",
        chinese: "列出评估：hypothec valuation list \(vin)"),
      details: ["vin": .vin(vin)])
  }
}
