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
      network: parent.chain.header.network, height: parent.chain.header.height.next, time: time,
      state: parent.state)
    transition = try BlockTransition(
      context: context, on: StateOverlay(over: parent.state),
      recovery: parent.recovery)
  }

  var overlay: StateOverlay { transition.overlay }
  /// Whether nothing more has a place in the block, since it closes its epoch.
  var isClosing: Bool { transition.isClosing }
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
    // A recovery record sets the validators of the block's own epoch.
    guard isClosing else { return nil }
    for change in changes {
      guard case .validators = change.id, case .validators(let set)? = change.entry else {
        continue
      }
      return set.hash
    }
    return nil
  }

  /// The key of each signature, by the state of the parent.
  func signers(of transaction: Transaction) throws(StateFault) -> Result<[PublicKey], RefusalCode> {
    try transaction.signingKeys { (signer, authority) throws(StateFault) in
      try parent.state.signingKeys(of: signer, for: authority)
    }
  }
}

/// What a block is executed on.
struct ExecutionParent {
  /// Ends with the parent.
  let chain: HeaderChain
  let state: ParentState
  /// The blocks between the finalized state and this one, the parent last.
  let unfinal: [ExecutedBlock]
  /// The record that closes the epoch behind the parent, which is final then.
  let recovery: RecoveryRecord?

  init(chain: HeaderChain, state: ParentState, unfinal: [ExecutedBlock]) {
    self.chain = chain
    self.state = state
    self.unfinal = unfinal
    recovery = nil
  }

  /// The last final block.
  init(final state: LedgerState) {
    chain = state.chain
    self.state = ParentState(state)
    unfinal = []
    recovery = state.recovery
  }

  /// Those of the epoch that the next block belongs to.
  func validators() throws(StateFault) -> ValidatorSet {
    if let recovery { return recovery.validators }
    return try state.validatorSet()
  }
}
