import CBOR
import Cryptography

/// What the state tree shows of a vehicle, and so what a certificate can prove: its flags, its slot,
/// and the heads of all the rest. No amount and no person.
package struct VehicleLeaf: Hashable, Sendable {
  private static let recordDomain = Domain("hypothec/vehicle-record/1")

  package let flags: VehicleFlags
  package let slot: PledgeSlot?
  package let recordDigest: Digest
  package let history: HistoryHead

  package init(_ vehicle: VehicleState) {
    var encoder = CBOREncoder(reservingCapacity: 512)
    vehicle.encodeRecord(into: &encoder)
    flags = vehicle.flags
    slot = vehicle.pledge.map(PledgeSlot.init)
    recordDigest = VehicleLeaf.recordDomain.hash(encoder.bytes)
    history = vehicle.history
  }

  /// `[kind, [flags, slot or null, record digest, history count, history head]]`.
  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 192)
    encoder.array(2)
    encoder.unsigned(StateKind.vehicle.rawValue)
    encoder.array(5)
    encoder.unsigned(UInt64(flags.rawValue))
    if let slot {
      slot.encode(into: &encoder)
    } else {
      encoder.null()
    }
    encoder.digest(recordDigest)
    encoder.unsigned(history.count)
    encoder.digest(history.hash)
    return encoder.bytes
  }

  package init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 2)
    let start = reader.offset
    guard try reader.enumeration(StateKind.self) == .vehicle else {
      throw reader.invalidValue(at: start)
    }
    try reader.array(count: 5)
    flags = VehicleFlags(rawValue: UInt32(try reader.number(0...UInt64(UInt32.max))))
    slot = reader.acceptNull() ? nil : try PledgeSlot(from: &reader)
    recordDigest = try reader.digest()
    let count = try reader.unsigned()
    history = HistoryHead(count: count, hash: try reader.digest())
    try reader.finish()
  }
}

/// The slot of a pledged vehicle, as everybody may see it.
package struct PledgeSlot: Hashable, Sendable {
  package let id: Identifier
  package let pledgee: MemberID
  package let security: SecurityKind
  package let acceptedAt: LedgerMoment
  /// For a pledge that was transcribed from the vehicle office's register: since when it exists.
  package let transcribedSince: Timestamp?

  package init(_ pledge: LivePledge) {
    id = pledge.id
    pledgee = pledge.pledgee
    security = pledge.creation.security
    acceptedAt = pledge.acceptedAt
    if case .transcribed(let since, _) = pledge.creation.basis {
      transcribedSince = since
    } else {
      transcribedSince = nil
    }
  }

  /// `[id, pledgee, security, height, time, transcribed since or null]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(6)
    encoder.identifier(id)
    encoder.memberID(pledgee)
    encoder.unsigned(security.rawValue)
    encoder.height(acceptedAt.height)
    encoder.timestamp(acceptedAt.time)
    if let transcribedSince {
      encoder.timestamp(transcribedSince)
    } else {
      encoder.null()
    }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 6)
    id = try reader.identifier()
    pledgee = try reader.memberID()
    security = try reader.enumeration(SecurityKind.self)
    let height = try reader.height()
    acceptedAt = LedgerMoment(height: height, time: try reader.timestamp())
    transcribedSince = reader.acceptNull() ? nil : try reader.timestamp()
  }
}
