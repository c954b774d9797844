import CommandInterface
import Documents
import Ledger
import Node

/// `pledge show` and `pledge list`.
enum PledgeCommands {
  static let id = Argument.required(
    "pledge", .identifier("pledge"), LocalizedText(english: "The pledge's id.", chinese: "抵押编号。"))

  static let vehicle = Option.optional(
    "vin", .vin,
    LocalizedText(
      english: "The vehicle, where several have a pledge of this id.",
      chinese: "车辆；当多辆车有相同抵押编号时使用。"))

  static let pledgee = Option.optional(
    "pledgee", .member,
    LocalizedText(english: "The live pledges of this member.", chinese: "该成员的有效抵押。"))

  static let mine = Flag(
    "mine",
    LocalizedText(
      english: "The live pledges of the data directory's member.", chinese: "数据目录所属成员的有效抵押。"))

  static let limit = Option.defaulted(
    "limit", .integer(1...1_000_000), to: "1000",
    LocalizedText(english: "At most so many.", chinese: "最多显示的数量。"))

  static func all(_ source: AccessSource) -> [Command] {
    [
      Command(
        "show",
        LocalizedText(
          english: "Show a pledge: live, released, or refused attempts at it.",
          chinese: "显示一项抵押：有效或已解除。"),
        arguments: [id], options: [vehicle]
      ) { context throws(Problem) in
        try PledgeShow(Inquiry(context, try source.open(context, .reading))).run()
      },
      Command(
        "list",
        LocalizedText(
          english: "List a member's live pledges, by VIN.", chinese: "按 VIN 列出成员的有效抵押。"),
        options: [pledgee, mine, limit]
      ) { context throws(Problem) in
        try PledgeList(Inquiry(context, try source.open(context, .reading))).run()
      },
    ]
  }
}

/// `pledge show`.
private struct PledgeShow {
  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run() throws(Problem) -> ExitCode {
    let id = context[PledgeCommands.id]
    let vin = try vehicle(of: id)
    let history = try inquiry.history(of: vin)
    guard let creation = history.items.first(where: { isCreation($0, of: id) }),
      case .createPledge(let terms) = creation.operation.body
    else { throw notFound(id) }
    let release = history.items.first { isRelease($0, of: id) }
    let network = try inquiry.network()
    let asOf = try inquiry.asOf(history.proven.head)
    try context.answer {
      JSONDocument(
        JSONSchema("pledge-show"),
        [
          JSONMember("vin", .vin(vin)), JSONMember("id", .identifier(id)),
          JSONMember("live", .boolean(release == nil)),
          JSONMember("pledgee", .member(creation.operation.by)),
          JSONMember("created", VehicleHistoryCommand.json(creation)),
          JSONMember("released", .optional(release, VehicleHistoryCommand.json)),
          history.proven.sureness.json, asOf.json,
        ])
    } text: {
      var lines = [
        Headline.text(context.say("Pledge \(id)", "抵押 \(id)"), asOf, context)
      ]
      lines += facts(terms, creation, release, network).lines(context)
      let quorum = history.proven.sureness.quorumText
      lines.append(
        context.say("Proven: \(quorum.english).", "已证明：\(quorum.chinese)。"))
      return lines.joined(separator: "\n")
    }
    return .success
  }

  private func vehicle(of id: Identifier) throws(Problem) -> VehicleIdentificationNumber {
    if let vin = context[PledgeCommands.vehicle] { return vin }
    let response = try inquiry.ask(.pledges(.id(id), after: nil, limit: 20))
    guard case .pledges(let items) = response.answer else { throw .unexpectedAnswer }
    guard let first = items.first else { throw notFound(id) }
    guard items.count == 1 else {
      let list = items.map(\.vin.text).joined(separator: ", ")
      throw context.misuse(
        LocalizedText(
          english: "several vehicles have a pledge \(id); choose with --vin: \(list)",
          chinese: "多辆车有抵押 \(id)；请用 --vin 选择：\(list)"))
    }
    return first.vin
  }

  private func isCreation(_ item: HistoryItem, of id: Identifier) -> Bool {
    guard item.entry.outcome == .accepted, case .createPledge(let pledge) = item.operation.body
    else { return false }
    return pledge.id == id
  }

  private func isRelease(_ item: HistoryItem, of id: Identifier) -> Bool {
    guard item.entry.outcome == .accepted else { return false }
    switch item.operation.body {
    case .releasePledge(let release): return release.id == id
    case .releasePledgeByOrder(let release): return release.id == id
    case .registerVehicle, .recordValuation, .createPledge, .registerModel, .governance:
      return false
    }
  }

  private func facts(
    _ terms: PledgeCreation, _ creation: HistoryItem, _ release: HistoryItem?,
    _ network: KnownNetwork
  ) -> FactList {
    let language = context.language
    var facts = FactList()
    facts.append(context.say("Vehicle", "车辆"), terms.vin.text)
    facts.append(
      context.say("State", "状态"),
      release == nil ? context.say("live", "有效") : context.say("released", "已解除"))
    facts.append(context.say("Security", "担保方式"), terms.security.spoken[language])
    facts.append(context.say("Pledgee", "抵押权人"), network.name(of: creation.operation.by))
    facts.append(
      context.say("Pledgor", "抵押人"), ShortText.party(terms.pledgor, network, language))
    facts.append(
      context.say("Debtor", "债务人"), ShortText.party(terms.debtor, network, language))
    facts.append(context.say("Principal", "本金"), terms.principal.groupedText)
    facts.append(context.say("Maximum secured", "最高担保额"), terms.maximumSecured?.groupedText)
    facts.append(
      context.say("Term", "期限"), "\(terms.start.text) – \(terms.maturity.text)")
    facts.append(context.say("Contract", "合同"), ShortText.document(terms.contract))
    if case .transcribed(let since, _) = terms.basis {
      facts.append(
        context.say("Transcribed", "转录"),
        context.say("exists since \(context.local(since))", "设立于 \(context.local(since))"))
    }
    if terms.transferClause == .noTransfer {
      facts.append(context.say("Clause", "约定"), context.say("no transfer", "禁止转让"))
    }
    facts.append(context.say("Accepted", "设立"), moment(creation))
    if let release {
      facts.append(
        context.say("Released", "解除"),
        context.say(
          "\(moment(release)), \(network.name(of: release.operation.by))",
          "\(moment(release))，\(network.name(of: release.operation.by))"))
    }
    return facts
  }

  private func moment(_ item: HistoryItem) -> String {
    context.text(item.time, item.entry.place.height)
  }

  private func notFound(_ id: Identifier) -> Problem {
    Problem(
      .pledgeNotFound, .notFound,
      what: LocalizedText(
        english: "no pledge \(id) was ever accepted on this network.",
        chinese: "本网络从未接受过抵押 \(id)。"),
      next: LocalizedText(
        english: "look at the vehicle's history: hypothec vehicle history VIN",
        chinese: "查看车辆历史：hypothec vehicle history VIN"),
      details: ["pledge": .identifier(id)])
  }
}

/// `pledge list`.
private struct PledgeList {
  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run() throws(Problem) -> ExitCode {
    let pledgee = try context.memberChoice(PledgeCommands.pledgee, mine: PledgeCommands.mine)
    guard let pledgee else {
      throw context.misuse(
        LocalizedText(
          english: "say whose pledges: --pledgee MEMBER or --mine",
          chinese: "请指定成员：--pledgee 成员 或 --mine"))
    }
    let (items, head) = try all(of: pledgee)
    let vehicles = try states(of: items)
    let asOf = try inquiry.asOf(head)
    let network = try inquiry.network()
    try context.answer {
      JSONDocument(
        JSONSchema("pledge-list"),
        [
          JSONMember("pledgee", .member(pledgee)),
          JSONMember(
            "pledges",
            .array(
              zip(items, vehicles).map { item, vehicle in
                ["vin": .vin(item.vin), "pledge": .optional(vehicle?.pledge, JSONValue.pledge)]
              })), .unproven, asOf.json,
        ])
    } text: {
      var table = Table([
        Table.Column(), Table.Column(), Table.Column("", .right), Table.Column(),
      ])
      for (item, vehicle) in zip(items, vehicles) {
        table.append([
          item.vin.text, item.id.text, vehicle?.pledge?.creation.principal.groupedText ?? "",
          vehicle?.pledge.map { context.say("until ", "至 ") + $0.creation.maturity.text } ?? "",
        ])
      }
      let count = NumberText.grouped(items.count)
      let title = context.say(
        "\(count) live pledge\(items.count == 1 ? "" : "s") of \(network.name(of: pledgee))",
        "\(network.name(of: pledgee)) 的 \(count) 项有效抵押")
      return
        ([Headline.text(title, asOf, context)]
        + context.indented(table) + [context.unprovenText])
        .joined(separator: "\n")
    }
    return .success
  }

  private func all(of pledgee: MemberID) throws(Problem) -> ([PledgeItem], ChainHead) {
    let limit = context[PledgeCommands.limit]
    var items: [PledgeItem] = []
    while true {
      let count = min(NodeRequest.listLimit, limit - items.count)
      let response = try inquiry.ask(
        .pledges(
          .livePledges(of: pledgee), after: items.last.map { PledgeCursor(vin: $0.vin) },
          limit: count))
      guard case .pledges(let part) = response.answer else { throw .unexpectedAnswer }
      items += part
      if part.isEmpty || items.count >= limit { return (items, response.head) }
    }
  }

  private func states(of items: [PledgeItem]) throws(Problem) -> [VehicleState?] {
    var states: [VehicleState?] = []
    while states.count < items.count {
      let end = min(items.count, states.count + NodeRequest.entryLimit)
      let ids = items[states.count..<end].map { StateID.vehicle($0.vin) }
      let response = try inquiry.ask(.entries(ids, .none))
      guard case .entries(let answers) = response.answer, answers.count == ids.count else {
        throw .unexpectedAnswer
      }
      states += answers.map { answer in
        guard case .vehicle(let vehicle)? = answer.entry else { return nil }
        return vehicle
      }
    }
    return states
  }
}

extension CommandContext {
  /// The member of an option, or the data directory's with the flag; `nil` if neither is given.
  func memberChoice(_ option: Option<MemberID?>, mine: Flag) throws(Problem) -> MemberID? {
    if let member = self[option] { return member }
    guard self[mine] else { return nil }
    guard let configured = try NodeConfiguration.loadIfPresent(dataDirectory) else {
      throw misuse(
        LocalizedText(
          english: "--mine needs a data directory that says whose it is; name the member instead",
          chinese: "--mine 需要带有成员配置的数据目录；请直接指定成员"))
    }
    return configured.member
  }
}
