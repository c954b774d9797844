import Cryptography

/// Why a network file, although well-formed, describes no network that can run.
package enum NetworkFileError: Error, Hashable, Sendable {
  case malformed(LedgerError)
  case noMembers
  case memberListedTwice(MemberID)
  case memberWithoutRole(MemberID)
  case memberWithoutKey(MemberID)
  /// The same key stands in two places; every key has one use and one holder.
  case keyUsedTwice(Digest)
  case entityListedTwice(LegalEntity)
  case validatorSetInvalid
  /// A node or a governor belongs to a member that the file does not list.
  case memberNotListed(MemberID)
  case nodeListedTwice(MemberID)
  case proofOfPossessionInvalid(MemberID, KeyPurpose)
  case governorListedTwice(MemberID)
  case thresholdOutOfRange(threshold: Int, governors: Int)
}

extension NetworkFile {
  /// Throws the first reason why this network cannot run. Verifies every proof of possession.
  package func check() throws(NetworkFileError) {
    try checkListings()
    try checkPossession()
  }

  /// All but the proofs of possession.
  func checkListings() throws(NetworkFileError) {
    try checkMembers()
    try checkNodes()
    try checkGovernors()
    try checkKeysDiffer()
  }

  private func checkMembers() throws(NetworkFileError) {
    guard !members.isEmpty else { throw .noMembers }
    if let twice = firstRepeated(members.map(\.id)) { throw .memberListedTwice(twice) }
    for member in members {
      guard !member.roles.isEmpty else { throw .memberWithoutRole(member.id) }
      guard !member.keys.isEmpty else { throw .memberWithoutKey(member.id) }
    }
    if let twice = firstRepeated(members.flatMap(\.entities)) { throw .entityListedTwice(twice) }
  }

  private func checkNodes() throws(NetworkFileError) {
    let nodes = validators + followers
    for node in nodes { try checkListed(node.member) }
    if let twice = firstRepeated(nodes.map(\.member)) { throw .nodeListedTwice(twice) }
    _ = try validatorSet
  }

  private func checkGovernors() throws(NetworkFileError) {
    for governor in governors { try checkListed(governor.member) }
    if let twice = firstRepeated(governors.map(\.member)) { throw .governorListedTwice(twice) }
    guard
      GovernanceState.isReachable(threshold: governorThreshold, governorCount: governors.count)
    else {
      throw .thresholdOutOfRange(threshold: governorThreshold, governors: governors.count)
    }
  }

  private func checkKeysDiffer() throws(NetworkFileError) {
    if let twice = firstRepeated(keyUses.map(\.key)) { throw .keyUsedTwice(twice.keyID) }
  }

  private func checkPossession() throws(NetworkFileError) {
    for node in validators + followers {
      try check(node.consensusKey, of: node.member, for: .consensus)
      try check(node.transportKey, of: node.member, for: .transport)
    }
  }

  private func check(
    _ proven: ProvenKey, of member: MemberID, for purpose: KeyPurpose
  ) throws(NetworkFileError) {
    let message = KeyPossession.toBeSigned(
      network: name, genesisTime: genesisTime, member: member, purpose: purpose, key: proven.key)
    guard Verifier(proven.key).isValid(signature: proven.proof, message: message) else {
      throw .proofOfPossessionInvalid(member, purpose)
    }
  }

  private func checkListed(_ member: MemberID) throws(NetworkFileError) {
    guard members.contains(where: { $0.id == member }) else { throw .memberNotListed(member) }
  }

  private func firstRepeated<Value: Hashable>(_ values: [Value]) -> Value? {
    var seen: Set<Value> = []
    return values.first { !seen.insert($0).inserted }
  }
}
