/// Columns that text takes on a terminal.
///
/// A character (grapheme cluster) takes as many columns as its widest scalar: two if that is
/// East Asian Wide or Fullwidth or shown as an emoji, none if it only combines with others or
/// controls. Ambiguous characters take one column, as outside East Asian legacy encodings.
package enum DisplayWidth {
  package static func columns(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    return text.reduce(0) { $0 + columns(of: $1) }
  }

  package static func columns(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    if scalars.contains("\u{FE0F}") && scalars.count > 1 { return 2 }
    if scalars.count == 2 && scalars.allSatisfy({ (0x1F1E6...0x1F1FF).contains($0.value) }) {
      return 2
    }
    return scalars.reduce(0) { max($0, columns(of: $1)) }
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    if scalar.value >= 0x20 && scalar.value < 0x7F { return 1 }
    if scalar == "\u{AD}" { return 1 }
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return WideCharacters.contains(scalar) ? 2 : 1
    }
  }

  package enum Alignment: Sendable {
    case left
    case right
  }

  /// `text` filled with spaces to `columnCount`; longer text stays as it is.
  package static func pad(
    _ text: String, to columnCount: Int, _ alignment: Alignment = .left
  ) -> String {
    let fill = String(repeating: " ", count: max(0, columnCount - columns(of: text)))
    switch alignment {
    case .left: return text + fill
    case .right: return fill + text
    }
  }

  /// `text` cut to at most `columnCount` columns, with `…` where something was cut off.
  package static func truncate(_ text: String, to columnCount: Int) -> String {
    if columns(of: text) <= columnCount { return text }
    guard columnCount > 0 else { return "" }
    var kept = ""
    var width = 0
    for character in text {
      width += columns(of: character)
      if width > columnCount - 1 { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// Lines of at most `columnCount` columns, broken at spaces and between East Asian characters,
  /// never before a closing mark. A longer word stays whole. Line feeds in `text` are kept.
  package static func wrap(_ text: String, to columnCount: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { wrapParagraph($0, to: columnCount) }
  }

  private static func wrapParagraph(_ text: Substring, to columnCount: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var width = 0
    for piece in pieces(of: text) {
      let pieceWidth = columns(of: piece)
      if width + pieceWidth > columnCount && width > 0 && piece != " " {
        lines.append(trimmed(line))
        (line, width) = ("", 0)
      }
      // A space that falls on a line break disappears; leading indentation stays.
      if piece == " " && line.isEmpty && !lines.isEmpty { continue }
      line += piece
      width += pieceWidth
    }
    lines.append(trimmed(line))
    return lines
  }

  /// Spaces, words, and single East Asian characters with the closing marks that follow them.
  private static func pieces(of text: Substring) -> [String] {
    var pieces: [String] = []
    var isOpen = false
    for character in text {
      let isWide = columns(of: character) == 2
      if closingMarks.contains(character), let last = pieces.last, last != " " {
        pieces[pieces.count - 1] = last + String(character)
        isOpen = isOpen && !isWide
      } else if character == " " || isWide || !isOpen {
        pieces.append(String(character))
        isOpen = character != " " && !isWide
      } else {
        pieces[pieces.count - 1].append(character)
      }
    }
    return pieces
  }

  /// ASCII marks, and the ideographic, full-width and curly ones.
  private static let closingMarks: Set<Character> = [
    ".", ",", ":", ";", "!", "?", ")", "]", "\u{3001}", "\u{3002}", "\u{FF0C}", "\u{FF1A}",
    "\u{FF1B}", "\u{FF01}", "\u{FF1F}", "\u{FF09}", "\u{300B}", "\u{300D}", "\u{300F}",
    "\u{3011}", "\u{2019}", "\u{201D}",
  ]

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  /// `text` with every control character made visible (`\u{1b}`): what others wrote must not
  /// steer the terminal. Line feeds are such characters as well.
  package static func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if isSteering(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Control characters and the marks that reorder bidirectional text (Unicode TR 36 section 3).
  private static func isSteering(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
