import CBOR
import Cryptography
import Ledger

/// A network whose members, those of `ContractNetwork`, have keys, and validators that sign: for
/// tests of whole blocks. Keys are a function of names, and validators sign by Ed25519, which uses no
/// random numbers: everything but the members' own signatures is the same in every process.
package struct ChainNetwork: Sendable {
  package let file: NetworkFile
  package let genesis: Genesis
  private let memberKeys: [MemberID: SigningKey]
  private let validatorKeys: [MemberID: SigningKey]

  package static let genesisTime = Timestamp.inChina("2026-02-20")

  /// - Parameter validatorCount: 1 to 12, the first members in the order of their ids.
  package init(validatorCount: Int = 1, name: String = "chain-tests") {
    let name = try! NetworkName(name)
    var memberKeys: [MemberID: SigningKey] = [:]
    let members = ContractNetwork.members.map { member in
      let key = ChainNetwork.key("member \(member.id)")
      memberKeys[member.id] = key
      return GenesisMember(
        id: member.id, name: member.name, roles: member.roles, keys: [key.publicKey],
        entities: member.entities)
    }
    var validatorKeys: [MemberID: SigningKey] = [:]
    let validators = members.map(\.id).sorted().prefix(validatorCount).map { member in
      validatorKeys[member] = ChainNetwork.key("consensus \(member)", .edDSA)
      return ChainNetwork.node(member, in: name)
    }
    file = NetworkFile(
      name: name, genesisTime: ChainNetwork.genesisTime, members: members,
      validators: validators, followers: [],
      governors: [
        Governor(
          member: ContractNetwork.operatorA.id, key: ChainNetwork.key("governor").publicKey)
      ],
      governorThreshold: 1, policy: ContractNetwork.policy)
    genesis = try! Genesis(file)
    self.memberKeys = memberKeys
    self.validatorKeys = validatorKeys
  }

  package var id: NetworkID { genesis.network }

  private static func node(_ member: MemberID, in network: NetworkName) -> NodeIdentity {
    func proven(_ purpose: KeyPurpose) -> ProvenKey {
      let key = key("\(purpose.rawValue) \(member)", .edDSA)
      let message = KeyPossession.toBeSigned(
        network: network, genesisTime: genesisTime, member: member, purpose: purpose,
        key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try! key.sign(message))
    }
    return NodeIdentity(
      member: member, consensusKey: proven(.consensus), transportKey: proven(.transport),
      addresses: [])
  }

  // MARK: Keys

  /// The key whose private part is the hash of a name.
  private static func key(
    _ name: String, _ algorithm: SignatureAlgorithm = .es256
  ) -> SigningKey {
    let secret = SHA256.hash(Array(name.utf8)).bytes
    // PKCS#8 (RFC 5958) of an ECPrivateKey (RFC 5915) without its public key, and of an Ed25519 key
    // (RFC 8410).
    let head =
      switch algorithm {
      case .es256: "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"
      case .edDSA: "302e020100300506032b657004220420"
      }
    let text = base64(Hexadecimal.decode(head)! + secret)
    let pem = "-----BEGIN PRIVATE KEY-----\n\(text)\n-----END PRIVATE KEY-----\n"
    return try! SigningKey(pem: Array(pem.utf8), passphrase: nil)
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
      let bits = padded.reduce(0) { $0 << 8 | Int($1) }
      for index in 0...group.count { text.append(alphabet[bits >> (18 - 6 * index) & 63]) }
      text += String(repeating: "=", count: 3 - group.count)
    }
    // PEM's lines have 64 characters.
    return stride(from: 0, to: text.utf8.count, by: 64).map { start in
      String(decoding: Array(text.utf8)[start..<min(start + 64, text.utf8.count)], as: UTF8.self)
    }.joined(separator: "\n")
  }

  // MARK: Transactions

  package enum Signing {
    case real
    /// Zeros in place of signatures, for tests that do not verify them.
    case zeros
    /// Real, and then one bit of the last is wrong.
    case broken
  }

  package func transaction(
    _ operations: [Operation], signers: [MemberID]? = nil, reference: Identifier,
    validUntil: Timestamp, salt: Digest? = nil, signing: Signing = .zeros
  ) -> Transaction {
    var actors: [MemberID] = []
    for operation in operations where !actors.contains(operation.by) { actors.append(operation.by) }
    var draft = TransactionDraft(
      network: id, signers: signers ?? actors, reference: reference, validUntil: validUntil,
      salt: salt ?? SHA256.hash(Array(reference.text.utf8)), operations: operations)
    var signatures: [COSESignature] = []
    for signer in draft.payload.signers {
      let key = memberKeys[signer] ?? ChainNetwork.key("stranger")
      if signing == .zeros {
        signatures.append(
          COSESignature(
            algorithm: .es256, keyID: key.publicKey.keyID,
            signature: [UInt8](repeating: 0, count: 64)))
      } else {
        try! draft.sign(as: signer, with: key)
      }
    }
    if signing != .zeros { signatures = draft.signatures.compactMap { $0 } }
    if signing == .broken, let last = signatures.popLast() {
      var bytes = last.signature
      bytes[40] ^= 1
      signatures.append(
        COSESignature(algorithm: last.algorithm, keyID: last.keyID, signature: bytes))
    }
    return try! Transaction(
      payload: draft.payloadBytes, signatures: signatures, salt: draft.salt,
      operations: operations, network: id)
  }

  /// The same content as a transaction of another network, signed for this one.
  package func resigned(_ other: Transaction, signing: Signing = .zeros) -> Transaction {
    transaction(
      other.operations, signers: other.payload.signers, reference: other.payload.reference,
      validUntil: other.payload.validUntil, salt: other.salt, signing: signing)
  }

  // MARK: Certificates

  /// The finalization of a block, signed by the first validators that make a quorum.
  package func finalization(of header: BlockHeader) -> Certificate {
    let ballot = Ballot(
      epoch: header.epoch, view: header.view,
      subject: .finalize(BlockReference(parentView: header.parentView, hash: header.hash)))
    let message = ballot.toBeSigned(network: id)
    let validators = genesis.validators
    let signatures = (0..<validators.quorum).map { index in
      let signer = ValidatorIndex(UInt8(index))
      return CertificateSignature(
        signer: signer, signature: try! validatorKeys[validators[signer].member]!.sign(message))
    }
    return Certificate(ballot: ballot, signatures: signatures)
  }

  /// The leader of every view: nothing here turns on who it is.
  package var proposer: MemberID { genesis.validators.validators[0].member }
}
