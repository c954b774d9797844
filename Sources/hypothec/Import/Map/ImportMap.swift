import CommandInterface
import Ledger

/// What a file's columns mean: for every kind of operation which field comes from where.
///
/// Whatever a map does not name stays unstated; nothing is ever invented (docs/import.md).
struct ImportMap: Hashable, Sendable {
  static let format = "hypothec/import-map/1"
  static let byteLimit = 1024 * 1024

  var delimiter: UInt8?
  var encoding: TextEncoding?
  /// In the order in which a row's operations are recorded.
  var operations: [OperationMap]
}

/// One kind of operation that rows give.
struct OperationMap: Hashable, Sendable {
  var kind: OperationKind
  /// The member that acts; the one of `--as` if the map names none.
  var by: MemberID?
  /// Members that sign besides, such as the registry of a transcribed pledge.
  var coSigners: [MemberID]
  /// The rows that give this operation; all of them if `nil`.
  var condition: RowCondition?
  /// By the field's name; several sources only for fields that are lists.
  var sources: [String: [FieldSource]]
}

/// Which rows give an operation.
struct RowCondition: Hashable, Sendable {
  var column: String
  /// The cells that count; every cell that is not empty if `nil`.
  var equals: [String]?
}

/// Where a field's text comes from and how it is read.
struct FieldSource: Hashable, Sendable {
  enum Origin: Hashable, Sendable {
    case column(String)
    case constant(String)
    case template(TextTemplate)
  }

  enum LetterCase: String, CaseIterable, Sendable { case upper, lower }

  /// What becomes of a text that `values` does not have.
  enum Untranslated: String, CaseIterable, Sendable { case refuse, keep, unstated }

  enum DistanceUnit: String, CaseIterable, Sendable { case km, mi }

  var origin: Origin
  var isTrimmed = true
  var letterCase: LetterCase?
  var values: [String: String] = [:]
  var otherwise = Untranslated.refuse
  /// Cells that mean nothing: `-`, `n/a`.
  var empty: [String] = []
  var number = DecimalText()
  var unit = DistanceUnit.km
  /// In the file's unit.
  var plausible: ClosedRange<Int>?
  var currency: CurrencySource?
  /// One in the file is so many of the currency: 10,000 where amounts are in units of ten thousand.
  var scale = 1
  var pattern: DatePattern?
  /// Minutes east of UTC of times without an offset.
  var offsetMinutes: Int?

  /// The column that a report names.
  var column: String {
    switch origin {
    case .column(let name): name
    case .constant: ""
    case .template(let template): template.columns.joined(separator: "+")
    }
  }
}

enum CurrencySource: Hashable, Sendable {
  case constant(Currency)
  case column(String)
}

/// A text with places for cells: `mmr-{row}`, `US-{us_state}`.
struct TextTemplate: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case literal(String)
    case column(String)
    /// The row's number, 1 for the first below the heading.
    case row
  }

  let parts: [Part]

  /// `nil` if a brace is not closed, or a place has no name.
  init?(_ text: String) {
    var parts: [Part] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      let name = String(rest[rest.index(after: open)..<close])
      guard !name.isEmpty, !name.contains("{") else { return nil }
      parts.append(name == "row" ? .row : .column(name))
      rest = rest[rest.index(after: close)...]
    }
    if rest.contains("}") { return nil }
    if !rest.isEmpty { parts.append(.literal(String(rest))) }
    self.parts = parts
  }

  var columns: [String] {
    parts.compactMap { part in
      if case .column(let name) = part { name } else { nil }
    }
  }
}

extension ImportMap {
  /// Every column that the map names, in its order, each once.
  var columns: [String] {
    var columns: [String] = []
    func add(_ name: String) {
      if !columns.contains(name) { columns.append(name) }
    }
    for operation in operations {
      if let condition = operation.condition { add(condition.column) }
      for field in ImportField.fields(of: operation.kind) {
        for source in operation.sources[field.name] ?? [] { source.columns.forEach(add) }
      }
    }
    return columns
  }

  /// Members that the map names, those who act first.
  func signers(_ member: MemberID?) -> [MemberID] {
    var signers: [MemberID] = []
    let acting = operations.compactMap { $0.by ?? member }
    for signer in acting + operations.flatMap(\.coSigners) where !signers.contains(signer) {
      signers.append(signer)
    }
    return signers
  }
}

extension FieldSource {
  fileprivate var columns: [String] {
    var columns: [String] =
      switch origin {
      case .column(let name): [name]
      case .constant: []
      case .template(let template): template.columns
      }
    if case .column(let name)? = currency { columns.append(name) }
    return columns
  }
}
