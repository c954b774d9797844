import CommandInterface
import Documents
import Ledger

/// `network show`: what a network file says.
enum NetworkShow {
  static let file = Argument.optional(
    "network-file", .file,
    LocalizedText(
      english: "network.json or its canonical form; else the data directory's.",
      chinese: "network.json 或其规范形式；默认为数据目录中的网络文件。"))

  static let command = Command(
    "show", LocalizedText(english: "Show a network file.", chinese: "显示网络文件。"),
    arguments: [file]
  ) { context throws(Problem) in
    let network = try load(context)
    try context.answer {
      JSONDocument(JSONSchema("network"), [JSONMember("network", network.json)])
    } text: {
      text(network, context)
    }
    return .success
  }

  static func load(_ context: CommandContext) throws(Problem) -> NetworkFile {
    if let path = context[file] { return try NetworkDocument.load(path) }
    return try NodeDirectory(context.dataDirectory).networkFile()
  }

  private static func text(_ network: NetworkFile, _ context: CommandContext) -> String {
    let language = context.language
    let heading = LocalizedText(
      english: "Network \(network.name), since \(context.local(network.genesisTime))",
      chinese: "网络 \(network.name)，创世时间 \(context.local(network.genesisTime))")
    let parts = [
      [heading[language], "id \(network.id)"], members(network, context),
      governance(network, language), PolicyText.lines(network.policy, language),
    ]
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private static func members(_ network: NetworkFile, _ context: CommandContext) -> [String] {
    let titles = [
      LocalizedText(english: "Member", chinese: "成员"),
      LocalizedText(english: "Name", chinese: "名称"),
      LocalizedText(english: "Roles", chinese: "角色"),
      LocalizedText(english: "Node", chinese: "节点"),
      LocalizedText(english: "Addresses", chinese: "地址"),
    ]
    var table = Table(titles.map { Table.Column($0[context.language]) })
    for member in network.members {
      let node = (network.validators + network.followers).first { $0.member == member.id }
      table.append([
        member.id.text, member.name.text, member.roles.map(\.name).joined(separator: ", "),
        kind(of: member.id, network)[context.language],
        node?.addresses.map(\.text).joined(separator: ", ") ?? "",
      ])
    }
    return table.lines(context.tableLimit)
  }

  private static func kind(of member: MemberID, _ network: NetworkFile) -> LocalizedText {
    if network.validators.contains(where: { $0.member == member }) {
      return LocalizedText(english: "validator", chinese: "验证")
    }
    if network.followers.contains(where: { $0.member == member }) {
      return LocalizedText(english: "follower", chinese: "跟随")
    }
    return LocalizedText(verbatim: "-")
  }

  private static func governance(_ network: NetworkFile, _ language: Language) -> [String] {
    let governors = network.governors.map(\.member.text).joined(separator: ", ")
    let count = network.validators.count
    let faults = (count - 1) / 3
    let changes = LocalizedText(
      english: "Changes need \(network.governorThreshold) of \(network.governors.count) "
        + "governors: \(governors)",
      chinese:
        "变更须 \(network.governors.count) 个治理成员中的 \(network.governorThreshold) 个签署：\(governors)")
    let tolerance = LocalizedText(
      english: "Validators: \(count); the network goes on with \(faults) of them failing or lying",
      chinese: "\(count) 个验证者：其中 \(faults) 个故障或作恶时网络仍可运行")
    return [changes[language], tolerance[language]]
  }
}

/// A policy for people: `policy show`, `network show`, and changes of it.
enum PolicyText {
  /// All of it in one line.
  static func line(_ policy: Policy, _ language: Language) -> String {
    let (colon, semicolon) = language == .english ? (": ", "; ") : ("：", "；")
    return rows(policy).map { name, value in name[language] + colon + value[language] }
      .joined(separator: semicolon)
  }

  static func lines(_ policy: Policy, _ language: Language) -> [String] {
    var table = Table([Table.Column(), Table.Column()])
    for (name, value) in rows(policy) { table.append([name[language], value[language]]) }
    return table.lines()
  }

  private static func rows(_ policy: Policy) -> [(LocalizedText, LocalizedText)] {
    let caps = policy.loanToValueCaps.map { cap in
      (
        LocalizedText(english: "Loan to value", chinese: "贷款价值比上限"),
        LocalizedText(verbatim: "\(cap.cap.percentText)  \(cap.scope)")
      )
    }
    return caps + [
      (
        LocalizedText(english: "A vehicle is new for", chinese: "新车期"),
        days(Int(policy.newVehicleDays))
      ),
      (
        LocalizedText(english: "Valuation at pledging", chinese: "设立时评估有效期"),
        days(Int(policy.valuationFreshnessDays))
      ),
      (
        LocalizedText(english: "Valuation in life", chinese: "存续期评估有效期"),
        days(Int(policy.valuationLifeDays))
      ),
      (
        LocalizedText(english: "Measured against", chinese: "计算基准"),
        policy.valuationEnd == .value
          ? LocalizedText(english: "the value", chinese: "评估值")
          : LocalizedText(english: "the low end of the band", chinese: "评估区间下限")
      ),
      (
        LocalizedText(english: "Light", chinese: "预警"),
        LocalizedText(
          english: "yellow at a fall of \(policy.yellowFall.percentText), red at "
            + policy.redFall.percentText,
          chinese: "下跌 \(policy.yellowFall.percentText) 黄，\(policy.redFall.percentText) 红")
      ),
      (
        LocalizedText(english: "Refusals recorded", chinese: "记录的拒绝"),
        LocalizedText(
          english: "\(NumberText.grouped(policy.refusalsPerHour)) a member and hour",
          chinese: "每成员每小时 \(NumberText.grouped(policy.refusalsPerHour)) 条")
      ),
      (
        LocalizedText(english: "Refusals name the pledge", chinese: "拒绝时说明已有抵押"),
        policy.holderDisclosure == .pledgeNamed
          ? LocalizedText(english: "yes", chinese: "是") : LocalizedText(english: "no", chinese: "否")
      ),
      (
        LocalizedText(english: "Calendar days at UTC", chinese: "日历日时区 UTC"),
        LocalizedText(verbatim: offset(Int(policy.utcOffsetMinutes)))
      ),
    ]
  }

  private static func days(_ count: Int) -> LocalizedText {
    LocalizedText(english: "\(count) days", chinese: "\(count) 天")
  }

  /// `+08:00`.
  private static func offset(_ minutes: Int) -> String {
    let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(minutes < 0 ? "-" : "+")\(two(hours)):\(two(rest))"
  }
}

extension LoanToValueCap {
  /// `used`, `own new-energy`, `any other`.
  var scope: String {
    let words = [age?.word, use?.word, energy?.word].compactMap { $0 }
    return words.isEmpty ? "*" : words.joined(separator: " ")
  }
}
