import CommandInterface
import Documents
import Ledger

/// The long text of every refusal, for `explain CODE`.
enum RefusalExplanations {
  static let all = RefusalCode.allCases.map { code in
    let text = code.text
    return CommandTable.Explanation(
      ProblemCode(code),
      LocalizedText(
        english: [text.what, text.why, text.next].map(\.english).joined(separator: " "),
        chinese: [text.what, text.why, text.next].map(\.chinese).joined()))
  }
}
