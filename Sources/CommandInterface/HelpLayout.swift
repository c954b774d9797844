/// The headings of help texts.
enum HelpWords {
  static let overview = LocalizedText(english: "OVERVIEW: ", chinese: "概述：")
  static let usage = LocalizedText(english: "USAGE: ", chinese: "用法：")
  static let arguments = LocalizedText(english: "ARGUMENTS:", chinese: "参数：")
  static let options = LocalizedText(english: "OPTIONS:", chinese: "选项：")
  static let globalOptions = LocalizedText(english: "GLOBAL OPTIONS:", chinese: "全局选项：")
  static let subcommands = LocalizedText(english: "SUBCOMMANDS:", chinese: "子命令：")
  static let examples = LocalizedText(english: "EXAMPLES:", chinese: "示例：")
  static let topics = LocalizedText(english: "HELP TOPICS:", chinese: "帮助主题：")

  /// `LOOK SUBCOMMANDS:`.
  static func subcommands(of section: LocalizedText) -> LocalizedText {
    LocalizedText(
      english: "\(section.english.uppercased()) SUBCOMMANDS:", chinese: "\(section.chinese)子命令：")
  }
}

/// Sets paragraphs and rows within a width. A block has no line feed at its end.
struct HelpLayout {
  private let language: Language
  private let columnCount: Int

  init(_ language: Language, _ columnCount: Int) {
    self.language = language
    self.columnCount = max(columnCount, HelpText.descriptionColumn + 14)
  }

  func paragraph(_ parts: LocalizedText...) -> String {
    let text = parts.map { $0[language] }.joined()
    return DisplayWidth.wrap(text, to: columnCount).joined(separator: "\n")
  }

  /// The usage line, broken between its parts if it is too long.
  func usage(_ parts: [String]) -> String {
    var lines = [HelpWords.usage[language]]
    for (index, part) in parts.enumerated() {
      let last = lines.count - 1
      let candidate = lines[last] + (index == 0 ? "" : " ") + part
      if DisplayWidth.columns(of: candidate) <= columnCount || index == 0 {
        lines[last] = candidate
      } else {
        lines.append("         " + part)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// A heading with rows, or nothing if there are no rows.
  func section(_ title: LocalizedText, _ rows: [HelpRow]) -> String {
    guard !rows.isEmpty else { return "" }
    return ([title[language]] + rows.flatMap(lines)).joined(separator: "\n")
  }

  private func lines(_ row: HelpRow) -> [String] {
    let column = HelpText.descriptionColumn
    let margin = String(repeating: " ", count: column)
    let description = DisplayWidth.wrap(row.description[language], to: columnCount - column)
    let label = "  " + row.label
    if DisplayWidth.columns(of: label) < column {
      let first = DisplayWidth.pad(label, to: column) + description[0]
      return [first] + description.dropFirst().map { margin + $0 }
    }
    return [label] + description.map { margin + $0 }
  }

  func examples(_ examples: [Command.Example]) -> String {
    guard !examples.isEmpty else { return "" }
    let lines = examples.flatMap { example in
      DisplayWidth.wrap(example.explanation[language], to: columnCount - 4).map { "    " + $0 }
        + ["      $ " + example.line]
    }
    return ([HelpWords.examples[language]] + lines).joined(separator: "\n")
  }
}
