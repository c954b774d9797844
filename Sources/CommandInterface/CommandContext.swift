/// What a command is run with: its parameters, and its way to the outside.
///
/// A command answers on `output`, by `answer` or, line by line, by `output.line` and
/// `output.document`; it throws a `Problem` for every error; it returns the exit code of its
/// answer. It never ends the process itself.
package struct CommandContext: Sendable {
  /// How the answer is wanted.
  package enum Format: Hashable, Sendable {
    case text
    case json
  }

  package let invocation: Invocation
  package let table: CommandTable
  package let language: Language
  package let format: Format
  package let host: ProgramHost

  /// stdout: the answer and nothing else.
  package var output: OutputStream { host.output }
  package var interrupt: InterruptFlag { host.interrupt }

  package subscript<Value>(option: Option<Value>) -> Value { invocation[option] }
  package subscript<Value>(argument: Argument<Value>) -> Value { invocation[argument] }
  package subscript(flag: Flag) -> Bool { invocation[flag] }
}

extension CommandContext {
  /// Writes the one answer in the format that is wanted; `text` needs no line feed at its end.
  package func answer(json: () -> JSONDocument, text: () -> String) throws(Problem) {
    switch format {
    case .json: try output.document(json())
    case .text:
      let text = text()
      try output.text(text.hasSuffix("\n") ? text : text + "\n")
    }
  }

  /// How wide a table may be: limited on a terminal, where a person reads it.
  package var tableLimit: Table.Limit {
    output.terminal.isPerson ? .columns(output.terminal.columnCount) : .unlimited
  }

  /// `2026-09-20 09:31 +08:00` in the user's zone.
  package func local(_ time: WallTime, _ style: WallTime.LocalStyle = .minutesWithOffset)
    -> String
  {
    time.localText(host.zone, style)
  }

  /// Tells something on stderr that is not the answer; not under `--quiet` or `--json`, where
  /// stderr holds at most one problem object. Failures to write are dropped.
  package func note(_ text: LocalizedText) {
    guard presentsNotes else { return }
    do throws(Problem) {
      try output.flush()
      try host.diagnostics.line(DisplayWidth.visible(text[language]))
      try host.diagnostics.flush()
    } catch {
      // A closed stdout shows at the next write of the answer; a closed stderr matters to nobody.
    }
  }

  /// Progress on stderr, as bar, lines or nothing. Call `finish` at the end; if the work throws,
  /// call `abandon` first.
  package func progress(
    _ title: LocalizedText, unit: LocalizedText, total: UInt64?, initial: UInt64 = 0
  ) -> Progress {
    let presentation: Progress.Presentation =
      !presentsNotes ? .silent : host.diagnostics.terminal.kind == .terminal ? .bar : .lines
    return Progress(
      title, unit: unit, total: total, initial: initial, presentation, language, host.diagnostics,
      host.monotonicClock)
  }

  private var presentsNotes: Bool {
    format == .text && !invocation[StandardOptions.quiet]
  }

  /// The problem of a command line that parses but makes no sense, such as two options that
  /// exclude each other: exit status 64, with the usage line.
  package func misuse(_ what: LocalizedText) -> Problem {
    Problem(
      .usage, .usage, what: what,
      presentation: .misuse(HelpText(table, invocation.path).usageHint(for: nil)))
  }
}
