import Cryptography
import Ledger

/// Who is in a simulated network, with keys that are functions of names: all sign by Ed25519, whose
/// signatures are functions of key and message.
package struct SimulatedMembership: Sendable {
  static let genesisTime = SimulatedMembership.time(milliseconds: 1_790_000_000_000)

  package let genesis: Genesis
  /// The members that run nodes, validators first.
  let nodes: [MemberID]
  let validatorCount: Int
  /// Members that act in the contract; they need no node of their own.
  let registry: MemberID
  let appraiser: MemberID
  let banks: [MemberID]
  /// Those of the governors who sign changes: as many as must.
  let governors: [MemberID]
  private let keys: [KeyOwner: SigningKey]

  private struct KeyOwner: Hashable {
    let member: MemberID
    let purpose: KeyPurpose
  }

  init(_ plan: RunPlan) {
    let model = plan.model
    precondition(
      model == nil || model?.validators.count == plan.validatorCount,
      "a network that is like another has its validators")
    precondition(
      model == nil || model?.followers.count == plan.followerCount,
      "a network that is like another has its followers")
    let name = model?.name ?? SimulatedMembership.member("simulated-network")
    var cast = Cast(members: model?.members ?? [])
    registry = cast.first(.registry, orNew: "registry")
    appraiser = cast.first(.appraiser, orNew: "appraiser")
    let firstBank = cast.first(.lender, orNew: "bank-a")
    var lenders = cast.members.filter { $0.roles.contains(.lender) }.map(\.id)
    lenders.removeAll { $0 == firstBank }
    if lenders.isEmpty { lenders = [cast.add("bank-b", .lender)] }
    banks = [firstBank] + lenders
    var nodes = (model.map { $0.validators + $0.followers } ?? []).map(\.member)
    if model == nil {
      nodes = (0..<plan.nodeCount).map { SimulatedMembership.member("node-\(100 + $0)") }
      cast.members += nodes.map { SimulatedMembership.newMember($0, [.dealer]) }
    }
    let members = cast.members
    self.nodes = nodes
    validatorCount = plan.validatorCount
    let allGovernors = model?.governors.map(\.member) ?? [registry]
    let governorThreshold = model?.governorThreshold ?? 1
    governors = Array(allGovernors.prefix(governorThreshold))
    var keys: [KeyOwner: SigningKey] = [:]
    for member in members {
      for purpose in KeyPurpose.allCases {
        keys[KeyOwner(member: member.id, purpose: purpose)] = SimulatedMembership.makeKey(
          of: member.id, purpose)
      }
    }
    self.keys = keys
    func key(_ member: MemberID, _ purpose: KeyPurpose) -> SigningKey {
      SimulatedMembership.key(keys[KeyOwner(member: member, purpose: purpose)])
    }
    let identities = nodes.map { member in
      SimulatedMembership.node(of: member, in: name) { key(member, $0) }
    }
    let file = NetworkFile(
      name: name, genesisTime: SimulatedMembership.genesisTime,
      members: members.map { member in
        var member = member
        member.keys = [key(member.id, .member).publicKey]
        return member
      },
      validators: Array(identities.prefix(plan.validatorCount)),
      followers: Array(identities.dropFirst(plan.validatorCount)),
      governors: allGovernors.map { Governor(member: $0, key: key($0, .governor).publicKey) },
      governorThreshold: governorThreshold, policy: model?.policy ?? SimulatedMembership.policy)
    do {
      genesis = try Genesis(file)
    } catch {
      preconditionFailure("a simulated network is one: \(error)")
    }
  }

  var network: NetworkID { genesis.network }

  // MARK: Keys

  func key(of member: MemberID, _ purpose: KeyPurpose) -> SigningKey {
    SimulatedMembership.key(keys[KeyOwner(member: member, purpose: purpose)])
  }

  private static func key(_ found: SigningKey?) -> SigningKey {
    guard let found else { preconditionFailure("a member has a key for each purpose") }
    return found
  }

  private static func makeKey(of member: MemberID, _ purpose: KeyPurpose) -> SigningKey {
    .ed25519(seed: SHA256.hash(Array("simulated \(purpose.rawValue) \(member)".utf8)))
  }

  private static func node(
    of member: MemberID, in network: NetworkName, _ key: (KeyPurpose) -> SigningKey
  ) -> NodeIdentity {
    func proven(_ purpose: KeyPurpose) -> ProvenKey {
      let key = key(purpose)
      let message = KeyPossession.toBeSigned(
        network: network, genesisTime: genesisTime, member: member, purpose: purpose,
        key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: sign(message, with: key))
    }
    return NodeIdentity(
      member: member, consensusKey: proven(.consensus), transportKey: proven(.transport),
      addresses: [])
  }

  static func sign(_ message: [UInt8], with key: SigningKey) -> [UInt8] {
    do {
      return try key.sign(message)
    } catch {
      preconditionFailure("a key signs: \(error)")
    }
  }

  // MARK: Members

  static func member(_ text: String) -> MemberID {
    do {
      return try MemberID(text)
    } catch {
      preconditionFailure("a member's id is well-formed: \(error)")
    }
  }

  static func time(milliseconds: UInt64) -> Timestamp {
    guard let time = Timestamp(milliseconds: milliseconds) else {
      preconditionFailure("simulated times are before the year 10000")
    }
    return time
  }

  fileprivate static func newMember(_ id: MemberID, _ roles: [Role]) -> GenesisMember {
    do {
      return GenesisMember(
        id: id, name: try DescriptiveText(id.text), roles: roles, keys: [], entities: [])
    } catch {
      preconditionFailure("a member's id is a name: \(error)")
    }
  }

  /// Few refusals an hour would hide what the simulator wants to see.
  private static let policy = Policy(
    loanToValueCaps: [], newVehicleDays: 180, valuationFreshnessDays: 30, valuationLifeDays: 92,
    valuationEnd: .value, yellowFall: basisPoints(500), redFall: basisPoints(1_500),
    refusalsPerHour: 100_000, holderDisclosure: .pledgeNamed, utcOffsetMinutes: 480)

  private static func basisPoints(_ value: UInt32) -> BasisPoints {
    do {
      return try BasisPoints(value)
    } catch {
      preconditionFailure("the policy's numbers are within their bounds: \(error)")
    }
  }
}

/// A network's members. Those of them act in the contract who have the roles for it, or else members
/// that the network that this one is like does not have.
private struct Cast {
  var members: [GenesisMember]

  mutating func first(_ role: Role, orNew id: String) -> MemberID {
    members.first { $0.roles.contains(role) }?.id ?? add(id, role)
  }

  /// - Returns: the new member; `id` with a number if somebody else has that name.
  mutating func add(_ id: String, _ role: Role) -> MemberID {
    guard members.count < NetworkFile.memberLimit else { return give(role) }
    var member = SimulatedMembership.member(id)
    var number = 1
    while members.contains(where: { $0.id == member }) {
      number += 1
      member = SimulatedMembership.member("\(id)-\(number)")
    }
    members.append(SimulatedMembership.newMember(member, [role]))
    return member
  }

  /// Where there is no room for another member, one that there is has the role as well.
  private mutating func give(_ role: Role) -> MemberID {
    guard let index = members.firstIndex(where: { !$0.roles.contains(role) }) else {
      preconditionFailure("a role that all have needs nobody else")
    }
    members[index].roles = (members[index].roles + [role]).sorted()
    return members[index].id
  }
}
