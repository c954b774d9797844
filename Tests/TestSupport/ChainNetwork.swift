import CBOR
import Cryptography
import Ledger
import Synchronization

/// A network whose members, those of `ContractNetwork`, have keys, and validators that sign: for
/// tests of whole blocks. Keys are a function of names, and validators sign by Ed25519, which uses no
/// random numbers: everything but the members' own signatures is the same in every process.
package struct ChainNetwork: Sendable {
  package let file: NetworkFile
  package let genesis: Genesis

  package static let genesisTime = Timestamp.inChina("2026-02-20")

  /// The members who may govern, in the order in which `governorCount` takes them.
  package static let governors = [
    ContractNetwork.operatorA, ContractNetwork.bankA, ContractNetwork.registry,
    ContractNetwork.court,
  ].map(\.id)

  /// - Parameters:
  ///   - validatorCount: 1 to 12, the first members in the order of their ids.
  ///   - governorCount: 1 to 4.
  package init(
    validatorCount: Int = 1, name: String = "chain-tests", governorCount: Int = 1,
    threshold: Int = 1
  ) {
    let name = try! NetworkName(name)
    let members = ContractNetwork.members.map { member in
      GenesisMember(
        id: member.id, name: member.name, roles: member.roles,
        keys: [ChainNetwork.key(of: member.id, .member).publicKey], entities: member.entities)
    }
    let validators = members.map(\.id).sorted().prefix(validatorCount).map { member in
      ChainNetwork.node(of: member, in: name)
    }
    file = NetworkFile(
      name: name, genesisTime: ChainNetwork.genesisTime, members: members,
      validators: validators, followers: [],
      governors: ChainNetwork.governors.prefix(governorCount).map {
        Governor(member: $0, key: ChainNetwork.key(of: $0, .governor).publicKey)
      },
      governorThreshold: threshold, policy: ContractNetwork.policy)
    genesis = try! Genesis(file)
  }

  package var id: NetworkID { genesis.network }

  private static func node(of member: MemberID, in network: NetworkName) -> NodeIdentity {
    func proven(_ purpose: KeyPurpose) -> ProvenKey {
      let key = key(of: member, purpose)
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

  /// A key of a member: the first of its purpose, which genesis has, or a later one.
  package static func key(
    of member: MemberID, _ purpose: KeyPurpose, number: Int = 1
  ) -> SigningKey {
    if purpose == .governor, number == 1, member == governors[0] { return key("governor") }
    let name = "\(purpose.rawValue) \(member)" + (number == 1 ? "" : " \(number)")
    return switch purpose {
    case .member, .governor: key(name)
    case .consensus, .transport: key(name, .edDSA)
    }
  }

  private static let made = Mutex<[String: SigningKey]>([:])

  /// The key whose private part is the hash of a name.
  private static func key(
    _ name: String, _ algorithm: SignatureAlgorithm = .es256
  ) -> SigningKey {
    if let key = made.withLock({ $0[name] }) { return key }
    let key = make(name, algorithm)
    made.withLock { $0[name] = key }
    return key
  }

  private static func make(_ name: String, _ algorithm: SignatureAlgorithm) -> SigningKey {
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

  /// - Parameter keys: of signers who do not sign with their first key for the operations' authority.
  package func transaction(
    _ operations: [Operation], signers: [MemberID]? = nil, reference: Identifier,
    validUntil: Timestamp, salt: Digest? = nil, signing: Signing = .zeros,
    keys: [MemberID: SigningKey] = [:]
  ) -> Transaction {
    var actors: [MemberID] = []
    for operation in operations where !actors.contains(operation.by) { actors.append(operation.by) }
    var draft = TransactionDraft(
      network: id, signers: signers ?? actors, reference: reference, validUntil: validUntil,
      salt: salt ?? SHA256.hash(Array(reference.text.utf8)), operations: operations)
    var signatures: [COSESignature] = []
    for signer in draft.payload.signers {
      let key = keys[signer] ?? firstKey(of: signer, for: operations.authority)
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

  private func firstKey(of signer: MemberID, for authority: Authority) -> SigningKey {
    switch authority {
    case .governors: ChainNetwork.key(of: signer, .governor)
    case .members:
      file.members.contains { $0.id == signer }
        ? ChainNetwork.key(of: signer, .member) : ChainNetwork.key("stranger")
    }
  }

  /// The same content as a transaction of another network, signed for this one.
  package func resigned(_ other: Transaction, signing: Signing = .zeros) -> Transaction {
    transaction(
      other.operations, signers: other.payload.signers, reference: other.payload.reference,
      validUntil: other.payload.validUntil, salt: other.salt, signing: signing)
  }

  // MARK: Certificates

  /// The finalization of a block, signed by the first validators that make a quorum.
  ///
  /// - Parameters:
  ///   - validators: of the block's epoch; by default those of genesis.
  ///   - view: in which a closing block was proposed again, on itself as certified in its own.
  package func finalization(
    of header: BlockHeader, by validators: ValidatorSet? = nil, inView view: View? = nil
  ) -> Certificate {
    let validators = validators ?? genesis.validators
    let ballot = Ballot(
      epoch: header.epoch, view: view ?? header.view,
      subject: .finalize(
        BlockReference(
          parentView: view == nil ? header.parentView : header.view, hash: header.hash)))
    let message = ballot.toBeSigned(network: id)
    let signatures = (0..<validators.quorum).map { index in
      let signer = ValidatorIndex(UInt8(index))
      return CertificateSignature(
        signer: signer,
        signature: try! ChainNetwork.consensusKey(of: validators[signer]).sign(message))
    }
    return Certificate(ballot: ballot, signatures: signatures)
  }

  private static func consensusKey(of validator: Validator) -> SigningKey {
    (1...3).lazy.map { key(of: validator.member, .consensus, number: $0) }
      .first { $0.publicKey == validator.consensusKey }!
  }

  /// The leader of every view: nothing here turns on who it is.
  package var proposer: MemberID { genesis.validators.validators[0].member }
}
