import CollateralContract
import Cryptography
import Ledger

/// The rules of changes of the network once more, written from docs/formats/state.md as plainly as
/// possible.
///
/// It keeps the accepted changes as a list, and works out from genesis what holds each time it is
/// asked. Slow, and meant to be. Signatures of transactions are no matter here; proofs and
/// attestations are.
package final class NaiveRegistry {
  private let genesis: Genesis
  private var accepted: [(change: GovernanceChange, height: Height)] = []
  private var isClosed = false

  package init(_ genesis: Genesis) { self.genesis = genesis }

  package func beginBlock() { isClosed = false }

  /// - Parameter operations: changes alone.
  package func attempt(
    _ operations: [Operation], signers: [MemberID], height: Height
  ) -> Attempt {
    if isClosed { return .leftOut(.epochClosing) }
    let before = facts(at: height)
    var made: [(change: GovernanceChange, height: Height)] = []
    for (index, operation) in operations.enumerated() {
      guard case .governance(let change) = operation.body else { preconditionFailure("a change") }
      let signed = Set(signers).intersection(before.governorKeys.keys).count
      let now = facts(at: height, and: made)
      let code: RefusalCode? =
        signed < before.threshold
        ? .quorumMissing
        : change.sequence != now.sequence
          ? .governanceSequence : now.broken(by: change.action, at: height, genesis.network)
      if let code { return .included(.refused(Refusal(code: code, operationIndex: index))) }
      made.append((change, height))
    }
    accepted += made
    isClosed = made.contains { $0.change.action.closesEpoch }
    return .included(.accepted)
  }

  /// What holds for a block at `height`, after what was accepted.
  package func facts(at height: Height) -> NaiveNetworkFacts { facts(at: height, and: []) }

  private func facts(
    at height: Height, and more: [(change: GovernanceChange, height: Height)]
  ) -> NaiveNetworkFacts {
    var facts = NaiveNetworkFacts(genesis.networkFile)
    for (change, changeHeight) in accepted + more { facts.take(change, at: changeHeight) }
    facts.reach(height)
    return facts
  }
}

/// What a network is, as lists and sets.
package struct NaiveNetworkFacts {
  private(set) var members: [MemberID: GenesisMember] = [:]
  private(set) var suspended: Set<MemberID> = []
  private(set) var memberKeys: [MemberID: Set<PublicKey>] = [:]
  private(set) var nodes: [MemberID: NodeState] = [:]
  private(set) var governorKeys: [MemberID: Set<PublicKey>] = [:]
  private(set) var uses: [PublicKey: KeyUse] = [:]
  private(set) var threshold: Int
  private(set) var sequence: UInt64 = 1
  private(set) var epoch: UInt64 = 1
  private(set) var validators: [MemberID: PublicKey] = [:]
  private(set) var policy: Policy
  private(set) var next: PolicySchedule.Change?

  fileprivate init(_ file: NetworkFile) {
    threshold = file.governorThreshold
    policy = file.policy
    for member in file.members { admit(member) }
    for governor in file.governors {
      use(governor.key, governor.member, .governor)
      governorKeys[governor.member] = [governor.key]
    }
    for node in file.validators + file.followers {
      nodes[node.member] = NodeState(node)
      use(node.consensusKey.key, node.member, .consensus)
      use(node.transportKey.key, node.member, .transport)
    }
    for node in file.validators { validators[node.member] = node.consensusKey.key }
  }

  // MARK: What changes do

  fileprivate mutating func take(_ change: GovernanceChange, at height: Height) {
    reach(height)
    sequence += 1
    switch change.action {
    case .admitMember(let member): admit(member)
    case .setStanding(let member, .suspended): suspended.insert(member)
    case .setStanding(let member, .active): suspended.remove(member)
    case .addKey(let member, let purpose, let key):
      use(key.key, member, purpose.purpose)
      switch purpose {
      case .member: memberKeys[member]!.insert(key.key)
      case .governor: governorKeys[member, default: []].insert(key.key)
      case .transport: nodes[member]!.transportKeys = [key.key] + nodes[member]!.transportKeys
      }
    case .retireKey(let member, .member, let keyID):
      memberKeys[member] = memberKeys[member]!.filter { $0.keyID != keyID }
    case .retireKey(let member, .transport, let keyID):
      nodes[member]!.transportKeys.removeAll { $0.keyID == keyID }
    case .retireKey(let member, .governor, let keyID):
      let left = governorKeys[member]!.filter { $0.keyID != keyID }
      governorKeys[member] = left.isEmpty ? nil : left
    case .setNode(let identity):
      let others = nodes[identity.member]?.transportKeys ?? []
      var node = NodeState(identity)
      node.transportKeys += others.filter { $0 != identity.transportKey.key }
      nodes[identity.member] = node
      use(identity.consensusKey.key, identity.member, .consensus)
      use(identity.transportKey.key, identity.member, .transport)
    case .setValidators(let change):
      epoch += 1
      validators = Dictionary(
        uniqueKeysWithValues: change.members.map { ($0, nodes[$0]!.consensusKey) })
    case .advanceEpoch: epoch += 1
    case .setPolicy(let change): next = change
    case .setThreshold(let number): threshold = number
    }
  }

  fileprivate mutating func reach(_ height: Height) {
    guard let next, next.height <= height else { return }
    policy = next.policy
    self.next = nil
  }

  private mutating func admit(_ member: GenesisMember) {
    members[member.id] = member
    memberKeys[member.id] = Set(member.keys)
    for key in member.keys { use(key, member.id, .member) }
  }

  private mutating func use(_ key: PublicKey, _ member: MemberID, _ purpose: KeyPurpose) {
    uses[key] = KeyUse(member: member, purpose: purpose)
  }

  // MARK: What is refused

  /// The first rule that a change breaks, in the order of the table in docs/formats/state.md.
  fileprivate func broken(
    by action: GovernanceAction, at height: Height, _ network: NetworkID
  ) -> RefusalCode? {
    let rules: [(isBroken: Bool, code: RefusalCode)] =
      switch action {
      case .admitMember(let member):
        [
          (members[member.id] != nil, .memberAlreadyAdmitted),
          (members.count >= 1_000, .memberLimitReached),
          (
            !Set(members.values.flatMap(\.entities)).isDisjoint(with: member.entities), .entityInUse
          ),
          (member.keys.contains { uses[$0] != nil }, .keyInUse),
        ]
      case .setStanding(let member, _): [(members[member] == nil, .memberNotAdmitted)]
      case .addKey(let member, let purpose, let key):
        [
          (members[member] == nil, .memberNotAdmitted),
          (purpose == .transport && nodes[member] == nil, .nodeUnknown),
          (keys(of: member, purpose).count >= (purpose == .member ? 8 : 2), .keyLimitReached),
          (uses[key.key] != nil, .keyInUse),
          (!isProven(key, member, purpose.purpose, network), .keyProofInvalid),
        ]
      case .retireKey(let member, let purpose, let keyID):
        brokenRetiring(keyID, of: member, purpose)
      case .setNode(let node): brokenBy(node, network)
      case .setValidators(let change): brokenBy(change, network)
      case .setPolicy(let change): [(change.height <= height, .policyRetroactive)]
      case .advanceEpoch: []
      case .setThreshold(let number): [(number > governorKeys.count, .thresholdUnreachable)]
      }
    return rules.first { $0.isBroken }?.code
  }

  private func keys(of member: MemberID, _ purpose: RotatingPurpose) -> Set<PublicKey> {
    switch purpose {
    case .member: memberKeys[member] ?? []
    case .transport: Set(nodes[member]?.transportKeys ?? [])
    case .governor: governorKeys[member] ?? []
    }
  }

  private func brokenRetiring(
    _ keyID: Digest, of member: MemberID, _ purpose: RotatingPurpose
  ) -> [(Bool, RefusalCode)] {
    let held = keys(of: member, purpose)
    let isLastGovernorKey = purpose == .governor && held.count == 1
    return [
      (members[member] == nil, .memberNotAdmitted),
      (purpose == .transport && nodes[member] == nil, .nodeUnknown),
      (!held.contains { $0.keyID == keyID }, .keyNotHeld),
      (purpose != .governor && held.count == 1, .lastKey),
      (isLastGovernorKey && governorKeys.count - 1 < threshold, .thresholdUnreachable),
    ]
  }

  private func brokenBy(
    _ identity: NodeIdentity, _ network: NetworkID
  ) -> [(Bool, RefusalCode)] {
    let member = identity.member
    let (consensus, transport) = (identity.consensusKey.key, identity.transportKey.key)
    let node = nodes[member]
    let transportKeys = Set(node?.transportKeys ?? []).union([transport])
    return [
      (members[member] == nil, .memberNotAdmitted),
      (transportKeys.count > 2, .keyLimitReached),
      (
        node?.consensusKey != consensus && validators[member] != consensus
          && uses[consensus] != nil, .keyInUse
      ),
      (
        !(node?.transportKeys ?? []).contains(transport) && uses[transport] != nil
          || transport == consensus, .keyInUse
      ),
      (!isProven(identity.consensusKey, member, .consensus, network), .keyProofInvalid),
      (!isProven(identity.transportKey, member, .transport, network), .keyProofInvalid),
    ]
  }

  private func brokenBy(
    _ change: ValidatorChange, _ network: NetworkID
  ) -> [(Bool, RefusalCode)] {
    for member in change.members {
      if members[member] == nil { return [(true, .memberNotAdmitted)] }
      if suspended.contains(member), validators[member] == nil { return [(true, .memberSuspended)] }
      if nodes[member] == nil { return [(true, .nodeUnknown)] }
    }
    let new = Dictionary(
      uniqueKeysWithValues: change.members.map { ($0, nodes[$0]!.consensusKey) })
    let touched = Set(validators.keys).union(new.keys).filter { validators[$0] != new[$0] }
    let set = ValidatorSet(
      epoch: Epoch(epoch + 1),
      validators: new.map { Validator(member: $0.key, consensusKey: $0.value) })!
    let message = ReadyAttestation.toBeSigned(network: network, set: set)
    let areValid = change.attestations.allSatisfy { attestation in
      new[attestation.member].map {
        Verifier($0).isValid(signature: attestation.signature, message: message)
      } ?? false
    }
    let faults = (new.count - 1) / 3
    return [
      (touched.count > max(1, validators.count / 3), .validatorSetChangeTooLarge),
      (!areValid, .attestationInvalid),
      (change.attestations.count < new.count - faults, .attestationsMissing),
    ]
  }

  private func isProven(
    _ key: ProvenKey, _ member: MemberID, _ purpose: KeyPurpose, _ network: NetworkID
  ) -> Bool {
    Verifier(key.key).isValid(
      signature: key.proof,
      message: KeyPossession.toBeSigned(
        network: network, member: member, purpose: purpose, key: key.key))
  }

  // MARK: The state

  /// Every entry of the state that is about the network, the members' refusals left out.
  package var entries: [StateID: StateEntry] {
    var entries: [StateID: StateEntry] = [
      .members: .members(members.keys.sorted()),
      .policy: .policy(PolicySchedule(current: policy, next: next)),
      .governance: .governance(
        GovernanceState(
          governors: governorKeys.flatMap { member, keys in
            keys.map { Governor(member: member, key: $0) }
          }, threshold: threshold, nextSequence: sequence)),
      .validators: .validators(
        ValidatorSet(
          epoch: Epoch(epoch),
          validators: validators.map { Validator(member: $0.key, consensusKey: $0.value) })!),
    ]
    for (id, member) in members {
      let now = GenesisMember(
        id: id, name: member.name, roles: member.roles, keys: Array(memberKeys[id]!),
        entities: member.entities)
      entries[.member(id)] = .member(
        MemberState(member: now, standing: suspended.contains(id) ? .suspended : .active))
      for entity in member.entities { entries[.entity(entity)] = .entity(id) }
    }
    for (member, node) in nodes { entries[.node(member)] = .node(node) }
    for (key, use) in uses { entries[.key(key.keyID)] = .key(use) }
    return entries
  }
}
