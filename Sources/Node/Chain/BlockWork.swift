import CollateralContract
import Cryptography
import Ledger
import Merkle

/// A block's transactions being executed on the state before it: the code that proposes, validates,
/// replays and audits.
struct BlockWork {
  let parent: ExecutionParent
  private var transition: BlockTransition
  private(set) var changes: [StateChange] = []
  private(set) var prepared: [PreparedChange] = []
  private(set) var effects: [MapChange] = []

  /// - Parameter time: the block's, later than the parent's.
  init(on parent: ExecutionParent, time: Timestamp) throws(StateFault) {
    self.parent = parent
    let context = try BlockContext(
      height: parent.chain.header.height.next, time: time, state: parent.state)
    transition = try BlockTransition(context: context, on: StateOverlay(over: parent.state))
  }

  var overlay: StateOverlay { transition.overlay }
  var outcomes: [Outcome] { transition.outcomes }
  var history: [VehicleHistoryRecord] { transition.history }

  mutating func attempt(_ transaction: Transaction) throws(StateFault) -> Attempt {
    try transition.attempt(transaction)
  }

  /// Ends the execution: works out what changed.
  mutating func finish() throws(StateFault) {
    changes = transition.changes
    prepared.reserveCapacity(changes.count)
    effects.reserveCapacity(changes.count)
    for change in changes {
      let prepared = PreparedChange(change, before: try parent.state.entry(change.id))
      if let effect = prepared.effect(on: change.key) { effects.append(effect) }
      self.prepared.append(prepared)
    }
  }

  /// The hash that the header names if the block closes its epoch.
  var nextValidators: Digest? {
    for change in changes {
      guard case .validators = change.id, case .validators(let set)? = change.entry else {
        continue
      }
      return set.hash
    }
    return nil
  }

  /// Fails the first transaction, if any, that no key of its signers' can have signed.
  func signers(of transaction: Transaction) throws(StateFault) -> Result<[PublicKey], RefusalCode> {
    var keys: [PublicKey] = []
    for (index, signer) in transaction.payload.signers.enumerated() {
      guard case .member(let member)? = try parent.state.entry(.member(signer)) else {
        return .failure(.memberUnknown)
      }
      let signature = transaction.signatures[index]
      guard let key = member.key(signature.keyID), key.algorithm == signature.algorithm else {
        return .failure(.keyUnknown)
      }
      keys.append(key)
    }
    return .success(keys)
  }
}

/// What a block is executed on.
struct ExecutionParent {
  /// Ends with the parent.
  let chain: HeaderChain
  let state: ParentState
  /// The blocks between the finalized state and this one, the parent last.
  let unfinal: [ExecutedBlock]
}
