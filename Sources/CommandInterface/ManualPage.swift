/// The manual page in the macros of man(7), for `man -l` and for packages.
package struct ManualPage {
  private let table: CommandTable
  private let language: Language

  package init(_ table: CommandTable, _ language: Language) {
    self.table = table
    self.language = language
  }

  package var text: String {
    let name = table.root.name
    var lines = [
      ".TH \(name.uppercased()) 1 \"\" \"\(name) \(table.version)\" \"User Commands\"",
      ".SH NAME", "\(name) \\- \(Self.escaped(table.root.overview[language]))",
      ".SH SYNOPSIS", "\\fB\(name)\\fR \\fIsubcommand\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]",
    ]
    if let discussion = table.root.discussion {
      lines += [".SH DESCRIPTION"] + paragraphs(discussion)
    }
    lines += section("GLOBAL OPTIONS", table.globalOptions.map { HelpRow($0) })
    lines += [".SH COMMANDS"] + table.paths.dropFirst().flatMap(command)
    lines += [".SH EXAMPLES"] + examples(table.paths.flatMap { $0.last?.examples ?? [] })
    for topic in table.topics {
      lines += [".SH \(Self.escaped(topic.name.uppercased()))"]
      lines += [Self.escaped(topic.title[language]), ".PP"] + literal(topic.text)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func command(_ path: [Command]) -> [String] {
    guard let command = path.last else { return [] }
    var lines = [".SS \(Self.escaped(path.commandLine))"]
    lines += paragraphs(command.overview)
    lines += [".PP", "\\fB\(Self.escaped(HelpText(table, path).usage))\\fR"]
    if let discussion = command.discussion { lines += [".PP"] + paragraphs(discussion) }
    lines += command.arguments.flatMap { row(HelpRow($0)) }
    lines += command.options.flatMap { row(HelpRow($0)) }
    return lines
  }

  private func section(_ title: String, _ rows: [HelpRow]) -> [String] {
    [".SH \(title)"] + rows.flatMap(row)
  }

  private func row(_ row: HelpRow) -> [String] {
    [".TP", "\\fB\(Self.escaped(row.label))\\fR", Self.escaped(row.description[language])]
  }

  private func examples(_ examples: [Command.Example]) -> [String] {
    examples.flatMap { example in
      [
        ".PP", Self.escaped(example.explanation[language]), ".PP", ".RS 4", ".nf",
        Self.escaped(example.line), ".fi", ".RE",
      ]
    }
  }

  private func paragraphs(_ text: LocalizedText) -> [String] {
    let parts = text[language].split(separator: "\n")
    return Array(parts.map { [Self.escaped(String($0))] }.joined(separator: [".PP"]))
  }

  /// Lines as they are, for topics that hold tables.
  private func literal(_ text: LocalizedText) -> [String] {
    let lines = text[language].split(separator: "\n", omittingEmptySubsequences: false)
    return [".nf"] + lines.map { Self.escaped(String($0)) } + [".fi"]
  }

  /// Plain text for roff: no escapes, real dashes, no control line by accident.
  static func escaped(_ text: String) -> String {
    let body = text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      default: result.append(character)
      }
    }
    return body.hasPrefix(".") || body.hasPrefix("'") ? "\\&" + body : body
  }
}
