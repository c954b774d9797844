import CBOR
import Cryptography

/// One entry of the state.
///
/// `stored` is what the index keeps; `valueHash` is what the state tree has. They differ for a
/// vehicle, whose tree leaf shows only what may be shown.
///
/// Indirect, since a vehicle is several hundred bytes that dictionaries and sorting would move about.
package indirect enum StateEntry: Hashable, Sendable {
  case vehicle(VehicleState)
  case member(MemberState)
  case validators(ValidatorSet)
  case governance(GovernanceState)
  case policy(PolicySchedule)
  case model(ModelState)
  case reference(ReferenceState)
  /// The member to whom a code belongs.
  case entity(MemberID)
  case node(NodeState)
  case key(KeyUse)
  /// Every member's id, ascending.
  case members([MemberID])

  private static let valueDomain = Domain("hypothec/state-value/1")

  package var kind: StateKind {
    switch self {
    case .vehicle: .vehicle
    case .member: .member
    case .validators: .validators
    case .governance: .governance
    case .policy: .policy
    case .model: .model
    case .reference: .reference
    case .entity: .entity
    case .node: .node
    case .key: .key
    case .members: .members
    }
  }

  /// The bytes of the tree's leaf: `[kind, value]`.
  package var leafBytes: [UInt8] {
    guard case .vehicle(let vehicle) = self else { return stored }
    return VehicleLeaf(vehicle).encoded
  }

  /// SHA-256(domain, leaf bytes).
  package var valueHash: Digest { StateEntry.valueHash(ofLeaf: leafBytes) }

  package static func valueHash(ofLeaf bytes: [UInt8]) -> Digest { valueDomain.hash(bytes) }

  /// The whole entry: `[kind, record]`.
  package var stored: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 512)
    encoder.array(2)
    encoder.unsigned(kind.rawValue)
    switch self {
    case .vehicle(let state): state.encode(into: &encoder)
    case .member(let state): state.encode(into: &encoder)
    case .validators(let set): set.encode(into: &encoder)
    case .governance(let state): state.encode(into: &encoder)
    case .policy(let schedule): schedule.encode(into: &encoder)
    case .model(let state): state.encode(into: &encoder)
    case .reference(let state): state.encode(into: &encoder)
    case .entity(let member): encoder.memberID(member)
    case .node(let state): state.encode(into: &encoder)
    case .key(let use): use.encode(into: &encoder)
    case .members(let members):
      encoder.array(members.count)
      for member in members { encoder.memberID(member) }
    }
    return encoder.bytes
  }

  package init(stored bytes: [UInt8], range: Range<Int>) throws(LedgerError) {
    var reader = LedgerReader(bytes, range: range)
    try reader.array(count: 2)
    switch try reader.enumeration(StateKind.self) {
    case .vehicle: self = .vehicle(try VehicleState(from: &reader))
    case .member: self = .member(try MemberState(from: &reader))
    case .validators: self = .validators(try ValidatorSet(from: &reader))
    case .governance: self = .governance(try GovernanceState(from: &reader))
    case .policy: self = .policy(try PolicySchedule(from: &reader))
    case .model: self = .model(try ModelState(from: &reader))
    case .reference: self = .reference(try ReferenceState(from: &reader))
    case .entity: self = .entity(try reader.memberID())
    case .node: self = .node(try NodeState(from: &reader))
    case .key: self = .key(try KeyUse(from: &reader))
    case .members:
      self = .members(
        try reader.list(1...NetworkFile.memberLimit) {
          reader throws(LedgerError) in try reader.memberID()
        })
    }
    try reader.finish()
  }
}
