extension Problem {
  /// What a person is shown, line by line; nothing for a silent problem.
  package func lines(_ language: Language, _ terminal: Terminal) -> [String] {
    let labels = ProblemLabels(language)
    let error = terminal.styled(labels.error, .red)
    let lead = labels.error + labels.gap
    let whatText = Self.hanging(what[language], DisplayWidth.columns(of: lead))
    switch presentation {
    case .silent: return []
    case .explained: return ["\(error)\(labels.gap)\(whatText)"] + explanation(labels, language)
    case .misuse(let hint):
      return ["\(error)\(labels.gap)\(whatText)"] + hint.lines(labels, language)
    }
  }

  private func explanation(_ labels: ProblemLabels, _ language: Language) -> [String] {
    let rows = [(labels.why, why?[language]), (labels.next, next?[language])]
    let codeRow = (labels.code, Optional("\(code.text)   (hypothec explain \(code.text))"))
    let width = [labels.why, labels.next, labels.code]
      .reduce(0) { max($0, DisplayWidth.columns(of: $1)) }
    return (rows + [codeRow]).compactMap { label, text in
      guard let text else { return nil }
      let padded = DisplayWidth.pad(label, to: width)
      return "  \(padded) \(Self.hanging(text, width + 3))"
    }
  }

  /// Later lines of `text` begin under its first one; other control characters become visible.
  private static func hanging(_ text: String, _ columnCount: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { DisplayWidth.visible(String($0)) }
      .joined(separator: "\n" + String(repeating: " ", count: columnCount))
  }

  /// The problem details object of RFC 9457, in English whatever the language is.
  package var document: JSONDocument {
    var members = [
      JSONMember("type", .string("urn:hypothec:problem:\(code.text)")),
      JSONMember("title", .string(code.title)),
    ]
    if let status { members.append(JSONMember("status", .integer(status))) }
    members.append(JSONMember("detail", .string(what.english)))
    members.append(JSONMember("code", .string(code.text)))
    members.append(JSONMember("exitCode", .integer(exitCode.rawValue)))
    if let why { members.append(JSONMember("why", .string(why.english))) }
    if let next { members.append(JSONMember("next", .string(next.english))) }
    if case .misuse(let hint) = presentation {
      members.append(JSONMember("usage", .string(hint.usage)))
    }
    return JSONDocument(JSONSchema("problem"), members + details)
  }
}

extension UsageHint {
  fileprivate func lines(_ labels: ProblemLabels, _ language: Language) -> [String] {
    let help = help.map { ["\(labels.help)\(labels.gap)\($0[language])"] } ?? []
    let see = LocalizedText(
      english: "  See '\(helpCommand)' for more information.",
      chinese: "  详情请运行 '\(helpCommand)'。")
    return help + ["\(labels.usage)\(labels.gap)\(usage)", see[language]]
  }
}

/// The words before the colons, and the gap after a colon: the full-width one brings its own.
private struct ProblemLabels {
  let error, why, next, code, help, usage, gap: String

  init(_ language: Language) {
    switch language {
    case .english:
      (error, why, next, code) = ("Error:", "Why:", "Next:", "Code:")
      (help, usage, gap) = ("Help: ", "Usage:", " ")
    case .chinese:
      (error, why, next, code) = ("错误：", "原因：", "下一步：", "代码：")
      (help, usage, gap) = ("帮助：", "用法：", "")
    }
  }
}
