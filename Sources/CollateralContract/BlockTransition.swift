import Ledger

/// A whole block's work on the state, transaction by transaction.
///
/// 0. Behind a recovery record's last block, what the record changes.
/// 1. References that expired before the block's time leave the state, the earliest first, at most
///    `expiryLimit` a block, so that no block is late for the references of a busy week.
/// 2. A policy that takes effect at this height becomes the current one.
/// 3. Each transaction must be valid at the block's time and at most seven days longer, and its
///    reference unused by its submitter; then it is executed, accepted or refused.
/// 4. Its reference is used until it expires, whatever the outcome.
/// 5. A transaction that ends the epoch is the block's last: the validators after it are others, or
///    the same with new votes, and nothing may be decided by those before.
///
/// A proposer goes on after a transaction that was left out; to a validator it makes the block
/// invalid. Both run this code, and so does who replays or audits the log.
package struct BlockTransition {
  package static let expiryLimit = 4_096
  /// The longest time between a block and the `valid until` of a transaction in it: seven days.
  package static let validityLimit: UInt64 = 7 * 24 * 3_600_000

  package let context: BlockContext
  package let overlay: StateOverlay
  /// One for each included transaction, in order.
  package private(set) var outcomes: [Outcome] = []
  /// The entries that vehicles' histories gained, in the ledger's order.
  package private(set) var history: [VehicleHistoryRecord] = []
  /// Whether a transaction has ended the epoch, so that no other has a place in this block.
  package private(set) var isClosing = false

  /// Begins a block on an overlay without changes.
  ///
  /// - Parameter recovery: the record that closed the epoch behind the parent, found to be right.
  package init(
    context: BlockContext, on overlay: StateOverlay, recovery: RecoveryRecord? = nil
  ) throws(StateFault) {
    self.context = context
    self.overlay = overlay
    if let recovery { try Recovery.begin(recovery, on: overlay) }
    let expired = try overlay.expiredReferences(
      before: context.time, limit: BlockTransition.expiryLimit)
    for reference in expired { overlay.set(reference.id, to: nil) }
    if let schedule = try overlay.policySchedule().switched(at: context.height) {
      overlay.set(.policy, to: .policy(schedule))
    }
  }

  /// Executes the next transaction, if it may stand in this block.
  package mutating func attempt(_ transaction: Transaction) throws(StateFault) -> Attempt {
    guard !isClosing else { return .leftOut(.epochClosing) }
    if let code = try door(transaction) { return .leftOut(code) }
    let execution = try CollateralContract.execute(
      transaction, at: outcomes.count, context: context, on: overlay)
    switch execution {
    case .leftOut(let code): return .leftOut(code)
    case .done(let executed):
      useReference(of: transaction)
      outcomes.append(executed.outcome)
      history.append(contentsOf: executed.history)
      isClosing = executed.outcome == .accepted && transaction.operations.closesEpoch
      return .included(executed.outcome)
    }
  }

  /// All that the block changes, in the order of the entries' keys.
  package var changes: [StateChange] { overlay.sortedChanges }

  // MARK: The door that needs the state

  private func door(_ transaction: Transaction) throws(StateFault) -> RefusalCode? {
    let payload = transaction.payload
    guard payload.validUntil >= context.time else { return .transactionExpired }
    let latest = context.time.advanced(byMilliseconds: BlockTransition.validityLimit)
    guard payload.validUntil <= latest else { return .validityTooLong }
    let reference = StateID.reference(submitter: payload.submitter, payload.reference)
    switch try overlay.entry(reference) {
    case nil: return nil
    // An expired reference that the limit left for a later block is as good as gone.
    case .reference(let used): return used.validUntil < context.time ? nil : .referenceReused
    case let other?: throw .misplaced(other)
    }
  }

  private func useReference(of transaction: Transaction) {
    let payload = transaction.payload
    overlay.set(
      .reference(submitter: payload.submitter, payload.reference),
      to: .reference(
        ReferenceState(transaction: transaction.id, validUntil: payload.validUntil)))
  }
}
