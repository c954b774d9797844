import Cryptography
import Ledger
import Merkle
import Storage

extension LedgerState {
  private static let progressStep: UInt64 = 100_000

  /// Lets the index know what made its last block final.
  ///
  /// - Parameter position: where the index is.
  func keepFinalization(
    _ finalization: Certificate, at position: StatePosition
  ) throws(ChainError) {
    var batch = StateBatch()
    batch.put(
      IndexSchema.head, IndexHead(header: chain.header, finalization: finalization).encoded)
    try stored { () throws(StorageError) in try store.apply(batch, at: position) }
  }

  /// Puts the genesis state into an empty store.
  static func begin(
    _ genesis: Genesis, in store: any StateStore, recoveries: RecoveryRecords = .none
  ) throws(ChainError) -> LedgerState {
    var batch = StateBatch()
    var builder = SparseMerkleMapBuilder(expectedCount: genesis.entries.count)
    for change in genesis.entries {
      guard let entry = change.entry else { continue }
      let encoded = EncodedEntry(entry)
      batch.put(IndexSchema.state(change.key), IndexSchema.stateValue(encoded))
      do {
        try builder.append(MapEntry(key: change.key, valueHash: encoded.valueHash))
      } catch {
        throw .tree(error)
      }
    }
    let chain = HeaderChain(genesis)
    let meta = IndexMeta(
      history: chain.history, totals: ChainTotals(), entryCount: UInt64(genesis.entries.count),
      epochOpening: genesis.header)
    batch.put(
      IndexSchema.block(.genesis), IndexSchema.blockValue(genesis.hash, transactionCount: 0))
    batch.put(
      IndexSchema.validators(genesis.validators.epoch),
      IndexSchema.validatorsValue(genesis.validators))
    batch.put(IndexSchema.meta, meta.encoded)
    let position = StatePosition(height: .genesis, stateRoot: genesis.header.stateRoot)
    try stored { () throws(StorageError) in try store.apply(batch, at: position) }
    return LedgerState(
      store, chain: chain, meta: meta, tree: builder.finish(), recoveries: recoveries)
  }

  /// Builds the tree of a store's entries in one scan: 64 bytes an entry.
  static func loadTree(
    from store: any StoreReader, expectedCount: UInt64,
    _ progress: (OpeningProgress) -> Void = { _ in }
  ) throws(ChainError) -> SparseMerkleMap {
    var builder = SparseMerkleMapBuilder(expectedCount: Int(expectedCount))
    var count: UInt64 = 0
    var failure: ChainError?
    try stored { () throws(StorageError) in
      try store.scan(KeyRange(prefix: IndexSchema.Table.state.prefix), .ascending) { row, value in
        guard let entry = MapEntry(key: IndexSchema.stateKey(of: row), indexed: value) else {
          failure = .storage(.indexUnusable("a state entry is too short"))
          return .stop
        }
        do throws(MerkleError) {
          try builder.append(entry)
        } catch {
          failure = .tree(error)
          return .stop
        }
        count += 1
        if count % progressStep == 0 { progress(.loading(entries: count, of: expectedCount)) }
        return .next
      }
    }
    if let failure { throw failure }
    return builder.finish()
  }
}
