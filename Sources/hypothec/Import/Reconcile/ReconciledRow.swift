import CommandInterface
import Cryptography
import Documents
import Ledger

/// How one row of a member's own book stands to the ledger.
struct ReconciledRow: Hashable, Sendable {
  enum Result: String, Sendable {
    case matches
    case differs
    case notOnLedger = "not-on-ledger"
    /// A live pledge of the member that the file does not have.
    case notInFile = "not-in-file"
    /// The row cannot be read by the map.
    case unreadable
  }

  let result: Result
  /// `nil` for what is not in the file.
  let line: Int?
  let vin: VehicleIdentificationNumber?
  var differences: [FieldDifference] = []
  /// What the ledger does not have, or the file: `pledge.create P-9c21`; or why a row is unreadable.
  var detail: LocalizedText?

  var document: JSONDocument {
    JSONDocument(
      JSONSchema("reconcile-row"),
      [
        "result": .string(result.rawValue), "line": .optional(line) { .integer($0) },
        "vin": .optional(vin) { .vin($0) },
        "differences": .array(
          differences.map { difference in
            [
              "field": .string(difference.field), "file": .string(difference.file),
              "ledger": .optional(difference.ledger) { .string($0) },
            ]
          }),
        "detail": .optional(detail) { .string($0.english) },
      ])
  }

  func text(_ language: Language) -> String {
    let place =
      line.map { LocalizedText(english: "line \($0)", chinese: "第 \($0) 行") }
      ?? LocalizedText(english: "ledger", chinese: "账本")
    let parts = differences.map { $0.text[language] } + (detail.map { [$0[language]] } ?? [])
    return [place[language], vin?.text ?? "-", word[language], parts.joined(separator: "; ")]
      .filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private var word: LocalizedText {
    switch result {
    case .matches: LocalizedText(english: "matches", chinese: "一致")
    case .differs: LocalizedText(english: "differs", chinese: "不一致")
    case .notOnLedger: LocalizedText(english: "not on the ledger", chinese: "账本中没有")
    case .notInFile: LocalizedText(english: "not in the file", chinese: "文件中没有")
    case .unreadable: LocalizedText(english: "unreadable", chinese: "无法读取")
    }
  }
}

/// How many rows stand how.
struct ReconcileCounts: Hashable, Sendable {
  var rows = 0
  var matches = 0
  var differs = 0
  var notOnLedger = 0
  var notInFile = 0
  var unreadable = 0

  mutating func add(_ result: ReconciledRow.Result) {
    if result != .notInFile { rows += 1 }
    switch result {
    case .matches: matches += 1
    case .differs: differs += 1
    case .notOnLedger: notOnLedger += 1
    case .notInFile: notInFile += 1
    case .unreadable: unreadable += 1
    }
  }

  var agree: Bool { differs + notOnLedger + notInFile + unreadable == 0 }
}
