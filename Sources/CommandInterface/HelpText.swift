/// The help text of one command, in the layout of swift-argument-parser: OVERVIEW, USAGE,
/// ARGUMENTS, OPTIONS, SUBCOMMANDS, with descriptions from column 26.
package struct HelpText {
  static let descriptionColumn = 26
  private static let longestUsageOptionCount = 12

  let table: CommandTable
  let path: [Command]

  /// Precondition: `path` leads from the table's root to a command.
  package init(_ table: CommandTable, _ path: [Command]) {
    precondition(!path.isEmpty, "a help text is of a command")
    self.table = table
    self.path = path
  }

  private var command: Command { path[path.count - 1] }

  /// The text, wrapped to `columnCount`, with a line feed at its end.
  package func text(_ language: Language, columnCount: Int) -> String {
    let layout = HelpLayout(language, columnCount)
    var blocks = [layout.paragraph(HelpWords.overview, command.overview)]
    if let discussion = command.discussion { blocks.append(layout.paragraph(discussion)) }
    blocks.append(layout.usage(usageParts))
    blocks.append(layout.section(HelpWords.arguments, command.arguments.map { HelpRow($0) }))
    blocks.append(layout.section(HelpWords.options, command.options.map { HelpRow($0) }))
    blocks.append(layout.section(HelpWords.globalOptions, table.globalOptions.map { HelpRow($0) }))
    blocks += subcommandSections.map { layout.section($0.title, $0.rows) }
    blocks.append(layout.examples(command.examples))
    if path.count == 1 && !table.topics.isEmpty {
      blocks.append(layout.section(HelpWords.topics, topicRows))
    }
    if !command.subcommands.isEmpty { blocks.append(layout.paragraph(seeAlso)) }
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var topicRows: [HelpRow] {
    table.topics.map { HelpRow($0.name, $0.title) }
  }

  private var seeAlso: LocalizedText {
    let line = (["\(table.root.name) help"] + path.dropFirst().map(\.name)).joined(separator: " ")
    return LocalizedText(
      english: "  See '\(line) <subcommand>' for detailed help.",
      chinese: "  详细帮助请运行 '\(line) <子命令>'。")
  }

  /// Subcommands under their headings, both in the order of the table.
  var subcommandSections: [(title: LocalizedText, rows: [HelpRow])] {
    var sections: [(title: LocalizedText, rows: [HelpRow])] = []
    for subcommand in command.subcommands {
      let title = subcommand.section.map(HelpWords.subcommands(of:)) ?? HelpWords.subcommands
      let row = HelpRow(subcommand.name, subcommand.overview)
      if let index = sections.firstIndex(where: { $0.title == title }) {
        sections[index].rows.append(row)
      } else {
        sections.append((title, [row]))
      }
    }
    return sections
  }

  /// `hypothec vehicle show [--at <height>] <vin> ...`.
  package var usage: String { usageParts.joined(separator: " ") }

  private var usageParts: [String] {
    let parameters: [String] =
      command.subcommands.isEmpty
      ? usageOptions + command.arguments.map(\.usage) : ["<subcommand>"]
    return [path.commandLine] + parameters
  }

  private var usageOptions: [String] {
    let required = command.options.filter { $0.presence == .required }.map(\.label)
    let others = command.options.filter { $0.presence != .required }
    if others.count > Self.longestUsageOptionCount { return ["[<options>]"] + required }
    return command.options.map { option in
      switch option.presence {
      case .required: option.label
      case .repeated: "[\(option.label) ...]"
      case .flag, .optional, .defaulted: "[\(option.label)]"
      }
    }
  }

  /// What belongs under an error about the parameter with this label, if it is about one.
  func usageHint(for label: String?) -> UsageHint {
    let rows =
      command.arguments.map { ($0.label, HelpRow($0)) }
      + table.options(of: path).map { ($0.label, HelpRow($0)) }
    let row = rows.first { $0.0 == label }?.1
    return UsageHint(
      help: row.map { LocalizedText(verbatim: "\($0.label)  ") + $0.description },
      usage: usage, helpCommand: path.commandLine + " --help")
  }
}

/// A label and what it means.
struct HelpRow {
  let label: String
  let description: LocalizedText

  init(_ label: String, _ description: LocalizedText) {
    self.label = label
    self.description = description
  }

  init(_ argument: ArgumentDeclaration) {
    self.init(argument.label, argument.help + Self.remarks(argument.completion, nil))
  }

  init(_ option: OptionDeclaration) {
    label = (option.short.map { "-\($0), " } ?? "") + option.label
    switch option.presence {
    case .defaulted(let text):
      description = option.help + Self.remarks(option.completion, text)
    case .repeated:
      let repeatable = LocalizedText(english: " May be repeated.", chinese: "可重复。")
      description = option.help + repeatable + Self.remarks(option.completion, nil)
    case .flag, .optional, .required:
      description = option.help + Self.remarks(option.completion, nil)
    }
  }

  /// ` (values: en, zh; default: en)`.
  private static func remarks(_ completion: ValueCompletion, _ standard: String?) -> LocalizedText {
    var remarks: [LocalizedText] = []
    if case .words(let words) = completion {
      let list = words.joined(separator: ", ")
      remarks.append(LocalizedText(english: "values: \(list)", chinese: "可选值：\(list)"))
    }
    if let standard {
      remarks.append(LocalizedText(english: "default: \(standard)", chinese: "默认：\(standard)"))
    }
    guard !remarks.isEmpty else { return LocalizedText(verbatim: "") }
    return LocalizedText(
      english: " (\(remarks.map(\.english).joined(separator: "; ")))",
      chinese: "（\(remarks.map(\.chinese).joined(separator: "；"))）")
  }
}
