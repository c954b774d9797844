import Cryptography
import Ledger

// Changes of the network (CONTRACT section 4.3). Who signs them are governors, and whether enough of
// them did was asked before (`Rules.requireQuorum`): what a member is suspended from, or what role it
// has, does not matter here.

/// The entries that a change of the network sets.
struct NetworkEdit {
  private(set) var entries: [(id: StateID, entry: StateEntry)] = []
  /// Set at the end, with the next sequence number.
  var governance: GovernanceState

  init(_ governance: GovernanceState) { self.governance = governance }

  mutating func set(_ id: StateID, to entry: StateEntry) { entries.append((id, entry)) }

  mutating func set(_ member: MemberState) { set(.member(member.member.id), to: .member(member)) }

  mutating func set(_ node: NodeState) { set(.node(node.member), to: .node(node)) }

  /// The edit with governance, which every change moves on by one.
  fileprivate func finished() -> NetworkEdit {
    var edit = self
    edit.governance.nextSequence += 1
    edit.set(.governance, to: .governance(edit.governance))
    return edit
  }
}

extension Rules {
  /// What a change does after all that the overlay holds, or why it may not be.
  ///
  /// - Precondition: enough governors signed.
  func govern(_ change: GovernanceChange) throws(Failure) -> NetworkEdit {
    let governance = try reading { () throws(StateFault) in try overlay.governance() }
    guard change.sequence == governance.nextSequence else { throw .refused(.governanceSequence) }
    var edit = NetworkEdit(governance)
    switch change.action {
    case .admitMember(let member): try admit(member, &edit)
    case .setStanding(let member, let standing): try setStanding(standing, of: member, &edit)
    case .addKey(let member, let purpose, let key): try add(key, to: member, for: purpose, &edit)
    case .retireKey(let member, let purpose, let keyID):
      try retire(keyID, of: member, from: purpose, &edit)
    case .setNode(let node): try setNode(node, &edit)
    case .setValidators(let change): try setValidators(change, &edit)
    case .setPolicy(let change): try setPolicy(change, &edit)
    case .advanceEpoch: try advanceEpoch(&edit)
    case .setThreshold(let threshold): try setThreshold(threshold, &edit)
    }
    return edit.finished()
  }

  // MARK: Small changes

  private func setPolicy(
    _ change: PolicySchedule.Change, _ edit: inout NetworkEdit
  ) throws(Failure) {
    guard change.height > context.height else { throw .refused(.policyRetroactive) }
    let schedule = try reading { () throws(StateFault) in try overlay.policySchedule() }
    edit.set(.policy, to: .policy(PolicySchedule(current: schedule.current, next: change)))
  }

  private func setThreshold(_ threshold: Int, _ edit: inout NetworkEdit) throws(Failure) {
    edit.governance.threshold = threshold
    try requireReachable(edit.governance)
  }

  /// So many governors are left that they can sign a change.
  func requireReachable(_ governance: GovernanceState) throws(Failure) {
    let isReachable = GovernanceState.isReachable(
      threshold: governance.threshold, governorCount: governance.members.count)
    guard isReachable else { throw .refused(.thresholdUnreachable) }
  }

  // MARK: What the rules ask

  /// A member that the change names.
  func requireMember(_ id: MemberID) throws(Failure) -> MemberState {
    let member = try reading { () throws(StateFault) in try overlay.member(id) }
    guard let member else { throw .refused(.memberNotAdmitted) }
    return member
  }

  func requireNode(of member: MemberID) throws(Failure) -> NodeState {
    let node = try reading { () throws(StateFault) in try overlay.node(of: member) }
    guard let node else { throw .refused(.nodeUnknown) }
    return node
  }

  /// Takes a key that the network never had into use.
  func claim(
    _ key: PublicKey, for member: MemberID, _ purpose: KeyPurpose, _ edit: inout NetworkEdit
  ) throws(Failure) {
    let id = StateID.key(key.keyID)
    let isClaimed = try entry(id) != nil || edit.entries.contains { $0.id == id }
    guard !isClaimed else { throw .refused(.keyInUse) }
    edit.set(id, to: .key(KeyUse(member: member, purpose: purpose)))
  }

  func requireProof(
    _ key: ProvenKey, of member: MemberID, for purpose: KeyPurpose
  ) throws(Failure) {
    guard key.isProven(network: context.network, member: member, purpose: purpose) else {
      throw .refused(.keyProofInvalid)
    }
  }
}
