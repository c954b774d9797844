import Consensus
import Cryptography
import Ledger
import Merkle
import TestSupport

/// A network of one validator whose members sign with Ed25519, so that everything repeats exactly.
final class TestNetwork: Sendable {
  static let time = Timestamp(milliseconds: 1_790_000_000_000)!

  let id: NetworkID
  let name = try! MemberID("test-net")
  let registry: TestMember
  let bank: TestMember
  let stranger: TestMember
  let consensusKey: SigningKey
  let validators: ValidatorSet

  init(_ algorithm: SignatureAlgorithm = .edDSA) {
    id = NetworkID(SHA256.hash(Array("service tests".utf8)))
    registry = TestMember("registry-a", .registry, algorithm)
    bank = TestMember("bank-a", .lender, algorithm)
    stranger = TestMember("stranger", .dealer, algorithm)
    consensusKey = try! SigningKey.generate(algorithm)
    validators = ValidatorSet(
      epoch: Epoch.genesis.next,
      validators: [Validator(member: registry.id, consensusKey: consensusKey.publicKey)])!
  }

  /// The state after genesis; the stranger is in no state.
  var state: MemoryState {
    let state = MemoryState([.policy: .policy(ContractNetwork.policy)])
    for member in [registry, bank] {
      state.set(.member(member.id), to: .member(MemberState(member: member.member)))
    }
    return state
  }

  var genesis: BlockHeader {
    BlockHeader(
      network: id, epoch: .genesis, view: .genesis, parentView: .genesis, height: .genesis,
      time: TestNetwork.time, proposer: name, parent: BlockHash(.zero),
      transactionsRoot: MerkleTree.root(ofLeaves: []), outcomesRoot: MerkleTree.root(ofLeaves: []),
      transactionCount: 0, operationCount: 0, stateRoot: .zero,
      historyRoot: MerkleTree.root(ofLeaves: []), nextValidators: validators.hash)
  }

  /// A registration of the vehicle number `number`.
  func registration(
    _ number: Int, by member: TestMember? = nil, reference: String? = nil,
    validUntil: Timestamp = TestNetwork.time.advanced(byMilliseconds: 24 * Timestamp.hour)
  ) -> Transaction {
    let member = member ?? registry
    var draft = TransactionDraft(
      network: id, signers: [member.id], reference: try! Identifier(reference ?? "ref-\(number)"),
      validUntil: validUntil, salt: SHA256.hash(Array("salt \(number)".utf8)),
      operations: [.register(TestNetwork.vin(number), by: member.member)])
    try! draft.sign(as: member.id, with: member.key)
    return try! draft.transaction()
  }

  /// The same transaction with a signature that is wrong.
  func forged(_ transaction: Transaction) -> Transaction {
    let signatures = transaction.signatures.map { signature in
      var bytes = signature.signature
      bytes[10] ^= 1
      return COSESignature(
        algorithm: signature.algorithm, keyID: signature.keyID, signature: bytes)
    }
    return try! Transaction(
      payload: transaction.payloadBytes, signatures: signatures, salt: transaction.salt,
      operations: transaction.operations, network: id)
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
