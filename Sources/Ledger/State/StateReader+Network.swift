import Cryptography

// What the state says of the network itself. The entries that genesis makes are never removed, so
// that one is missing is a fault of the state.

extension StateReader {
  /// `nil` if there is no such member.
  package func member(_ id: MemberID) throws(StateFault) -> MemberState? {
    switch try entry(.member(id)) {
    case nil: nil
    case .member(let member): member
    case let other?: throw .misplaced(other)
    }
  }

  /// Every member's id, ascending.
  package func memberIDs() throws(StateFault) -> [MemberID] {
    guard case .members(let members)? = try entry(.members) else {
      throw StateFault(reason: "the state holds no list of members")
    }
    return members
  }

  /// The node of a member; `nil` if none is registered.
  package func node(of member: MemberID) throws(StateFault) -> NodeState? {
    switch try entry(.node(member)) {
    case nil: nil
    case .node(let node): node
    case let other?: throw .misplaced(other)
    }
  }

  /// Every registered node, in the order of the members' ids: one read for the list of members, and
  /// one for each of at most 1,000.
  package func nodes() throws(StateFault) -> [NodeState] {
    var nodes: [NodeState] = []
    for member in try memberIDs() {
      if let node = try node(of: member) { nodes.append(node) }
    }
    return nodes
  }

  package func governance() throws(StateFault) -> GovernanceState {
    guard case .governance(let governance)? = try entry(.governance) else {
      throw StateFault(reason: "the state holds no governance")
    }
    return governance
  }

  /// The validators of the epoch that the next block belongs to.
  package func validatorSet() throws(StateFault) -> ValidatorSet {
    guard case .validators(let set)? = try entry(.validators) else {
      throw StateFault(reason: "the state holds no validators")
    }
    return set
  }

  package func policySchedule() throws(StateFault) -> PolicySchedule {
    guard case .policy(let schedule)? = try entry(.policy) else {
      throw StateFault(reason: "the state holds no policy")
    }
    return schedule
  }

  /// The keys with which `member` may sign a transaction of this authority: none if it is no
  /// governor and the network is to be changed; `nil` if it is no member.
  package func signingKeys(
    of member: MemberID, for authority: Authority
  ) throws(StateFault) -> [PublicKey]? {
    guard let state = try self.member(member) else { return nil }
    return switch authority {
    case .members: state.member.keys
    case .governors: try governance().keys(of: member)
    }
  }
}
