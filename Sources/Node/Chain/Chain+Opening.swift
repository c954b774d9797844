import Cryptography
import Ledger
import Merkle
import Storage

/// Where the index is, and how to begin it anew.
package struct IndexLocation: Sendable {
  package let open: @Sendable () throws(StorageError) -> any StateStore
  /// Removes it, whatever its condition. It is not open then.
  package let destroy: @Sendable () throws(StorageError) -> Void

  package init(
    open: @escaping @Sendable () throws(StorageError) -> any StateStore,
    destroy: @escaping @Sendable () throws(StorageError) -> Void
  ) {
    self.open = open
    self.destroy = destroy
  }

  /// RocksDB in the directory at `path`, which is created if need be.
  package static func directory(
    _ path: String, _ configuration: Index.Configuration = Index.Configuration()
  ) -> IndexLocation {
    IndexLocation(
      open: { () throws(StorageError) in try Index(path: path, configuration) },
      destroy: { () throws(StorageError) in try Index.destroy(path: path) })
  }
}

/// What a journal holds that the block log may lack. The journal's reader fills it in; a node without
/// a journal, or who only reads, has none.
package struct JournaledBlocks: Sendable {
  package static let none = JournaledBlocks(blocks: [:], finalizations: [])

  /// Encoded blocks by their hashes.
  package let blocks: [BlockHash: [UInt8]]
  /// Certificates that finalize some of them.
  package let finalizations: [Certificate]

  package init(blocks: [BlockHash: [UInt8]], finalizations: [Certificate]) {
    self.blocks = blocks
    self.finalizations = finalizations
  }

  func finalization(of block: BlockHash) -> Certificate? {
    finalizations.first {
      $0.ballot.subject.kind == .finalize && $0.ballot.subject.block?.hash == block
    }
  }
}

/// How far opening a chain is.
package enum OpeningProgress: Hashable, Sendable {
  /// The state tree is being built from the index.
  case loading(entries: UInt64, of: UInt64)
  /// Blocks that the index lacks are being executed.
  case replaying(height: Height, to: Height)
}

/// What opening a chain came to.
package struct OpeningReport: Hashable, Sendable {
  /// Unfinished writes that were removed from the log.
  package var cuts: [Cut] = []
  /// Blocks of the journal that the index had and the log had not: they were written into the log.
  package var loggedFromJournal: UInt64 = 0
  /// Why the index was rebuilt; `nil` if it was not.
  package var rebuilt: IndexDefect?
  package var replayedBlocks: UInt64 = 0
  /// What the log lacks and must fetch, ascending.
  package var holes: [LogHole] = []
}

/// Why an index is of no use.
package enum IndexDefect: Hashable, Sendable {
  /// There was none, or nothing in it.
  case missing
  case unusable(String)
  case otherFormat
  /// It follows a block that the log, even with the journal's blocks, does not have.
  case aheadOfLog(index: Height, log: Height)
  /// At its height the log has another block.
  case otherChain(Height)
  /// Its entries do not have the root that the block at its height names.
  case otherRoot(Height, expected: Digest, found: Digest)
  /// The log is damaged, and no certificate proves the block at its height any more.
  case unproven(Height)
}

extension Chain {
  /// Opens the chain in a data directory.
  ///
  /// - Parameters:
  ///   - disk: that of the data directory, which the caller has locked.
  ///   - policy: whether damage to the log is refused or leaves holes, which `opening` names.
  ///   - journaled: from the journal, which the caller has opened.
  /// - Throws: `.storage` if the log cannot be opened, is damaged or not writable; `.wrongBlock` and
  ///   `.unreadableBlock` if what the log holds is not a chain of this network.
  package static func open(
    _ genesis: Genesis, on disk: any Disk, _ configuration: BlockLog.Configuration,
    index: IndexLocation, damage policy: DamagePolicy = .refuse,
    journaled: JournaledBlocks = .none,
    progress: @escaping (OpeningProgress) -> Void = { _ in }
  ) throws(ChainError) -> Chain {
    precondition(
      configuration.network == genesis.network.digest, "the log is that of the network file")
    let (log, cuts) = try ChainLog.open(on: disk, configuration, damage: policy)
    var report = OpeningReport()
    report.cuts = cuts
    let recoveries = try stored { () throws(StorageError) in
      try RecoveryRecords.load(from: disk, network: genesis.network)
    }
    var opening = ChainOpening(
      genesis, log, policy, index, recoveries, journaled, report, progress)
    return try opening.run()
  }
}

/// Brings log and index to the same block, or, where the log has holes, as near as it goes.
private struct ChainOpening {
  private let genesis: Genesis
  private let log: ChainLog
  private let policy: DamagePolicy
  private let index: IndexLocation
  private let recoveries: RecoveryRecords
  private let journaled: JournaledBlocks
  private let progress: (OpeningProgress) -> Void
  private var report: OpeningReport

  init(
    _ genesis: Genesis, _ log: ChainLog, _ policy: DamagePolicy, _ index: IndexLocation,
    _ recoveries: RecoveryRecords, _ journaled: JournaledBlocks, _ report: OpeningReport,
    _ progress: @escaping (OpeningProgress) -> Void
  ) {
    self.genesis = genesis
    self.log = log
    self.policy = policy
    self.index = index
    self.recoveries = recoveries
    self.journaled = journaled
    self.progress = progress
    self.report = report
  }

  private var logHeight: Height { log.lastHeight ?? .genesis }

  mutating func run() throws(ChainError) -> Chain {
    var defect: IndexDefect?
    while true {
      // An index that is let go of here is closed before it is destroyed.
      switch try attempt(defect) {
      case .success(let chain): return chain
      case .failure(let unfit): defect = unfit.defect
      }
    }
  }

  private mutating func attempt(
    _ defect: IndexDefect?
  ) throws(ChainError) -> Result<Chain, Unfit> {
    let state = if let defect { try rebuild(defect) } else { try openState() }
    try replay(on: state)
    try state.checkRecovery()
    let (chain, finalization) = (state.chain, try finalization(of: state))
    guard finalization != nil || chain.header.height == .genesis else {
      return .failure(Unfit(defect: .unproven(chain.header.height)))
    }
    report.holes = log.condition.holes
    return .success(
      Chain(genesis, log: log, state: state, finalization: finalization, opening: report))
  }

  private mutating func openState() throws(ChainError) -> LedgerState {
    let defect: IndexDefect
    do {
      switch try openIndex() {
      case .success(let state): return state
      case .failure(let found): defect = found.defect
      }
    } catch .storage(.indexUnusable(let message)) {
      defect = .unusable(message)
    }
    return try rebuild(defect)
  }

  private mutating func rebuild(_ defect: IndexDefect) throws(ChainError) -> LedgerState {
    report.rebuilt = defect
    try stored { () throws(StorageError) in try index.destroy() }
    let store = try stored { () throws(StorageError) in try index.open() }
    return try LedgerState.begin(genesis, in: store, recoveries: recoveries)
  }

  /// A defect as an error, for `Result`.
  private struct Unfit: Error {
    let defect: IndexDefect
  }

  // MARK: The blocks that the index lacks

  /// Executes the log's blocks up to its end, or to the last that a certificate proves before the
  /// first that cannot be read.
  private mutating func replay(on state: LedgerState) throws(ChainError) {
    var replay = ChainReplay(state: state, log: log, network: genesis.network)
    let start = state.chain.header.height
    defer { report.replayedBlocks = state.chain.header.height.rawValue - start.rawValue }
    while true {
      do {
        return try replay.run(through: try replayEnd(after: state.chain.header.height), progress)
      } catch .storage(let error) {
        guard try log.quarantine(after: error) else { throw .storage(error) }
      }
    }
  }

  private func replayEnd(after height: Height) throws(ChainError) -> Height {
    guard logHeight > height else { return height }
    // The last block of a whole log has its certificate; else that may be what is missing.
    guard !log.condition.isWhole else { return logHeight }
    return try log.lastCertified(below: log.firstMissing(from: height.next)) ?? height
  }

  private func finalization(of state: LedgerState) throws(ChainError) -> Certificate? {
    let (height, hash) = (state.chain.header.height, state.chain.hash)
    guard height > .genesis else { return nil }
    let position = StatePosition(height: height, stateRoot: state.chain.header.stateRoot)
    let head = try stored { () throws(StorageError) in
      try IndexHead.read(from: state.store, at: position)
    }
    if let head, head.header.hash == hash { return head.finalization }
    let found = try certificate(at: height) ?? journaled.finalization(of: hash)
    if let found { try state.keepFinalization(found, at: position) }
    return found
  }

  /// The log's certificate of this very height, if it can be read.
  private func certificate(at height: Height) throws(ChainError) -> Certificate? {
    do {
      guard let found = try log.certificate(covering: height), found.height == height else {
        return nil
      }
      return try ChainLog.decoded(found)
    } catch .storage(.missingBlocks) {
      return nil
    }
  }

  // MARK: The index

  private mutating func openIndex() throws(ChainError) -> Result<LedgerState, Unfit> {
    let store = try stored { () throws(StorageError) in try index.open() }
    guard let position = try stored({ () throws(StorageError) in try store.position() }) else {
      return .failure(Unfit(defect: .missing))
    }
    let metaBytes = try stored { () throws(StorageError) in
      try store.value(of: IndexSchema.meta)
    }
    guard let meta = metaBytes.flatMap({ IndexMeta($0) }) else {
      return .failure(Unfit(defect: .otherFormat))
    }
    if position.height > logHeight { try logFromJournal(through: position.height, store) }
    let head = try stored { () throws(StorageError) in
      try IndexHead.read(from: store, at: position)
    }
    guard position.height <= logHeight || policy == .leaveHoles && head != nil else {
      return .failure(Unfit(defect: .aheadOfLog(index: position.height, log: logHeight)))
    }
    guard let header = try header(at: position.height) ?? head?.header else {
      return .failure(Unfit(defect: .unproven(position.height)))
    }
    guard let chain = try chain(endingWith: header, meta, store) else {
      return .failure(Unfit(defect: .otherChain(position.height)))
    }
    let tree = try LedgerState.loadTree(from: store, expectedCount: meta.entryCount, progress)
    let root = chain.header.stateRoot
    guard tree.root == root, position.stateRoot == root else {
      return .failure(
        Unfit(defect: .otherRoot(position.height, expected: root, found: tree.root)))
    }
    if position.height > logHeight { log.declareMissing(through: position.height) }
    return .success(
      LedgerState(store, chain: chain, meta: meta, tree: tree, recoveries: recoveries))
  }

  /// The chain up to the index's block, if that is the one which the index followed.
  private func chain(
    endingWith header: BlockHeader, _ meta: IndexMeta, _ store: any StateStore
  ) throws(ChainError) -> HeaderChain? {
    guard let chain = HeaderChain(endingWith: header, history: meta.history) else { return nil }
    guard header.height > .genesis else { return chain.hash == genesis.hash ? chain : nil }
    guard try recordedHash(at: header.height, store) == chain.hash else { return nil }
    return chain
  }

  private func recordedHash(
    at height: Height, _ store: any StateStore
  ) throws(ChainError) -> BlockHash? {
    let bytes = try stored { () throws(StorageError) in
      try store.value(of: IndexSchema.block(height))
    }
    return bytes.flatMap { IndexSchema.blockHash(ofValue: $0) }
  }

  /// The header in the log, `nil` if it cannot be read.
  private func header(at height: Height) throws(ChainError) -> BlockHeader? {
    guard height > .genesis else { return genesis.header }
    do {
      guard let bytes = try log.block(at: height) else { return nil }
      return try BlockView.header(of: bytes, at: height)
    } catch .storage(.missingBlocks) {
      return nil
    }
  }

  /// Writes the blocks that the index has and the log lacks, if the journal has all of them.
  private mutating func logFromJournal(
    through end: Height, _ store: any StateStore
  ) throws(ChainError) {
    let first = logHeight.next
    guard log.condition.canGrow else { return }
    var entries: [BlockLog.Entry] = []
    for rawValue in first.rawValue...end.rawValue {
      guard let hash = try recordedHash(at: Height(rawValue), store),
        let block = journaled.blocks[hash]
      else { return }
      let certificate = journaled.finalization(of: hash)
      entries.append(BlockLog.Entry(block: block, certificate: certificate?.encoded))
    }
    guard entries.last?.certificate != nil else { return }
    _ = try log.append(LogRun(height: first, entries: entries))
    report.loggedFromJournal = UInt64(entries.count)
  }
}

extension ChainLog {
  static func decoded(
    _ certificate: (height: Height, bytes: [UInt8])
  ) throws(ChainError) -> Certificate {
    do {
      return try Certificate(certificate.bytes)
    } catch {
      throw .unreadableBlock(certificate.height, error)
    }
  }
}
