import Consensus
import Cryptography
import Ledger
import Merkle
import TestSupport

/// A network of one validator whose members sign with Ed25519, so that everything repeats exactly.
final class TestNetwork: Sendable {
  static let time = Timestamp(milliseconds: 1_790_000_000_000)!

  let name = try! MemberID("test-net")
  let registry: TestMember
  let bank: TestMember
  let stranger: TestMember
  let consensusKey: SigningKey
  let file: NetworkFile
  let genesis: Genesis

  init(_ algorithm: SignatureAlgorithm = .edDSA, time: Timestamp = time) {
    registry = TestMember("registry-a", .registry, algorithm)
    bank = TestMember("bank-a", .lender, algorithm)
    stranger = TestMember("stranger", .dealer, algorithm)
    consensusKey = try! SigningKey.generate(algorithm)
    let transportKey = try! SigningKey.generate(.edDSA)
    let (name, member) = (name, registry.id)
    func proven(_ key: SigningKey, _ purpose: KeyPurpose) -> ProvenKey {
      let message = KeyPossession.toBeSigned(
        network: name, genesisTime: time, member: member, purpose: purpose, key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try! key.sign(message))
    }
    file = NetworkFile(
      name: name, genesisTime: time, members: [registry.member, bank.member],
      validators: [
        NodeIdentity(
          member: member, consensusKey: proven(consensusKey, .consensus),
          transportKey: proven(transportKey, .transport), addresses: [])
      ], followers: [],
      governors: [
        Governor(member: bank.id, key: try! SigningKey.generate(.edDSA).publicKey)
      ], governorThreshold: 1, policy: ContractNetwork.policy)
    genesis = try! Genesis(file)
  }

  var id: NetworkID { genesis.network }

  /// A registration of the vehicle number `number`.
  func registration(
    _ number: Int, by member: TestMember? = nil, reference: String? = nil,
    validUntil: Timestamp? = nil
  ) -> Transaction {
    let member = member ?? registry
    let validUntil =
      validUntil ?? file.genesisTime.advanced(byMilliseconds: 24 * Timestamp.hour)
    var draft = TransactionDraft(
      network: id, signers: [member.id], reference: try! Identifier(reference ?? "ref-\(number)"),
      validUntil: validUntil, salt: SHA256.hash(Array("salt \(number)".utf8)),
      operations: [.register(TestNetwork.vin(number), by: member.member)])
    try! draft.sign(as: member.id, with: member.key)
    return try! draft.transaction()
  }

  func forged(_ transaction: Transaction) -> Transaction {
    TestNetwork.forged(transaction, network: id)
  }

  /// The same transaction with a signature that is wrong.
  static func forged(_ transaction: Transaction, network: NetworkID) -> Transaction {
    let signatures = transaction.signatures.map { signature in
      var bytes = signature.signature
      bytes[10] ^= 1
      return COSESignature(
        algorithm: signature.algorithm, keyID: signature.keyID, signature: bytes)
    }
    return try! Transaction(
      payload: transaction.payloadBytes, signatures: signatures, salt: transaction.salt,
      operations: transaction.operations, network: network)
  }

  /// European numbers have no check character.
  static func vin(_ number: Int) -> VehicleIdentificationNumber {
    let digits = String(number)
    let zeros = String(repeating: "0", count: 11 - digits.count)
    return try! VehicleIdentificationNumber("WBA1A1" + zeros + digits)
  }
}

struct TestMember: Sendable {
  let member: GenesisMember
  let key: SigningKey

  var id: MemberID { member.id }

  init(_ name: String, _ role: Role, _ algorithm: SignatureAlgorithm) {
    key = try! SigningKey.generate(algorithm)
    member = GenesisMember(
      id: try! MemberID(name), name: try! DescriptiveText(name), roles: [role],
      keys: [key.publicKey], entities: [])
  }
}
