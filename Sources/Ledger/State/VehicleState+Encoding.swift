import CBOR
import Cryptography

extension VehicleState {
  /// What a vehicle's record holds at most; the contract refuses what would go beyond. The whole
  /// record is written and hashed with every change of the vehicle, so the bounds are low: a
  /// valuation every week for a century.
  package static let endedPledgeLimit = 10_000
  package static let valuationLimit = 10_000
  static let authorLimit = NetworkFile.memberLimit

  /// `[record, history count, history head]`: what the index keeps.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encodeRecord(into: &encoder)
    encoder.unsigned(history.count)
    encoder.digest(history.hash)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    try self.init(recordFrom: &reader)
    let count = try reader.unsigned()
    history = HistoryHead(count: count, hash: try reader.digest())
  }

  /// What the leaf's record digest covers.
  func encodeRecord(into encoder: inout CBOREncoder) {
    encoder.array(11)
    Operation(by: registeredBy, body: .registerVehicle(registration)).encode(into: &encoder)
    encoder.height(registeredAt.height)
    encoder.timestamp(registeredAt.time)
    encoder.unsigned(UInt64(flags.rawValue))
    encoder.height(lastChange)
    if let pledge {
      pledge.encode(into: &encoder)
    } else {
      encoder.null()
    }
    encoder.array(endedPledges.count)
    for ended in endedPledges { ended.encode(into: &encoder) }
    encoder.array(valuations.count)
    for head in valuations { head.encode(into: &encoder) }
    encoder.array(valuationIDs.count)
    for id in valuationIDs { encoder.identifier(id) }
    encoder.unsigned(UInt64(attemptedDoublePledges))
    encoder.digest(blinding)
  }

  private init(recordFrom reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 11)
    let start = reader.offset
    let operation = try Operation(from: &reader)
    guard case .registerVehicle(let registration) = operation.body else {
      throw reader.invalidValue(at: start)
    }
    let height = try reader.height()
    self.init(
      registration: registration, registeredBy: operation.by,
      registeredAt: LedgerMoment(height: height, time: try reader.timestamp()), blinding: .zero)
    flags = VehicleFlags(rawValue: UInt32(try reader.number(0...UInt64(UInt32.max))))
    lastChange = try reader.height()
    pledge = reader.acceptNull() ? nil : try LivePledge(from: &reader)
    endedPledges = try reader.list(0...VehicleState.endedPledgeLimit) {
      reader throws(LedgerError) in try EndedPledge(from: &reader)
    }
    valuations = try reader.list(0...VehicleState.authorLimit) {
      reader throws(LedgerError) in try ValuationHead(from: &reader)
    }
    valuationIDs = try reader.list(0...VehicleState.valuationLimit) {
      reader throws(LedgerError) in try reader.identifier()
    }
    attemptedDoublePledges = UInt32(try reader.number(0...UInt64(UInt32.max)))
    blinding = try reader.digest()
  }
}

extension LivePledge {
  /// `[operation, height, time]`: the operation that created it.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    Operation(by: pledgee, body: .createPledge(creation)).encode(into: &encoder)
    encoder.height(acceptedAt.height)
    encoder.timestamp(acceptedAt.time)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    let start = reader.offset
    let operation = try Operation(from: &reader)
    guard case .createPledge(let creation) = operation.body else {
      throw reader.invalidValue(at: start)
    }
    let height = try reader.height()
    self.init(
      id: creation.id, pledgee: operation.by,
      acceptedAt: LedgerMoment(height: height, time: try reader.timestamp()), creation: creation)
  }
}

extension EndedPledge {
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.identifier(id)
    encoder.memberID(pledgee)
    encoder.height(endedAt)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    id = try reader.identifier()
    pledgee = try reader.memberID()
    endedAt = try reader.height()
  }
}

extension ValuationHead {
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(7)
    encoder.memberID(author)
    encoder.unsigned(authority.rawValue)
    encoder.identifier(id)
    encoder.timestamp(asOf)
    encoder.money(value)
    if let low {
      encoder.money(low)
    } else {
      encoder.null()
    }
    encoder.unsigned(UInt64(order))
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 7)
    author = try reader.memberID()
    authority = try reader.enumeration(ValuationAuthority.self)
    id = try reader.identifier()
    asOf = try reader.timestamp()
    value = try reader.money()
    low = reader.acceptNull() ? nil : try reader.money()
    order = UInt32(try reader.number(0...UInt64(UInt32.max)))
  }
}
