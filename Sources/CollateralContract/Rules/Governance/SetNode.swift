import Cryptography
import Ledger

extension Rules {
  /// `node.set`: a member's node as it is from now on. Its holder proves both keys, whether they change
  /// or not. A proof that was given once can be used again: what the holder has no say in is the
  /// addresses, which the governors answer for.
  ///
  /// A new transport key takes its place before the old one, which stays valid until it is retired.
  /// A new consensus key is for the next set of validators that has the member; what the running
  /// epoch votes with is in the set. To that key the node may return, although the network had it
  /// before: otherwise more new keys than a set may change at once would rule out every set for ever.
  func setNode(_ identity: NodeIdentity, _ edit: inout NetworkEdit) throws(Failure) {
    let member = identity.member
    _ = try requireMember(member)
    let before = try reading { () throws(StateFault) in try overlay.node(of: member) }
    let (consensusKey, transportKey) = (identity.consensusKey.key, identity.transportKey.key)
    var node = NodeState(identity)
    if let before {
      node.transportKeys += before.transportKeys.filter { $0 != transportKey }
      guard node.transportKeys.count <= NodeState.transportKeyLimit else {
        throw .refused(.keyLimitReached)
      }
    }
    if before?.consensusKey != consensusKey, try !isInForce(consensusKey, of: member) {
      try claim(consensusKey, for: member, .consensus, &edit)
    }
    if before?.transportKeys.contains(transportKey) != true {
      try claim(transportKey, for: member, .transport, &edit)
    }
    try requireProof(identity.consensusKey, of: member, for: .consensus)
    try requireProof(identity.transportKey, of: member, for: .transport)
    edit.set(node)
  }

  /// Whether a member votes with a key in the running epoch.
  private func isInForce(_ consensusKey: PublicKey, of member: MemberID) throws(Failure) -> Bool {
    let set = try reading { () throws(StateFault) in try overlay.validatorSet() }
    return set.validators.contains(Validator(member: member, consensusKey: consensusKey))
  }
}
