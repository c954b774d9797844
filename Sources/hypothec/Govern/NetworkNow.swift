import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// The network as the ledger has it at the head: who is in it, with which nodes and keys, who
/// validates and who governs. The network file says only how it began.
struct NetworkNow {
  let head: ChainHead
  /// In the order of their ids.
  let members: [MemberState]
  let nodes: [NodeState]
  let governance: GovernanceState
  let validators: ValidatorSet
  let policy: PolicySchedule

  func member(_ id: MemberID) -> MemberState? { members.first { $0.member.id == id } }

  func node(of member: MemberID) -> NodeState? { nodes.first { $0.member == member } }

  func validator(_ member: MemberID) -> Validator? {
    validators.validators.first { $0.member == member }
  }

  /// Throws MEMBER_NOT_ADMITTED, with a suggestion.
  func requireMember(_ id: MemberID) throws(Problem) -> MemberState {
    if let member = member(id) { return member }
    let names = members.map(\.member.id.text)
    let near = Suggestion.nearest(to: id.text, in: names)
    let list = names.prefix(20).joined(separator: ", ")
    throw .refusal(
      .memberNotAdmitted,
      what: LocalizedText(
        english: "the network has no member \(id).", chinese: "网络中没有成员 \(id)。"),
      next: near.map {
        LocalizedText(english: "did you mean \($0)?", chinese: "您是否想输入 \($0)？")
      } ?? LocalizedText(english: "its members are \(list).", chinese: "其成员为 \(list)。"),
      details: ["member": .member(id)])
  }

  /// Throws NODE_UNKNOWN.
  func requireNode(of member: MemberID) throws(Problem) -> NodeState {
    _ = try requireMember(member)
    if let node = node(of: member) { return node }
    throw .refusal(
      .nodeUnknown,
      what: LocalizedText(
        english: "\(member) has no node in the network.", chinese: "\(member) 在网络中没有节点。"),
      details: ["member": .member(member)])
  }

  /// The keys that a member has for a purpose, the newest transport key first.
  func keys(of member: MemberID, for purpose: RotatingPurpose) -> [PublicKey] {
    switch purpose {
    case .member: self.member(member)?.member.keys ?? []
    case .transport: node(of: member)?.transportKeys ?? []
    case .governor: governance.keys(of: member)
    }
  }
}

extension Inquiry {
  /// Reads all of the network's entries: two requests, and more only beyond 500 members.
  func networkNow() throws(Problem) -> NetworkNow {
    let (first, head) = try stateEntries([.members, .governance, .validators, .policy])
    guard case .members(let ids)? = first[0], case .governance(let governance)? = first[1],
      case .validators(let validators)? = first[2], case .policy(let policy)? = first[3]
    else { throw .unexpectedAnswer }
    var members: [MemberState] = []
    var nodes: [NodeState] = []
    let asked = ids.flatMap { [StateID.member($0), .node($0)] }
    for start in stride(from: 0, to: asked.count, by: NodeRequest.entryLimit) {
      let chunk = Array(asked[start..<min(start + NodeRequest.entryLimit, asked.count)])
      for entry in try stateEntries(chunk).entries {
        switch entry {
        case nil: continue
        case .member(let member): members.append(member)
        case .node(let node): nodes.append(node)
        default: throw .unexpectedAnswer
        }
      }
    }
    return NetworkNow(
      head: head, members: members, nodes: nodes, governance: governance, validators: validators,
      policy: policy)
  }

  private func stateEntries(
    _ ids: [StateID]
  ) throws(Problem) -> (entries: [StateEntry?], head: ChainHead) {
    let response = try ask(.entries(ids, .none))
    guard case .entries(let answers) = response.answer, answers.count == ids.count else {
      throw .unexpectedAnswer
    }
    return (answers.map(\.entry), response.head)
  }
}
