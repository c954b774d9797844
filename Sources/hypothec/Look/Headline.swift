import CommandInterface
import Documents
import Ledger

/// The first line of an answer: what it is about on the left, how fresh it is on the right.
enum Headline {
  /// On narrower terminals, and where both do not fit, the right part goes to a line of its own.
  private static let columnCount = 80

  static func text(_ left: String, _ asOf: AsOf, _ context: CommandContext) -> String {
    let left = DisplayWidth.visible(left)
    let right = asOf.text[context.language]
    let width = min(columnCount, context.output.terminal.columnCount)
    let gap = width - DisplayWidth.columns(of: left) - DisplayWidth.columns(of: right)
    let bold = context.output.terminal.styled(left, .bold)
    guard gap >= 2 else { return "\(bold)\n \(right)" }
    return bold + String(repeating: " ", count: gap) + right
  }
}

/// Rows of a label and a value, indented by one space; values that hang over go on below their
/// beginning.
struct FactList {
  private var rows: [(label: String, value: String)] = []

  mutating func append(_ label: String, _ value: String) {
    rows.append((label, value))
  }

  mutating func append(_ label: String, _ value: String?) {
    if let value { append(label, value) }
  }

  /// Broken after commas where that is enough, so that names and amounts stay whole.
  private static func wrapped(_ text: String, to limit: Int) -> [String] {
    var lines = [""]
    for clause in clauses(of: text) {
      let line = lines[lines.count - 1]
      if line.isEmpty || DisplayWidth.columns(of: (line + clause).trimmedRight) <= limit {
        lines[lines.count - 1] = line + clause
      } else {
        lines.append(clause)
      }
    }
    return lines.flatMap { DisplayWidth.wrap($0.trimmedRight, to: limit) }
  }

  /// `a, b, c` as `a, `, `b, `, `c`.
  private static func clauses(of text: String) -> [String] {
    var clauses = [""]
    var previous: Character?
    for character in text {
      clauses[clauses.count - 1].append(character)
      if character == "，" || (character == " " && previous == ",") { clauses.append("") }
      previous = character
    }
    return clauses.filter { !$0.isEmpty }
  }

  func lines(_ context: CommandContext) -> [String] {
    let width = rows.map { DisplayWidth.columns(of: $0.label) }.max() ?? 0
    let limit = max(40, min(100, context.output.terminal.columnCount)) - width - 3
    return rows.flatMap { row in
      let parts = Self.wrapped(DisplayWidth.visible(row.value), to: limit)
      return parts.enumerated().map { index, part in
        " \(DisplayWidth.pad(index == 0 ? row.label : "", to: width))  \(part)"
      }
    }
  }
}

extension CommandContext {
  /// `2026-09-20 09:31 +08:00 (height 45,877)`.
  func text(_ time: Timestamp, _ height: Height) -> String {
    say("\(local(time)) (\(text(height)))", "\(local(time))（\(text(height))）")
  }

  /// A table's lines, each after one space.
  func indented(_ table: Table) -> [String] {
    switch tableLimit {
    case .unlimited: table.lines().map { " \($0)" }
    case .columns(let count): table.lines(.columns(count - 1)).map { " \($0)" }
    }
  }

  /// How the rows of a table show these times: without their offset if all have the same, which is
  /// then said once, by the second value.
  func rowStyle(_ times: [Timestamp]) -> (style: WallTime.LocalStyle, remark: String) {
    let offsets = Set(times.map { local($0).suffix(6) })
    guard let offset = offsets.first, offsets.count == 1 else { return (.minutesWithOffset, "") }
    return (.minutes, say(" Times \(offset).", "时区\(offset)。"))
  }

  /// The last lines of an answer, wrapped for a person's terminal.
  func closing(_ sentences: String) -> String {
    guard output.terminal.isPerson else { return sentences }
    return DisplayWidth.wrap(sentences, to: output.terminal.columnCount).joined(separator: "\n")
  }

  /// The text in the user's language.
  func say(_ english: String, _ chinese: String) -> String {
    LocalizedText(english: english, chinese: chinese)[language]
  }
}
