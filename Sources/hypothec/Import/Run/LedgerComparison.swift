import CommandInterface
import Cryptography
import Documents
import Ledger

/// One field that a file and the ledger say differently.
struct FieldDifference: Hashable, Sendable {
  let field: String
  let file: String
  /// What the ledger has; `nil` where it is unstated there.
  let ledger: String?

  var text: LocalizedText {
    LocalizedText(
      english: "\(field) is \(ledger ?? "unstated") on the ledger, \(file) in the file",
      chinese: "\(field)：账本为 \(ledger ?? "未说明")，文件为 \(file)")
  }
}

/// Compares what a file says with what the ledger has. What the file does not say contradicts
/// nothing.
struct LedgerComparison {
  private(set) var differences: [FieldDifference] = []

  private mutating func compare<Value: Equatable>(
    _ field: String, _ file: Value?, _ ledger: Value?, _ text: (Value) -> String
  ) {
    guard let file, file != ledger else { return }
    differences.append(
      FieldDifference(field: field, file: text(file), ledger: ledger.map(text)))
  }

  static func differences(
    _ file: VehicleRegistration, _ ledger: VehicleRegistration
  ) -> [FieldDifference] {
    var comparison = LedgerComparison()
    comparison.compare("owners", file.owners, ledger.owners) { parties in
      parties.map(text).joined(separator: ", ")
    }
    comparison.compare("plate", file.plate, ledger.plate) { $0.digest.description }
    comparison.compare("use", file.use, ledger.use) { $0.word }
    comparison.compare("energy", file.energy, ledger.energy) { $0.word }
    comparison.compare("make", file.make, ledger.make) { $0.text }
    comparison.compare("model", file.model, ledger.model) { $0.text }
    comparison.compare("modelYear", file.modelYear, ledger.modelYear) { String($0) }
    comparison.compare("odometer", file.odometer, ledger.odometer) { "\($0.rawValue) km" }
    comparison.compare("firstRegistered", file.firstRegistered, ledger.firstRegistered) { $0.text }
    comparison.compare("region", file.region, ledger.region) { $0.text }
    comparison.compare("certificate", file.certificate, ledger.certificate, text)
    comparison.compare(
      "evidence", file.evidence.isEmpty ? nil : file.evidence, ledger.evidence
    ) { $0.map(text).joined(separator: ", ") }
    return comparison.differences
  }

  static func differences(
    _ file: ValuationRecording, _ ledger: ValuationRecording
  ) -> [FieldDifference] {
    var comparison = LedgerComparison()
    comparison.compare("method", file.method, ledger.method) { $0.word }
    comparison.compare("basis", file.basis, ledger.basis) { $0.word }
    comparison.compare("value", file.value, ledger.value) { $0.description }
    comparison.compare("low", file.low, ledger.low) { $0.description }
    comparison.compare("high", file.high, ledger.high) { $0.description }
    comparison.compare("asOf", file.asOf, ledger.asOf) { $0.wallTime.text }
    comparison.compare("odometer", file.odometer, ledger.odometer) { "\($0.rawValue) km" }
    comparison.compare("condition", file.condition, ledger.condition) { String($0) }
    comparison.compare("region", file.region, ledger.region) { $0.text }
    comparison.compare("model", file.model, ledger.model) { "\($0.id) \($0.version)" }
    comparison.compare("input", file.input, ledger.input, text)
    comparison.compare("report", file.report, ledger.report, text)
    return comparison.differences
  }

  /// The height of a search is no content: it is of the day on which the pledge was recorded.
  static func differences(_ file: PledgeCreation, _ ledger: PledgeCreation) -> [FieldDifference] {
    var comparison = LedgerComparison()
    comparison.compare("security", file.security, ledger.security) { $0.word }
    comparison.compare("pledgor", file.pledgor, ledger.pledgor, text)
    comparison.compare("debtor", file.debtor, ledger.debtor, text)
    comparison.compare("principal", file.principal, ledger.principal) { $0.description }
    comparison.compare("maximumSecured", file.maximumSecured, ledger.maximumSecured) {
      $0.description
    }
    comparison.compare("contract", file.contract, ledger.contract, text)
    comparison.compare("start", file.start, ledger.start) { $0.text }
    comparison.compare("maturity", file.maturity, ledger.maturity) { $0.text }
    comparison.compare("basis", basis(file), basis(ledger)) { $0 }
    comparison.compare("transferClause", file.transferClause, ledger.transferClause) {
      $0 == .none ? "none" : "no-transfer"
    }
    comparison.compare("ownerConsent", file.ownerConsent, ledger.ownerConsent, text)
    return comparison.differences
  }

  private static func basis(_ pledge: PledgeCreation) -> String {
    switch pledge.basis {
    case .search(let valuation, _): "valuation \(valuation)"
    case .transcribed(let since, let annotation):
      "existing since \(since.wallTime.text), annotation \(text(annotation))"
    }
  }

  // MARK: Texts

  static func text(_ party: Party) -> String {
    switch party {
    case .disclosed(.uscc(let code)): "uscc:\(code)"
    case .disclosed(.lei(let code)): "lei:\(code)"
    case .committed(let commitment): "commitment:\(commitment.digest)"
    }
  }

  static func text(_ document: Document) -> String {
    switch document {
    case .disclosed(let hash): "sha256:\(hash.digest)"
    case .committed(let commitment): "commitment:\(commitment.digest)"
    }
  }
}
