import Glibc

/// What one output stream leads to: a person's terminal, or a file or pipe that is read later.
package struct Terminal: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A terminal on which lines may be redrawn.
    case terminal
    /// A terminal that only prints (`TERM=dumb`).
    case dumbTerminal
    case fileOrPipe
  }

  package enum ColourPolicy: Hashable, Sendable {
    case never
    case sixteenColours
  }

  /// The width assumed where nobody says: that of help texts in a pipe.
  package static let defaultColumnCount = 80
  private static let columnCounts = 20...1000

  package let kind: Kind
  package let columnCount: Int
  package let colours: ColourPolicy

  package init(kind: Kind, columnCount: Int = defaultColumnCount, colours: ColourPolicy = .never) {
    self.kind = kind
    self.columnCount = columnCount
    self.colours = colours
  }

  package static let file = Terminal(kind: .fileOrPipe)

  package var isPerson: Bool { kind != .fileOrPipe }

  /// Looks at `descriptor` and at COLUMNS, TERM and NO_COLOR (https://no-color.org: any value
  /// that is not empty forbids colour).
  package static func detect(descriptor: Int32, environment: ProcessEnvironment) -> Terminal {
    let isTerminal = isatty(descriptor) == 1
    return decide(
      windowColumnCount: isTerminal ? windowColumnCount(descriptor) : nil,
      isTerminal ? .terminal : .fileOrPipe, environment)
  }

  /// The pure half of `detect`: `kind` is what `isatty` says.
  package static func decide(
    windowColumnCount: Int?, _ kind: Kind, _ environment: ProcessEnvironment
  ) -> Terminal {
    let isDumb = environment["TERM"].map { $0 == "dumb" || $0.isEmpty } ?? true
    let kind: Kind = kind == .terminal && isDumb ? .dumbTerminal : kind
    let forbidsColour = !(environment["NO_COLOR"] ?? "").isEmpty
    let declared = environment["COLUMNS"].flatMap { Int($0) }
    let columnCount = [declared, windowColumnCount].compactMap { $0 }
      .first { columnCounts.contains($0) }
    return Terminal(
      kind: kind, columnCount: columnCount ?? defaultColumnCount,
      colours: kind == .terminal && !forbidsColour ? .sixteenColours : .never)
  }

  private static func windowColumnCount(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
    return Int(size.ws_col)
  }
}

/// How a word is set off on a terminal. Nothing is said by colour alone.
package enum TextStyle: String, CaseIterable, Sendable {
  case bold = "1"
  case red = "1;31"
  case green = "32"
  case yellow = "33"
}

extension Terminal {
  /// `text` in `style`, or as it is where colours are not wanted.
  package func styled(_ text: String, _ style: TextStyle) -> String {
    switch colours {
    case .never: text
    case .sixteenColours: "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
  }
}
