import CommandInterface
import Cryptography
import Documents
import Ledger

/// What somebody sends to the governors to be admitted: who it is, its public keys, and the proofs
/// that it has its node's private ones (`bank-c.application.json`). Nothing in it is secret. A member
/// sends its node alone: its first, or one in the place of a node that was lost.
struct MemberApplication: Hashable, Sendable {
  static let format = "hypothec/application/1"
  static let byteLimit = 1024 * 1024

  /// The network to which the proofs are bound.
  let network: NetworkID
  /// Who is to be admitted; `nil` for a node of somebody who is a member.
  let member: GenesisMember?
  /// Never `nil` if `member` is.
  let node: NodeIdentity?

  var text: String {
    var members = [
      JSONMember("format", .string(Self.format)),
      JSONMember("networkId", .string(network.description)),
    ]
    if let member { members.append(JSONMember("member", member.json)) }
    if let node { members.append(JSONMember("node", node.json)) }
    return JSONLayout.text(.object(members))
  }

  static func load(_ path: FilePath) throws(Problem) -> MemberApplication {
    let bytes = try LocalFile.read(path, limit: byteLimit)
    return try JSONFile.read(bytes, path.shown, .applicationInvalid) { field in
      field.object { members in MemberApplication(members) }
    }
  }

  init(network: NetworkID, admitting member: GenesisMember, node: NodeIdentity?) {
    self.network = network
    self.member = member
    self.node = node
  }

  init(network: NetworkID, node: NodeIdentity) {
    self.network = network
    member = nil
    self.node = node
  }

  private init?(_ members: JSONMembers) {
    let hasFormat = members.required("format")?.isFormat(Self.format) ?? false
    let network = members.required("networkId")?.networkID()
    let nodeField = members.optional("node")
    let node = nodeField.flatMap { NodeIdentity($0) }
    let memberField = nodeField == nil ? members.required("member") : members.optional("member")
    let member = memberField.flatMap { GenesisMember($0) }
    guard hasFormat, let network, nodeField == nil || node != nil else { return nil }
    guard let member else {
      guard memberField == nil, let node else { return nil }
      self.init(network: network, node: node)
      return
    }
    if let node, node.member != member.id {
      nodeField?.wrong(
        "the node is \(node.member)'s, the application \(member.id)'s",
        "节点属于 \(node.member)，而申请属于 \(member.id)")
      return nil
    }
    self.init(network: network, admitting: member, node: node)
  }

  /// The first proof that does not hold, if one does not: governors need not find out by a refusal.
  func requireProofs() throws(Problem) {
    guard let node else { return }
    for (key, purpose) in [
      (node.consensusKey, KeyPurpose.consensus), (node.transportKey, .transport),
    ] {
      guard key.isProven(network: network, member: node.member, purpose: purpose) else {
        let again = member == nil ? "hypothec node apply" : "hypothec member apply"
        throw .refusal(
          .keyProofInvalid,
          what: LocalizedText(
            english: "the proof of \(node.member)'s \(purpose.rawValue) key does not hold.",
            chinese: "\(node.member) 的 \(purpose.rawValue) 密钥证明不成立。"),
          next: LocalizedText(
            english: "ask for the application again: \(again)", chinese: "请对方重新生成申请：\(again)"),
          details: ["member": .member(node.member), "purpose": .string(purpose.rawValue)])
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
