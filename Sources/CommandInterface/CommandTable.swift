/// The whole command line of one program: its tree of commands, what every command accepts,
/// topics of `help`, and the problems that `explain` knows.
package struct CommandTable: Sendable {
  /// A page of `help TOPIC` that is not a command.
  package struct Topic: Sendable {
    package let name: String
    package let title: LocalizedText
    package let text: LocalizedText

    package init(_ name: String, title: LocalizedText, text: LocalizedText) {
      self.name = name
      self.title = title
      self.text = text
    }
  }

  /// The long text of `explain CODE`.
  package struct Explanation: Sendable {
    package let code: ProblemCode
    package let text: LocalizedText

    package init(_ code: ProblemCode, _ text: LocalizedText) {
      self.code = code
      self.text = text
    }
  }

  /// The program itself, with the frame's own commands at its end.
  package let root: Command
  /// `0.1.0`.
  package let version: String
  /// Accepted by every command, anywhere on the line: the frame's, then the owner's.
  package let globalOptions: [OptionDeclaration]
  package let topics: [Topic]
  package let explanations: [Explanation]

  /// Adds `explain`, `completion`, `manual` and `help` to the commands, the options of
  /// `StandardOptions` to the global options, and the topic `exit-codes`.
  /// Precondition: `checkInvariants()` holds.
  package init(
    name: String, version: String, _ overview: LocalizedText, discussion: LocalizedText? = nil,
    globalOptions: [any OptionDeclaring] = [], topics: [Topic] = [],
    explanations: [Explanation] = [], examples: [Command.Example] = [], commands: [Command]
  ) {
    root = Command(
      name, overview, discussion: discussion, examples: examples,
      subcommands: commands + FrameCommands.all)
    self.version = version
    self.globalOptions = (StandardOptions.all + globalOptions).map(\.declaration)
    self.topics = topics + [FrameCommands.exitCodesTopic]
    self.explanations = (explanations + FrameCommands.explanations).sorted { $0.code < $1.code }
    checkInvariants()
  }

  /// Every command with the path from the root to it, parents before children.
  package var paths: [[Command]] {
    Self.paths(below: [root])
  }

  private static func paths(below path: [Command]) -> [[Command]] {
    guard let command = path.last else { return [] }
    return [path] + command.subcommands.flatMap { paths(below: path + [$0]) }
  }

  /// The options that the last command of `path` accepts: its own, then the global ones.
  package func options(of path: [Command]) -> [OptionDeclaration] {
    (path.last?.options ?? []) + globalOptions
  }
}

extension [Command] {
  /// `hypothec vehicle show`.
  var commandLine: String { map(\.name).joined(separator: " ") }
}

extension CommandTable {
  /// Traps if the table contradicts itself: that is a mistake in the program, found by any run.
  package func checkInvariants() {
    for path in paths {
      guard let command = path.last else { continue }
      precondition(Self.isName(command.name), "a command's name is letters, digits and dashes")
      Self.checkDistinct(command.subcommands.map(\.name), "a subcommand's name is used once")
      checkOptions(options(of: path))
      checkArguments(command.arguments)
    }
    Self.checkDistinct(topics.map(\.name), "a topic's name is used once")
    Self.checkDistinct(explanations.map(\.code.text), "a problem is explained once")
  }

  private func checkOptions(_ options: [OptionDeclaration]) {
    Self.checkDistinct(options.map(\.name), "an option's name is used once")
    Self.checkDistinct(
      options.compactMap { $0.short.map(String.init) }, "a short option is used once")
    for option in options {
      precondition(Self.isName(option.name), "an option's name is letters, digits and dashes")
      if case .defaulted(let text) = option.presence {
        precondition(Self.accepts(option, text), "an option's default is one of its values")
      }
    }
  }

  private func checkArguments(_ arguments: [ArgumentDeclaration]) {
    Self.checkDistinct(arguments.map(\.name), "an argument's name is used once")
    precondition(
      arguments.dropLast().allSatisfy { !$0.isVariadic }, "only the last argument is variadic")
    let firstOptional = arguments.firstIndex { !$0.isRequired } ?? arguments.endIndex
    precondition(
      arguments[firstOptional...].allSatisfy { !$0.isRequired },
      "required arguments come before optional ones")
  }

  private static func accepts(_ option: OptionDeclaration, _ text: String) -> Bool {
    do throws(InvalidValue) {
      try option.check(text)
      return true
    } catch {
      return false
    }
  }

  private static func checkDistinct(_ names: [String], _ invariant: String) {
    precondition(Set(names).count == names.count, invariant)
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("-")
      && text.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
      }
  }
}
