import Cryptography
import Ledger

/// What a node knows to judge who may come in: prepared keys, whose they are at the head, transactions
/// that were verified before, and those that wait for the fate of another.
struct Door {
  let network: NetworkID
  private var verifiers: PreparedKeys
  /// Transactions whose signatures were found right, by the hash of all their bytes. The signatures
  /// name their keys by hash, so what was right stays right whatever the state is; whether the keys may
  /// sign is asked each time.
  private var verified = RecentSet<Digest>(generationLimit: NodeLimits.verifiedLimit / 2)
  /// The keys of members and governors at the head; `.some(nil)` for who is no member.
  private var signers: [Signer: [PublicKey]?] = [:]
  /// Behind a transaction whose signatures are not known to be right: others with its id or its
  /// reference, whose fate depends on it.
  private var parked: [TransactionID: [Parked]] = [:]
  private var parkedCount = 0

  private struct Signer: Hashable {
    let member: MemberID
    let authority: Authority
  }

  struct Parked {
    let transaction: Transaction
    let origin: Replica.Origin
  }

  init(network: NetworkID, memo: SignatureMemo?) {
    self.network = network
    verifiers = PreparedKeys(memo: memo)
  }

  /// What there is to verify; empty if it was verified before.
  ///
  /// - Throws: `memberUnknown` or `keyUnknown`.
  mutating func checks(
    of transaction: Transaction, chain: Chain
  ) throws(ReplicaFault) -> Result<[SignatureCheck], RefusalCode> {
    let keys = try transaction.signingKeys { (signer, authority) throws(ReplicaFault) in
      try self.keys(of: Signer(member: signer, authority: authority), chain)
    }
    switch keys {
    case .failure(let code): return .failure(code)
    case .success where verified.contains(transaction.leaf): return .success([])
    case .success(let keys):
      return .success(
        transaction.signatureChecks(
          network: network, verifiers: keys.map { verifiers.verifier(of: $0) }))
    }
  }

  private mutating func keys(
    of signer: Signer, _ chain: Chain
  ) throws(ReplicaFault) -> [PublicKey]? {
    if let known = signers[signer] { return known }
    let keys = try faulting { () throws(ChainError) in
      try chain.signingKeys(of: signer.member, for: signer.authority)
    }
    signers[signer] = .some(keys)
    return keys
  }

  /// Keys for which a table is to be made.
  mutating func takeWantedTables() -> [PublicKey] { verifiers.takeWanted() }

  mutating func install(_ verifier: Verifier) { verifiers.install(verifier) }

  /// - Parameter leaf: of a transaction whose signatures were found right.
  mutating func remember(verified leaf: Digest) { verified.insert(leaf) }

  /// Whether the signatures of a transaction were found right before, by the leaf of its bytes.
  func isVerified(_ leaf: Digest) -> Bool { verified.contains(leaf) }

  /// The head moved on: keys are read anew.
  mutating func headMoved() { signers.removeAll(keepingCapacity: true) }

  // MARK: Parked

  /// Puts a transaction behind another; `false` if there is no room.
  mutating func park(
    _ transaction: Transaction, _ origin: Replica.Origin, behind id: TransactionID
  ) -> Bool {
    guard parkedCount < NodeLimits.parkedLimit else { return false }
    parked[id, default: []].append(Parked(transaction: transaction, origin: origin))
    parkedCount += 1
    return true
  }

  mutating func takeParked(behind id: TransactionID) -> [Parked] {
    guard let waiting = parked.removeValue(forKey: id) else { return [] }
    parkedCount -= waiting.count
    return waiting
  }
}
