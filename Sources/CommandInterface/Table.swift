/// Rows under aligned columns, two spaces apart, without trailing spaces.
package struct Table: Sendable {
  package struct Column: Sendable {
    package let title: String
    package let alignment: DisplayWidth.Alignment

    package init(_ title: String = "", _ alignment: DisplayWidth.Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  package enum Limit: Sendable {
    case unlimited
    /// Cuts the widest columns until a row fits: for terminals only, since it loses text.
    case columns(Int)
  }

  private static let gapColumnCount = 2
  private static let narrowestColumnCount = 8

  package let columns: [Column]
  package private(set) var rows: [[String]] = []

  package init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Appends a row; control characters in the cells are made visible.
  /// Precondition: one cell a column.
  package mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has one cell a column")
    rows.append(cells.map(DisplayWidth.visible))
  }

  /// The lines: titles, unless all are empty, and rows.
  package func lines(_ limit: Limit = .unlimited) -> [String] {
    let hasTitles = columns.contains { !$0.title.isEmpty }
    let all = (hasTitles ? [columns.map(\.title)] : []) + rows
    let widths = fitted(naturalWidths(of: all), limit)
    return all.map { line($0, widths) }
  }

  private func naturalWidths(of rows: [[String]]) -> [Int] {
    columns.indices.map { index in
      rows.map { DisplayWidth.columns(of: $0[index]) }.max() ?? 0
    }
  }

  private func fitted(_ natural: [Int], _ limit: Limit) -> [Int] {
    guard case .columns(let columnCount) = limit else { return natural }
    var widths = natural
    let available = columnCount - Self.gapColumnCount * max(0, columns.count - 1)
    while widths.reduce(0, +) > available {
      guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > Self.narrowestColumnCount
      else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let shown = DisplayWidth.truncate(cell, to: widths[index])
      line += DisplayWidth.pad(shown, to: widths[index], columns[index].alignment)
      line += String(repeating: " ", count: Self.gapColumnCount)
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
