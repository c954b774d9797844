import CBOR
import Cryptography

/// A change of the network itself, which its governors sign (CONTRACT section 4.3).
package struct GovernanceChange: Hashable, Sendable {
  /// Must be the next number in the state, so that changes have one order and none is done twice.
  package var sequence: UInt64
  package var action: GovernanceAction

  package init(sequence: UInt64, action: GovernanceAction) {
    self.sequence = sequence
    self.action = action
  }
}

/// What a change of the network does.
package enum GovernanceAction: Hashable, Sendable {
  /// `member.admit`: a member joins, with the keys that sign its transactions.
  case admitMember(GenesisMember)
  /// `member.suspend`: a member may record nothing any more, or may again.
  case setStanding(MemberID, MemberStanding)
  /// `key.add`: a further key of a member, of its node, or of a governor; a member with a
  /// governor's key is a governor.
  case addKey(MemberID, RotatingPurpose, ProvenKey)
  /// `key.retire`: a key signs nothing from the next block on.
  case retireKey(MemberID, RotatingPurpose, keyID: Digest)
  /// `node.set`: a member's node joins, moves, or changes its keys.
  case setNode(NodeIdentity)
  /// `validator.set`: other validators, from the next epoch on, which begins at once.
  case setValidators(ValidatorChange)
  /// `policy.set`: another policy from a height on. It takes the place of one that still waits.
  case setPolicy(PolicySchedule.Change)
  /// `epoch.advance`: the same validators begin a new epoch, and so with new votes.
  case advanceEpoch
  /// `threshold.set`: so many governors must sign a change.
  case setThreshold(Int)

  package var kind: GovernanceKind {
    switch self {
    case .admitMember: .admitMember
    case .setStanding: .suspendMember
    case .addKey: .addKey
    case .retireKey: .retireKey
    case .setNode: .setNode
    case .setValidators: .setValidators
    case .setPolicy: .setPolicy
    case .advanceEpoch: .advanceEpoch
    case .setThreshold: .setThreshold
    }
  }

  /// Whether the block that holds it, accepted, is its epoch's last.
  package var closesEpoch: Bool {
    switch self {
    case .setValidators, .advanceEpoch: true
    case .admitMember, .setStanding, .addKey, .retireKey, .setNode, .setPolicy, .setThreshold:
      false
    }
  }
}

/// The changes of the network. Raw values are part of the format, and are those of `OperationKind`.
package enum GovernanceKind: UInt64, CaseIterable, Sendable {
  case admitMember = 20
  case suspendMember = 21
  case addKey = 22
  case retireKey = 23
  case setNode = 24
  case setValidators = 25
  case setPolicy = 26
  case advanceEpoch = 27
  case setThreshold = 28

  package var name: String {
    switch self {
    case .admitMember: "member.admit"
    case .suspendMember: "member.suspend"
    case .addKey: "key.add"
    case .retireKey: "key.retire"
    case .setNode: "node.set"
    case .setValidators: "validator.set"
    case .setPolicy: "policy.set"
    case .advanceEpoch: "epoch.advance"
    case .setThreshold: "threshold.set"
    }
  }
}

/// The validators of the next epoch, by their members, with the word of most of them that they are
/// ready.
package struct ValidatorChange: Hashable, Sendable {
  /// 1 to 31, ascending.
  package let members: [MemberID]
  /// In the order of the members, one a member.
  package let attestations: [ReadyAttestation]

  /// - Precondition: 1 to 31 different members, at most one attestation of each.
  package init(members: [MemberID], attestations: [ReadyAttestation]) {
    self.members = members.sorted()
    self.attestations = attestations.sorted { $0.member < $1.member }
    precondition(
      ValidatorChange.isWellFormed(self.members, self.attestations),
      "1 to 31 validators, each once, each with at most one attestation")
  }

  /// Keys 3 and 4 of the public part.
  init(
    from reader: inout LedgerReader, map: inout CBORDecoder.MapCursor
  ) throws(LedgerError) {
    try reader.require(3, in: &map)
    let start = reader.offset
    members = try reader.list(1...ValidatorSet.limit) {
      reader throws(LedgerError) in try reader.memberID()
    }
    try reader.require(4, in: &map)
    attestations = try reader.list(0...ValidatorSet.limit) {
      reader throws(LedgerError) in try ReadyAttestation(from: &reader)
    }
    guard ValidatorChange.isWellFormed(members, attestations) else {
      throw reader.invalidValue(at: start)
    }
  }

  private static func isWellFormed(
    _ members: [MemberID], _ attestations: [ReadyAttestation]
  ) -> Bool {
    (1...ValidatorSet.limit).contains(members.count) && members.isStrictlyAscending
      && attestations.count <= ValidatorSet.limit
      && attestations.map(\.member).isStrictlyAscending
  }
}

/// A validator's word that its node runs, follows, and will vote in a set that it is part of.
package struct ReadyAttestation: Hashable, Sendable {
  package let member: MemberID
  /// By the consensus key that the set has for the member.
  package let signature: [UInt8]

  package init(member: MemberID, signature: [UInt8]) {
    self.member = member
    self.signature = signature
  }

  /// `["hypothec/ready/1", network id, epoch, hash of the set]`: about this set in this epoch alone.
  package static func toBeSigned(network: NetworkID, set: ValidatorSet) -> [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 96)
    encoder.array(4)
    encoder.text("hypothec/ready/1")
    encoder.digest(network.digest)
    encoder.epoch(set.epoch)
    encoder.digest(set.hash)
    return encoder.bytes
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.memberID(member)
    encoder.byteString(signature)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    member = try reader.memberID()
    signature = try reader.signature()
  }
}
