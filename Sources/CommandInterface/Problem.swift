/// The stable name of a problem: `PLEDGE_ALREADY_ACTIVE`. Never translated, never reused.
package struct ProblemCode: Hashable, Sendable, Comparable {
  package let text: String

  /// Precondition: capital letters, digits and underscores, a letter first.
  package init(_ text: String) {
    precondition(
      text.utf8.first.map { (0x41...0x5A).contains($0) } ?? false,
      "a problem code begins with a capital letter")
    precondition(
      text.utf8.allSatisfy {
        (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      },
      "a problem code is capital letters, digits and underscores")
    self.text = text
  }

  package static func < (left: ProblemCode, right: ProblemCode) -> Bool { left.text < right.text }

  /// The same for every occurrence, as RFC 9457 section 3.1.3 asks: `Pledge already active`.
  package var title: String {
    let words = text.lowercased().split(separator: "_").joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}

/// An error that a user sees: what happened, why, what to do next, a stable code, an exit status.
///
/// Sentences begin as they would after a colon and end with a full stop. What comes from others
/// (names, paths, values) is passed through `DisplayWidth.visible` when it is shown.
package struct Problem: Error, Hashable, Sendable {
  package enum Presentation: Hashable, Sendable {
    /// `Error:`, `Why:`, `Next:`, `Code:`.
    case explained
    /// `Error:`, `Help:`, `Usage:`, `See '... --help'`: the command line is wrong.
    case misuse(UsageHint)
    /// Nothing is shown: whoever would read it went away.
    case silent
  }

  package let code: ProblemCode
  package let exitCode: ExitCode
  package let what: LocalizedText
  package let why: LocalizedText?
  package let next: LocalizedText?
  /// The HTTP status of RFC 9457, where the problem came over HTTP or would.
  package let status: Int?
  /// Extension members of the RFC 9457 object, such as `"pledge": "P-9c21"`.
  package let details: [JSONMember]
  package let presentation: Presentation

  package init(
    _ code: ProblemCode, _ exitCode: ExitCode, what: LocalizedText, why: LocalizedText? = nil,
    next: LocalizedText? = nil, status: Int? = nil,
    details: KeyValuePairs<String, JSONValue> = [:], presentation: Presentation = .explained
  ) {
    self.code = code
    self.exitCode = exitCode
    self.what = what
    self.why = why
    self.next = next
    self.status = status
    self.details = details.map { JSONMember($0.key, $0.value) }
    self.presentation = presentation
  }
}

/// What a user who typed a wrong command line is shown besides the error.
package struct UsageHint: Hashable, Sendable {
  /// The parameter's row of the help text, if one parameter is concerned.
  package let help: LocalizedText?
  package let usage: String
  /// `hypothec vehicle show --help`.
  package let helpCommand: String
}
