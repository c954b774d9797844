import Cryptography
import Ledger

/// What a node knows to judge who may come in: prepared keys, members at the head, transactions that
/// were verified before, and those that wait for the fate of another.
struct Door {
  let network: NetworkID
  private var verifiers = PreparedKeys()
  private var verified = VerifiedCache()
  private var members: [MemberID: MemberState] = [:]
  /// Behind a transaction whose signatures are not known to be right: others with its id or its
  /// reference, whose fate depends on it.
  private var parked: [TransactionID: [Parked]] = [:]
  private var parkedCount = 0

  struct Parked {
    let transaction: Transaction
    let origin: Replica.Origin
  }

  init(network: NetworkID) { self.network = network }

  /// What there is to verify; empty if it was verified before.
  ///
  /// - Throws: `memberUnknown` or `keyUnknown`.
  mutating func checks(
    of transaction: Transaction, chain: Chain
  ) throws(ReplicaFault) -> Result<[SignatureCheck], RefusalCode> {
    var states: [MemberState?] = []
    for signer in transaction.payload.signers { states.append(try member(signer, chain)) }
    if verified.contains(transaction.leaf) { return unregistered(transaction, states) }
    var verifiers = verifiers
    defer { self.verifiers = verifiers }
    let signers = transaction.payload.signers
    do throws(RefusalCode) {
      return .success(
        try transaction.signatureChecks(
          network: network,
          member: { id in signers.firstIndex(of: id).flatMap { states[$0] } },
          verifier: { verifiers.verifier(of: $0) }))
    } catch {
      return .failure(error)
    }
  }

  /// Nothing to verify, unless a signer's key is not registered any more.
  private func unregistered(
    _ transaction: Transaction, _ states: [MemberState?]
  ) -> Result<[SignatureCheck], RefusalCode> {
    for (state, signature) in zip(states, transaction.signatures) {
      guard let state else { return .failure(.memberUnknown) }
      guard state.key(signature.keyID) != nil else { return .failure(.keyUnknown) }
    }
    return .success([])
  }

  private mutating func member(
    _ id: MemberID, _ chain: Chain
  ) throws(ReplicaFault) -> MemberState? {
    if let state = members[id] { return state }
    let state = try faulting { () throws(ChainError) in try chain.member(id) }
    members[id] = state
    return state
  }

  /// Keys for which a table is to be made.
  mutating func takeWantedTables() -> [PublicKey] { verifiers.takeWanted() }

  mutating func install(_ verifier: Verifier) { verifiers.install(verifier) }

  mutating func remember(verified transaction: Transaction) {
    verified.insert(transaction.leaf)
  }

  /// Whether the signatures of a transaction were found right before, by the leaf of its bytes.
  func isVerified(_ leaf: Digest) -> Bool { verified.contains(leaf) }

  /// The head moved on: members are read anew.
  mutating func headMoved() { members.removeAll(keepingCapacity: true) }

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
