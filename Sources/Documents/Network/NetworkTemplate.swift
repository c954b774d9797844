import CommandInterface
import Ledger

/// A network before its keys: what people agree on first (`network-configs/`).
///
/// Its JSON is that of a network file without the keys; what has a usual value may be left out.
package struct NetworkTemplate: Hashable, Sendable {
  static let format = "hypothec/network-template/1"

  package var name: NetworkName
  /// Must be fixed before members prove their keys, since the proofs are bound to it; `nil` lets
  /// `network create` take the present time when it makes all keys itself.
  package var genesisTime: Timestamp?
  package var members: [Member]
  package var validators: [Node]
  package var followers: [Node]
  package var governors: [MemberID]
  package var governorThreshold: Int
  package var policy: Policy
  /// Who keeps a connection with whom; `nil` for everybody with everybody. It is no part of the
  /// network file: networks on one machine (`network up`) are made so, to try out partial connection.
  package var links: [NetworkLink]?

  package struct Member: Hashable, Sendable {
    package var id: MemberID
    package var name: DescriptiveText
    package var roles: [Role]
    package var entities: [LegalEntity]

    package init(id: MemberID, name: DescriptiveText, roles: [Role], entities: [LegalEntity]) {
      self.id = id
      self.name = name
      self.roles = roles
      self.entities = entities
    }
  }

  package struct Node: Hashable, Sendable {
    package var member: MemberID
    package var addresses: [NodeAddress]

    package init(member: MemberID, addresses: [NodeAddress]) {
      self.member = member
      self.addresses = addresses
    }
  }

  package init(
    name: NetworkName, genesisTime: Timestamp?, members: [Member], validators: [Node],
    followers: [Node], governors: [MemberID], governorThreshold: Int, policy: Policy,
    links: [NetworkLink]?
  ) {
    self.name = name
    self.genesisTime = genesisTime
    self.members = members
    self.validators = validators
    self.followers = followers
    self.governors = governors
    self.governorThreshold = governorThreshold
    self.policy = policy
    self.links = links
  }

  /// Who runs a node, validating or following.
  package var nodes: [Node] { validators + followers }

  /// More than half: no change of the network without a majority.
  package static func majority(of count: Int) -> Int { count / 2 + 1 }
}

extension NetworkTemplate {
  package init(_ bytes: [UInt8], _ path: String) throws(Problem) {
    self = try JSONFile.read(bytes, path, .networkFileInvalid) { field in
      field.object { members in NetworkTemplate(members) }
    }
  }

  private init?(_ members: JSONMembers) {
    let hasFormat = members.required("format")?.isFormat(Self.format) ?? false
    let name = members.required("name")?.value(.member)
    let genesisTime = members.optional("genesisTime")
    let time = genesisTime?.value(.timestamp)
    let list = members.required("members")?.list(1...NetworkFile.memberLimit, Member.init)
    let validators = members.required("validators")?.list(1...ValidatorSet.limit, Node.init)
    let followers = members.optional("followers")
    let followerNodes = followers.map { $0.list(0...NetworkFile.memberLimit, Node.init) } ?? []
    let governors = members.required("governors")?.object(GovernorList.init)
    let policyField = members.optional("policy")
    let policy = policyField.map { Policy($0) } ?? .standard
    let linksField = members.optional("links")
    let links = linksField?.list(1...NetworkLink.limit, NetworkLink.init)
    guard hasFormat, let name, genesisTime == nil || time != nil, let list, let validators,
      let followerNodes, let governors, let policy, linksField == nil || links != nil
    else { return nil }
    self.init(
      name: name, genesisTime: time, members: list, validators: validators,
      followers: followerNodes, governors: governors.members,
      governorThreshold: governors.threshold, policy: policy, links: links)
    if let linksField, let links, !NetworkLink.check(links, among: nodes.map(\.member), linksField)
    {
      return nil
    }
  }

  private struct GovernorList {
    let members: [MemberID]
    let threshold: Int

    init?(_ members: JSONMembers) {
      let list = members.required("members")?.list(1...NetworkFile.memberLimit) {
        $0.value(.member)
      }
      let threshold = members.optional("threshold")
      let number = threshold?.number(1...NetworkFile.memberLimit)
      guard let list, threshold == nil || number != nil else { return nil }
      self.members = list
      self.threshold = number ?? NetworkTemplate.majority(of: list.count)
    }
  }
}

extension NetworkTemplate.Member {
  init?(_ field: JSONField) {
    let read: Self? = field.object { members in Self(members) }
    guard let read else { return nil }
    self = read
  }

  /// `id`, `name`, `roles`, `entities`, as a template and a network file have them.
  init?(_ members: JSONMembers) {
    let id = members.required("id")?.value(.member)
    let name = members.required("name")?.value(.descriptive("name"))
    let roles = members.required("roles")?.list(1...Role.allCases.count) {
      $0.value(.word(of: Role.self, "role"))
    }
    let entities = members.optional("entities").map { field in
      field.list(0...GenesisMember.entityLimit) { $0.value(.legalEntity) }
    }
    guard let id, let name, let roles, let entities = entities ?? [] else { return nil }
    self.init(id: id, name: name, roles: roles, entities: entities)
  }
}

extension NetworkTemplate.Node {
  init?(_ field: JSONField) {
    let read: Self? = field.object { members in Self(members) }
    guard let read else { return nil }
    self = read
  }

  /// `member` and `addresses`, as a template and a network file have them.
  init?(_ members: JSONMembers) {
    let member = members.required("member")?.value(.member)
    let addresses = members.optional("addresses").map { field in
      field.list(0...NodeIdentity.addressLimit) { $0.value(.address) }
    }
    guard let member, let addresses = addresses ?? [] else { return nil }
    self.init(member: member, addresses: addresses)
  }
}

extension ValueType where Value == NodeAddress {
  package static var address: ValueType {
    ValueType("host:port") { text throws(InvalidValue) in
      do throws(RefusalCode) {
        return try NodeAddress(text)
      } catch {
        throw InvalidValue(
          english: "'\(text)' is not an address: write host:port such as node.example:7100, "
            + "or [address]:port for IPv6",
          chinese: "'\(text)' 不是地址：请写 主机:端口，如 node.example:7100；IPv6 写 [地址]:端口")
      }
    }
  }
}

extension ProblemCode {
  package static let networkFileInvalid = ProblemCode("NETWORK_FILE_INVALID")
}
