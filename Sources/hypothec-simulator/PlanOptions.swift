import CommandInterface
import Simulator

/// What changes a seed's plan.
enum PlanOptions {
  static let network = Option.optional(
    "network", .networkFile,
    LocalizedText(
      english: "The network file of a network that the simulated one is to be like.",
      chinese: "网络文件：模拟网络与其相仿。"))
  static let nodes = Option.optional(
    "nodes", .integer(1...RunPlan.validatorLimit),
    LocalizedText(english: "How many nodes validate.", chinese: "验证节点的数量。"))
  static let followers = Option.optional(
    "followers", .integer(0...(RunPlan.nodeLimit - RunPlan.validatorLimit)),
    LocalizedText(english: "How many nodes follow.", chinese: "跟随节点的数量。"))
  static let degree = Option.optional(
    "degree", .integer(2...RunPlan.nodeLimit),
    LocalizedText(
      english: "How many links a node has; all nodes are linked without it.",
      chinese: "每个节点的连接数；不给出时所有节点互联。"))
  static let duration = Option.optional(
    "duration", .duration,
    LocalizedText(
      english: "How long faults and work last, in simulated time.", chinese: "故障与业务持续的模拟时间。"))
  static let faults = Option.optional(
    "faults", .faultKinds,
    LocalizedText(
      english: "Which kinds of faults there are, separated by commas, or all, or none.",
      chinese: "故障种类，以逗号分隔，或 all、none。"))
  static let liar = Option.optional(
    "liar", .choice(of: LiarKind.self, "kind"),
    LocalizedText(english: "How liars lie.", chinese: "说谎的方式。"))
  static let liars = Option.optional(
    "liars", .integer(0...RunPlan.validatorLimit),
    LocalizedText(english: "How many validators lie.", chinese: "说谎的验证节点数量。"))
  static let isSplit = Flag(
    "split",
    LocalizedText(
      english: "Give each of the twins' machines one half of the others for good.",
      chinese: "让孪生节点的两台机器各自固定连接另一半节点。"))
  static let kept = Option.optional(
    "keep", .numbers,
    LocalizedText(
      english: "Which faults of the schedule happen, by their numbers.",
      chinese: "计划中哪些故障发生（按编号）。"))

  static let all: [any OptionDeclaring] = [
    network, nodes, followers, degree, duration, faults, liar, liars, isSplit, kept,
  ]

  static func plan(
    seed: UInt64, like model: ModelNetwork?, _ context: CommandContext
  ) -> RunPlan {
    var plan = RunPlan.varied(seed)
    if let model { plan.resemble(model.file) }
    if let count = context[nodes] {
      plan.validatorCount = count
      plan.followerCount = 0
      plan.degree = nil
    }
    if let count = context[followers] { plan.followerCount = count }
    if let degree = context[degree] { plan.degree = degree }
    if let duration = context[duration] {
      plan.seconds = UInt64(max(1, duration.components.seconds))
    }
    if let kinds = context[faults] { plan.faults = kinds }
    if let kind = context[liar] {
      plan.liar = kind
      plan.faults.insert(.liars)
      plan.liarCount = plan.faultLimit
    }
    if let count = context[liars] { plan.liarCount = count }
    plan.areTwinsSplit = context[isSplit]
    plan.keptFaults = context[kept].map(Set.init)
    return plan
  }
}

extension PlanOptions {
  /// The words that give these options again.
  static func words(_ context: CommandContext) -> [String] {
    var words: [String] = []
    if let path = context[network] { words += ["--network", path] }
    if let count = context[nodes] { words += ["--nodes", "\(count)"] }
    if let count = context[followers] { words += ["--followers", "\(count)"] }
    if let count = context[degree] { words += ["--degree", "\(count)"] }
    if let duration = context[duration] {
      words += ["--duration", "\(duration.components.seconds)s"]
    }
    if let kinds = context[faults] { words += ["--faults", kinds.text] }
    if let kind = context[liar] { words += ["--liar", kind.rawValue] }
    if let count = context[liars] { words += ["--liars", "\(count)"] }
    if context[isSplit] { words.append("--split") }
    return words
  }
}

extension Set<FaultKind> {
  fileprivate var text: String {
    isEmpty
      ? "none" : FaultKind.allCases.filter(contains).map(\.rawValue).joined(separator: ",")
  }
}

extension RunPlan {
  /// The words that give this very plan, whatever a search makes of its seed.
  func words(like model: ModelNetwork?) -> [String] {
    var words = ["--seed", "\(seed)"]
    words +=
      model?.words ?? ["--nodes", "\(validatorCount)", "--followers", "\(followerCount)"]
    words += ["--duration", "\(seconds)s", "--faults", faults.text]
    if let degree { words += ["--degree", "\(degree)"] }
    if let liar { words += ["--liar", liar.rawValue] }
    if let liarCount { words += ["--liars", "\(liarCount)"] }
    if areTwinsSplit { words.append("--split") }
    if let keptFaults {
      let numbers = keptFaults.sorted().map(String.init)
      words += ["--keep", numbers.isEmpty ? "none" : numbers.joined(separator: ",")]
    }
    return words
  }
}

extension ValueType where Value == String {
  /// A path, since other processes read the file again.
  static var networkFile: ValueType {
    ValueType("file", completion: .file) { text throws(InvalidValue) in
      try ValueType.text.parse(text)
    }
  }
}

extension ValueType where Value == Set<FaultKind> {
  static var faultKinds: ValueType {
    ValueType(
      "kinds", completion: .words(FaultKind.allCases.map(\.rawValue) + ["all", "none"])
    ) { text throws(InvalidValue) in
      switch text {
      case "all": return Set(FaultKind.allCases)
      case "none": return []
      default: break
      }
      var kinds: Set<FaultKind> = []
      for word in text.split(separator: ",") {
        guard let kind = FaultKind(rawValue: String(word)) else {
          let list = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
          throw InvalidValue(
            english: "'\(word)' is no kind of fault: write some of \(list), or all, or none",
            chinese: "'\(word)' 不是故障种类：可写 \(list)，或 all、none")
        }
        kinds.insert(kind)
      }
      return kinds
    }
  }
}

extension ValueType where Value == [Int] {
  static var numbers: ValueType {
    ValueType("numbers") { text throws(InvalidValue) in
      var numbers: [Int] = []
      for word in text.split(separator: ",") where word != "none" {
        guard let number = Int(word), number >= 0 else {
          throw InvalidValue(
            english: "'\(word)' is not a number: write numbers separated by commas such as 3,9",
            chinese: "'\(word)' 不是数字：请写以逗号分隔的数字，如 3,9")
        }
        numbers.append(number)
      }
      return numbers
    }
  }
}
