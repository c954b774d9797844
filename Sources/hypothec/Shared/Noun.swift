import CommandInterface

/// The nouns of the command line. Every folder adds its verbs to the same noun, so that name,
/// overview and section are said once.
enum Noun {
  // MARK: Sections

  static let look = LocalizedText(english: "Look", chinese: "查询")
  static let record = LocalizedText(english: "Record", chinese: "登记")
  static let prove = LocalizedText(english: "Prove", chinese: "证明")
  static let run = LocalizedText(english: "Run", chinese: "运行")

  // MARK: Nouns

  static func vehicle(_ verbs: [Command]) -> Command {
    Command(
      "vehicle",
      LocalizedText(english: "Look at vehicles and register them.", chinese: "查询和登记车辆。"),
      section: look, subcommands: verbs)
  }

  static func pledge(_ verbs: [Command]) -> Command {
    Command(
      "pledge",
      LocalizedText(
        english: "Look at pledges, create and release them.", chinese: "查询、设立和解除抵押。"),
      section: look, subcommands: verbs)
  }

  static func valuation(_ verbs: [Command]) -> Command {
    Command(
      "valuation",
      LocalizedText(english: "Look at valuations and record them.", chinese: "查询和登记评估。"),
      section: look, subcommands: verbs)
  }

  static func transaction(_ verbs: [Command]) -> Command {
    Command(
      "transaction",
      LocalizedText(
        english: "Look at transactions; draft, sign and submit them.",
        chinese: "查询、起草、签署和提交交易。"),
      section: look, subcommands: verbs)
  }

  static func model(_ verbs: [Command]) -> Command {
    Command(
      "model",
      LocalizedText(
        english: "Look at valuation models and register them.", chinese: "查询和登记评估模型。"),
      section: look, subcommands: verbs)
  }

  static func policy(_ verbs: [Command]) -> Command {
    Command(
      "policy",
      LocalizedText(
        english: "Look at the network's policy, and change it.", chinese: "查询和变更网络政策。"),
      section: look, subcommands: verbs)
  }

  static func member(_ verbs: [Command]) -> Command {
    Command(
      "member",
      LocalizedText(
        english: "Look at the network's members; admit, suspend and vote.",
        chinese: "查询网络成员；接纳、暂停和表决。"),
      section: run, subcommands: verbs)
  }

  static func validator(_ verbs: [Command]) -> Command {
    Command(
      "validator",
      LocalizedText(
        english: "Look at the validators, and change who they are.", chinese: "查询和变更验证者。"),
      section: run, subcommands: verbs)
  }

  static func governor(_ verbs: [Command]) -> Command {
    Command(
      "governor",
      LocalizedText(
        english: "Look at the governors, and how many must sign a change.",
        chinese: "查询治理成员和变更治理门限。"),
      section: run, subcommands: verbs)
  }

  static func epoch(_ verbs: [Command]) -> Command {
    Command(
      "epoch",
      LocalizedText(english: "Begin a new epoch.", chinese: "开始新纪元。"),
      section: run, subcommands: verbs)
  }

  static func certificate(_ verbs: [Command]) -> Command {
    Command(
      "certificate",
      LocalizedText(
        english: "Make and verify certificates about a vehicle.", chinese: "出具和核验车辆证明。"),
      section: prove, subcommands: verbs)
  }

  static func network(_ verbs: [Command]) -> Command {
    Command(
      "network",
      LocalizedText(
        english: "Create, show and check network files; run a whole network here.",
        chinese: "创建、显示和检查网络文件；在本机运行整个网络。"),
      section: run, subcommands: verbs)
  }

  static func node(_ verbs: [Command]) -> Command {
    Command(
      "node",
      LocalizedText(
        english: "Set up, check, run and move a node.", chinese: "设置、检查、运行和迁移节点。"),
      section: run, subcommands: verbs)
  }

  static func key(_ verbs: [Command]) -> Command {
    Command(
      "key",
      LocalizedText(
        english: "Make, show, rotate and retire keys.", chinese: "生成、显示、更换和停用密钥。"),
      section: run, subcommands: verbs)
  }

  // MARK: Gathering

  /// Commands with the same name become one noun with the verbs of all of them, at the first
  /// one's place.
  static func gathered(_ commands: [Command]) -> [Command] {
    var names: [String] = []
    for command in commands where !names.contains(command.name) { names.append(command.name) }
    return names.map { name in
      let parts = commands.filter { $0.name == name }
      guard parts.count > 1 else { return parts[0] }
      return Command(
        name, parts[0].overview, discussion: parts[0].discussion, section: parts[0].section,
        examples: parts.flatMap(\.examples), subcommands: parts.flatMap(\.subcommands))
    }
  }
}
