import CommandInterface

/// One thing that a check looked at: `network check`, `node check`, `doctor`.
struct InspectionFinding: Hashable, Sendable {
  enum Verdict: String, Hashable, Sendable {
    case good = "ok"
    /// It works, and somebody should know.
    case notice
    case fault
  }

  let verdict: Verdict
  let subject: LocalizedText
  let text: LocalizedText
  /// What to do about it.
  let mend: LocalizedText?
  /// The code and exit status of a fault.
  let problem: Problem?

  static func good(_ subject: LocalizedText, _ text: LocalizedText) -> InspectionFinding {
    InspectionFinding(verdict: .good, subject: subject, text: text, mend: nil, problem: nil)
  }

  static func notice(
    _ subject: LocalizedText, _ text: LocalizedText, mend: LocalizedText?
  ) -> InspectionFinding {
    InspectionFinding(verdict: .notice, subject: subject, text: text, mend: mend, problem: nil)
  }

  static func fault(_ subject: LocalizedText, _ problem: Problem) -> InspectionFinding {
    let text = [problem.what, problem.why].compactMap { $0 }
    return InspectionFinding(
      verdict: .fault, subject: subject,
      text: LocalizedText(
        english: text.map(\.english).joined(separator: "\n"),
        chinese: text.map(\.chinese).joined(separator: "\n")),
      mend: problem.next, problem: problem)
  }
}

extension InspectionFinding {
  var json: JSONValue {
    [
      "verdict": .string(verdict.rawValue), "subject": .string(subject.english),
      "text": .string(text.english), "next": .optional(mend) { .string($0.english) },
      "code": .optional(problem) { .string($0.code.text) },
    ]
  }
}

/// The answer of a check: everything it looked at. The exit status is that of the first fault.
struct InspectionFindings: Hashable, Sendable {
  var list: [InspectionFinding] = []

  var isHealthy: Bool { !list.contains { $0.verdict == .fault } }

  /// Notes the outcome of `look`: its finding, or the problem that it threw.
  mutating func look(
    at subject: LocalizedText, _ look: () throws(Problem) -> InspectionFinding
  ) {
    do throws(Problem) {
      list.append(try look())
    } catch {
      list.append(.fault(subject, error))
    }
  }

  func answer(_ schema: JSONSchema, _ context: CommandContext) throws(Problem) -> ExitCode {
    try context.answer {
      JSONDocument(
        schema,
        ["healthy": .boolean(isHealthy), "findings": .array(list.map(\.json))])
    } text: {
      lines(context).joined(separator: "\n")
    }
    return list.lazy.compactMap(\.problem).first?.exitCode ?? .success
  }

  private func lines(_ context: CommandContext) -> [String] {
    let language = context.language
    let subjectWidth = list.map { DisplayWidth.columns(of: $0.subject[language]) }.max() ?? 0
    let verdictWidth = list.map { DisplayWidth.columns(of: $0.verdict.word[language]) }.max() ?? 0
    let margin = String(repeating: " ", count: verdictWidth + subjectWidth + 4)
    return list.flatMap { finding -> [String] in
      let verdict = DisplayWidth.pad(finding.verdict.word[language], to: verdictWidth)
      let subject = DisplayWidth.pad(finding.subject[language], to: subjectWidth)
      let lead =
        "\(context.output.terminal.styled(verdict, finding.verdict.style))  \(subject)  "
      let next = finding.mend.map { Self.next[language] + $0[language] }
      let lines = (finding.text[language] + (next.map { "\n" + $0 } ?? ""))
        .split(separator: "\n").map { DisplayWidth.visible(String($0)) }
      return lines.enumerated().map { index, line in (index == 0 ? lead : margin) + line }
    }
  }

  private static let next = LocalizedText(english: "Next: ", chinese: "下一步：")
}

extension InspectionFinding.Verdict {
  fileprivate var word: LocalizedText {
    switch self {
    case .good: LocalizedText(english: "ok", chinese: "正常")
    case .notice: LocalizedText(english: "notice", chinese: "注意")
    case .fault: LocalizedText(english: "FAULT", chinese: "错误")
    }
  }

  fileprivate var style: TextStyle {
    switch self {
    case .good: .green
    case .notice: .yellow
    case .fault: .red
    }
  }
}
