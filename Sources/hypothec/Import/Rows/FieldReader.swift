import CommandInterface
import Cryptography
import Documents
import Ledger

/// Reads the fields of one operation from one row.
struct FieldReader {
  private let map: OperationMap
  private let cells: RowCells
  /// What is odd and does not keep the row from being imported.
  private(set) var warnings: [RowFinding] = []

  init(_ map: OperationMap, _ cells: RowCells) {
    self.map = map
    self.cells = cells
  }

  var kind: OperationKind { map.kind }

  /// The column that a field comes from, for reports.
  func column(of name: String) -> String { map.sources[name]?.first?.column ?? "" }

  // MARK: Texts

  /// A field's text with its source; `nil` if the map has no source or the file says nothing.
  private func stated(_ name: String) throws(RowFinding) -> (text: String, source: FieldSource)? {
    guard let source = map.sources[name]?.first, let text = try text(source) else { return nil }
    return (text, source)
  }

  private func required(_ name: String) throws(RowFinding) -> (text: String, source: FieldSource) {
    if let stated = try stated(name) { return stated }
    throw .rejected(
      .cellEmpty, column: column(of: name), "the cell is empty, and \(map.kind.name) needs \(name)",
      "单元格为空，而 \(map.kind.name) 需要 \(name)")
  }

  /// The text of a source, translated; `nil` where the file says nothing.
  private func text(_ source: FieldSource) throws(RowFinding) -> String? {
    guard var text = try rawText(source), !source.empty.contains(text) else { return nil }
    switch source.letterCase {
    case .upper: text = text.uppercased()
    case .lower: text = text.lowercased()
    case nil: break
    }
    if source.values.isEmpty { return text }
    if let translated = source.values[text] { return translated.isEmpty ? nil : translated }
    switch source.otherwise {
    case .keep: return text
    case .unstated: return nil
    case .refuse:
      throw .rejected(
        .cellUntranslated, column: source.column,
        "the map's values have no '\(text)'", "映射的 values 中没有 '\(text)'")
    }
  }

  private func rawText(_ source: FieldSource) throws(RowFinding) -> String? {
    switch source.origin {
    case .constant(let text): return text
    case .column(let column):
      let text = try cell(column, source)
      return text.isEmpty ? nil : text
    case .template(let template):
      var result = ""
      for part in template.parts {
        switch part {
        case .literal(let text): result += text
        case .row: result += String(cells.row)
        case .column(let column):
          let text = try cell(column, source)
          if text.isEmpty { return nil }
          result += isVINColumn(column) ? VehicleIdentificationNumber.canonical(from: text) : text
        }
      }
      return result
    }
  }

  private func cell(_ column: String, _ source: FieldSource) throws(RowFinding) -> String {
    let text = try cells.text(of: column)
    let trimmed = CellText.trimmed(text)
    if !source.empty.contains(trimmed) { try CellText.checkArtefact(trimmed, column: column) }
    return source.isTrimmed ? trimmed : text
  }

  /// The column that the vehicle comes from gives its canonical form to templates.
  private func isVINColumn(_ column: String) -> Bool {
    map.sources["vin"]?.first?.origin == .column(column)
  }

  // MARK: Values

  mutating func vin() throws(RowFinding) -> VehicleIdentificationNumber {
    let (text, source) = try required("vin")
    try CellText.checkScientific(text, column: source.column)
    let canonical = VehicleIdentificationNumber.canonical(from: text)
    if canonical != text {
      warnings.append(
        .warning(
          .vinRewritten, column: source.column, "'\(text)' was taken as \(canonical)",
          "'\(text)' 按 \(canonical) 处理"))
    }
    return try admitted(text, source) { _ throws(RefusalCode) in
      try VehicleIdentificationNumber(canonical)
    }
  }

  func identifier(_ name: String) throws(RowFinding) -> Identifier? {
    guard let (text, source) = try stated(name) else { return nil }
    try CellText.checkScientific(text, column: source.column)
    return try admitted(text, source) { text throws(RefusalCode) in try Identifier(text) }
  }

  func descriptiveText(_ name: String) throws(RowFinding) -> DescriptiveText {
    let (text, source) = try required(name)
    return try admitted(text, source) { text throws(RefusalCode) in try DescriptiveText(text) }
  }

  func integer(_ name: String, _ range: ClosedRange<Int>) throws(RowFinding) -> Int? {
    guard let (text, source) = try stated(name) else { return nil }
    try CellText.checkScientific(text, column: source.column)
    guard let reading = DecimalText().read(text), let number = reading.whole(times: 1) else {
      throw notNumber(text, source)
    }
    guard range.contains(Int(number)) else {
      throw .rejected(
        ProblemCode(.valueOutOfRange), column: source.column,
        "\(name) \(text) is not from \(range.lowerBound) to \(range.upperBound)",
        "\(name) \(text) 不在 \(range.lowerBound) 到 \(range.upperBound) 之间")
    }
    return Int(number)
  }

  func region() throws(RowFinding) -> Region? {
    guard let (text, source) = try stated("region") else { return nil }
    return try admitted(text, source) { text throws(RefusalCode) in try Region(text) }
  }

  func word<Value: Worded>(_ name: String) throws(RowFinding) -> Value? {
    guard let (text, source) = try stated(name) else { return nil }
    if let value = Value(word: text) { return value }
    let list = Value.words.joined(separator: ", ")
    throw .rejected(
      .cellUntranslated, column: source.column,
      "'\(text)' is none of \(list) for \(name); translate it in the map's values",
      "\(name) 的 '\(text)' 不在 \(list) 之内；请在映射的 values 中翻译")
  }

  /// Whether a field of two words has the second.
  func isSet(_ name: String, to word: String, ratherThan other: String) throws(RowFinding) -> Bool {
    guard let (text, source) = try stated(name) else { return false }
    if text == word { return true }
    if text == other { return false }
    throw .rejected(
      .cellUntranslated, column: source.column,
      "'\(text)' is none of \(other), \(word) for \(name)",
      "\(name) 的 '\(text)' 不在 \(other)、\(word) 之内")
  }

  func value<Value>(_ name: String, _ type: ValueType<Value>) throws(RowFinding) -> Value? {
    guard let source = map.sources[name]?.first else { return nil }
    return try value(source, type)
  }

  func values<Value>(_ name: String, _ type: ValueType<Value>) throws(RowFinding) -> [Value] {
    var values: [Value] = []
    for source in map.sources[name] ?? [] {
      if let value = try value(source, type) { values.append(value) }
    }
    return values
  }

  private func value<Value>(
    _ source: FieldSource, _ type: ValueType<Value>
  ) throws(RowFinding) -> Value? {
    guard let text = try text(source) else { return nil }
    try CellText.checkScientific(text, column: source.column)
    do throws(InvalidValue) {
      return try type.parse(text)
    } catch {
      throw RowFinding(
        effect: .rejected, column: source.column, code: ProblemCode(.notCanonical),
        reason: error.message)
    }
  }

  // MARK: Numbers

  func money(_ name: String) throws(RowFinding) -> Money? {
    guard let (text, source) = try stated(name) else { return nil }
    try CellText.checkScientific(text, column: source.column)
    guard let currency = try currency(source) else {
      throw .rejected(
        .cellEmpty, column: source.column, "the amount \(text) has no currency",
        "金额 \(text) 没有币种")
    }
    guard let reading = source.number.read(text) else { throw notNumber(text, source) }
    let factor = UInt64(source.scale) * DecimalText.Reading.minorUnits(of: currency)
    guard let minorUnits = reading.whole(times: factor) else {
      throw .rejected(
        .amountPrecision, column: source.column,
        "\(text) has more digits after the point than \(currency) has (\(currency.exponent)), or is "
          + "too large",
        "\(text) 的小数位多于 \(currency) 的 \(currency.exponent) 位，或数额过大")
    }
    return try admitted(text, source) { _ throws(RefusalCode) in
      try Money(minorUnits: minorUnits, currency: currency)
    }
  }

  private func currency(_ source: FieldSource) throws(RowFinding) -> Currency? {
    switch source.currency {
    case .constant(let currency): return currency
    case .column(let column):
      let text = CellText.trimmed(try cells.text(of: column))
      if text.isEmpty { return nil }
      do throws(RefusalCode) {
        return try Currency(text)
      } catch {
        throw .rejected(error, column: column, typed: text)
      }
    case nil: return nil
    }
  }

  /// An odometer that cannot be true is left out, and reported.
  mutating func odometer() throws(RowFinding) -> Kilometres? {
    guard let source = map.sources["odometer"]?.first else { return nil }
    guard let text = try text(source) else {
      if source.plausible != nil {
        warnings.append(
          .warning(
            .odometerEmpty, column: source.column, "the odometer is empty and was left unstated",
            "里程为空，按未说明处理"))
      }
      return nil
    }
    try CellText.checkScientific(text, column: source.column)
    guard let reading = source.number.read(text) else { throw notNumber(text, source) }
    if let plausible = source.plausible, !reading.lies(in: plausible) {
      warnings.append(
        .warning(
          .odometerImplausible, column: source.column,
          "the odometer \(text) \(source.unit.rawValue) is not from \(plausible.lowerBound) to "
            + "\(plausible.upperBound) and was left unstated",
          "里程 \(text) \(source.unit.rawValue) 不在 \(plausible.lowerBound) 到 "
            + "\(plausible.upperBound) 之间，按未说明处理"))
      return nil
    }
    // A mile is 1.609344 km, exactly.
    let (numerator, denominator): (UInt64, UInt64) =
      source.unit == .mi ? (1_609_344, 1_000_000) : (1, 1)
    guard let kilometres = reading.rounded(times: numerator, over: denominator) else {
      throw .rejected(.valueOutOfRange, column: source.column, typed: text)
    }
    return try admitted(text, source) { _ throws(RefusalCode) in try Kilometres(kilometres) }
  }

  private func notNumber(_ text: String, _ source: FieldSource) -> RowFinding {
    .rejected(
      .cellNotNumber, column: source.column,
      "'\(text)' is not a number as the map describes it (decimal mark, grouping)",
      "'\(text)' 不是映射所描述的数字（小数点、分组符）")
  }

  // MARK: Dates

  func date(_ name: String) throws(RowFinding) -> CalendarDate? {
    guard let (text, source) = try stated(name) else { return nil }
    if let pattern = source.pattern {
      if let date = pattern.day(text) { return date }
    } else if let date = try? CalendarDate(text) {
      return date
    }
    throw notDate(text, source, source.pattern?.text ?? "yyyy-MM-dd")
  }

  func time(_ name: String) throws(RowFinding) -> Timestamp? {
    guard let (text, source) = try stated(name) else { return nil }
    if let pattern = source.pattern {
      if let time = pattern.moment(text, offsetMinutes: source.offsetMinutes ?? 0) { return time }
    } else if let time = WallTime(text).flatMap({ Timestamp($0) }) {
      return time
    }
    throw notDate(text, source, source.pattern?.text ?? "RFC 3339")
  }

  private func notDate(_ text: String, _ source: FieldSource, _ format: String) -> RowFinding {
    if let day = CellText.dateSerial(text) {
      return .rejected(
        .cellDateSerial, column: source.column,
        "\(text) is a spreadsheet's number of a day (perhaps \(day)), not a date as \(format); "
          + "format the column as a date or text before saving",
        "\(text) 是表格的日期序号（可能是 \(day)），不是 \(format) 格式；请先设为日期或文本格式再保存")
    }
    return .rejected(
      .cellNotDate, column: source.column, "'\(text)' is no date or time of the form \(format)",
      "'\(text)' 不是 \(format) 格式的日期或时间")
  }

  // MARK: Absence and form

  func needed<Value>(_ name: String, _ value: Value?) throws(RowFinding) -> Value {
    if let value { return value }
    _ = try required(name)
    throw .rejected(
      .cellEmpty, column: column(of: name),
      "\(map.kind.name) needs \(name)", "\(map.kind.name) 需要 \(name)")
  }

  private func admitted<Value>(
    _ text: String, _ source: FieldSource, _ make: (String) throws(RefusalCode) -> Value
  ) throws(RowFinding) -> Value {
    do throws(RefusalCode) {
      return try make(text)
    } catch {
      throw .rejected(error, column: source.column, typed: text)
    }
  }
}

extension DecimalText.Reading {
  fileprivate func lies(in range: ClosedRange<Int>) -> Bool {
    guard !isNegative || digits == 0 else { return false }
    let power = (0..<fractionCount).reduce(UInt64(1)) { power, _ in power &* 10 }
    let (whole, rest) = digits.quotientAndRemainder(dividingBy: power)
    return whole >= UInt64(range.lowerBound)
      && (whole < UInt64(range.upperBound) || (whole == UInt64(range.upperBound) && rest == 0))
  }
}
