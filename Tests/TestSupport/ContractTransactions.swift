import CBOR
import Cryptography
import Ledger

// Short ways to the values that tests of the contract are made of. Each asks for what a test varies;
// the rest is an ordinary case that the contract accepts.

extension Identifier: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self = try! Identifier(text) }
}

extension CalendarDate: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = try! CalendarDate(text) }
}

extension Money {
  /// Whole units of yuan.
  package static func yuan(_ amount: Int64) -> Money { fen(amount * 100) }

  package static func fen(_ amount: Int64, _ currency: String = "CNY") -> Money {
    try! Money(minorUnits: amount, currency: try! Currency(currency))
  }
}

extension Timestamp {
  package static let second: UInt64 = 1_000
  package static let hour: UInt64 = 3_600_000
  package static let day: UInt64 = 86_400_000

  /// The moment at which the day begins in China, and `milliseconds` later.
  package static func inChina(_ date: CalendarDate, milliseconds: UInt64 = 0) -> Timestamp {
    let midnight = Int64(date.daysSinceEpoch) * Int64(day) - Int64(8 * hour)
    return Timestamp(milliseconds: UInt64(midnight) + milliseconds)!
  }

  package func moved(byMilliseconds milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: UInt64(Int64(self.milliseconds) + milliseconds))!
  }
}

extension Operation {
  package static func register(
    _ vin: VehicleIdentificationNumber, by member: GenesisMember = ContractNetwork.registry,
    occurredAt: Timestamp? = nil, _ change: (inout VehicleRegistration) -> Void = { _ in }
  ) -> Operation {
    var registration = VehicleRegistration(
      vin: vin, owners: [ContractNetwork.person], use: .own, energy: .internalCombustion,
      make: try! DescriptiveText("Hongqi"), model: try! DescriptiveText("H9"), modelYear: 2025,
      firstRegistered: "2026-01-10", region: try! Region("110105"),
      certificate: ContractNetwork.document("certificate"))
    change(&registration)
    return Operation(
      by: member.id, occurredAt: occurredAt, body: .registerVehicle(registration))
  }

  package static func value(
    _ vin: VehicleIdentificationNumber, _ id: Identifier, _ value: Money = .yuan(100_000),
    asOf: Timestamp, by member: GenesisMember = ContractNetwork.appraiser,
    _ change: (inout ValuationRecording) -> Void = { _ in }
  ) -> Operation {
    var valuation = ValuationRecording(
      vin: vin, id: id, method: .market, basis: .retail, value: value, asOf: asOf)
    change(&valuation)
    return Operation(by: member.id, body: .recordValuation(valuation))
  }

  package static func pledge(
    _ vin: VehicleIdentificationNumber, _ id: Identifier, principal: Money = .yuan(70_000),
    basis: PledgeBasis, by member: GenesisMember = ContractNetwork.bankA,
    _ change: (inout PledgeCreation) -> Void = { _ in }
  ) -> Operation {
    var pledge = PledgeCreation(
      vin: vin, id: id, security: .mortgage, pledgor: ContractNetwork.person,
      debtor: ContractNetwork.person, principal: principal,
      contract: ContractNetwork.document("contract \(id)"), start: "2026-02-01",
      maturity: "2029-02-01", basis: basis)
    change(&pledge)
    return Operation(by: member.id, body: .createPledge(pledge))
  }

  package static func release(
    _ vin: VehicleIdentificationNumber, _ id: Identifier,
    by member: GenesisMember = ContractNetwork.bankA, reason: ReleaseReason = .paid,
    paidOn: CalendarDate? = nil, occurredAt: Timestamp? = nil
  ) -> Operation {
    Operation(
      by: member.id, occurredAt: occurredAt,
      body: .releasePledge(PledgeRelease(vin: vin, id: id, reason: reason, paidOn: paidOn)))
  }

  package static func releaseByOrder(
    _ vin: VehicleIdentificationNumber, _ id: Identifier,
    by member: GenesisMember = ContractNetwork.court
  ) -> Operation {
    Operation(
      by: member.id,
      body: .releasePledgeByOrder(
        PledgeReleaseByOrder(
          vin: vin, id: id, caseNumber: .disclosed("2026-BJ-17"),
          judgment: ContractNetwork.document("judgment"))))
  }

  package static func registerModel(
    _ version: Identifier, calibratedOn: CalendarDate = "2026-02-01",
    nextCalibration: CalendarDate = "2026-05-01",
    by member: GenesisMember = ContractNetwork.appraiser
  ) -> Operation {
    Operation(
      by: member.id,
      body: .registerModel(
        ModelRegistration(
          model: ModelReference(id: "model", version: version),
          artefact: ContractNetwork.document("artefact"), calibratedOn: calibratedOn,
          errorBound: ContractNetwork.basisPoints(800), nextCalibration: nextCalibration)))
  }

  package func with(occurredAt: Timestamp?) -> Operation {
    Operation(by: by, occurredAt: occurredAt, body: body)
  }
}

extension Transaction {
  /// A well-formed transaction whose signatures are zeros: the contract never looks at them.
  ///
  /// - Parameter signers: by default those who act, in the order in which they first do.
  package static func make(
    _ operations: [Operation], signers: [MemberID]? = nil, reference: Identifier,
    validUntil: Timestamp, salt: Digest? = nil
  ) -> Transaction {
    var actors: [MemberID] = []
    for operation in operations where !actors.contains(operation.by) { actors.append(operation.by) }
    let draft = TransactionDraft(
      network: ContractNetwork.id, signers: signers ?? actors, reference: reference,
      validUntil: validUntil, salt: salt ?? SHA256.hash(Array(reference.text.utf8)),
      operations: operations)
    let signature = COSESignature(
      algorithm: .es256, keyID: .zero, signature: [UInt8](repeating: 0, count: 64))
    return try! Transaction(
      payload: draft.payloadBytes,
      signatures: Array(repeating: signature, count: draft.payload.signers.count),
      salt: draft.salt, operations: operations, network: ContractNetwork.id)
  }
}
