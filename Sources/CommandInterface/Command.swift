/// One entry of the command table.
///
/// The table is a tree of these values, and the only place where the command line is described:
/// parser, help, `help TOPIC`, completions and the manual page are all made from it, so that they
/// cannot disagree. A command either holds subcommands (`vehicle`) or runs (`vehicle show`).
package struct Command: Sendable {
  package typealias Run = @Sendable (CommandContext) throws(Problem) -> ExitCode

  package enum Body: Sendable {
    case group([Command])
    case leaf(Run)
  }

  /// A command line that somebody may copy, and what it does.
  package struct Example: Hashable, Sendable {
    package let line: String
    package let explanation: LocalizedText

    package init(_ line: String, _ explanation: LocalizedText) {
      self.line = line
      self.explanation = explanation
    }
  }

  package let name: String
  /// One sentence with its full stop.
  package let overview: LocalizedText
  /// Paragraphs, parted by line feeds.
  package let discussion: LocalizedText?
  /// The heading under which the parent lists this command: `Look` for LOOK SUBCOMMANDS.
  package let section: LocalizedText?
  package let arguments: [ArgumentDeclaration]
  package let options: [OptionDeclaration]
  package let examples: [Example]
  package let body: Body

  /// A command that runs. `options` holds `Option` and `Flag` values.
  package init(
    _ name: String, _ overview: LocalizedText, discussion: LocalizedText? = nil,
    section: LocalizedText? = nil, arguments: [any ArgumentDeclaring] = [],
    options: [any OptionDeclaring] = [], examples: [Example] = [], run: @escaping Run
  ) {
    self.name = name
    self.overview = overview
    self.discussion = discussion
    self.section = section
    self.arguments = arguments.map(\.declaration)
    self.options = options.map(\.declaration)
    self.examples = examples
    body = .leaf(run)
  }

  /// A noun that holds verbs.
  package init(
    _ name: String, _ overview: LocalizedText, discussion: LocalizedText? = nil,
    section: LocalizedText? = nil, examples: [Example] = [], subcommands: [Command]
  ) {
    self.name = name
    self.overview = overview
    self.discussion = discussion
    self.section = section
    arguments = []
    options = []
    self.examples = examples
    body = .group(subcommands)
  }

  package var subcommands: [Command] {
    switch body {
    case .group(let subcommands): subcommands
    case .leaf: []
    }
  }
}
