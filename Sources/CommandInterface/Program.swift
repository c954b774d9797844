import Glibc

/// Runs command lines: parses, dispatches, tells problems, and settles the exit code.
package struct Program: Sendable {
  private let table: CommandTable
  private let host: ProgramHost

  package init(_ table: CommandTable, _ host: ProgramHost) {
    self.table = table
    self.host = host
  }

  /// What an executable does: runs the command line of the process, and ends it.
  package static func main(_ table: CommandTable) -> Never {
    StandardDescriptors.occupy()
    Interrupt.ignoreBrokenPipes()
    let words = Array(CommandLine.arguments.dropFirst())
    exit(Program(table, .process).run(words).rawValue)
  }

  /// Runs `words`, the command line without the program's name.
  package func run(_ words: [String]) -> ExitCode {
    let glance = CommandLineGlance(words)
    let language = glance.language ?? Language(environment: host.environment)
    let format: CommandContext.Format = glance.contains(StandardOptions.json) ? .json : .text
    do throws(Problem) {
      return settle(try dispatch(words, language, format), language, format)
    } catch {
      // What was answered before the problem comes first; the problem's exit code stands.
      _ = flushed()
      tell(error, language, format)
      return error.exitCode
    }
  }

  private func dispatch(
    _ words: [String], _ language: Language, _ format: CommandContext.Format
  ) throws(Problem) -> ExitCode {
    switch CommandLineParser.parse(words, table) {
    case .failure(let error, let path): throw misuse(error, path)
    case .help(let path): try showHelp(path, language, format)
    case .version: try showVersion(format)
    case .run(let invocation, let run):
      return try run(
        CommandContext(
          invocation: invocation, table: table, language: language, format: format, host: host))
    }
    return .success
  }

  private func misuse(_ error: UsageError, _ path: [Command]) -> Problem {
    Problem(
      .usage, .usage, what: error.message,
      presentation: .misuse(HelpText(table, path).usageHint(for: error.parameterLabel)))
  }

  private func showHelp(
    _ path: [Command], _ language: Language, _ format: CommandContext.Format
  ) throws(Problem) {
    let help = HelpText(table, path)
    switch format {
    case .json: try host.output.document(help.document)
    case .text:
      try host.output.text(help.text(language, columnCount: host.output.terminal.columnCount))
    }
  }

  private func showVersion(_ format: CommandContext.Format) throws(Problem) {
    let name = table.root.name
    switch format {
    case .json:
      try host.output.document(
        JSONDocument(
          JSONSchema("version"), ["name": .string(name), "version": .string(table.version)]))
    case .text: try host.output.line("\(name) \(table.version)")
    }
  }

  /// Delivers the rest of the answer. A reader that left before the end changes nothing; an
  /// answer that could not be written is a problem of its own.
  private func settle(
    _ exitCode: ExitCode, _ language: Language, _ format: CommandContext.Format
  ) -> ExitCode {
    guard let failure = flushed(), failure != .closed else { return exitCode }
    let problem = Problem(failure)
    tell(problem, language, format)
    return problem.exitCode
  }

  private func flushed() -> OutputFailure? {
    do throws(OutputFailure) {
      try host.output.flushOrFail()
      return nil
    } catch {
      return error
    }
  }

  private func tell(_ problem: Problem, _ language: Language, _ format: CommandContext.Format) {
    guard problem.presentation != .silent else { return }
    do throws(Problem) {
      switch format {
      case .json: try host.diagnostics.document(problem.document)
      case .text:
        for line in problem.lines(language, host.diagnostics.terminal) {
          try host.diagnostics.line(line)
        }
      }
      try host.diagnostics.flush()
    } catch {
      // Nobody reads stderr: the exit code says the rest.
    }
  }
}
