import CommandInterface
import Documents
import Ledger
import Node

/// `vehicle check`: the question a lender asks before it lends.
///
/// Exit status 0 free, 10 unknown to this network, 11 encumbered or blocked. Several vehicles: the
/// gravest of their answers, 11 before 10 before 0.
struct VehicleCheck {
  static let vehicle = Argument.optional(
    "vin", .vin, LocalizedText(english: "The vehicle.", chinese: "车辆识别代号。"))

  static let file = Option.optional(
    "file", short: "f", .file,
    LocalizedText(
      english: "Check every VIN of this file, one a line; - for standard input.",
      chinese: "检查文件中的每个 VIN，每行一个；- 表示标准输入。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "check",
      LocalizedText(
        english: "Say whether a vehicle is free, encumbered, blocked or unknown.",
        chinese: "查询车辆是否无负担、已抵押、被锁定或未登记。"),
      discussion: LocalizedText(
        english: """
          Exit status 0: registered, without a live pledge. 11: encumbered or blocked. 10: unknown \
          to this network. Charges outside this network are not covered.
          """,
        chinese: "退出码 0：已登记且无有效抵押。11：已抵押或被锁定。10：本网络未登记。不涉及本网络以外的担保。"),
      arguments: [vehicle], options: [file],
      examples: [
        Command.Example(
          "hypothec vehicle check LHYPC2D34TD004217",
          LocalizedText(english: "Before lending on a vehicle:", chinese: "放款前查询：")),
        Command.Example(
          "hypothec vehicle check --file portfolio.txt --json",
          LocalizedText(english: "A whole portfolio, as JSON Lines:", chinese: "整个资产组合：")),
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      switch (context[vehicle], context[file]) {
      case (let vin?, nil): return try VehicleCheck(inquiry).run(vin)
      case (nil, let path?): return try VehicleCheckList(inquiry).run(path)
      case (nil, nil), (.some, .some):
        throw context.misuse(
          LocalizedText(
            english: "name one vehicle, or a file of them with --file",
            chinese: "请给出一个 VIN，或用 --file 指定文件"))
      }
    }
  }

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run(_ vin: VehicleIdentificationNumber) throws(Problem) -> ExitCode {
    let proven = try inquiry.provenEntries([.vehicle(vin)])
    let result = VehicleCheckResult(vin: vin, vehicle: try proven.vehicle(at: 0))
    let network = try inquiry.network()
    let asOf = try inquiry.asOf(proven.head)
    try context.answer {
      JSONDocument(
        JSONSchema("vehicle-check"),
        result.members(proven.head) + [proven.sureness.json, asOf.json])
    } text: {
      text(result, proven, network, asOf)
    }
    return result.standing.exitCode
  }

  private func text(
    _ result: VehicleCheckResult, _ proven: ProvenEntries, _ network: KnownNetwork, _ asOf: AsOf
  ) -> String {
    let language = context.language
    var lines = [
      Headline.text(context.say("Vehicle \(result.vin)", "车辆 \(result.vin)"), asOf, context)
    ]
    let standing = context.output.terminal.styled(
      result.standing.spoken[language].uppercasedFirst, result.standing.style)
    lines.append(" \(standing)\(context.say(".", "。"))")
    lines += facts(result, proven, network).lines(context)
    let scope = context.say(
      "Charges outside this network are not covered.", "不涉及本网络以外的担保。")
    lines.append(
      context.closing(
        context.say(
          "Proven: \(proven.sureness.quorumText.english). ",
          "已证明：\(proven.sureness.quorumText.chinese)。") + scope))
    return lines.joined(separator: "\n")
  }

  private func facts(
    _ result: VehicleCheckResult, _ proven: ProvenEntries, _ network: KnownNetwork
  ) -> FactList {
    let language = context.language
    var facts = FactList()
    if let vehicle = result.vehicle {
      facts.append(context.say("Pledge", "抵押"), pledgeText(vehicle.pledge, network))
      facts.append(
        context.say("Seizure", "查封"),
        vehicle.flags.intersection(VehicleFlags.seizures).text(language))
      facts.append(
        context.say("Flags", "状态标记"),
        vehicle.flags.subtracting(VehicleFlags.seizures).text(language))
      if let since = vehicle.pledge?.transcribedSince {
        facts.append(
          context.say("Transcribed", "转录"),
          context.say(
            "yes, from the vehicle office's register; exists since ", "是，转录自登记机关，设立于 ")
            + context.local(since))
      }
      if vehicle.attemptedDoublePledges > 0 {
        facts.append(
          context.say("Attempts", "重复抵押"),
          context.say(
            "\(vehicle.attemptedDoublePledges) attempted double pledge"
              + (vehicle.attemptedDoublePledges == 1 ? "" : "s"),
            "\(vehicle.attemptedDoublePledges) 次被拒绝的重复抵押"))
      }
      let unstated = vehicle.unstatedTitleFields
      if !unstated.isEmpty {
        let list = unstated.map { $0[language] }.joined(
          separator: language == .english ? ", " : "、")
        facts.append(
          context.say("Title", "权属"),
          context.say(
            "cannot be pledged yet: \(list) unstated", "暂不能抵押：\(list)未说明"))
      }
    } else if let hint = result.vin.checkDigitHint {
      facts.append(context.say("Hint", "提示"), hint[language])
    }
    facts.append(
      context.say("Search", "查询高度"),
      context.say(
        "\(NumberText.grouped(proven.head.height.rawValue)), to name in a pledge: "
          + "--search-height \(proven.head.height.rawValue)",
        "\(NumberText.grouped(proven.head.height.rawValue))，设立抵押时填写 "
          + "--search-height \(proven.head.height.rawValue)"))
    return facts
  }

  private func pledgeText(_ pledge: LivePledge?, _ network: KnownNetwork) -> String {
    guard let pledge else { return context.say("none", "无") }
    let security = pledge.creation.security.spoken[context.language]
    let name = network.name(of: pledge.pledgee)
    let when = context.text(pledge.acceptedAt.time, pledge.acceptedAt.height)
    return context.say(
      "\(pledge.id), \(security) of \(name), since \(when)",
      "\(pledge.id)，\(name) 的\(security)，自 \(when)")
  }
}

/// What was found of one vehicle.
struct VehicleCheckResult {
  let vin: VehicleIdentificationNumber
  let vehicle: VehicleState?

  var standing: VehicleStanding { VehicleStanding(vehicle) }

  /// The members of `hypothec/vehicle-check/1`, without proof and freshness.
  func members(_ head: ChainHead) -> [JSONMember] {
    var members = [
      JSONMember("vin", .vin(vin)), JSONMember("standing", .string(standing.word)),
      JSONMember("searchHeight", .height(head.height)),
    ]
    if let vehicle {
      members += [
        JSONMember("pledge", .optional(vehicle.pledge, \.slotJSON)),
        JSONMember("seized", .boolean(!vehicle.flags.isDisjoint(with: VehicleFlags.seizures))),
        JSONMember("flags", .array(vehicle.flags.words.map { .string($0) })),
        JSONMember("transcribed", .boolean(vehicle.pledge?.transcribedSince != nil)),
        JSONMember("attemptedDoublePledges", .integer(vehicle.attemptedDoublePledges)),
        JSONMember(
          "unstated", .array(vehicle.unstatedTitleFields.map { .string($0.english) })),
      ]
    }
    return members
  }
}

extension ProvenEntries {
  /// The vehicle at `index` of the question, `nil` if it is proven to be unknown.
  func vehicle(at index: Int) throws(Problem) -> VehicleState? {
    switch entries[index] {
    case nil: return nil
    case .vehicle(let vehicle): return vehicle
    case .some: throw .unexpectedAnswer
    }
  }
}

extension String {
  /// `free` as `Free`.
  var uppercasedFirst: String { prefix(1).uppercased() + dropFirst() }
}
