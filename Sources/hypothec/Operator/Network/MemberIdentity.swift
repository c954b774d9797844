import CommandInterface
import Cryptography
import Documents
import Ledger

/// What a member sends to the network's coordinator: its public keys, and the proofs that it has its
/// node's private ones (`bank-a.identity.json`). Nothing in it is secret.
struct MemberIdentity: Hashable, Sendable {
  static let format = "hypothec/identity/1"
  static let byteLimit = 1024 * 1024

  /// The network and the time to which the proofs are bound.
  var network: NetworkName
  var genesisTime: Timestamp
  var member: MemberID
  /// The keys that sign the member's transactions.
  var keys: [PublicKey]
  var node: NodeKeys?
  var governorKey: PublicKey?

  struct NodeKeys: Hashable, Sendable {
    var consensus: ProvenKey
    var transport: ProvenKey
  }
}

extension MemberIdentity {
  /// Makes the identity of one member of a template from the keys in a directory; keys that are not
  /// there are made.
  static func make(
    of member: MemberID, in template: NetworkTemplate, at genesisTime: Timestamp,
    from keys: MemberKeys
  ) throws(Problem) -> MemberIdentity {
    let isGovernor = template.governors.contains(member)
    let hasNode = template.nodes.contains { $0.member == member }
    func prove(_ use: MemberKeys.Use, _ purpose: KeyPurpose) throws(Problem) -> ProvenKey {
      let key = try keys.loadOrMake(use)
      let message = KeyPossession.toBeSigned(
        network: template.name, genesisTime: genesisTime, member: member, purpose: purpose,
        key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try sign(message, key))
    }
    return MemberIdentity(
      network: template.name, genesisTime: genesisTime, member: member,
      keys: [try keys.publicKey(.member)],
      node: hasNode
        ? NodeKeys(
          consensus: try prove(.consensus, .consensus),
          transport: try prove(.transport, .transport)) : nil,
      governorKey: isGovernor ? try keys.publicKey(.governor) : nil)
  }

  private static func sign(_ message: [UInt8], _ key: SigningKey) throws(Problem) -> [UInt8] {
    do throws(CryptographyError) {
      return try key.sign(message)
    } catch {
      throw Problem(error)
    }
  }
}

// MARK: JSON

extension MemberIdentity {
  var text: String {
    var members = [
      JSONMember("format", .string(Self.format)), JSONMember("network", .member(network)),
      JSONMember("genesisTime", .time(genesisTime)), JSONMember("member", .member(member)),
      JSONMember("keys", .array(keys.map(\.json))),
    ]
    if let node {
      members.append(JSONMember("consensusKey", node.consensus.json))
      members.append(JSONMember("transportKey", node.transport.json))
    }
    if let governorKey { members.append(JSONMember("governorKey", governorKey.json)) }
    return JSONLayout.text(.object(members))
  }

  static func load(_ path: FilePath) throws(Problem) -> MemberIdentity {
    let bytes = try LocalFile.read(path, limit: byteLimit)
    let name =
      switch path {
      case .path(let path): path
      case .standardStream: "standard input"
      }
    return try JSONFile.read(bytes, name, .networkFileInvalid) { field in
      field.object { members in MemberIdentity(members) }
    }
  }

  private init?(_ members: JSONMembers) {
    let hasFormat = members.required("format")?.isFormat(Self.format) ?? false
    let network = members.required("network")?.value(.member)
    let time = members.required("genesisTime")?.value(.timestamp)
    let member = members.required("member")?.value(.member)
    let keys = members.required("keys")?.list(1...GenesisMember.keyLimit) { $0.publicKey() }
    let consensus = members.optional("consensusKey")?.provenKey()
    let transport = members.optional("transportKey")?.provenKey()
    let governorField = members.optional("governorKey")
    let governor = governorField?.publicKey()
    guard hasFormat, let network, let time, let member, let keys else { return nil }
    self.init(
      network: network, genesisTime: time, member: member, keys: keys, node: nil,
      governorKey: governor)
    if let consensus, let transport { node = NodeKeys(consensus: consensus, transport: transport) }
  }
}
