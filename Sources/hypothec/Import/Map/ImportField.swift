import Documents
import Ledger

/// A field of an operation as a map names it.
struct ImportField: Hashable, Sendable {
  /// What the field holds, and so how a cell is read.
  enum Form: Hashable, Sendable {
    case vin
    case identifier
    case text
    case year
    case condition
    case odometer
    case date
    case time
    case region
    case money
    case party
    case document
    case commitment
    /// One of these words.
    case word([String])
  }

  enum Presence: Hashable, Sendable {
    case required
    /// Unstated where the file does not say it.
    case optional
    /// As many as there are, up to a limit.
    case list(Int)
  }

  let name: String
  let form: Form
  let presence: Presence

  private init(_ name: String, _ form: Form, _ presence: Presence = .optional) {
    self.name = name
    self.form = form
    self.presence = presence
  }

  /// The operations that a portfolio's file can hold.
  static let kinds: [OperationKind] = [.registerVehicle, .recordValuation, .createPledge]

  static func fields(of kind: OperationKind) -> [ImportField] {
    switch kind {
    case .registerVehicle: common + registration
    case .recordValuation: common + valuation
    case .createPledge: common + pledge
    case .releasePledge, .releasePledgeByOrder, .registerModel, .governance: []
    }
  }

  private static let common = [
    ImportField("vin", .vin, .required), ImportField("occurredAt", .time),
  ]

  private static let registration = [
    ImportField("checkDigit", .word(["applies", "unused"])),
    ImportField("owners", .party, .list(VehicleRegistration.ownerLimit)),
    ImportField("plate", .commitment),
    ImportField("use", .word(UseNature.words)),
    ImportField("energy", .word(Energy.words)),
    ImportField("make", .text, .required),
    ImportField("model", .text, .required),
    ImportField("modelYear", .year, .required),
    ImportField("odometer", .odometer),
    ImportField("firstRegistered", .date),
    ImportField("region", .region),
    ImportField("certificate", .document),
    ImportField("evidence", .document, .list(VehicleRegistration.evidenceLimit)),
  ]

  private static let valuation = [
    ImportField("id", .identifier, .required),
    ImportField("method", .word(ValuationMethod.words), .required),
    ImportField("basis", .word(ValuationBasis.words), .required),
    ImportField("value", .money, .required),
    ImportField("low", .money),
    ImportField("high", .money),
    ImportField("asOf", .time, .required),
    ImportField("odometer", .odometer),
    ImportField("condition", .condition),
    ImportField("region", .region),
    ImportField("modelId", .identifier),
    ImportField("modelVersion", .identifier),
    ImportField("input", .document),
    ImportField("report", .document),
  ]

  private static let pledge = [
    ImportField("id", .identifier, .required),
    ImportField("security", .word(SecurityKind.words), .required),
    ImportField("pledgor", .party, .required),
    ImportField("debtor", .party, .required),
    ImportField("principal", .money, .required),
    ImportField("maximumSecured", .money),
    ImportField("contract", .document, .required),
    ImportField("start", .date, .required),
    ImportField("maturity", .date, .required),
    ImportField("valuation", .identifier),
    ImportField("existingSince", .time),
    ImportField("existingAnnotation", .document),
    ImportField("transferClause", .word(["none", "no-transfer"])),
    ImportField("ownerConsent", .document),
  ]
}
