import CommandInterface
import Cryptography
import Documents
@preconcurrency import Glibc
import Ledger
import Node
import TestSupport

@testable import hypothec

/// Imports of texts into a ledger in memory.
struct ImportBench {
  static let key = try! SigningKey.generate(.es256)

  static let map = """
    { "format": "hypothec/import-map/1", "operations": [
      { "operation": "vehicle.register", "by": "registry-a", "fields": {
        "vin": {"column": "vin"}, "make": {"constant": "Toyota"}, "model": {"column": "model"},
        "modelYear": {"constant": 2014} } },
      { "operation": "valuation.record", "by": "appraiser-a", "fields": {
        "vin": {"column": "vin"}, "id": {"column": "id"}, "method": {"constant": "market"},
        "basis": {"constant": "retail"}, "value": {"column": "value", "currency": "USD"},
        "asOf": {"column": "at", "format": "yyyy-MM-dd", "offset": "Z"} } } ] }
    """

  var map = ImportBench.map
  var csv: String
  var operationLimit = 1_000
  var window = 8
  var interrupt = InterruptFlag.never
  var purpose = ImportPlanner.Purpose.submission

  init(csv: String) { self.csv = csv }

  struct Result {
    let summary: ImportSummary
    let findings: [RowFinding]
    let lines: [Int]
  }

  /// VINs with right check digits; `serial` 0..<100,000.
  static func vin(_ serial: Int) -> String {
    let digits = String(serial)
    let tail = String(repeating: "0", count: 6 - digits.count) + digits
    for check in "0123456789X" {
      let text = "4T1BF1FK" + String(check) + "EU" + tail
      if let vin = try? VehicleIdentificationNumber(text), vin.checkDigit == .valid { return text }
    }
    preconditionFailure("one of eleven characters is the check digit")
  }

  /// A heading and `rows` rows, each with a vehicle of its own, of which every `repeatEvery`-th is
  /// that of the row before.
  static func csv(rows: Int, repeatEvery: Int = 0) -> String {
    var text = "vin,model,id,value,at\n"
    for row in 1...rows {
      let serial = repeatEvery > 0 && row % repeatEvery == 0 ? row - 1 : row
      text += "\(vin(serial)),Camry,v-\(row),\(10_000 + row),2026-01-02\n"
    }
    return text
  }

  func run(
    _ ledger: ImportLedger, storage: (any ImportStateStorage)? = nil, faults: ImportFaults = .none
  ) throws -> Result {
    let bytes = Array(csv.utf8)
    let parsed = try ImportMap.read(Array(map.utf8), "map.json")
    var isRead = false
    let table = try ImportTable(delimiter: nil, name: "book.csv") { () throws(Problem) in
      if isRead { return [] }
      isRead = true
      return bytes
    }
    let converter = try RowConverter(parsed, columns: table.columns, member: nil, file: "book.csv")
    let header = ImportStateHeader(
      file: SHA256.hash(bytes), map: SHA256.hash(Array(map.utf8)), network: ImportLedger.network)
    var state: (log: ImportStateLog, recovered: ImportStateLog.Recovered)?
    if purpose == .submission {
      let opened = try ImportStateLog.open(storage ?? ImportTestStorage(), header, name: "state")
      state = (opened.0, opened.1)
    }
    var findings: [RowFinding] = []
    var lines: [Int] = []
    var salts: UInt64 = UInt64(ledger.outcomes.count) << 32 | UInt64(faults.stepsLeft & 0xFFFF)
    let settings = ImportRun.Settings(
      fileDigest: header.file, network: ImportLedger.network, purpose: purpose,
      operationLimit: operationLimit, window: window,
      keys: Dictionary(
        uniqueKeysWithValues: ContractNetwork.members.map { ($0.id, Self.key) }),
      resumeCommand: "hypothec import book.csv --map map.json")
    let run = ImportRun(
      settings,
      ImportRun.Surroundings(
        open: { () throws(NodeAccessError) in ImportTestConnection(ledger, faults) },
        now: { ledger.time.wallTime },
        salt: { () throws(Problem) in
          salts += 1
          return SHA256.hash(Array("salt \(salts)".utf8))
        }, pause: {}, interrupt: interrupt,
        report: { finding, line, _ throws(Problem) in
          findings.append(finding)
          lines.append(line)
        }, progress: { _ in }),
      table: table, converter: converter,
      planner: ImportPlanner(parsed, member: nil, for: purpose), state: state)
    return Result(summary: try run.run(), findings: findings, lines: lines)
  }
}
