import CollateralContract
import Cryptography
import Ledger
import Merkle
import Storage

/// The finalized state: its entries in a store, its tree in memory, and where in the chain it is.
///
/// The chain, the replay after a start and the audit all move it on, block by block.
///
/// Entries that were read or changed lately are kept decoded: a member's at every transaction it
/// signs, a vehicle's from its valuation to its pledge. The store is asked for the others.
final class LedgerState: StateReader {
  private static let cacheLimit = 16_384

  let store: any StateStore
  /// The last block that is part of the state.
  private(set) var chain: HeaderChain
  private(set) var meta: IndexMeta
  private var tree: SparseMerkleMap
  private var cache: [StateID: StateEntry?] = [:]
  /// No reference in the store expires before this, in milliseconds.
  private var earliestExpiry: UInt64 = 0
  /// The recovery records that are followed.
  let recoveries: RecoveryRecords
  /// Counts the blocks that changed a node since the state was opened.
  private(set) var nodeRevision: UInt64 = 0

  /// - Precondition: `tree` is that of the store's entries, and its root that of the chain's end.
  init(
    _ store: any StateStore, chain: HeaderChain, meta: IndexMeta, tree: SparseMerkleMap,
    recoveries: RecoveryRecords
  ) {
    precondition(tree.root == chain.header.stateRoot, "the tree is that of the last block")
    precondition(meta.history == chain.history, "the history is that of the last block")
    self.store = store
    self.chain = recoveries.marking(chain)
    self.recoveries = recoveries
    self.meta = meta
    self.tree = tree
  }

  var totals: ChainTotals { meta.totals }
  var entryCount: Int { tree.count }

  /// The validators of the epoch that the next block belongs to.
  func validators() throws(ChainError) -> ValidatorSet {
    if let recovery { return recovery.validators }
    return try judged { () throws(StateFault) in try validatorSet() }
  }

  /// The record that closes the epoch behind the last block.
  var recovery: RecoveryRecord? { recoveries.closing(chain.hash) }

  /// Every registered node, those that a recovery record registers behind the last block among them.
  func registeredNodes() throws(ChainError) -> [NodeState] {
    try judged { () throws(StateFault) in
      guard let recovery else { return try nodes() }
      let overlay = StateOverlay(over: self)
      try Recovery.begin(recovery, on: overlay)
      return try overlay.nodes()
    }
  }

  /// Checks the record that names the last block, or its height.
  func checkRecovery() throws(ChainError) {
    guard let record = recoveries[chain.header.height] else { return }
    let fault = try judged { () throws(StateFault) in
      try Recovery.fault(of: record, after: chain, state: self)
    }
    if let fault { throw .recovery(record.height, fault) }
  }

  /// The blocks that follow must be of the epoch that a record begins, and none may pass a record's.
  private func checkPassing(_ blocks: [ExecutedBlock]) throws(ChainError) {
    if let recovery, blocks.first?.block.header.epoch != recovery.epoch {
      throw .recovery(recovery.height, .passed(recovery.height))
    }
    for block in blocks.dropLast() {
      if let record = recoveries[block.height] {
        throw .recovery(record.height, .passed(record.height))
      }
    }
  }

  // MARK: Reading

  func entry(_ id: StateID) throws(StateFault) -> StateEntry? {
    if let known = cache[id] { return known }
    let entry = try readEntry(id.key)
    // Questions alone, without a block, must not fill the memory either.
    if cache.count >= 2 * LedgerState.cacheLimit { cache.removeAll(keepingCapacity: true) }
    cache[id] = .some(entry)
    return entry
  }

  /// The entry in the store, past the cache.
  private func readEntry(_ key: Digest) throws(StateFault) -> StateEntry? {
    do throws(StorageError) {
      guard let value = try store.value(of: IndexSchema.state(key)) else { return nil }
      return try StateEntry(indexed: value, key: key)
    } catch {
      throw StateFault(reason: "\(error)")
    }
  }

  func expiredReferences(
    before time: Timestamp, limit: Int
  ) throws(StateFault) -> [ExpiredReference] {
    guard earliestExpiry < time.milliseconds, limit > 0 else { return [] }
    let start = IndexSchema.expiry(from: earliestExpiry)
    var rows: [(milliseconds: UInt64, value: [UInt8])] = []
    var first: UInt64?
    do throws(StorageError) {
      try store.scan(
        KeyRange(prefix: IndexSchema.Table.expiry.prefix, from: start), .ascending
      ) { key, value in
        let milliseconds = IndexSchema.expiryTime(of: key)
        first = first ?? milliseconds
        guard milliseconds < time.milliseconds else { return .stop }
        rows.append((milliseconds, Array(value)))
        return rows.count < limit ? .next : .stop
      }
    } catch {
      throw StateFault(reason: "\(error)")
    }
    earliestExpiry = first ?? .max
    var expired: [ExpiredReference] = []
    expired.reserveCapacity(rows.count)
    for row in rows { expired.append(try ExpiredReference(row.milliseconds, row.value)) }
    return expired
  }

  /// The entry of the state tree's leaf with its proof, or the proof that there is none.
  func proof(of id: StateID) throws(ChainError) -> StateProof {
    try withLookup { lookup throws(MerkleError) in try tree.proof(for: id.key, lookup: lookup) }
  }

  // MARK: Moving on

  /// What `effects` make of the tree, as those of a block after `unfinal`, which follow in order.
  func update(
    _ effects: [MapChange], after unfinal: [ExecutedBlock]
  ) throws(ChainError) -> MapUpdate {
    try withLookup { lookup throws(MerkleError) in
      var earlier: [MapUpdate] = []
      for block in unfinal {
        // The tree may have outgrown its buckets since the block was executed.
        if !tree.isFollowed(by: block.update, after: earlier) {
          block.renew(try tree.update(block.effects, after: earlier, lookup: lookup))
        }
        earlier.append(block.update)
      }
      return try tree.update(effects, after: earlier, lookup: lookup)
    }
  }

  /// Takes in blocks that follow, in order, as one change of the store.
  ///
  /// - Parameter finalization: of the last block, for the index to keep.
  /// - Throws: a fault, after which neither store nor tree may be used.
  func commit(
    _ blocks: [ExecutedBlock], rows: ExecutedBlock.Rows = .all, finalization: Certificate? = nil
  ) throws(ChainError) {
    guard let last = blocks.last else { return }
    try checkPassing(blocks)
    if recovery != nil { meta.epochOpening = chain.header }
    var batch = StateBatch()
    var growth = 0
    for block in blocks {
      try judged { () throws(StateFault) in
        try SlotAssertion.check(block.changes, over: block.parentState)
      }
      block.put(rows, into: &batch)
      growth += block.effects.growth
      count(block)
    }
    meta.history = last.chain.history
    meta.entryCount = UInt64(tree.count + growth)
    batch.put(IndexSchema.meta, meta.encoded)
    let header = last.block.header
    if let finalization {
      let head = IndexHead(header: header, finalization: finalization)
      batch.put(IndexSchema.head, head.encoded)
    }
    try stored { () throws(StorageError) in
      try store.apply(
        batch, at: StatePosition(height: header.height, stateRoot: header.stateRoot))
    }
    try move(blocks)
    guard tree.root == header.stateRoot else {
      throw .wrongBlock(
        header.height, .stateRoot(expected: tree.root, found: header.stateRoot))
    }
    chain = recoveries.marking(last.chain)
    for block in blocks { remember(block) }
    try checkRecovery()
  }

  private func move(_ blocks: [ExecutedBlock]) throws(ChainError) {
    let lookup = StoreLookup(store)
    do {
      try tree.apply(blocks.map(\.update), lookup: lookup.find)
    } catch {
      throw lookup.failure.map { .storage($0) } ?? .tree(error)
    }
  }

  private func withLookup<Result>(
    _ body: (EntryLookup) throws(MerkleError) -> Result
  ) throws(ChainError) -> Result {
    let lookup = StoreLookup(store)
    do {
      return try body(lookup.find)
    } catch {
      throw lookup.failure.map { .storage($0) } ?? .tree(error)
    }
  }

  private func count(_ block: ExecutedBlock) {
    meta.totals.transactions += block.block.header.transactionCount
    meta.totals.operations += block.block.header.operationCount
    meta.totals.vehicles += block.newVehicleCount
    if block.block.header.isClosing { meta.epochOpening = block.block.header }
  }

  private func remember(_ block: ExecutedBlock) {
    if cache.count > LedgerState.cacheLimit { cache.removeAll(keepingCapacity: true) }
    if block.changes.contains(where: { $0.entry?.kind == .node }) { nodeRevision += 1 }
    for change in block.changes {
      guard case .reference = change.id else {
        cache[change.id] = .some(change.entry)
        continue
      }
      // A reference is hardly ever asked for again.
      cache[change.id] = nil
      guard case .reference(let reference)? = change.entry else { continue }
      earliestExpiry = min(earliestExpiry, reference.validUntil.milliseconds)
    }
  }
}

extension StateEntry {
  /// Reads the value of a row of the index.
  init(indexed value: [UInt8], key: Digest) throws(StorageError) {
    do {
      self = try StateEntry(
        stored: value, range: min(IndexSchema.valueOffset, value.count)..<value.count)
    } catch {
      throw .indexUnusable("the state entry \(key) does not decode: \(error)")
    }
  }
}

extension ExpiredReference {
  fileprivate init(_ milliseconds: UInt64, _ value: [UInt8]) throws(StateFault) {
    guard let time = Timestamp(milliseconds: milliseconds) else {
      throw StateFault(reason: "an expiry row of the index has no time")
    }
    do {
      self.init(id: try ExpiryValue.id(value), validUntil: time)
    } catch {
      throw StateFault(reason: "an expiry row of the index does not decode: \(error)")
    }
  }
}

/// Finds entries in the store for the tree, and keeps the error if that fails.
private final class StoreLookup {
  private let store: any StateStore
  private(set) var failure: StorageError?

  init(_ store: any StateStore) { self.store = store }

  func find(_ range: ClosedRange<Digest>) -> MapEntry? {
    let prefix = IndexSchema.Table.state.prefix
    var found: MapEntry?
    do {
      try store.scan(
        KeyRange(prefix: prefix, from: IndexSchema.state(range.lowerBound)), .ascending
      ) { row, value in
        let key = IndexSchema.stateKey(of: row)
        if range.contains(key) { found = MapEntry(key: key, indexed: value) }
        return .stop
      }
    } catch {
      failure = error
    }
    return found
  }
}

extension MapEntry {
  /// `nil` if the value of a state row is too short to be one.
  init?(key: Digest, indexed value: UnsafeRawBufferPointer) {
    guard value.count > IndexSchema.valueOffset else { return nil }
    let hash = Digest(UnsafeRawBufferPointer(rebasing: value[..<IndexSchema.valueOffset]))
    self.init(key: key, valueHash: hash)
  }
}

extension [MapChange] {
  /// By how many entries these changes make the state larger.
  fileprivate var growth: Int {
    reduce(0) { growth, change in
      switch change.effect {
      case .insert: growth + 1
      case .update: growth
      case .remove: growth - 1
      }
    }
  }
}
