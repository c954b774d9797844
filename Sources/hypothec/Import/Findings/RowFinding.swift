import CommandInterface
import Documents
import Ledger

/// What an import says about one row: why it was refused, or what was odd about it.
struct RowFinding: Error, Hashable, Sendable {
  enum Effect: String, Sendable {
    case rejected
    /// The row is imported all the same.
    case warning
  }

  let effect: Effect
  /// The column's name, or empty where the whole row is concerned.
  let column: String
  let code: ProblemCode
  let reason: LocalizedText

  static func rejected(
    _ code: ProblemCode, column: String = "", _ english: String, _ chinese: String
  ) -> RowFinding {
    RowFinding(
      effect: .rejected, column: column, code: code,
      reason: LocalizedText(english: english, chinese: chinese))
  }

  static func warning(
    _ code: ProblemCode, column: String = "", _ english: String, _ chinese: String
  ) -> RowFinding {
    RowFinding(
      effect: .warning, column: column, code: code,
      reason: LocalizedText(english: english, chinese: chinese))
  }

  /// A refusal of the ledger's in the words of `explain`; `typed` is what the cell holds.
  static func rejected(_ code: RefusalCode, column: String = "", typed: String? = nil) -> RowFinding
  {
    let text = code.text.what.asSentenceAfterColon
    let lead = typed.map { "'\(DisplayWidth.visible($0))': " } ?? ""
    return RowFinding(
      effect: .rejected, column: column, code: ProblemCode(code),
      reason: LocalizedText(verbatim: lead) + text)
  }

  /// What the contract would say of an operation of the row.
  static func rejected(_ refusal: Refusal, _ kind: OperationKind) -> RowFinding {
    let text = refusal.code.text.what.asSentenceAfterColon
    let conflict =
      refusal.conflict.map {
        LocalizedText(
          english: " (\($0.id), height \($0.height.rawValue))",
          chinese: "（\($0.id)，高度 \($0.height.rawValue)）")
      } ?? LocalizedText(verbatim: "")
    return RowFinding(
      effect: .rejected, column: "", code: ProblemCode(refusal.code),
      reason: LocalizedText(verbatim: "\(kind.name): ") + text + conflict)
  }
}

extension ProblemCode {
  // Rows.
  static let csvLineTooLong = ProblemCode("CSV_LINE_TOO_LONG")
  static let csvNulByte = ProblemCode("CSV_NUL_BYTE")
  static let csvQuote = ProblemCode("CSV_QUOTE")
  static let csvEncoding = ProblemCode("CSV_ENCODING")
  static let csvCellCount = ProblemCode("CSV_CELL_COUNT")
  // Cells.
  static let cellEmpty = ProblemCode("CELL_EMPTY")
  static let cellScientific = ProblemCode("CELL_SCIENTIFIC")
  static let cellFormula = ProblemCode("CELL_FORMULA")
  static let cellErrorValue = ProblemCode("CELL_ERROR_VALUE")
  static let cellDateSerial = ProblemCode("CELL_DATE_SERIAL")
  static let cellNotNumber = ProblemCode("CELL_NOT_NUMBER")
  static let cellNotDate = ProblemCode("CELL_NOT_DATE")
  static let cellUntranslated = ProblemCode("CELL_UNTRANSLATED")
  static let amountPrecision = ProblemCode("AMOUNT_PRECISION")
  // Rows that are imported all the same.
  static let odometerImplausible = ProblemCode("ODOMETER_IMPLAUSIBLE")
  static let odometerEmpty = ProblemCode("ODOMETER_EMPTY")
  static let vinRewritten = ProblemCode("VIN_REWRITTEN")
  // Files.
  static let importMapInvalid = ProblemCode("IMPORT_MAP_INVALID")
  static let importColumnMissing = ProblemCode("IMPORT_COLUMN_MISSING")
  static let importColumnRepeated = ProblemCode("IMPORT_COLUMN_REPEATED")
  static let importFileEmpty = ProblemCode("IMPORT_FILE_EMPTY")
  static let importEncodingUnavailable = ProblemCode("IMPORT_ENCODING_UNAVAILABLE")
  static let importRejectsForeign = ProblemCode("IMPORT_REJECTS_FOREIGN")
  static let importStateInvalid = ProblemCode("IMPORT_STATE_INVALID")
  static let importStateOther = ProblemCode("IMPORT_STATE_OTHER")
  static let importRunning = ProblemCode("IMPORT_RUNNING")
  static let importOutcomeUnknown = ProblemCode("IMPORT_OUTCOME_UNKNOWN")
  static let importNodeUnavailable = ProblemCode("IMPORT_NODE_UNAVAILABLE")
}
