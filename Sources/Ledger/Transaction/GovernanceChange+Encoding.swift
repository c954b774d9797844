import CBOR
import Cryptography

// In an operation's public part: key 2 the sequence, 3 and up by kind. Nothing of a change of the
// network is private, so the private part has at most key 0.

extension GovernanceChange {
  func encode(into encoder: inout CBOREncoder, map: inout CBOREncoder.ShortMap) {
    encoder.unsigned(sequence)
    switch action {
    case .admitMember(let member):
      encoder.key(3, in: &map)
      member.encode(into: &encoder)
    case .setStanding(let member, let standing):
      encoder.key(3, in: &map)
      encoder.memberID(member)
      encoder.key(4, in: &map)
      encoder.unsigned(standing.rawValue)
    case .addKey(let member, let purpose, let key):
      encoder.key(3, in: &map)
      encoder.memberID(member)
      encoder.key(4, in: &map)
      encoder.text(purpose.rawValue)
      encoder.key(5, in: &map)
      encoder.byteString(key.key.coseKey)
      encoder.key(6, in: &map)
      encoder.byteString(key.proof)
    case .retireKey(let member, let purpose, let keyID):
      encoder.key(3, in: &map)
      encoder.memberID(member)
      encoder.key(4, in: &map)
      encoder.text(purpose.rawValue)
      encoder.key(5, in: &map)
      encoder.digest(keyID)
    case .setNode(let node):
      encoder.key(3, in: &map)
      node.encode(into: &encoder)
    case .setValidators(let change):
      encoder.key(3, in: &map)
      encoder.array(change.members.count)
      for member in change.members { encoder.memberID(member) }
      encoder.key(4, in: &map)
      encoder.array(change.attestations.count)
      for attestation in change.attestations { attestation.encode(into: &encoder) }
    case .setPolicy(let change):
      encoder.key(3, in: &map)
      encoder.height(change.height)
      encoder.key(4, in: &map)
      change.policy.encode(into: &encoder)
    case .advanceEpoch: break
    case .setThreshold(let threshold):
      encoder.key(3, in: &map)
      encoder.unsigned(UInt64(threshold))
    }
  }

  init(
    _ kind: GovernanceKind, from reader: inout LedgerReader, map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) {
    sequence = try reader.unsigned()
    switch kind {
    case .admitMember:
      try reader.require(3, in: &map)
      action = .admitMember(try GenesisMember(from: &reader))
    case .suspendMember:
      let member = try reader.subject(in: &map)
      try reader.require(4, in: &map)
      action = .setStanding(member, try reader.enumeration(MemberStanding.self))
    case .addKey:
      let member = try reader.subject(in: &map)
      try reader.require(4, in: &map)
      let purpose = try reader.word(RotatingPurpose.self)
      try reader.require(5, in: &map)
      let key = try reader.publicKey()
      try reader.require(6, in: &map)
      action = .addKey(member, purpose, ProvenKey(key: key, proof: try reader.signature()))
    case .retireKey:
      let member = try reader.subject(in: &map)
      try reader.require(4, in: &map)
      let purpose = try reader.word(RotatingPurpose.self)
      try reader.require(5, in: &map)
      action = .retireKey(member, purpose, keyID: try reader.digest())
    case .setNode:
      try reader.require(3, in: &map)
      action = .setNode(try NodeIdentity(from: &reader))
    case .setValidators:
      action = .setValidators(try ValidatorChange(from: &reader, map: &map))
    case .setPolicy:
      try reader.require(3, in: &map)
      let height = try reader.height()
      try reader.require(4, in: &map)
      action = .setPolicy(
        PolicySchedule.Change(policy: try Policy(from: &reader), height: height))
    case .advanceEpoch: action = .advanceEpoch
    case .setThreshold:
      try reader.require(3, in: &map)
      action = .setThreshold(
        Int(try reader.number(1...UInt64(TransactionPayload.signerLimit))))
    }
  }
}

extension LedgerReader {
  /// Key 3: the member that a change is about.
  fileprivate mutating func subject(
    in map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) -> MemberID {
    try require(3, in: &map)
    return try memberID()
  }
}
