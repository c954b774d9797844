/// The languages that people are answered in. Codes, JSON and logs are never translated.
package enum Language: String, CaseIterable, Sendable {
  case english = "en"
  case chinese = "zh"

  /// The language of the environment: the first of LC_ALL, LC_MESSAGES and LANG that is set and
  /// not empty decides (POSIX.1 section 8.2); whatever is not Chinese is English.
  package init(environment: ProcessEnvironment) {
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      guard let locale = environment[name], !locale.isEmpty else { continue }
      self = locale.lowercased().hasPrefix("zh") ? .chinese : .english
      return
    }
    self = .english
  }
}

/// A text for people, in every language that hypothec speaks.
package struct LocalizedText: Hashable, Sendable {
  package let english: String
  package let chinese: String

  package init(english: String, chinese: String) {
    self.english = english
    self.chinese = chinese
  }

  /// The same text in every language: a name, a number, a command.
  package init(verbatim text: String) {
    self.init(english: text, chinese: text)
  }

  package subscript(language: Language) -> String {
    switch language {
    case .english: english
    case .chinese: chinese
    }
  }

  package static func + (left: LocalizedText, right: LocalizedText) -> LocalizedText {
    LocalizedText(english: left.english + right.english, chinese: left.chinese + right.chinese)
  }
}
