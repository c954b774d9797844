import CommandInterface
import Cryptography
import Ledger

/// What somebody sends to the governors to be admitted: who it is, its public keys, and the proofs
/// that it has its node's private ones (`bank-c.application.json`). Nothing in it is secret.
struct MemberApplication: Hashable, Sendable {
  static let format = "hypothec/application/1"
  static let byteLimit = 1024 * 1024

  /// The network to which the proofs are bound.
  let network: NetworkID
  let member: GenesisMember
  let node: NodeIdentity?

  var text: String {
    var members = [
      JSONMember("format", .string(Self.format)),
      JSONMember("networkId", .string(network.description)), JSONMember("member", member.json),
    ]
    if let node { members.append(JSONMember("node", node.json)) }
    return JSONLayout.text(.object(members))
  }

  static func load(_ path: FilePath) throws(Problem) -> MemberApplication {
    let bytes = try LocalFile.read(path, limit: byteLimit)
    return try JSONFile.read(bytes, path.shown, .applicationInvalid) { field in
      field.object { members in MemberApplication(members) }
    }
  }

  init(network: NetworkID, member: GenesisMember, node: NodeIdentity?) {
    self.network = network
    self.member = member
    self.node = node
  }

  private init?(_ members: JSONMembers) {
    let hasFormat = members.required("format")?.isFormat(Self.format) ?? false
    let network = members.required("networkId")?.networkID()
    let member = members.required("member").flatMap { GenesisMember($0) }
    let nodeField = members.optional("node")
    let node = nodeField.flatMap { NodeIdentity($0) }
    guard hasFormat, let network, let member, nodeField == nil || node != nil else { return nil }
    if let node, node.member != member.id {
      nodeField?.wrong(
        "the node is \(node.member)'s, the application \(member.id)'s",
        "节点属于 \(node.member)，而申请属于 \(member.id)")
      return nil
    }
    self.init(network: network, member: member, node: node)
  }

  /// The first proof that does not hold, if one does not: governors need not find out by a refusal.
  func requireProofs() throws(Problem) {
    guard let node else { return }
    for (key, purpose) in [
      (node.consensusKey, KeyPurpose.consensus), (node.transportKey, .transport),
    ] {
      guard key.isProven(network: network, member: member.id, purpose: purpose) else {
        throw .refusal(
          .keyProofInvalid,
          what: LocalizedText(
            english: "the proof of \(member.id)'s \(purpose.rawValue) key does not hold.",
            chinese: "\(member.id) 的 \(purpose.rawValue) 密钥证明不成立。"),
          next: LocalizedText(
            english: "ask for the application again: hypothec member apply",
            chinese: "请对方重新生成申请：hypothec member apply"),
          details: ["member": .member(member.id), "purpose": .string(purpose.rawValue)])
      }
    }
  }
}

extension ProvenKey {
  /// A key of a running network, with its own proof.
  static func joining(
    _ network: NetworkID, _ key: SigningKey, of member: MemberID, for purpose: KeyPurpose
  ) throws(Problem) -> ProvenKey {
    let message = KeyPossession.toBeSigned(
      network: network, member: member, purpose: purpose, key: key.publicKey)
    do throws(CryptographyError) {
      return ProvenKey(key: key.publicKey, proof: try key.sign(message))
    } catch {
      throw Problem(error)
    }
  }
}

extension JSONField {
  func networkID() -> NetworkID? { digest().map { NetworkID($0) } }

  /// 64 hexadecimal digits.
  func digest() -> Digest? { bytes(count: Digest.byteCount).flatMap { Digest($0) } }
}

extension ProblemCode {
  static let applicationInvalid = ProblemCode("APPLICATION_INVALID")
}
