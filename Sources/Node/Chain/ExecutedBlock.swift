import CBOR
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
  /// What `effects` make of the tree.
  private(set) var update: MapUpdate
  let history: [VehicleHistoryRecord]

  init(
    _ block: Block, encoded: [UInt8], chain: HeaderChain, parentState: ParentState, work: BlockWork,
    update: MapUpdate
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
    self.update = update
  }

  /// Takes the update worked out anew: the tree's buckets are others than before.
  func renew(_ update: MapUpdate) {
    precondition(update.root == block.header.stateRoot, "the root does not depend on the buckets")
    self.update = update
  }

  var hash: BlockHash { chain.hash }
  var height: Height { block.header.height }

  var newVehicleCount: UInt64 {
    var count: UInt64 = 0
    for index in changes.indices {
      if case .vehicle = changes[index].id, case .absent = prepared[index].previous { count += 1 }
    }
    return count
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
  ///
  /// Table by table, each in the order of its keys where that costs nothing: RocksDB then finds the
  /// place of a row from that of the one before, in half the time.
  func put(_ rows: Rows, into batch: inout StateBatch) {
    for index in changes.indices {
      let key = IndexSchema.state(changes[index].key)
      if let encoded = prepared[index].encoded {
        batch.put(key, IndexSchema.stateValue(encoded))
      } else {
        batch.remove(key)
      }
    }
    for index in changes.indices {
      guard case .reference(let submitter, let reference) = changes[index].id else { continue }
      putExpiry(changes[index], prepared[index], submitter, reference, into: &batch)
    }
    if rows == .all { putLookups(into: &batch) }
  }

  private func putLookups(into batch: inout StateBatch) {
    for index in changes.indices {
      guard case .vehicle(let vehicle)? = changes[index].entry else { continue }
      putVehicle(vehicle, prepared[index], into: &batch)
    }
    let offsets = transactionOffsets
    for record in history.sorted(by: { ($0.vin, $0.number) < ($1.vin, $1.number) }) {
      let value = PlaceValue(
        place: record.entry.place, operationIndex: record.entry.operationIndex,
        offset: offsets[record.entry.place.transactionIndex], outcome: record.entry.outcome)
      batch.put(IndexSchema.history(record.vin, record.number), value.encoded)
    }
    let transactions = block.transactions.enumerated().map { (id: $1.id, index: $0) }
    for (id, index) in transactions.sorted(by: { $0.id < $1.id }) {
      let place = TransactionPlace(height: height, transactionIndex: index)
      let value = PlaceValue(
        place: place, offset: offsets[index], outcome: block.outcomes[index])
      batch.put(IndexSchema.transaction(id), value.encoded)
    }
    putLists(into: &batch)
    for case .validators(let set)? in changes.map(\.entry) {
      batch.put(IndexSchema.validators(set.epoch), IndexSchema.validatorsValue(set))
    }
    batch.put(
      IndexSchema.block(height),
      IndexSchema.blockValue(hash, transactionCount: block.header.transactionCount))
  }

  /// Where each transaction begins in the encoded block: after the block's head, its header and the
  /// list's head.
  private var transactionOffsets: [Int] {
    var offset = encoded.count - outcomesByteCount
    offset -= block.transactions.reduce(0) { $0 + $1.bytes.count }
    return block.transactions.map { transaction in
      defer { offset += transaction.bytes.count }
      return offset
    }
  }

  private var outcomesByteCount: Int {
    var encoder = CBOREncoder(reservingCapacity: 2 * block.outcomes.count + 8)
    encoder.array(block.outcomes.count)
    for outcome in block.outcomes { outcome.encode(into: &encoder) }
    return encoder.bytes.count
  }

  /// The block's transactions by submitter, and those that were refused.
  private func putLists(into batch: inout StateBatch) {
    var bySubmitter: [MemberID: [Int]] = [:]
    var refusedBySubmitter: [MemberID: [Int]] = [:]
    var refused: [Int] = []
    for (index, transaction) in block.transactions.enumerated() {
      let submitter = transaction.payload.submitter
      bySubmitter[submitter, default: []].append(index)
      guard case .refused = block.outcomes[index] else { continue }
      refusedBySubmitter[submitter, default: []].append(index)
      refused.append(index)
    }
    for (submitter, indices) in bySubmitter.sorted(by: { $0.key < $1.key }) {
      batch.put(
        IndexSchema.list(IndexSchema.memberTransactions(submitter), at: height),
        IndexSchema.listValue(indices))
    }
    for (submitter, indices) in refusedBySubmitter.sorted(by: { $0.key < $1.key }) {
      batch.put(
        IndexSchema.list(IndexSchema.memberRefusals(submitter), at: height),
        IndexSchema.listValue(indices))
    }
    guard !refused.isEmpty else { return }
    batch.put(
      IndexSchema.list(IndexSchema.refusals, at: height), IndexSchema.listValue(refused))
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
    _ vehicle: VehicleState, _ prepared: PreparedChange, into batch: inout StateBatch
  ) {
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
