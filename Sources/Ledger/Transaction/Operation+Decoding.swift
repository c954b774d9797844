import CBOR
import Cryptography

extension Operation {
  /// Reads one operation and computes its hash.
  ///
  /// - Parameters:
  ///   - salt: the operation's own salt (`OperationHash.salt`).
  ///   - bytes: the input of `reader`.
  package static func decode(
    from reader: inout LedgerReader, bytes: [UInt8], salt: Digest
  ) throws(LedgerError) -> (operation: Operation, hash: Digest) {
    try reader.array(count: 2)
    let publicStart = reader.offset
    let publicPart = try PublicPart(from: &reader)
    let privateStart = reader.offset
    let operation = try publicPart.operation(readingPrivatePartFrom: &reader)
    let privateDigest = OperationHash.privateDigest(
      salt: salt, privatePart: bytes[privateStart..<reader.offset])
    let hash = OperationHash.hash(
      publicPart: bytes[publicStart..<privateStart], privateDigest: privateDigest)
    return (operation, hash)
  }
}

extension Operation {
  /// Reads one operation without its hash.
  package init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    let publicPart = try PublicPart(from: &reader)
    self = try publicPart.operation(readingPrivatePartFrom: &reader)
  }
}

/// The public part of an operation, which says how its private part is read.
private struct PublicPart {
  let by: MemberID
  let subject: Subject

  enum Subject {
    case registerVehicle(VehicleIdentificationNumber, CheckDigitRule)
    case recordValuation(VehicleIdentificationNumber, Identifier)
    case createPledge(VehicleIdentificationNumber, Identifier, SecurityKind, since: Timestamp?)
    case releasePledge(VehicleIdentificationNumber, Identifier, ReleaseReason)
    case releasePledgeByOrder(VehicleIdentificationNumber, Identifier)
    case registerModel(ModelReference)
    case governance(GovernanceChange)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    var map = try reader.map(limit: 8)
    try reader.require(0, in: &map)
    let kind = try reader.enumeration(OperationKind.self)
    try reader.require(1, in: &map)
    by = try reader.memberID()
    try reader.require(2, in: &map)
    switch kind {
    case .registerVehicle:
      let vin = try reader.vin()
      var rule = CheckDigitRule.applies
      if try reader.accept(3, in: &map) {
        rule = try reader.nonDefault(CheckDigitRule.self, default: .applies)
      }
      subject = .registerVehicle(vin, rule)
    case .recordValuation:
      let vin = try reader.vin()
      try reader.require(3, in: &map)
      subject = .recordValuation(vin, try reader.identifier())
    case .createPledge:
      let vin = try reader.vin()
      try reader.require(3, in: &map)
      let id = try reader.identifier()
      try reader.require(4, in: &map)
      let security = try reader.enumeration(SecurityKind.self)
      let since: Timestamp? = try reader.accept(5, in: &map) ? try reader.timestamp() : nil
      subject = .createPledge(vin, id, security, since: since)
    case .releasePledge:
      let vin = try reader.vin()
      try reader.require(3, in: &map)
      let id = try reader.identifier()
      try reader.require(4, in: &map)
      subject = .releasePledge(vin, id, try reader.enumeration(ReleaseReason.self))
    case .releasePledgeByOrder:
      let vin = try reader.vin()
      try reader.require(3, in: &map)
      subject = .releasePledgeByOrder(vin, try reader.identifier())
    case .registerModel:
      let id = try reader.identifier()
      try reader.require(3, in: &map)
      subject = .registerModel(ModelReference(id: id, version: try reader.identifier()))
    case .governance(let kind):
      subject = .governance(try GovernanceChange(kind, from: &reader, map: &map))
    }
    try reader.end(map)
  }

  func operation(
    readingPrivatePartFrom reader: inout LedgerReader
  ) throws(LedgerError) -> Operation {
    var map = try reader.map(limit: 16)
    let occurredAt: Timestamp? = try reader.accept(0, in: &map) ? try reader.timestamp() : nil
    let body = try body(from: &reader, map: &map)
    try reader.end(map)
    return Operation(by: by, occurredAt: occurredAt, body: body)
  }

  private func body(
    from reader: inout LedgerReader, map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) -> OperationBody {
    switch subject {
    case .registerVehicle(let vin, let rule):
      return .registerVehicle(
        try VehicleRegistration(vin: vin, checkDigitRule: rule, from: &reader, map: &map))
    case .recordValuation(let vin, let id):
      return .recordValuation(try ValuationRecording(vin: vin, id: id, from: &reader, map: &map))
    case .createPledge(let vin, let id, let security, let since):
      return .createPledge(
        try PledgeCreation(
          vin: vin, id: id, security: security, since: since, from: &reader, map: &map))
    case .releasePledge(let vin, let id, let reason):
      let paidOn: CalendarDate? =
        try reader.accept(1, in: &map) ? try reader.calendarDate() : nil
      return .releasePledge(PledgeRelease(vin: vin, id: id, reason: reason, paidOn: paidOn))
    case .releasePledgeByOrder(let vin, let id):
      try reader.require(1, in: &map)
      let caseNumber = try reader.disclosableIdentifier()
      try reader.require(2, in: &map)
      return .releasePledgeByOrder(
        PledgeReleaseByOrder(
          vin: vin, id: id, caseNumber: caseNumber, judgment: try reader.document()))
    case .registerModel(let model):
      return .registerModel(try ModelRegistration(model: model, from: &reader, map: &map))
    case .governance(let change): return .governance(change)
    }
  }
}

extension VehicleRegistration {
  init(
    vin: VehicleIdentificationNumber, checkDigitRule: CheckDigitRule,
    from reader: inout LedgerReader, map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) {
    if checkDigitRule == .applies {
      do { try vin.requireCheckDigit() } catch { throw .refused(error) }
    }
    let owners: [Party]? =
      try reader.accept(1, in: &map)
      ? try reader.list(
        1...VehicleRegistration.ownerLimit,
        { reader throws(LedgerError) in
          try reader.party()
        })
      : nil
    let plate: Commitment? =
      try reader.accept(2, in: &map) ? Commitment(digest: try reader.digest()) : nil
    let use: UseNature? =
      try reader.accept(3, in: &map) ? try reader.enumeration(UseNature.self) : nil
    let energy: Energy? =
      try reader.accept(4, in: &map) ? try reader.enumeration(Energy.self) : nil
    try reader.require(5, in: &map)
    let make = try reader.descriptiveText()
    try reader.require(6, in: &map)
    let model = try reader.descriptiveText()
    try reader.require(7, in: &map)
    let modelYear = try reader.number(1900...2200)
    let odometer: Kilometres? = try reader.accept(8, in: &map) ? try reader.kilometres() : nil
    let firstRegistered: CalendarDate? =
      try reader.accept(9, in: &map) ? try reader.calendarDate() : nil
    let region: Region? = try reader.accept(10, in: &map) ? try reader.region() : nil
    let certificate: Document? = try reader.accept(11, in: &map) ? try reader.document() : nil
    let evidence: [Document] =
      try reader.accept(12, in: &map)
      ? try reader.list(
        1...VehicleRegistration.evidenceLimit,
        { reader throws(LedgerError) in try reader.document() })
      : []
    self.init(
      vin: vin, checkDigitRule: checkDigitRule, owners: owners, plate: plate, use: use,
      energy: energy, make: make, model: model, modelYear: UInt16(modelYear), odometer: odometer,
      firstRegistered: firstRegistered, region: region, certificate: certificate,
      evidence: evidence)
  }
}

extension ValuationRecording {
  init(
    vin: VehicleIdentificationNumber, id: Identifier, from reader: inout LedgerReader,
    map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) {
    try reader.require(1, in: &map)
    let method = try reader.enumeration(ValuationMethod.self)
    try reader.require(2, in: &map)
    let basis = try reader.enumeration(ValuationBasis.self)
    try reader.require(3, in: &map)
    let value = try reader.money()
    let low: Money? = try reader.accept(4, in: &map) ? try reader.money() : nil
    let high: Money? = try reader.accept(5, in: &map) ? try reader.money() : nil
    try reader.require(6, in: &map)
    let asOf = try reader.timestamp()
    let odometer: Kilometres? = try reader.accept(7, in: &map) ? try reader.kilometres() : nil
    let condition: UInt8? =
      try reader.accept(8, in: &map) ? UInt8(try reader.number(1...50)) : nil
    let region: Region? = try reader.accept(9, in: &map) ? try reader.region() : nil
    let model: ModelReference? =
      try reader.accept(10, in: &map) ? try reader.modelReference() : nil
    let input: Document? = try reader.accept(11, in: &map) ? try reader.document() : nil
    let report: Document? = try reader.accept(12, in: &map) ? try reader.document() : nil
    // A model is named exactly when it made the valuation.
    guard (method == .model) == (model != nil) else { throw .refused(.notCanonical) }
    self.init(
      vin: vin, id: id, method: method, basis: basis, value: value, low: low, high: high,
      asOf: asOf, odometer: odometer, condition: condition, region: region, model: model,
      input: input, report: report)
  }
}

extension PledgeCreation {
  init(
    vin: VehicleIdentificationNumber, id: Identifier, security: SecurityKind, since: Timestamp?,
    from reader: inout LedgerReader, map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) {
    try reader.require(1, in: &map)
    let pledgor = try reader.party()
    try reader.require(2, in: &map)
    let debtor = try reader.party()
    try reader.require(3, in: &map)
    let principal = try reader.money()
    let maximumSecured: Money? = try reader.accept(4, in: &map) ? try reader.money() : nil
    try reader.require(5, in: &map)
    let contract = try reader.document()
    try reader.require(6, in: &map)
    let start = try reader.calendarDate()
    try reader.require(7, in: &map)
    let maturity = try reader.calendarDate()
    let basis: PledgeBasis
    if let since {
      try reader.require(10, in: &map)
      basis = .transcribed(since: since, annotation: try reader.document())
    } else {
      try reader.require(8, in: &map)
      let valuation = try reader.identifier()
      try reader.require(9, in: &map)
      basis = .search(valuation: valuation, height: try reader.height())
    }
    let clause: TransferClause =
      try reader.accept(11, in: &map)
      ? try reader.nonDefault(TransferClause.self, default: .none) : .none
    let ownerConsent: Document? = try reader.accept(12, in: &map) ? try reader.document() : nil
    self.init(
      vin: vin, id: id, security: security, pledgor: pledgor, debtor: debtor,
      principal: principal, maximumSecured: maximumSecured, contract: contract, start: start,
      maturity: maturity, basis: basis, transferClause: clause, ownerConsent: ownerConsent)
  }
}

extension ModelRegistration {
  init(
    model: ModelReference, from reader: inout LedgerReader, map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) {
    try reader.require(1, in: &map)
    let artefact = try reader.document()
    try reader.require(2, in: &map)
    let calibratedOn = try reader.calendarDate()
    try reader.require(3, in: &map)
    let errorBound = try reader.basisPoints()
    try reader.require(4, in: &map)
    self.init(
      model: model, artefact: artefact, calibratedOn: calibratedOn, errorBound: errorBound,
      nextCalibration: try reader.calendarDate())
  }
}
