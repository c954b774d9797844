import CollateralContract
import Cryptography
import Ledger
import Merkle
import Storage

/// A block and what executing it on its parent's state gave. It waits to be committed or dropped.
final class ExecutedBlock {
  let block: Block
  /// Ends with the block.
  let chain: HeaderChain
  let encoded: [UInt8]
  /// The state before the block.
  let parentState: ParentState
  /// The state after it.
  let overlay: StateOverlay
  /// In the order of the entries' keys.
  let changes: [StateChange]
  /// What each of `changes` does to tree and index.
  let prepared: [PreparedChange]
  /// As against the state before the block, in the order of the keys.
  let effects: [MapChange]
  let history: [VehicleHistoryRecord]

  init(
    _ block: Block, encoded: [UInt8], chain: HeaderChain, parentState: ParentState, work: BlockWork
  ) {
    self.block = block
    self.encoded = encoded
    self.chain = chain
    self.parentState = parentState
    overlay = work.overlay
    changes = work.changes
    prepared = work.prepared
    effects = work.effects
    history = work.history
  }

  var hash: BlockHash { chain.hash }
  var height: Height { block.header.height }

  var newVehicleCount: UInt64 {
    zip(changes, prepared).reduce(0) { count, change in
      guard case .vehicle = change.0.id, case .absent = change.1.previous else { return count }
      return count + 1
    }
  }
}

// MARK: Rows of the index

extension ExecutedBlock {
  /// Which rows of the index are kept.
  enum Rows {
    case all
    /// What executing the next block needs, and no query.
    case state
  }

  /// Adds the rows that the block brings into the index, and removes those that it ends.
  func put(_ rows: Rows, into batch: inout StateBatch) {
    for (change, prepared) in zip(changes, prepared) {
      putState(change, prepared, into: &batch)
      if rows == .all { putVehicle(change, prepared, into: &batch) }
    }
    guard rows == .all else { return }
    for record in history {
      batch.put(
        IndexSchema.history(record.vin, record.number), OperationPlace(record.entry).encoded)
    }
    for (index, transaction) in block.transactions.enumerated() {
      put(transaction, block.outcomes[index], at: index, into: &batch)
    }
    batch.put(
      IndexSchema.block(height),
      IndexSchema.blockValue(hash, transactionCount: block.header.transactionCount))
  }

  private func put(
    _ transaction: Transaction, _ outcome: Outcome, at index: Int, into batch: inout StateBatch
  ) {
    let place = TransactionPlace(height: height, transactionIndex: index)
    batch.put(IndexSchema.transaction(transaction.id), place.encoded)
    let submitter = transaction.payload.submitter
    batch.put(IndexSchema.memberTransaction(submitter, place), [])
    guard case .refused = outcome else { return }
    batch.put(IndexSchema.refusedTransaction(place), [])
    batch.put(IndexSchema.memberRefusal(submitter, place), [])
  }

  private func putState(
    _ change: StateChange, _ prepared: PreparedChange, into batch: inout StateBatch
  ) {
    let key = IndexSchema.state(change.key)
    if let encoded = prepared.encoded {
      batch.put(key, IndexSchema.stateValue(encoded))
    } else {
      batch.remove(key)
    }
    guard case .reference(let submitter, let reference) = change.id else { return }
    putExpiry(change, prepared, submitter, reference, into: &batch)
  }

  private func putExpiry(
    _ change: StateChange, _ prepared: PreparedChange, _ submitter: MemberID,
    _ reference: Identifier, into batch: inout StateBatch
  ) {
    if case .reference(let validUntil) = prepared.previous {
      batch.remove(IndexSchema.expiry(validUntil, change.key))
    }
    guard case .reference(let state)? = change.entry else { return }
    batch.put(
      IndexSchema.expiry(state.validUntil, change.key),
      ExpiryValue.encoded(submitter, reference))
  }

  private func putVehicle(
    _ change: StateChange, _ prepared: PreparedChange, into batch: inout StateBatch
  ) {
    guard case .vehicle(let vehicle)? = change.entry else { return }
    let vin = vehicle.vin
    var ended = 0
    var pledgee: MemberID?
    if case .vehicle(let previousPledgee, let endedPledges) = prepared.previous {
      (pledgee, ended) = (previousPledgee, endedPledges)
    } else {
      batch.put(IndexSchema.similar(vin.similarityKey, vin), [])
    }
    // A pledge may begin and end within one block.
    for pledge in vehicle.endedPledges.dropFirst(ended) {
      batch.put(IndexSchema.pledge(pledge.id, vin), [])
    }
    if let pledgee, pledgee != vehicle.pledge?.pledgee {
      batch.remove(IndexSchema.livePledge(pledgee, vin))
    }
    guard let live = vehicle.pledge, live.acceptedAt.height == height else { return }
    batch.put(IndexSchema.pledge(live.id, vin), [])
    batch.put(IndexSchema.livePledge(live.pledgee, vin), Array(live.id.text.utf8))
  }
}
