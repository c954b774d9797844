import CommandInterface
import Ledger

/// What a row of the file gives.
struct ConvertedRow: Sendable {
  /// 1 for the first row below the heading.
  let number: Int
  /// Where it begins in the file.
  let line: Int
  /// As it stands in the file, for the report.
  let original: String
  let operations: [Operation]

  /// The vehicles that the row is about; nearly always one.
  var vehicles: [VehicleIdentificationNumber] {
    var vehicles: [VehicleIdentificationNumber] = []
    for case let vin? in operations.map(\.body.vehicle) where !vehicles.contains(vin) {
      vehicles.append(vin)
    }
    return vehicles
  }
}

/// Turns rows into operations by a map. Pure: the same row always gives the same.
struct RowConverter: Sendable {
  let map: ImportMap
  private let columnCount: Int
  private let indexes: [String: Int]
  private let actors: [MemberID]

  /// - Parameter member: who acts where the map names nobody.
  init(
    _ map: ImportMap, columns: [String], member: MemberID?, file: String
  ) throws(Problem) {
    self.map = map
    columnCount = columns.count
    var indexes: [String: Int] = [:]
    var missing: [String] = []
    for name in map.columns {
      let places = columns.indices.filter { columns[$0] == name }
      if places.count > 1 { throw .columnRepeated(name, file, count: places.count) }
      if let place = places.first { indexes[name] = place } else { missing.append(name) }
    }
    guard missing.isEmpty else { throw .columnsMissing(missing, file, present: columns) }
    self.indexes = indexes
    var actors: [MemberID] = []
    for operation in map.operations {
      guard let actor = operation.by ?? member else { throw .actorUnknown(operation.kind) }
      actors.append(actor)
    }
    self.actors = actors
  }

  enum Result: Sendable {
    /// At least one operation, unless no condition of the map held.
    case operations([Operation])
    case rejected(RowFinding)
  }

  struct Conversion: Sendable {
    let result: Result
    let warnings: [RowFinding]
  }

  func convert(_ record: CSVRecord, row: Int) -> Conversion {
    do throws(RowFinding) {
      let cells = try RowCells(record, row: row, indexes: indexes, columnCount: columnCount)
      return try convert(cells)
    } catch {
      return Conversion(result: .rejected(error), warnings: [])
    }
  }

  private func convert(_ cells: RowCells) throws(RowFinding) -> Conversion {
    var operations: [Operation] = []
    var warnings: [RowFinding] = []
    for (operation, actor) in zip(map.operations, actors) {
      if let condition = operation.condition, try !holds(condition, cells) { continue }
      var reader = FieldReader(operation, cells)
      operations.append(try reader.operation(by: actor))
      // The same cell may feed two operations; it is reported once.
      for warning in reader.warnings where !warnings.contains(warning) { warnings.append(warning) }
    }
    return Conversion(result: .operations(operations), warnings: warnings)
  }

  private func holds(_ condition: RowCondition, _ cells: RowCells) throws(RowFinding) -> Bool {
    let text = CellText.trimmed(try cells.text(of: condition.column))
    guard let equals = condition.equals else { return !text.isEmpty }
    return equals.contains(text)
  }
}

/// The cells of one row, by column.
struct RowCells: Sendable {
  let row: Int
  private let record: CSVRecord
  private let indexes: [String: Int]

  /// Throws if the record is no row of the table.
  init(
    _ record: CSVRecord, row: Int, indexes: [String: Int], columnCount: Int
  ) throws(RowFinding) {
    self.row = row
    self.record = record
    self.indexes = indexes
    if let defect = record.defect {
      throw RowFinding(effect: .rejected, column: "", code: defect.code, reason: defect.reason)
    }
    // Spreadsheets put empty cells behind the last.
    let extra = columnCount..<max(columnCount, record.cellCount)
    let isWhole =
      record.cellCount >= columnCount && extra.allSatisfy { record.cell($0).isEmpty }
    guard isWhole else {
      throw .rejected(
        .csvCellCount,
        "the row has \(record.cellCount) cells, the heading \(columnCount)",
        "该行有 \(record.cellCount) 个单元格，表头有 \(columnCount) 个")
    }
  }

  func text(of column: String) throws(RowFinding) -> String {
    guard let index = indexes[column] else {
      preconditionFailure("a converter knows every column that its map names")
    }
    guard let text = record.text(index) else {
      throw .rejected(
        .csvEncoding, column: column, "the cell's characters are not in the file's encoding",
        "单元格字符不符合文件编码")
    }
    return text
  }
}
