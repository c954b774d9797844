import CBOR
import Cryptography

/// What an entry of the state is about.
package enum StateID: Hashable, Sendable {
  case vehicle(VehicleIdentificationNumber)
  case member(MemberID)
  /// The epoch's validators.
  case validators
  /// Who may change the network.
  case governance
  case policy
  case model(ModelReference)
  /// A reference that its submitter has used and that has not expired.
  case reference(submitter: MemberID, Identifier)
  /// A code by which a member appears as a party.
  case entity(LegalEntity)
  /// A member's node.
  case node(MemberID)
  /// Whose the key with this id is, or was.
  case key(Digest)
  /// The list of the members' ids: what leads to every member and every node.
  case members

  private static let domain = Domain("hypothec/state-key/1")

  /// The place in the state tree: SHA-256(domain, [kind, id ...]).
  package var key: Digest {
    var encoder = CBOREncoder(reservingCapacity: 96)
    switch self {
    case .vehicle(let vin):
      encoder.array(2)
      encoder.unsigned(StateKind.vehicle.rawValue)
      encoder.vin(vin)
    case .member(let member):
      encoder.array(2)
      encoder.unsigned(StateKind.member.rawValue)
      encoder.memberID(member)
    case .validators:
      encoder.array(1)
      encoder.unsigned(StateKind.validators.rawValue)
    case .governance:
      encoder.array(1)
      encoder.unsigned(StateKind.governance.rawValue)
    case .policy:
      encoder.array(1)
      encoder.unsigned(StateKind.policy.rawValue)
    case .model(let model):
      encoder.array(3)
      encoder.unsigned(StateKind.model.rawValue)
      encoder.identifier(model.id)
      encoder.identifier(model.version)
    case .reference(let submitter, let reference):
      encoder.array(3)
      encoder.unsigned(StateKind.reference.rawValue)
      encoder.memberID(submitter)
      encoder.identifier(reference)
    case .entity(let entity):
      encoder.array(2)
      encoder.unsigned(StateKind.entity.rawValue)
      encoder.legalEntity(entity)
    case .node(let member):
      encoder.array(2)
      encoder.unsigned(StateKind.node.rawValue)
      encoder.memberID(member)
    case .key(let keyID):
      encoder.array(2)
      encoder.unsigned(StateKind.key.rawValue)
      encoder.digest(keyID)
    case .members:
      encoder.array(1)
      encoder.unsigned(StateKind.members.rawValue)
    }
    return StateID.domain.hash(encoder.bytes)
  }
}

/// The kinds of state entries. Raw values are part of the format.
package enum StateKind: UInt64, CaseIterable, Sendable {
  case vehicle = 1
  case member = 2
  case validators = 3
  case governance = 4
  case policy = 5
  case model = 6
  case reference = 7
  case entity = 8
  case node = 9
  case key = 10
  case members = 11
}
