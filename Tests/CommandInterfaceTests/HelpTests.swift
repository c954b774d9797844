import CommandInterface
import Testing

@Suite("Help")
struct HelpTests {
  @Test("shows a command as swift-argument-parser would")
  func command() {
    let expected = """
      OVERVIEW: Show a vehicle.

      What the network knows of it, as of a height.

      USAGE: hypothec vehicle show [--at <height>] [--proven] <vin> [<other> ...]

      ARGUMENTS:
        <vin>                   The vehicle.
        <other>                 More vehicles.

      OPTIONS:
        --at <height>           Answer as of this height.
        -p, --proven            Check the proof.

      GLOBAL OPTIONS:
        --json                  Print one JSON document, or JSON Lines for a stream;
                                errors too, on stderr.
        -q, --quiet             Show no progress and no notes, only the answer and
                                errors.
        --lang <language>       Speak this language instead of the locale's. (values:
                                en, zh)
        --version               Show the version.
        -h, --help              Show help information.
        -d, --directory <directory>
                                The data directory. (default: data)

      EXAMPLES:
          Show one vehicle:
            $ hypothec vehicle show LHYPC2D34TD004217

      """
    for words in [["vehicle", "show", "--help"], ["help", "vehicle", "show"]] {
      let run = SampleRun(words)
      #expect(run.output == expected)
      #expect(run.diagnostics == "")
      #expect(run.exitCode == .success)
    }
  }

  @Test("shows the program with its commands under their headings")
  func root() {
    let expected = """
      OVERVIEW: A ledger node for vehicle collateral.

      USAGE: hypothec <subcommand>

      GLOBAL OPTIONS:
        --json                  Print one JSON document, or JSON Lines for a stream;
                                errors too, on stderr.
        -q, --quiet             Show no progress and no notes, only the answer and
                                errors.
        --lang <language>       Speak this language instead of the locale's. (values:
                                en, zh)
        --version               Show the version.
        -h, --help              Show help information.
        -d, --directory <directory>
                                The data directory. (default: data)

      LOOK SUBCOMMANDS:
        vehicle                 Look at vehicles.

      SUBCOMMANDS:
        valuation               Work with valuations.
        import                  Import files.
        refuse                  Always be refused.

      HELP SUBCOMMANDS:
        explain                 Explain the code of an error.
        completion              Print a completion script.
        manual                  Print the manual page, for 'man -l -'.
        help                    Show help about a command or a topic.

      HELP TOPICS:
        freshness               How fresh an answer is.
        exit-codes              Exit codes tell "no" from "cannot tell".

        See 'hypothec help <subcommand>' for detailed help.

      """
    #expect(SampleRun([]).output == expected)
    #expect(SampleRun(["help"]).output == expected)
  }

  @Test("breaks a long usage line between its parameters")
  func longUsage() {
    let expected = """
      USAGE: hypothec valuation record --amount <number> [--label <text> ...]
               [<temperature>]

      """
    #expect(SampleRun(["valuation", "record", "-h"]).output.contains(expected))
  }

  @Test("speaks Chinese when the locale or --lang does")
  func chinese() {
    let byOption = SampleRun(["vehicle", "show", "-h", "--lang", "zh"]).output
    let byLocale = SampleRun(["vehicle", "show", "-h"], environment: ["LANG": "zh_CN.UTF-8"]).output
    #expect(byOption == byLocale)
    #expect(byOption.hasPrefix("概述\u{FF1A}显示车辆。\n"))
    #expect(byOption.contains("\n全局选项\u{FF1A}\n"))
    let english = SampleRun(["-h", "--lang=en"], environment: ["LC_ALL": "zh_CN.UTF-8"]).output
    #expect(english.hasPrefix("OVERVIEW: "))
  }

  @Test(
    "never exceeds the terminal's width where lines can be broken",
    arguments: [40, 60, 80, 120], Language.allCases)
  func width(columnCount: Int, language: Language) {
    for path in Sample.table.paths {
      let text = HelpText(Sample.table, path).text(language, columnCount: columnCount)
      for line in text.split(separator: "\n") where line.hasPrefix("   ") && !line.contains("$") {
        #expect(DisplayWidth.columns(of: line) <= columnCount, "\(line)")
      }
    }
  }

  @Test("wins over mistakes elsewhere on the line")
  func wins() {
    #expect(SampleRun(["vehicle", "show", "--bogus", "--help"]).exitCode == .success)
    #expect(SampleRun(["vehicle", "bogus", "-h"]).output.hasPrefix("OVERVIEW: Look at vehicles."))
  }

  @Test("answers in JSON as well")
  func json() {
    let text = SampleRun(["help", "vehicle", "--json"]).output
    #expect(text.hasPrefix(#"{"schema":"hypothec/help/1","command":"hypothec vehicle","#))
    #expect(SampleRun(["vehicle", "-h", "--json"]).output == text)
  }

  @Test("shows topics, and suggests one for a mistyped topic")
  func topics() {
    #expect(SampleRun(["help", "freshness"]).output == "How fresh an answer is.\n\nLine.\n")
    #expect(SampleRun(["help", "exit-codes"]).output.contains("\n 12  refused by a rule\n"))
    let run = SampleRun(["help", "vehicle", "shwo"])
    #expect(run.exitCode == .notFound)
    #expect(
      run.diagnostics == """
        Error: there is no command and no help topic 'vehicle shwo'.
          Next: did you mean 'vehicle show'?
          Code: TOPIC_UNKNOWN   (hypothec explain TOPIC_UNKNOWN)

        """)
  }

  @Test("has every entry of the table in help, completions and the manual")
  func everyEntry() {
    let manual = ManualPage(Sample.table, .english).text
    let scripts = Shell.allCases.map { ShellCompletion(Sample.table, .english).script($0) }
    for path in Sample.table.paths {
      let help = HelpText(Sample.table, path).text(.english, columnCount: 1000)
      let line = path.map(\.name).joined(separator: " ")
      if path.count > 1 {
        #expect(manual.contains(".SS " + line.replacing("-", with: "\\-")), "\(line)")
        #expect(scripts.allSatisfy { $0.contains(line) }, "\(line)")
      }
      guard let command = path.last else { continue }
      #expect(help.contains(command.overview.english))
      #expect(manual.contains(command.overview.english.replacing("-", with: "\\-")))
      for option in Sample.table.options(of: path) {
        #expect(
          help.contains(option.label + " ") || help.contains(option.label + "\n"),
          "\(line) \(option.label)")
        #expect(help.contains(option.help.english))
        #expect(manual.contains(option.label.replacing("-", with: "\\-")))
        #expect(scripts[0].contains(option.flagText) && scripts[1].contains(option.flagText))
        #expect(scripts[2].contains("-l \(option.name) "))
      }
      for argument in command.arguments {
        #expect(help.contains(argument.label) && help.contains(argument.help.english))
        #expect(manual.contains(argument.label))
      }
      for subcommand in command.subcommands {
        #expect(help.contains("  \(subcommand.name)"))
      }
    }
  }
}
