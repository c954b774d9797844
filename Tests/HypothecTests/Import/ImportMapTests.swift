import CommandInterface
import Documents
import Ledger
import TestSupport
import Testing

@testable import hypothec

@Suite("Import map")
struct ImportMapTests {
  private func reading(_ map: String) -> Problem? {
    do {
      _ = try ImportMap.read(Array(map.utf8), "map.json")
      return nil
    } catch {
      return error
    }
  }

  /// The fields of a valuation, with one of them replaced or added.
  private static func valuation(_ field: String, _ source: String) -> String {
    var fields = [
      "vin": #"{"column": "vin"}"#, "id": #"{"column": "id"}"#,
      "method": #"{"constant": "market"}"#,
      "basis": #"{"constant": "retail"}"#, "value": #"{"column": "v", "currency": "USD"}"#,
      "asOf": #"{"column": "t"}"#,
    ]
    fields[field] = source
    let list = fields.keys.sorted().map { "\"\($0)\": \(fields[$0]!)" }.joined(separator: ", ")
    return """
      {"format": "hypothec/import-map/1", "operations": [
        {"operation": "valuation.record", "fields": {\(list)}}]}
      """
  }

  static let faults: [(field: String, source: String, message: String)] = [
    ("odometr", #"{"column": "o"}"#, "\"odometr\" is not known here; did you mean \"odometer\"?"),
    ("odometer", #"{"column": "o", "units": "mi"}"#, "did you mean \"unit\"?"),
    ("odometer", #"{"column": "o", "unit": "yards"}"#, "'yards' is none of km, mi"),
    ("odometer", #"{"column": "o", "plausible": {"from": 9, "to": 1}}"#, "ends before it begins"),
    ("condition", #"{"column": "c", "unit": "mi"}"#, "\"unit\" is not known here"),
    ("value", #"{"column": "v"}"#, "an amount has a \"currency\""),
    ("value", #"{"column": "v", "currency": "USX"}"#, "USX"),
    ("asOf", #"{"column": "t", "format": "yyyy-MM-dd"}"#, "give \"offset\""),
    ("asOf", #"{"column": "t", "format": "YYYY"}"#, "'YYYY' is no date format"),
    ("id", #"{"template": "v-{row"}"#, "is no template"),
    ("id", #"{"column": "a", "constant": "b"}"#, "one of \"column\", \"constant\", \"template\""),
    ("modelId", #"{"constant": "m"}"#, "modelId and modelVersion are given together"),
    ("vin", "7", "an object"),
  ]

  @Test("says what is wrong, and where", arguments: faults)
  func namesFault(_ fault: (field: String, source: String, message: String)) throws {
    let problem = try #require(reading(Self.valuation(fault.field, fault.source)))
    #expect(problem.code == .importMapInvalid)
    #expect(problem.exitCode == .configurationError)
    #expect(problem.why?.english.contains(fault.message) == true, "\(problem.why?.english ?? "")")
  }

  @Test("refuses operations that no portfolio holds, and a kind twice")
  func operations() throws {
    let map = ImportBench.map.replacing("valuation.record", with: "pledge.release")
    #expect(reading(map)?.why?.english.contains("'pledge.release' is no operation") == true)
    let twice = ImportBench.map.replacing("\"vehicle.register\"", with: "\"valuation.record\"")
    #expect(reading(twice) != nil)
  }

  private func converter(_ heading: [String]) throws -> RowConverter {
    let map = try ImportMap.read(Array(ImportBench.map.utf8), "map.json")
    return try RowConverter(map, columns: heading, member: nil, file: "book.csv")
  }

  @Test("a missing column is named with those that are there and a near one")
  func missingColumn() {
    do {
      _ = try converter(["vin", "modell", "id", "value", "date"])
      Issue.record("two columns are missing")
    } catch let problem as Problem {
      #expect(problem.code == .importColumnMissing)
      #expect(problem.what.english.contains("\"model\", \"at\""))
      #expect(problem.why?.english.contains("\"modell\"") == true)
      #expect(problem.next?.english.contains("For \"model\" there is \"modell\".") == true)
    } catch {
      Issue.record(error)
    }
  }

  @Test("a column that stands twice is refused only if the map uses it")
  func repeatedColumn() throws {
    #expect(throws: Problem.self) { try converter(["vin", "model", "id", "value", "at", "vin"]) }
    _ = try converter(["vin", "model", "id", "value", "at", "x", "x"])
  }
}

@Suite("Conversion of cells")
struct ImportConversionTests {
  /// One valuation row whose cell `x` feeds `field`.
  private func convert(
    _ field: String, _ source: String, cell: String
  ) throws -> RowConverter.Conversion {
    var fields = [
      "vin": #"{"column": "vin"}"#, "id": #"{"constant": "v"}"#,
      "method": #"{"constant": "market"}"#,
      "basis": #"{"constant": "retail"}"#, "value": #"{"constant": "1", "currency": "USD"}"#,
      "asOf": #"{"constant": "2026-01-02T00:00:00Z"}"#,
    ]
    fields[field] = source
    let list = fields.keys.sorted().map { "\"\($0)\": \(fields[$0]!)" }.joined(separator: ", ")
    let map = try ImportMap.read(
      Array(
        """
        {"format": "hypothec/import-map/1", "operations": [
          {"operation": "valuation.record", "by": "appraiser-a", "fields": {\(list)}}]}
        """.utf8), "map.json")
    let text = CSVText.line(["vin", "x"]) + CSVText.line([ImportBench.vin(1), cell])
    var parts = [Array(text.utf8)]
    var table = try ImportTable(delimiter: UInt8(ascii: ","), name: "t") { () throws(Problem) in
      parts.isEmpty ? [] : parts.removeFirst()
    }
    let converter = try RowConverter(map, columns: table.columns, member: nil, file: "t")
    let row = try #require(try table.next())
    return converter.convert(row.record, row: row.number)
  }

  private func valuation(_ conversion: RowConverter.Conversion) -> ValuationRecording? {
    guard case .operations(let operations) = conversion.result,
      case .recordValuation(let valuation)? = operations.first?.body
    else { return nil }
    return valuation
  }

  static let amounts: [(source: String, cell: String, expected: String)] = [
    (#""currency": "USD""#, "16450", "16450.00 USD"),
    (#""currency": "USD""#, " 16450.5 ", "16450.50 USD"),
    (#""currency": "USD""#, "0.01", "0.01 USD"),
    (#""currency": "JPY""#, "12.00", "12 JPY"),
    (#""currency": "CNY", "scale": 10000"#, "12.3456", "123456.00 CNY"),
    (#""currency": "CNY", "scale": 10000"#, "12.345678", "123456.78 CNY"),
    (#""currency": "EUR", "decimalMark": ",", "grouping": ".""#, "1.234,50", "1234.50 EUR"),
    (#""currency": "USD", "grouping": ",""#, "1,234,567", "1234567.00 USD"),
    (#""currency": "USD""#, "1.234", "AMOUNT_PRECISION"),
    (#""currency": "USD""#, "0", "AMOUNT_NOT_POSITIVE"),
    (#""currency": "USD""#, "-5", "AMOUNT_NOT_POSITIVE"),
    (#""currency": "USD""#, "92233720368547758.08", "AMOUNT_PRECISION"),
    (#""currency": "USD""#, "$5", "CELL_NOT_NUMBER"),
    (#""currency": "USD""#, "1,234", "CELL_NOT_NUMBER"),
    (#""currency": "USD", "grouping": ",""#, "12,34", "CELL_NOT_NUMBER"),
    (#""currency": "USD""#, "1.23E+16", "CELL_SCIENTIFIC"),
    (#""currency": "USD""#, "#N/A", "CELL_ERROR_VALUE"),
    (#""currency": "USD""#, "=\"5\"", "CELL_FORMULA"),
    (#""currency": "USD""#, "", "CELL_EMPTY"),
  ]

  @Test("amounts are read exactly or refused", arguments: amounts)
  func amount(_ given: (source: String, cell: String, expected: String)) throws {
    let conversion = try convert(
      "value", #"{"column": "x", \#(given.source)}"#, cell: given.cell)
    switch conversion.result {
    case .operations: #expect(valuation(conversion)?.value.description == given.expected)
    case .rejected(let finding):
      #expect(finding.code.text == given.expected)
      #expect(finding.column == "x")
    }
  }

  static let odometers: [(source: String, cell: String, kilometres: UInt32?, code: String?)] = [
    ("", "12345", 12_345, nil),
    (#", "unit": "mi""#, "33959", 54_652, nil),
    (#", "unit": "mi""#, "1", 2, nil),
    (
      #", "unit": "mi", "plausible": {"from": 100, "to": 500000}"#, "1", nil, "ODOMETER_IMPLAUSIBLE"
    ),
    (
      #", "unit": "mi", "plausible": {"from": 100, "to": 500000}"#, "999999", nil,
      "ODOMETER_IMPLAUSIBLE"
    ),
    (#", "plausible": {"from": 100, "to": 500000}"#, "500000", 500_000, nil),
    (#", "plausible": {"from": 100, "to": 500000}"#, "500000.5", nil, "ODOMETER_IMPLAUSIBLE"),
    (#", "plausible": {"from": 100, "to": 500000}"#, "-7", nil, "ODOMETER_IMPLAUSIBLE"),
    (#", "plausible": {"from": 100, "to": 500000}"#, "", nil, "ODOMETER_EMPTY"),
    ("", "", nil, nil),
    (#", "empty": ["-"]"#, "-", nil, nil),
  ]

  @Test("odometers that cannot be true are left unstated and reported", arguments: odometers)
  func odometer(
    _ given: (source: String, cell: String, kilometres: UInt32?, code: String?)
  ) throws {
    let conversion = try convert(
      "odometer", #"{"column": "x"\#(given.source)}"#, cell: given.cell)
    let read = try #require(valuation(conversion))
    #expect(read.odometer?.rawValue == given.kilometres)
    #expect(conversion.warnings.first?.code.text == given.code)
  }

  static let times: [(source: String, cell: String, expected: String)] = [
    ("", "2014-01-01T17:15:00Z", "2014-01-01T17:15:00.000Z"),
    ("", "2014-01-01T17:15:00+08:00", "2014-01-01T09:15:00.000Z"),
    (
      #", "format": "yyyy/M/d H:mm", "offset": "+08:00""#, "2014/1/2 7:05",
      "2014-01-01T23:05:00.000Z"
    ),
    (#", "format": "d.M.yyyy", "offset": "Z""#, "2.1.2014", "2014-01-02T00:00:00.000Z"),
    (#", "format": "yyyyMMdd", "offset": "Z""#, "20140102", "2014-01-02T00:00:00.000Z"),
    (
      #", "format": "yyyy-MM-ddTHH:mm:ssXXX""#, "2014-01-02T00:00:00-05:30",
      "2014-01-02T05:30:00.000Z"
    ),
    (#", "format": "d.M.yyyy", "offset": "Z""#, "31.2.2014", "CELL_NOT_DATE"),
    (#", "format": "d.M.yyyy", "offset": "Z""#, "2014-01-02", "CELL_NOT_DATE"),
    (#", "format": "d.M.yyyy", "offset": "Z""#, "41640", "CELL_DATE_SERIAL"),
    ("", "41640.71875", "CELL_DATE_SERIAL"),
  ]

  @Test("times are read by their format, serial numbers refused", arguments: times)
  func time(_ given: (source: String, cell: String, expected: String)) throws {
    let conversion = try convert("asOf", #"{"column": "x"\#(given.source)}"#, cell: given.cell)
    switch conversion.result {
    case .operations: #expect(valuation(conversion)?.asOf.wallTime.text == given.expected)
    case .rejected(let finding): #expect(finding.code.text == given.expected)
    }
  }

  static let words: [(source: String, cell: String, expected: String)] = [
    (#", "values": {"Retail": "retail", "FS": "forced-sale"}"#, "FS", "forced-sale"),
    (#", "values": {"FS": "forced-sale"}"#, "ZZ", "CELL_UNTRANSLATED"),
    (#", "values": {"FS": "forced-sale"}, "otherwise": "keep""#, "wholesale", "wholesale"),
    (#", "case": "lower""#, "Wholesale", "wholesale"),
    ("", "Wholesale", "CELL_UNTRANSLATED"),
  ]

  @Test("words are translated by the map", arguments: words)
  func word(_ given: (source: String, cell: String, expected: String)) throws {
    let conversion = try convert("basis", #"{"column": "x"\#(given.source)}"#, cell: given.cell)
    switch conversion.result {
    case .operations: #expect(valuation(conversion)?.basis.word == given.expected)
    case .rejected(let finding): #expect(finding.code.text == given.expected)
    }
  }

  @Test("a VIN is brought to canonical form and the change reported")
  func vin() throws {
    let typed = " 4t1-bf1fk " + ImportBench.vin(1).dropFirst(8)
    let conversion = try convert("vin", #"{"column": "x"}"#, cell: typed)
    #expect(valuation(conversion)?.vin.text == ImportBench.vin(1))
    #expect(conversion.warnings.map(\.code) == [.vinRewritten])
    for (cell, code) in [
      ("1.23E+16", "CELL_SCIENTIFIC"), ("123", "VIN_LENGTH"), ("", "CELL_EMPTY"),
    ] {
      guard case .rejected(let finding) = try convert("vin", #"{"column": "x"}"#, cell: cell).result
      else {
        Issue.record("'\(cell)' is no VIN")
        continue
      }
      #expect(finding.code.text == code)
    }
  }

  @Test("templates take cells, the canonical VIN and the row's number")
  func template() throws {
    let conversion = try convert("id", #"{"template": "{vin}:{x}-{row}"}"#, cell: "A1")
    #expect(valuation(conversion)?.id.text == "\(ImportBench.vin(1)):A1-1")
  }

  @Test("a row with too many or too few cells is refused, empty ones at the end are not counted")
  func cellCount() throws {
    let ledger = ImportLedger()
    let vins = (1...3).map(ImportBench.vin)
    let result = try ImportBench(
      csv: "vin,model,id,value,at\n\(vins[0]),Camry,v,5,2026-01-02,,\n\(vins[1]),Camry,v,5\n"
        + "\(vins[2]),Camry,v,5,2026-01-02,more\n"
    ).run(ledger)
    #expect(result.findings.map(\.code) == [.csvCellCount, .csvCellCount])
    #expect(result.lines == [3, 4])
    #expect(ledger.state.vehicles.count == 1)
  }
}
