import CommandInterface
import Ledger
import Node
import TestSupport
import Testing

@testable import hypothec

@Suite("Reconciliation")
struct ImportReconcileTests {
  private static let map = """
    { "format": "hypothec/import-map/1", "operations": [
      { "operation": "pledge.create", "by": "bank-a", "coSigners": ["registry-a"], "fields": {
        "vin": {"column": "vin"}, "id": {"column": "id"}, "security": {"constant": "mortgage"},
        "pledgor": {"column": "who"}, "debtor": {"column": "who"},
        "principal": {"column": "sum", "currency": "CNY"},
        "contract": {"constant": "sha256:\(String(repeating: "ab", count: 32))"},
        "start": {"constant": "2026-02-01"}, "maturity": {"constant": "2028-02-01"},
        "existingSince": {"constant": "2026-02-01T00:00:00Z"},
        "existingAnnotation": {"constant": "sha256:\(String(repeating: "cd", count: 32))"} } } ] }
    """

  private static func row(_ serial: Int, _ id: String, _ sum: Int) -> String {
    "\(ImportBench.vin(serial)),\(id),\(LedgerComparison.text(ContractNetwork.person)),\(sum)\n"
  }

  private static let heading = "vin,id,who,sum\n"

  private func ledger() throws -> ImportLedger {
    let ledger = ImportLedger()
    for serial in 1...4 {
      let vin = try VehicleIdentificationNumber(ImportBench.vin(serial))
      ledger.record([.register(vin)], reference: "r-\(serial)")
    }
    return ledger
  }

  private func reconcile(_ csv: String, _ ledger: ImportLedger) throws -> [ReconciledRow] {
    let map = try ImportMap.read(Array(Self.map.utf8), "map.json")
    var parts = [Array(csv.utf8)]
    var table = try ImportTable(delimiter: nil, name: "book") { () throws(Problem) in
      parts.isEmpty ? [] : parts.removeFirst()
    }
    let converter = try RowConverter(map, columns: table.columns, member: nil, file: "book")
    var rows: [ReconciledRow] = []
    var reconciliation = Reconciliation(
      { request throws(Problem) in ledger.answer(request) },
      emit: { row throws(Problem) in rows.append(row) })
    try reconciliation.compare(&table, converter, .never) { _ in }
    try reconciliation.findMissing(of: ContractNetwork.bankA.id)
    #expect(reconciliation.counts.agree == rows.allSatisfy { $0.result == .matches })
    return rows
  }

  @Test("existing pledges are imported with the registry's signature and then agree")
  func importsAndAgrees() throws {
    let ledger = try ledger()
    let csv = Self.heading + Self.row(1, "p-1", 100) + Self.row(2, "p-2", 200)
    var bench = ImportBench(csv: csv)
    bench.map = Self.map
    let result = try bench.run(ledger)
    #expect(result.findings == [])
    #expect(result.summary.accepted.pledges == 2)
    #expect(ledger.refusals == [])
    #expect(try reconcile(csv, ledger).map(\.result) == [.matches, .matches])
  }

  @Test("a second pledge on a pledged vehicle is reported, not submitted")
  func doublePledge() throws {
    let ledger = try ledger()
    var bench = ImportBench(csv: Self.heading + Self.row(1, "p-1", 100) + Self.row(1, "p-9", 5))
    bench.map = Self.map
    let result = try bench.run(ledger)
    #expect(result.findings.map(\.code.text) == ["PLEDGE_ALREADY_ACTIVE"])
    #expect(result.lines == [3])
    #expect(ledger.refusals == [])
  }

  @Test("differences name the field and both values; what either side lacks is listed")
  func differs() throws {
    let ledger = try ledger()
    var bench = ImportBench(
      csv: Self.heading + (1...3).map { Self.row($0, "p-\($0)", 100) }.joined())
    bench.map = Self.map
    _ = try bench.run(ledger)
    let rows = try reconcile(
      Self.heading + Self.row(1, "p-1", 150) + Self.row(4, "p-4", 1) + Self.row(9, "p-9", 1)
        + "x\n" + Self.row(2, "p-2", 100), ledger)
    #expect(
      rows.map(\.result) == [
        .unreadable, .differs, .notOnLedger, .notOnLedger, .matches, .notInFile,
      ])
    #expect(
      rows[1].differences == [
        FieldDifference(field: "principal", file: "150.00 CNY", ledger: "100.00 CNY")
      ])
    #expect(rows[5].vin?.text == ImportBench.vin(3))
  }
}
