import Cryptography

/// What one operation does, with its fields (docs/formats/transactions.md).
package enum OperationBody: Hashable, Sendable {
  case registerVehicle(VehicleRegistration)
  case recordValuation(ValuationRecording)
  case createPledge(PledgeCreation)
  case releasePledge(PledgeRelease)
  case releasePledgeByOrder(PledgeReleaseByOrder)
  case registerModel(ModelRegistration)
  case governance(GovernanceChange)

  package var kind: OperationKind {
    switch self {
    case .registerVehicle: .registerVehicle
    case .recordValuation: .recordValuation
    case .createPledge: .createPledge
    case .releasePledge: .releasePledge
    case .releasePledgeByOrder: .releasePledgeByOrder
    case .registerModel: .registerModel
    case .governance(let change): .governance(change.action.kind)
    }
  }

  /// The vehicle whose history the operation enters; `nil` for operations on no vehicle.
  package var vehicle: VehicleIdentificationNumber? {
    switch self {
    case .registerVehicle(let registration): registration.vin
    case .recordValuation(let valuation): valuation.vin
    case .createPledge(let pledge): pledge.vin
    case .releasePledge(let release): release.vin
    case .releasePledgeByOrder(let release): release.vin
    case .registerModel, .governance: nil
    }
  }

  /// By what right it is done.
  package var authority: Authority {
    switch self {
    case .registerVehicle, .recordValuation, .createPledge, .releasePledge, .releasePledgeByOrder,
      .registerModel:
      .members
    case .governance: .governors
    }
  }

  /// Whether the block that holds it, accepted, is its epoch's last.
  var closesEpoch: Bool {
    guard case .governance(let change) = self else { return false }
    return change.action.closesEpoch
  }
}

/// The operations of the contract. Raw values are part of the format.
package enum OperationKind: Hashable, Sendable {
  case registerVehicle
  case recordValuation
  case createPledge
  case releasePledge
  case releasePledgeByOrder
  case registerModel
  case governance(GovernanceKind)

  /// The name in the contract, as documents, logs and JSON write it.
  package var name: String {
    switch self {
    case .registerVehicle: "vehicle.register"
    case .recordValuation: "valuation.record"
    case .createPledge: "pledge.create"
    case .releasePledge: "pledge.release"
    case .releasePledgeByOrder: "pledge.release-by-order"
    case .registerModel: "model.register"
    case .governance(let kind): kind.name
    }
  }
}

extension OperationKind: RawRepresentable {
  package init?(rawValue: UInt64) {
    switch rawValue {
    case 1: self = .registerVehicle
    case 2: self = .recordValuation
    case 3: self = .createPledge
    case 4: self = .releasePledge
    case 5: self = .releasePledgeByOrder
    case 6: self = .registerModel
    default:
      guard let kind = GovernanceKind(rawValue: rawValue) else { return nil }
      self = .governance(kind)
    }
  }

  package var rawValue: UInt64 {
    switch self {
    case .registerVehicle: 1
    case .recordValuation: 2
    case .createPledge: 3
    case .releasePledge: 4
    case .releasePledgeByOrder: 5
    case .registerModel: 6
    case .governance(let kind): kind.rawValue
    }
  }
}

/// `vehicle.register`: a registry opens a vehicle's title.
///
/// What is `nil` is *unstated*: a portfolio's file did not say it, and nothing was invented. A vehicle
/// whose owners, region or certificate are unstated cannot be pledged.
package struct VehicleRegistration: Hashable, Sendable {
  package static let ownerLimit = 8
  package static let evidenceLimit = 16

  package var vin: VehicleIdentificationNumber
  package var checkDigitRule: CheckDigitRule
  /// 1 to 8 parties, or `nil` when unstated.
  package var owners: [Party]?
  package var plate: Commitment?
  package var use: UseNature?
  package var energy: Energy?
  package var make: DescriptiveText
  package var model: DescriptiveText
  /// 1900...2200.
  package var modelYear: UInt16
  package var odometer: Kilometres?
  package var firstRegistered: CalendarDate?
  package var region: Region?
  package var certificate: Document?
  /// At most 16.
  package var evidence: [Document]

  package init(
    vin: VehicleIdentificationNumber, checkDigitRule: CheckDigitRule = .applies,
    owners: [Party]? = nil, plate: Commitment? = nil, use: UseNature? = nil, energy: Energy? = nil,
    make: DescriptiveText, model: DescriptiveText, modelYear: UInt16, odometer: Kilometres? = nil,
    firstRegistered: CalendarDate? = nil, region: Region? = nil, certificate: Document? = nil,
    evidence: [Document] = []
  ) {
    self.vin = vin
    self.checkDigitRule = checkDigitRule
    self.owners = owners
    self.plate = plate
    self.use = use
    self.energy = energy
    self.make = make
    self.model = model
    self.modelYear = modelYear
    self.odometer = odometer
    self.firstRegistered = firstRegistered
    self.region = region
    self.certificate = certificate
    self.evidence = evidence
  }
}

/// Whether a VIN's check digit must be right.
package enum CheckDigitRule: UInt64, Sendable {
  case applies = 0
  /// The registry attests that this vehicle's maker did not use the check digit.
  case attestedUnused = 1
}

package enum UseNature: UInt64, CaseIterable, Sendable {
  case own = 1
  case commercial = 2
}

package enum Energy: UInt64, CaseIterable, Sendable {
  case internalCombustion = 1
  case batteryElectric = 2
  case plugInHybrid = 3
  case fuelCell = 4
}

/// A distance, 0 to 9,999,999 km.
package struct Kilometres: Hashable, Sendable {
  package static let limit: UInt32 = 9_999_999
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) throws(RefusalCode) {
    guard rawValue <= Kilometres.limit else { throw .valueOutOfRange }
    self.rawValue = rawValue
  }
}

/// A document, shown by its SHA-256 or only committed to.
package typealias Document = Disclosable<DocumentHash>

/// `valuation.record`: an appraiser, or a lender for its own use, states what a vehicle is worth.
package struct ValuationRecording: Hashable, Sendable {
  package var vin: VehicleIdentificationNumber
  package var id: Identifier
  package var method: ValuationMethod
  package var basis: ValuationBasis
  package var value: Money
  /// The ends of the band around the value, in its currency; `nil` where no band was given.
  package var low: Money?
  package var high: Money?
  package var asOf: Timestamp
  package var odometer: Kilometres?
  /// 1 (worst) to 50 (best).
  package var condition: UInt8?
  package var region: Region?
  package var model: ModelReference?
  package var input: Document?
  package var report: Document?

  package init(
    vin: VehicleIdentificationNumber, id: Identifier, method: ValuationMethod,
    basis: ValuationBasis, value: Money, low: Money? = nil, high: Money? = nil, asOf: Timestamp,
    odometer: Kilometres? = nil, condition: UInt8? = nil, region: Region? = nil,
    model: ModelReference? = nil, input: Document? = nil, report: Document? = nil
  ) {
    self.vin = vin
    self.id = id
    self.method = method
    self.basis = basis
    self.value = value
    self.low = low
    self.high = high
    self.asOf = asOf
    self.odometer = odometer
    self.condition = condition
    self.region = region
    self.model = model
    self.input = input
    self.report = report
  }
}

package enum ValuationMethod: UInt64, CaseIterable, Sendable {
  case market = 1
  case cost = 2
  case income = 3
  case model = 4
  case inspection = 5
  case auction = 6
}

package enum ValuationBasis: UInt64, CaseIterable, Sendable {
  case retail = 1
  case wholesale = 2
  case forcedSale = 3
}

/// One version of a valuation model.
package struct ModelReference: Hashable, Sendable {
  package var id: Identifier
  package var version: Identifier

  package init(id: Identifier, version: Identifier) {
    self.id = id
    self.version = version
  }
}

/// `pledge.create`: a lender, the pledgee, takes the vehicle's one slot. The pledgee is the member
/// that acts (`Operation.by`).
package struct PledgeCreation: Hashable, Sendable {
  package var vin: VehicleIdentificationNumber
  package var id: Identifier
  package var security: SecurityKind
  package var pledgor: Party
  package var debtor: Party
  package var principal: Money
  package var maximumSecured: Money?
  package var contract: Document
  package var start: CalendarDate
  package var maturity: CalendarDate
  package var basis: PledgeBasis
  package var transferClause: TransferClause
  package var ownerConsent: Document?

  package init(
    vin: VehicleIdentificationNumber, id: Identifier, security: SecurityKind, pledgor: Party,
    debtor: Party, principal: Money, maximumSecured: Money? = nil, contract: Document,
    start: CalendarDate, maturity: CalendarDate, basis: PledgeBasis,
    transferClause: TransferClause = .none, ownerConsent: Document? = nil
  ) {
    self.vin = vin
    self.id = id
    self.security = security
    self.pledgor = pledgor
    self.debtor = debtor
    self.principal = principal
    self.maximumSecured = maximumSecured
    self.contract = contract
    self.start = start
    self.maturity = maturity
    self.basis = basis
    self.transferClause = transferClause
    self.ownerConsent = ownerConsent
  }
}

/// What a new pledge rests on.
package enum PledgeBasis: Hashable, Sendable {
  /// The named valuation, and a search of this ledger at a height.
  case search(valuation: Identifier, height: Height)
  /// A pledge that existed before, copied from the vehicle office's own register.
  case transcribed(since: Timestamp, annotation: Document)
}

package enum SecurityKind: UInt64, CaseIterable, Sendable {
  case mortgage = 1
  case possessory = 2
  case retentionOfTitle = 3
  case financeLease = 4
}

package enum TransferClause: UInt64, Sendable {
  case none = 0
  /// The parties agreed that the vehicle is not sold while the pledge lives.
  case noTransfer = 1
}

/// `pledge.release`: the pledgee of record frees the slot.
package struct PledgeRelease: Hashable, Sendable {
  package var vin: VehicleIdentificationNumber
  package var id: Identifier
  package var reason: ReleaseReason
  package var paidOn: CalendarDate?

  package init(
    vin: VehicleIdentificationNumber, id: Identifier, reason: ReleaseReason,
    paidOn: CalendarDate? = nil
  ) {
    self.vin = vin
    self.id = id
    self.reason = reason
    self.paidOn = paidOn
  }
}

package enum ReleaseReason: UInt64, CaseIterable, Sendable {
  case paid = 1
  case waived = 2
  case refinanced = 3
  case disposed = 4
}

/// `pledge.release-by-order`: a court frees the slot. The court is the member that acts.
package struct PledgeReleaseByOrder: Hashable, Sendable {
  package var vin: VehicleIdentificationNumber
  package var id: Identifier
  package var caseNumber: Disclosable<Identifier>
  package var judgment: Document

  package init(
    vin: VehicleIdentificationNumber, id: Identifier, caseNumber: Disclosable<Identifier>,
    judgment: Document
  ) {
    self.vin = vin
    self.id = id
    self.caseNumber = caseNumber
    self.judgment = judgment
  }
}

/// `model.register`: one version of a valuation model becomes usable until its next calibration.
package struct ModelRegistration: Hashable, Sendable {
  package var model: ModelReference
  package var artefact: Document
  package var calibratedOn: CalendarDate
  package var errorBound: BasisPoints
  package var nextCalibration: CalendarDate

  package init(
    model: ModelReference, artefact: Document, calibratedOn: CalendarDate, errorBound: BasisPoints,
    nextCalibration: CalendarDate
  ) {
    self.model = model
    self.artefact = artefact
    self.calibratedOn = calibratedOn
    self.errorBound = errorBound
    self.nextCalibration = nextCalibration
  }
}

/// A ratio in hundredths of a per cent, 0 to 1,000,000.
package struct BasisPoints: Hashable, Comparable, Sendable {
  package static let limit: UInt32 = 1_000_000
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) throws(RefusalCode) {
    guard rawValue <= BasisPoints.limit else { throw .valueOutOfRange }
    self.rawValue = rawValue
  }

  package static func < (left: BasisPoints, right: BasisPoints) -> Bool {
    left.rawValue < right.rawValue
  }
}
