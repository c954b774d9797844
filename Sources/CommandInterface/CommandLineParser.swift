/// Reads the words of a command line by the table.
///
/// Options may stand anywhere after their command, global ones anywhere at all, as `--name value`,
/// `--name=value`, `-n value` or `-n=value`. A word after an option that begins with a dash is not
/// its value unless it is `-` or a negative number; `--name=-x` says it plainly. After `--` every
/// word is an argument. `--help` wins over every error.
struct CommandLineParser {
  enum Outcome {
    case run(Invocation, Command.Run)
    case help(path: [Command])
    case version
    case failure(UsageError, path: [Command])
  }

  private let table: CommandTable
  private let words: [String]
  private var index = 0
  private var path: [Command]
  private var texts: [Invocation.Parameter: [String]] = [:]
  private var arguments: [String] = []

  /// - Parameter words: without the program's name.
  static func parse(_ words: [String], _ table: CommandTable) -> Outcome {
    var parser = CommandLineParser(table, words)
    do throws(UsageError) {
      return try parser.parse()
    } catch {
      let asksForHelp = CommandLineGlance(words).contains(StandardOptions.help)
      return asksForHelp ? .help(path: parser.path) : .failure(error, path: parser.path)
    }
  }

  private init(_ table: CommandTable, _ words: [String]) {
    self.table = table
    self.words = words
    path = [table.root]
  }

  private var command: Command { path[path.count - 1] }

  private mutating func parse() throws(UsageError) -> Outcome {
    try readWords()
    if isGiven(StandardOptions.help) { return .help(path: path) }
    if isGiven(StandardOptions.version) { return .version }
    guard case .leaf(let run) = command.body else {
      guard path.count == 1 else { throw .missingSubcommand }
      return .help(path: path)
    }
    try assignArguments()
    try checkOptions()
    return .run(Invocation(path: path, declared: declared, texts: texts), run)
  }

  private func isGiven(_ flag: Flag) -> Bool {
    texts[.option(flag.declaration.name)] != nil
  }

  private var declared: Set<Invocation.Parameter> {
    Set(
      table.options(of: path).map { .option($0.name) }
        + command.arguments.map { .argument($0.name) })
  }

  // MARK: Words

  private mutating func readWords() throws(UsageError) {
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        while index < words.count {
          try readArgument(words[index])
          index += 1
        }
      } else if Self.isOption(word) && !isNegativeArgument(word) {
        try readOption(word)
      } else {
        try readArgument(word)
      }
    }
  }

  /// A word is an option if it begins with a dash and is not the dash alone.
  private static func isOption(_ word: String) -> Bool {
    word.hasPrefix("-") && word != "-"
  }

  private func isNegativeArgument(_ word: String) -> Bool {
    Self.isNegativeNumber(word) && !command.arguments.isEmpty
  }

  /// `-5`, `-0.25`.
  private static func isNegativeNumber(_ word: String) -> Bool {
    let number = word.dropFirst()
    return word.hasPrefix("-") && number.utf8.first.map { (0x30...0x39).contains($0) } ?? false
      && number.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }

  private mutating func readArgument(_ word: String) throws(UsageError) {
    guard case .group(let subcommands) = command.body else {
      arguments.append(word)
      return
    }
    guard let subcommand = subcommands.first(where: { $0.name == word }) else {
      throw .unknownSubcommand(word, suggestion: suggestion(forSubcommand: word))
    }
    path.append(subcommand)
  }

  /// A sibling that is spelled alike, or a command deeper in the tree with this very name.
  private func suggestion(forSubcommand word: String) -> String? {
    let siblings = command.subcommands.map(\.name)
    if let sibling = Suggestion.nearest(to: word, in: siblings) { return sibling }
    let deeper = table.paths.first { $0.count > 1 && $0.last?.name == word }
    return deeper?.commandLine
  }

  private mutating func readOption(_ word: String) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let attached = parts.count > 1 ? String(parts[1]) : nil
    let options = table.options(of: path)
    guard let option = options.first(where: { Self.matches($0, name) }) else {
      let names = options.map(\.flagText)
      throw .unknownOption(name, suggestion: Suggestion.nearest(to: name, in: names))
    }
    let text = try readValue(of: option, attached)
    let parameter = Invocation.Parameter.option(option.name)
    if option.presence == .flag || option.presence == .repeated || texts[parameter] == nil {
      texts[parameter, default: []].append(text)
    } else {
      throw .repeatedOption(option.flagText)
    }
  }

  private static func matches(_ option: OptionDeclaration, _ name: String) -> Bool {
    name == option.flagText || option.short.map { name == "-\($0)" } ?? false
  }

  /// The value as text; a flag's is its own name.
  private mutating func readValue(
    of option: OptionDeclaration, _ attached: String?
  ) throws(UsageError) -> String {
    if option.presence == .flag {
      if attached != nil { throw .unexpectedValue(flag: option.flagText) }
      return option.name
    }
    if let attached { return attached }
    guard index < words.count, !Self.isOption(words[index]) || Self.isNegativeNumber(words[index])
    else { throw .missingValue(option.label) }
    index += 1
    return words[index - 1]
  }

  // MARK: Values

  private mutating func assignArguments() throws(UsageError) {
    var rest = arguments[...]
    for argument in command.arguments {
      let taken = argument.isVariadic ? rest : rest.prefix(1)
      rest = rest.dropFirst(taken.count)
      if taken.isEmpty && argument.isRequired { throw .missingArgument(argument.label) }
      try check(Array(taken), argument.label, argument.check)
      texts[.argument(argument.name)] = Array(taken)
    }
    if let extra = rest.first { throw .unexpectedArgument(extra) }
  }

  private func checkOptions() throws(UsageError) {
    for option in table.options(of: path) where option.presence != .flag {
      let given = texts[.option(option.name)] ?? []
      if given.isEmpty && option.presence == .required { throw .missingArgument(option.label) }
      try check(given, option.label, option.check)
    }
  }

  private func check(
    _ texts: [String], _ label: String, _ check: (String) throws(InvalidValue) -> Void
  ) throws(UsageError) {
    for text in texts {
      do throws(InvalidValue) {
        try check(text)
      } catch {
        throw .invalidValue(parameter: label, message: error.message)
      }
    }
  }
}

/// What can be said of a command line before, and even if, it is understood: the form and the
/// language in which its errors are told.
struct CommandLineGlance {
  private let words: [String]

  init(_ words: [String]) {
    self.words = Array(words.prefix { $0 != "--" })
  }

  func contains(_ flag: Flag) -> Bool {
    words.contains { word in
      word == flag.declaration.flagText || flag.declaration.short.map { word == "-\($0)" } ?? false
    }
  }

  /// The language of `--lang`, if it is there and known.
  var language: Language? {
    let name = StandardOptions.language.declaration.flagText
    for (index, word) in words.enumerated() {
      if word.hasPrefix(name + "=") {
        return Language(rawValue: String(word.dropFirst(name.count + 1)))
      }
      if word == name, index + 1 < words.count { return Language(rawValue: words[index + 1]) }
    }
    return nil
  }
}
