/// The commands that need nothing but the table itself.
enum FrameCommands {
  static let all = [explain, completion, manual, help]

  private static let section = LocalizedText(english: "Help", chinese: "帮助")

  // MARK: explain

  private static let code = Argument.optional(
    "code", .text,
    LocalizedText(
      english: "The code that an error shows. Without it, all codes are listed.",
      chinese: "错误信息中的代码。省略时列出所有代码。"))

  private static let explain = Command(
    "explain",
    LocalizedText(english: "Explain the code of an error.", chinese: "解释错误代码。"),
    section: section, arguments: [code]
  ) { context throws(Problem) in
    guard let typed = context[code] else { return try listCodes(context) }
    let name = typed.uppercased()
    guard let found = context.table.explanations.first(where: { $0.code.text == name }) else {
      throw codeUnknown(typed, context.table)
    }
    try context.answer {
      JSONDocument(
        JSONSchema("explanation"),
        [
          "code": .string(found.code.text), "title": .string(found.code.title),
          "text": .string(found.text.english),
        ])
    } text: {
      let lines = DisplayWidth.wrap(
        found.text[context.language], to: context.output.terminal.columnCount)
      return "\(found.code.text)\n\n" + lines.joined(separator: "\n")
    }
    return .success
  }

  private static func listCodes(_ context: CommandContext) throws(Problem) -> ExitCode {
    let codes = context.table.explanations.map(\.code.text)
    try context.answer {
      JSONDocument(JSONSchema("explanations"), ["codes": .array(codes.map { .string($0) })])
    } text: {
      codes.joined(separator: "\n")
    }
    return .success
  }

  private static func codeUnknown(_ typed: String, _ table: CommandTable) -> Problem {
    let codes = table.explanations.map(\.code.text)
    let nearest = Suggestion.nearest(to: typed.uppercased(), in: codes)
    return Problem(
      .codeUnknown, .notFound,
      what: LocalizedText(
        english: "there is no code '\(typed)'.", chinese: "没有代码 '\(typed)'。"),
      next: nearest.map {
        LocalizedText(english: "did you mean \($0)?", chinese: "您是否想输入 \($0)?")
      }
        ?? LocalizedText(
          english: "list all codes with: \(table.root.name) explain",
          chinese: "列出所有代码：\(table.root.name) explain"))
  }

  // MARK: completion, manual

  private static let shell = Argument.required(
    "shell", .choice(of: Shell.self, "shell"),
    LocalizedText(english: "The shell to complete in.", chinese: "所用的 shell。"))

  private static let completion = Command(
    "completion",
    LocalizedText(english: "Print a completion script.", chinese: "输出命令补全脚本。"),
    section: section, arguments: [shell]
  ) { context throws(Problem) in
    let shell = context[shell]
    let script = ShellCompletion(context.table, context.language).script(shell)
    try context.answer {
      JSONDocument(
        JSONSchema("completion"), ["shell": .string(shell.rawValue), "script": .string(script)])
    } text: {
      script
    }
    return .success
  }

  private static let manual = Command(
    "manual",
    LocalizedText(
      english: "Print the manual page, for 'man -l -'.", chinese: "输出手册页，可用 'man -l -' 阅读。"),
    section: section
  ) { context throws(Problem) in
    let page = ManualPage(context.table, context.language).text
    try context.answer {
      JSONDocument(JSONSchema("manual"), ["page": .string(page)])
    } text: {
      page
    }
    return .success
  }

  // MARK: help

  private static let topic = Argument.anyNumber(
    "topic", .text,
    LocalizedText(
      english: "A command such as 'vehicle show', or a help topic.",
      chinese: "命令（如 'vehicle show'）或帮助主题。"))

  private static let help = Command(
    "help",
    LocalizedText(
      english: "Show help about a command or a topic.", chinese: "显示命令或主题的帮助。"),
    section: section, arguments: [topic]
  ) { context throws(Problem) in
    let words = context[topic]
    if let path = path(words, context.table) {
      let help = HelpText(context.table, path)
      try context.answer {
        help.document
      } text: {
        help.text(context.language, columnCount: context.output.terminal.columnCount)
      }
    } else if let topic = context.table.topics.first(where: { [$0.name] == words }) {
      try show(topic, context)
    } else {
      throw topicUnknown(words, context.table)
    }
    return .success
  }

  private static func path(_ words: [String], _ table: CommandTable) -> [Command]? {
    table.paths.first { $0.dropFirst().map(\.name) == words }
  }

  private static func show(
    _ topic: CommandTable.Topic, _ context: CommandContext
  ) throws(Problem) {
    try context.answer {
      JSONDocument(
        JSONSchema("help-topic"),
        [
          "topic": .string(topic.name), "title": .string(topic.title.english),
          "text": .string(topic.text.english),
        ])
    } text: {
      let language = context.language
      let lines = DisplayWidth.wrap(
        topic.text[language], to: context.output.terminal.columnCount)
      return "\(topic.title[language])\n\n" + lines.joined(separator: "\n")
    }
  }

  private static func topicUnknown(_ words: [String], _ table: CommandTable) -> Problem {
    let typed = words.joined(separator: " ")
    let candidates =
      table.paths.map { $0.dropFirst().map(\.name).joined(separator: " ") }
      + table.topics.map(\.name)
    let nearest = Suggestion.nearest(to: typed, in: candidates)
    let name = table.root.name
    return Problem(
      .topicUnknown, .notFound,
      what: LocalizedText(
        english: "there is no command and no help topic '\(typed)'.",
        chinese: "没有名为 '\(typed)' 的命令或帮助主题。"),
      next: nearest.map {
        LocalizedText(english: "did you mean '\($0)'?", chinese: "您是否想输入 '\($0)'?")
      }
        ?? LocalizedText(
          english: "list commands and topics with: \(name) help",
          chinese: "列出命令和主题：\(name) help"))
  }
}
