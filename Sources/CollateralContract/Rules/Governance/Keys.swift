import Cryptography
import Ledger

extension Rules {
  /// `key.add`: a further key. Who had none as a governor becomes one.
  func add(
    _ key: ProvenKey, to id: MemberID, for purpose: RotatingPurpose, _ edit: inout NetworkEdit
  ) throws(Failure) {
    var member = try requireMember(id)
    switch purpose {
    case .member:
      let old = member.member
      try requireRoom(old.keys.count, GenesisMember.keyLimit)
      member.member = GenesisMember(
        id: id, name: old.name, roles: old.roles, keys: old.keys + [key.key],
        entities: old.entities)
      edit.set(member)
    case .transport:
      var node = try requireNode(of: id)
      try requireRoom(node.transportKeys.count, NodeState.transportKeyLimit)
      node.transportKeys.insert(key.key, at: 0)
      edit.set(node)
    case .governor:
      try requireRoom(edit.governance.keys(of: id).count, GovernanceState.keyLimit)
      edit.governance.add(Governor(member: id, key: key.key))
    }
    try claim(key.key, for: id, purpose.purpose, &edit)
    try requireProof(key, of: id, for: purpose.purpose)
  }

  /// `key.retire`: a key signs nothing from the next block on. A member and a node keep one at least;
  /// a governor without a key is none any more, if the others can still change the network.
  func retire(
    _ keyID: Digest, of id: MemberID, from purpose: RotatingPurpose, _ edit: inout NetworkEdit
  ) throws(Failure) {
    var member = try requireMember(id)
    switch purpose {
    case .member:
      member.member.keys = try retire(keyID, from: member.member.keys)
      edit.set(member)
    case .transport:
      var node = try requireNode(of: id)
      node.transportKeys = try retire(keyID, from: node.transportKeys)
      edit.set(node)
    case .governor:
      guard edit.governance.keys(of: id).contains(where: { $0.keyID == keyID }) else {
        throw .refused(.keyNotHeld)
      }
      edit.governance.remove(keyID)
      try requireReachable(edit.governance)
    }
  }

  private func retire(_ keyID: Digest, from keys: [PublicKey]) throws(Failure) -> [PublicKey] {
    let rest = keys.filter { $0.keyID != keyID }
    guard rest.count < keys.count else { throw .refused(.keyNotHeld) }
    guard !rest.isEmpty else { throw .refused(.lastKey) }
    return rest
  }

  private func requireRoom(_ count: Int, _ limit: Int) throws(Failure) {
    guard count < limit else { throw .refused(.keyLimitReached) }
  }
}
