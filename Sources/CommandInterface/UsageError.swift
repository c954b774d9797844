/// Why a command line means nothing. Every case is a *rejection*: a person typed it.
package enum UsageError: Error, Hashable, Sendable {
  case unknownSubcommand(String, suggestion: String?)
  /// A noun without its verb.
  case missingSubcommand
  case unknownOption(String, suggestion: String?)
  case unexpectedArgument(String)
  /// A parameter that must be given, by its label.
  case missingArgument(String)
  /// The option, by its label, ends the line or is followed by another option.
  case missingValue(String)
  /// A flag was given a value with `=`.
  case unexpectedValue(flag: String)
  /// The option is not a repeated one.
  case repeatedOption(String)
  case invalidValue(parameter: String, message: LocalizedText)

  package var message: LocalizedText {
    switch self {
    case .unknownSubcommand(let name, let suggestion):
      LocalizedText(english: "Unknown subcommand '\(name)'.", chinese: "未知子命令 '\(name)'。")
        + Self.didYouMean(suggestion)
    case .missingSubcommand:
      LocalizedText(english: "Missing expected subcommand.", chinese: "缺少子命令。")
    case .unknownOption(let name, let suggestion):
      LocalizedText(english: "Unknown option '\(name)'.", chinese: "未知选项 '\(name)'。")
        + Self.didYouMean(suggestion)
    case .unexpectedArgument(let text):
      LocalizedText(english: "Unexpected argument '\(text)'.", chinese: "多余的参数 '\(text)'。")
    case .missingArgument(let label):
      LocalizedText(english: "Missing expected argument '\(label)'.", chinese: "缺少参数 '\(label)'。")
    case .missingValue(let label):
      LocalizedText(english: "Missing value for '\(label)'.", chinese: "'\(label)' 缺少值。")
    case .unexpectedValue(let flag):
      LocalizedText(english: "'\(flag)' takes no value.", chinese: "'\(flag)' 不接受值。")
    case .repeatedOption(let name):
      LocalizedText(english: "'\(name)' is given more than once.", chinese: "'\(name)' 重复给出。")
    case .invalidValue(let parameter, let message):
      LocalizedText(
        english: "Invalid value for '\(parameter)': \(message.english).",
        chinese: "'\(parameter)' 的值无效：\(message.chinese)。")
    }
  }

  private static func didYouMean(_ suggestion: String?) -> LocalizedText {
    guard let suggestion else { return LocalizedText(verbatim: "") }
    return LocalizedText(
      english: " Did you mean '\(suggestion)'?", chinese: "您是否想输入 '\(suggestion)'?")
  }

  /// The label of the parameter whose help row belongs under the error.
  var parameterLabel: String? {
    switch self {
    case .missingArgument(let label), .missingValue(let label): label
    case .invalidValue(let label, _): label
    case .unknownSubcommand, .missingSubcommand, .unknownOption, .unexpectedArgument,
      .unexpectedValue, .repeatedOption:
      nil
    }
  }
}
