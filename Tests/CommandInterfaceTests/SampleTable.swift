import CommandInterface

/// A small command line with every kind of parameter.
struct Height: Hashable, Sendable {
  let number: Int
}

extension ValueType where Value == Height {
  static var height: ValueType {
    ValueType("height") { text throws(InvalidValue) in
      guard let number = Int(text), number >= 0 else {
        throw InvalidValue(
          english: "'\(text)' is not a height: give a whole number such as 48213",
          chinese: "'\(text)' 不是高度：请给出整数，如 48213")
      }
      return Height(number: number)
    }
  }
}

func both(_ text: String) -> LocalizedText { LocalizedText(verbatim: text) }

extension ProblemCode {
  static let pledgeAlreadyActive = ProblemCode("PLEDGE_ALREADY_ACTIVE")
}

enum Sample {
  static let directory = Option.defaulted(
    "directory", short: "d", .directory, to: "data", both("The data directory."))

  static let vin = Argument.required("vin", .text, both("The vehicle."))
  static let others = Argument.anyNumber("other", .text, both("More vehicles."))
  static let at = Option.optional("at", .height, both("Answer as of this height."))
  static let amount = Option.required(
    "amount", .integer(-1000...1000), both("What it is worth."))
  static let labels = Option.repeated("label", short: "l", .text, both("A label."))
  static let proven = Flag("proven", short: "p", both("Check the proof."))
  static let file = Argument.oneOrMore("file", .file, both("What to import."))
  static let temperature = Argument.optional(
    "temperature", .integer(-50...50), both("In degrees."))

  static let look = LocalizedText(english: "Look", chinese: "查询")

  static let show = Command(
    "show", LocalizedText(english: "Show a vehicle.", chinese: "显示车辆。"),
    discussion: both("What the network knows of it, as of a height."),
    arguments: [vin, others], options: [at, proven],
    examples: [.init("hypothec vehicle show LHYPC2D34TD004217", both("Show one vehicle:"))]
  ) { context throws(Problem) in
    try context.answer {
      JSONDocument(
        JSONSchema("vehicle"),
        [
          "vin": .string(context[vin]), "at": .optional(context[at]) { .integer($0.number) },
          "others": .array(context[others].map { .string($0) }),
          "proven": .boolean(context[proven]), "directory": .string(context[directory]),
        ])
    } text: {
      "Vehicle \(context[vin])"
    }
    return .success
  }

  static let record = Command(
    "record", both("Record a valuation."), arguments: [temperature], options: [amount, labels]
  ) { context throws(Problem) in
    try context.output.line(
      "\(context[amount]) \(context[labels].joined(separator: "+")) "
        + (context[temperature].map(String.init) ?? "none"))
    return .success
  }

  static let importing = Command("import", both("Import files."), arguments: [file]) {
    context throws(Problem) in
    for file in context[file] {
      switch file {
      case .standardStream: try context.output.line("standard input")
      case .path(let path): try context.output.line(path)
      }
    }
    return .success
  }

  static let refuse = Command("refuse", both("Always be refused.")) { context throws(Problem) in
    try context.output.line("before")
    throw pledged
  }

  static let pledged = Problem(
    .pledgeAlreadyActive, .refused,
    what: LocalizedText(
      english: "vehicle LHYPC2D34TD004217 is already pledged; your pledge was refused.",
      chinese: "车辆 LHYPC2D34TD004217 已有有效抵押，本次抵押登记被拒绝。"),
    why: LocalizedText(
      english: "a vehicle has one live pledge.", chinese: "一辆车只能有一项有效抵押。"),
    next: LocalizedText(english: "ask its holder to release it.", chinese: "请联系抵押权人解除。"),
    details: ["pledge": "P-9c21"])

  static let vehicle = Command(
    "vehicle", LocalizedText(english: "Look at vehicles.", chinese: "查询车辆。"), section: look,
    subcommands: [show])
  static let valuation = Command(
    "valuation", both("Work with valuations."), subcommands: [record])

  static let table = CommandTable(
    name: "hypothec", version: "0.1.0",
    LocalizedText(
      english: "A ledger node for vehicle collateral.", chinese: "车辆抵押账本节点。"),
    globalOptions: [directory],
    topics: [.init("freshness", title: both("How fresh an answer is."), text: both("Line."))],
    explanations: [.init(.pledgeAlreadyActive, both("A vehicle has one live pledge."))],
    commands: [vehicle, valuation, importing, refuse])
}

/// One run of a program whose surroundings the test makes up.
struct SampleRun {
  let exitCode: ExitCode
  let output: String
  let diagnostics: String

  init(
    _ words: [String], environment: [String: String] = [:], terminal: Terminal = .file,
    outputFailure: OutputFailure? = nil, table: CommandTable = Sample.table
  ) {
    let output = CapturedBytes(failure: outputFailure)
    let diagnostics = CapturedBytes()
    let host = ProgramHost(
      output: OutputStream(output.sink, terminal),
      diagnostics: OutputStream(diagnostics.sink, terminal),
      environment: ProcessEnvironment(environment), monotonicClock: MonotonicClock { .zero },
      wallClock: WallClock { WallTime(millisecondsSince1970: 0) }, zone: .utc, interrupt: .never)
    exitCode = Program(table, host).run(words)
    self.output = output.text
    self.diagnostics = diagnostics.text
  }
}
