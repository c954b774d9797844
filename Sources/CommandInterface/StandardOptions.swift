/// The options that every command of every program accepts, because the frame itself obeys them.
package enum StandardOptions {
  package static let json = Flag(
    "json",
    LocalizedText(
      english: "Print one JSON document, or JSON Lines for a stream; errors too, on stderr.",
      chinese: "输出一个 JSON 文档（流式输出为 JSON Lines）；错误也以 JSON 写到标准错误。"))

  package static let quiet = Flag(
    "quiet", short: "q",
    LocalizedText(
      english: "Show no progress and no notes, only the answer and errors.",
      chinese: "不显示进度和提示，只输出结果和错误。"))

  package static let language = Option.optional(
    "lang", .choice(of: Language.self, "language"),
    LocalizedText(
      english: "Speak this language instead of the locale's.", chinese: "使用指定语言，而非系统语言。"))

  package static let version = Flag(
    "version", LocalizedText(english: "Show the version.", chinese: "显示版本。"))

  package static let help = Flag(
    "help", short: "h",
    LocalizedText(english: "Show help information.", chinese: "显示帮助信息。"))

  static let all: [any OptionDeclaring] = [json, quiet, language, version, help]
}
