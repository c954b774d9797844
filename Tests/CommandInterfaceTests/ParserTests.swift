import Testing

@testable import CommandInterface

@Suite("Parser")
struct ParserTests {
  @Test(
    "gives each spelling of a value to the command",
    arguments: [
      (["valuation", "record", "--amount", "5"], "5  none\n"),
      (["valuation", "record", "--amount=5"], "5  none\n"),
      (["valuation", "record", "--amount", "-5"], "-5  none\n"),
      (["valuation", "record", "--amount=-5", "-7"], "-5  -7\n"),
      (["valuation", "record", "-7", "--amount=5"], "5  -7\n"),
      (["valuation", "record", "--amount=5", "--", "-7"], "5  -7\n"),
      (["valuation", "record", "-l", "a", "--amount", "5", "--label", "b"], "5 a+b none\n"),
      (["valuation", "record", "-l=a", "--label=-x", "--amount=5"], "5 a+-x none\n"),
      (["valuation", "record", "--amount=5", "--label=a=b"], "5 a=b none\n"),
      (["-q", "valuation", "--quiet", "record", "--amount=5", "-q"], "5  none\n"),
      (["import", "a", "-", "b"], "a\nstandard input\nb\n"),
      (["import", "--", "--json", "--help"], "--json\n--help\n"),
    ])
  func accepted(words: [String], output: String) {
    let run = SampleRun(words)
    #expect(run.diagnostics == "")
    #expect(run.output == output)
    #expect(run.exitCode == .success)
  }

  @Test("reads optional values, flags, variadic arguments and defaults")
  func kinds() {
    let plain = SampleRun(["vehicle", "show", "V", "--json"]).output
    #expect(
      plain == """
        {"schema":"hypothec/vehicle/1","vin":"V","at":null,"others":[],"proven":false,\
        "directory":"data"}

        """)
    let full = SampleRun(["vehicle", "show", "V", "W", "-p", "X", "--at=5", "-d", "x", "--json"])
    #expect(
      full.output == """
        {"schema":"hypothec/vehicle/1","vin":"V","at":5,"others":["W","X"],"proven":true,\
        "directory":"x"}

        """)
  }

  @Test(
    "refuses what the table does not have",
    arguments: [
      (["vehicel"], UsageError.unknownSubcommand("vehicel", suggestion: "vehicle")),
      (["show"], .unknownSubcommand("show", suggestion: "hypothec vehicle show")),
      (["zzz"], .unknownSubcommand("zzz", suggestion: nil)),
      (["vehicle"], .missingSubcommand),
      (["vehicle", "--json"], .missingSubcommand),
      (["vehicle", "show", "V", "--prove"], .unknownOption("--prove", suggestion: "--proven")),
      (["vehicle", "show", "--porven=1"], .unknownOption("--porven", suggestion: "--proven")),
      (["vehicle", "show", "V", "--xyzzy"], .unknownOption("--xyzzy", suggestion: nil)),
      (["import", "a", "--jsno"], .unknownOption("--jsno", suggestion: "--json")),
      (["refuse", "x"], .unexpectedArgument("x")),
      (["vehicle", "show"], .missingArgument("<vin>")),
      (["import"], .missingArgument("<file>")),
      (["valuation", "record"], .missingArgument("--amount <number>")),
      (["valuation", "record", "--amount"], .missingValue("--amount <number>")),
      (["valuation", "record", "--amount", "--json"], .missingValue("--amount <number>")),
      (["valuation", "record", "--amount=1", "--amount=2"], .repeatedOption("--amount")),
      (["vehicle", "show", "V", "--proven=yes"], .unexpectedValue(flag: "--proven")),
      (
        ["import", ""],
        .invalidValue(
          parameter: "<file>",
          message: LocalizedText(
            english: "the path is empty: name a file, or - for standard input",
            chinese: "路径为空\u{FF1A}请给出文件名\u{FF0C}或用 - 表示标准输入"))
      ),
    ])
  func refused(words: [String], expected: UsageError) throws {
    guard case .failure(let error, _) = CommandLineParser.parse(words, Sample.table) else {
      Issue.record("accepted")
      return
    }
    #expect(error == expected)
    #expect(SampleRun(words).exitCode == .usage)
    #expect(SampleRun(words).output == "")
  }

  @Test("tells a wrong value as swift-argument-parser would")
  func wrongValue() {
    #expect(
      SampleRun(["vehicle", "show", "V", "--at", "abc"]).diagnostics == """
        Error: Invalid value for '--at <height>': 'abc' is not a height: \
        give a whole number such as 48213.
        Help:  --at <height>  Answer as of this height.
        Usage: hypothec vehicle show [--at <height>] [--proven] <vin> [<other> ...]
          See 'hypothec vehicle show --help' for more information.

        """)
  }

  @Test("tells a mistyped option and what was meant")
  func mistyped() {
    #expect(
      SampleRun(["valuation", "record", "--amout", "5"]).diagnostics == """
        Error: Unknown option '--amout'. Did you mean '--amount'?
        Usage: hypothec valuation record --amount <number> [--label <text> ...] [<temperature>]
          See 'hypothec valuation record --help' for more information.

        """)
  }

  @Test("tells misuse as a problem object under --json")
  func misuseAsJSON() {
    #expect(
      SampleRun(["--json", "vehicel"]).diagnostics == """
        {"schema":"hypothec/problem/1","type":"urn:hypothec:problem:USAGE","title":"Usage",\
        "detail":"Unknown subcommand 'vehicel'. Did you mean 'vehicle'?","code":"USAGE",\
        "exitCode":64,"usage":"hypothec <subcommand>"}

        """)
  }

  @Test("refuses an unknown language in the language of the locale")
  func unknownLanguage() {
    let run = SampleRun(["refuse", "--lang", "fr"])
    #expect(run.diagnostics.hasPrefix("Error: Invalid value for '--lang <language>': 'fr' is none"))
  }

  @Test("shows the version")
  func version() {
    #expect(SampleRun(["--version"]).output == "hypothec 0.1.0\n")
    #expect(
      SampleRun(["refuse", "--version", "--json"]).output
        == #"{"schema":"hypothec/version/1","name":"hypothec","version":"0.1.0"}"# + "\n")
  }

  @Test("survives any words", arguments: [UInt64(1), 2, 3, 4])
  func anyWords(seed: UInt64) {
    var random = SplitMix(state: seed)
    let vocabulary = [
      "vehicle", "show", "valuation", "record", "import", "refuse", "help", "explain", "completion",
      "--at", "--at=", "--at=5", "--json", "--lang", "zh", "--lang=zh", "--", "-", "-5", "-l",
      "-lx",
      "--=", "=", "", "---", "--help", "-h", "-d", "5", "\u{0}", "\u{1B}[31m", "车辆", "e\u{301}",
      "bash", "--amount", "--amount=1", "\n", "-q=", "--version", "🇨🇳", "exit-codes",
    ]
    for _ in 0..<2000 {
      let count = Int(random.next() % 7)
      let words = (0..<count).map { _ in vocabulary[Int(random.next() % UInt64(vocabulary.count))] }
      let run = SampleRun(words)
      #expect(!run.diagnostics.contains("\u{1B}"), "seed \(seed): \(words)")
      #expect(run.exitCode != .usage || run.output.isEmpty, "seed \(seed): \(words)")
      #expect(!run.output.isEmpty || !run.diagnostics.isEmpty, "seed \(seed): \(words)")
    }
  }
}

@Suite("Suggestion")
struct SuggestionTests {
  @Test(
    "counts typing errors",
    arguments: [
      ("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
      ("vehicle", "vehicel", 1), ("kitten", "sitting", 3),
    ])
  func distance(left: String, right: String, expected: Int) {
    #expect(Suggestion.distance(left, right) == expected)
    #expect(Suggestion.distance(right, left) == expected)
  }

  @Test("prefers the nearest, then the first")
  func nearest() {
    #expect(Suggestion.nearest(to: "lits", in: ["lift", "list"]) == "list")
    #expect(Suggestion.nearest(to: "lixt", in: ["lift", "list"]) == "lift")
    #expect(Suggestion.nearest(to: "cert", in: ["certificate"]) == "certificate")
    #expect(Suggestion.nearest(to: "quux", in: ["list"]) == nil)
  }
}

/// SplitMix64: small, and the same everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
