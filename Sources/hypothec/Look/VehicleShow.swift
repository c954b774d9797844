import CommandInterface
import Documents
import Ledger
import Node

/// `vehicle show`: all that the network knows of a vehicle now.
struct VehicleShow {
  static let vehicle = Argument.required(
    "vin", .vin, LocalizedText(english: "The vehicle.", chinese: "车辆识别代号。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "show",
      LocalizedText(
        english: "Show all that the network knows of a vehicle.", chinese: "显示本网络所知的车辆全部信息。"),
      arguments: [vehicle],
      examples: [
        Command.Example(
          "hypothec vehicle show LHYPC2D34TD004217",
          LocalizedText(english: "One vehicle:", chinese: "一辆车："))
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      return try VehicleShow(inquiry).run(context[vehicle])
    }
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run(_ vin: VehicleIdentificationNumber) throws(Problem) -> ExitCode {
    let proven = try inquiry.provenEntries([.vehicle(vin)])
    guard let vehicle = try proven.vehicle(at: 0) else { throw .vehicleNotFound(vin) }
    let network = try inquiry.network()
    let asOf = try inquiry.asOf(proven.head)
    try context.answer {
      JSONDocument(
        JSONSchema("vehicle-show"), Self.members(vehicle) + [proven.sureness.json, asOf.json])
    } text: {
      text(vehicle, proven, network, asOf)
    }
    return .success
  }

  // MARK: JSON

  private static func members(_ vehicle: VehicleState) -> [JSONMember] {
    [
      JSONMember("vin", .vin(vehicle.vin)),
      JSONMember("standing", .string(VehicleStanding(vehicle).word)),
      JSONMember("registration", .object(vehicle.registration.jsonMembers)),
      JSONMember("registeredBy", .member(vehicle.registeredBy)),
      JSONMember("registeredAt", .moment(vehicle.registeredAt)),
      JSONMember("lastChange", .height(vehicle.lastChange)),
      JSONMember("flags", .array(vehicle.flags.words.map { .string($0) })),
      JSONMember("pledge", .optional(vehicle.pledge, JSONValue.pledge)),
      JSONMember("endedPledges", .array(vehicle.endedPledges.map(JSONValue.endedPledge))),
      JSONMember("currentValuation", .optional(vehicle.currentValuation, JSONValue.valuation)),
      JSONMember("attemptedDoublePledges", .integer(vehicle.attemptedDoublePledges)),
      JSONMember("historyCount", .integer(vehicle.history.count)),
    ]
  }

  // MARK: Text

  private func text(
    _ vehicle: VehicleState, _ proven: ProvenEntries, _ network: KnownNetwork, _ asOf: AsOf
  ) -> String {
    var lines = [
      Headline.text(context.say("Vehicle \(vehicle.vin)", "车辆 \(vehicle.vin)"), asOf, context)
    ]
    lines += facts(vehicle, network).lines(context)
    lines.append(
      context.say(
        "Proven: \(proven.sureness.quorumText.english).",
        "已证明：\(proven.sureness.quorumText.chinese)。"))
    return lines.joined(separator: "\n")
  }

  private func facts(_ vehicle: VehicleState, _ network: KnownNetwork) -> FactList {
    let language = context.language
    let registration = vehicle.registration
    var facts = FactList()
    facts.append(
      context.say("Vehicle", "车型"),
      "\(registration.make) \(registration.model) \(registration.modelYear)")
    let kinds = [registration.use?.spoken[language], registration.energy?.spoken[language]]
      .compactMap { $0 }
    if !kinds.isEmpty {
      facts.append(
        context.say("Kind", "类别"), kinds.joined(separator: language == .english ? ", " : "，"))
    }
    facts.append(
      context.say("Odometer", "里程"),
      registration.odometer.map { "\(NumberText.grouped($0.rawValue)) km" })
    facts.append(context.say("Region", "地区"), registration.region?.text)
    facts.append(context.say("First registered", "初次登记"), registration.firstRegistered?.text)
    let owners = registration.owners.map { owners in
      owners.map { ShortText.party($0, network, language) }.joined(separator: ", ")
    }
    facts.append(
      context.say("Owner", "所有人"), owners ?? context.say("unstated", "未说明"))
    facts.append(
      context.say("Registered", "登记"),
      context.say(
        "\(network.name(of: vehicle.registeredBy)), \(text(vehicle.registeredAt))",
        "\(network.name(of: vehicle.registeredBy))，\(text(vehicle.registeredAt))"))
    appendPledge(vehicle, network, to: &facts)
    facts.append(context.say("Flags", "状态标记"), vehicle.flags.text(language))
    facts.append(
      context.say("Valuation", "评估"),
      vehicle.currentValuation.map { valuationText($0, network) } ?? context.say("none", "无"))
    facts.append(
      context.say("Refused", "被拒"),
      context.say(
        "\(vehicle.attemptedDoublePledges) attempted double pledge"
          + (vehicle.attemptedDoublePledges == 1 ? "" : "s"),
        "重复抵押 \(vehicle.attemptedDoublePledges) 次"))
    facts.append(
      context.say("History", "历史"),
      context.say(
        "\(vehicle.history.count) \(vehicle.history.count == 1 ? "entry" : "entries"): "
          + "hypothec vehicle history \(vehicle.vin)",
        "\(vehicle.history.count) 条：hypothec vehicle history \(vehicle.vin)"))
    return facts
  }

  private func appendPledge(
    _ vehicle: VehicleState, _ network: KnownNetwork, to facts: inout FactList
  ) {
    let label = context.say("Pledge", "抵押")
    guard let pledge = vehicle.pledge else {
      facts.append(label, context.say("none", "无"))
      if !vehicle.endedPledges.isEmpty {
        facts.append(
          context.say("Ended", "已结束"),
          vehicle.endedPledges.map(\.id.text).joined(separator: ", "))
      }
      return
    }
    let security = pledge.creation.security.spoken[context.language]
    let name = network.name(of: pledge.pledgee)
    facts.append(
      label,
      context.say(
        "\(pledge.id), \(security) of \(name), since \(text(pledge.acceptedAt))",
        "\(pledge.id)，\(name) 的\(security)，自 \(text(pledge.acceptedAt))"))
    facts.append(
      "",
      context.say(
        "\(pledge.creation.principal.groupedText) until \(pledge.creation.maturity.text)",
        "\(pledge.creation.principal.groupedText)，至 \(pledge.creation.maturity.text)"))
    if let since = pledge.transcribedSince {
      facts.append(
        context.say("Transcribed", "转录"),
        context.say(
          "from the vehicle office's register; exists since \(context.local(since))",
          "转录自登记机关，设立于 \(context.local(since))"))
    }
  }

  private func valuationText(_ valuation: ValuationHead, _ network: KnownNetwork) -> String {
    let name = network.name(of: valuation.author)
    return context.say(
      "\(valuation.value.groupedText) (\(valuation.id), \(name), as of "
        + "\(context.local(valuation.asOf)))",
      "\(valuation.value.groupedText)（\(valuation.id)，\(name)，"
        + "\(context.local(valuation.asOf))）")
  }

  private func text(_ moment: LedgerMoment) -> String {
    context.text(moment.time, moment.height)
  }
}

extension JSONValue {
  static func moment(_ moment: LedgerMoment) -> JSONValue {
    ["height": .height(moment.height), "time": .time(moment.time)]
  }

  /// A live pledge with all its fields.
  static func pledge(_ pledge: LivePledge) -> JSONValue {
    [
      "pledgee": .member(pledge.pledgee), "acceptedAt": .moment(pledge.acceptedAt),
      "terms": Operation(by: pledge.pledgee, body: .createPledge(pledge.creation)).json,
    ]
  }

  static func endedPledge(_ pledge: EndedPledge) -> JSONValue {
    [
      "id": .identifier(pledge.id), "pledgee": .member(pledge.pledgee),
      "endedAt": .height(pledge.endedAt),
    ]
  }

  static func valuation(_ valuation: ValuationHead) -> JSONValue {
    [
      "id": .identifier(valuation.id), "author": .member(valuation.author),
      "authority": .string(valuation.authority == .appraiser ? "appraiser" : "lender"),
      "asOf": .time(valuation.asOf), "value": .money(valuation.value),
      "low": .optional(valuation.low, JSONValue.money),
    ]
  }
}
