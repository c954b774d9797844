import Cryptography
import Ledger
import Merkle
import Storage

/// Everything between blocks and disk: the blocks that may become final, the state, the index.
///
/// **Blocks that are not final.** `store` keeps a block, `validate` executes it on its parent,
/// `build` makes one. A block that was executed is an overlay over its parent's state, and so on down
/// to the finalized state; several may have the same parent. Nothing of them is written.
///
/// **Commit.** `commit` makes blocks final in memory and in the index, which has no log of its own:
/// it writes nothing that must be durable. Who calls it has the blocks and their finalization in the
/// journal, or is about to write them with `log`. The blocks stay in memory, *unlogged*, until
/// `markLogged`.
///
/// **Log.** `unlogged` is a run of blocks that `log.append` writes, on any thread, at the cost of two
/// syncs whatever their number.
///
/// **Recovery** runs the code of normal operation: the log's recovery, one scan of the index that
/// builds the tree, and the execution of the blocks that the index lacks. The index may be ahead of
/// the log, when its blocks were still in the journal; with the journal's blocks the log is brought
/// up to it, and without them the index is rebuilt. Whatever else is wrong with the index is mended
/// by rebuilding it.
///
/// **Damage** to the log does not keep a node that has peers from opening (`DamagePolicy`). If the
/// index is at or above the damaged blocks, the chain goes on from the index and the log has holes;
/// else it goes on from the last certified block before the first hole, and catches up with its own
/// log, `catchUpWithLog`, when that is filled.
///
/// **Failures.** After a fault, and a failed sync is one, the chain has stopped: it answers queries
/// and throws `.stopped` for everything else. Too little room on the disk is no fault: nothing was
/// written, and the same call succeeds later.
///
/// One thread uses a chain; `log` alone may be used by another.
package final class Chain {
  package let genesis: Genesis
  package let log: ChainLog
  /// What opening it came to.
  package let opening: OpeningReport
  let state: LedgerState
  /// Blocks that wait to be executed.
  private(set) var waiting: [BlockHash: WaitingBlock] = [:]
  /// Blocks that were executed and are not final.
  private(set) var executed: [BlockHash: ExecutedBlock] = [:]
  /// The final blocks that the log does not have yet, in order.
  private(set) var unloggedBlocks = UnloggedBlocks()
  private(set) var finalization: Certificate?
  private(set) var stopReason: String?
  var blockCache = BlockViewCache()
  var verifiers = VerifierCache(.light)

  init(
    _ genesis: Genesis, log: ChainLog, state: LedgerState, finalization: Certificate?,
    opening: OpeningReport
  ) {
    self.genesis = genesis
    self.log = log
    self.state = state
    self.finalization = finalization
    self.opening = opening
  }

  package var network: NetworkID { genesis.network }

  /// The newest final block.
  package var head: HeaderChain { state.chain }

  /// What made `head` final; `nil` of the genesis block alone.
  package var headFinalization: Certificate? { finalization }

  package var totals: ChainTotals { state.totals }

  /// The validators of the epoch that the next block belongs to.
  package var validators: ValidatorSet {
    get throws(ChainError) { try state.validators() }
  }

  /// Every registered node, in the order of the members' ids.
  package var nodes: [NodeState] {
    get throws(ChainError) { try state.registeredNodes() }
  }

  /// Grows whenever a final block changed `nodes`, so that nobody needs to read them to know.
  package var nodeRevision: UInt64 { state.nodeRevision }

  /// The header of the block that closed the epoch before `head.nextEpoch`.
  package var epochOpening: BlockHeader {
    head.recoveredEpoch == nil ? state.meta.epochOpening : head.header
  }

  /// What made it final; `nil` of the genesis block, and where the log has lost it.
  package var epochOpeningFinalization: Certificate? {
    get throws(ChainError) {
      do {
        return try certificate(covering: epochOpening.height)?.certificate
      } catch let error where error.isLoss {
        return nil
      }
    }
  }

  // MARK: Blocks that are not final

  /// Keeps a block for `validate` or `commit`.
  ///
  /// - Parameter encoded: the bytes that `block` was read from, by `Block.init`, which has checked
  ///   that the header covers the body.
  package func store(_ block: Block, encoded: [UInt8]) {
    let hash = block.header.hash
    guard block.header.height > head.header.height, executed[hash] == nil else { return }
    waiting[hash] = WaitingBlock(block: block, encoded: encoded)
  }

  /// Whether a block is kept, executed or not, or is the head.
  package func holds(_ hash: BlockHash) -> Bool {
    hash == head.hash || waiting[hash] != nil || executed[hash] != nil
  }

  /// The bytes of a block that is kept, for the journal and for peers.
  package func encodedBlock(_ hash: BlockHash) -> [UInt8]? {
    executed[hash]?.encoded ?? waiting[hash]?.encoded
      ?? unloggedBlocks[hash]?.encoded
  }

  /// Lets go of a block that cannot become final.
  package func drop(_ hash: BlockHash) {
    waiting[hash] = nil
    executed[hash] = nil
  }

  /// What a block on `hash` is executed on.
  func parent(_ hash: BlockHash) throws(ChainError) -> ExecutionParent {
    if hash == head.hash {
      return ExecutionParent(final: state)
    }
    guard let parent = executed[hash] else { throw .unknownParent(hash) }
    var path = [parent]
    while let first = path.last, first.block.header.parent != head.hash {
      guard let earlier = executed[first.block.header.parent] else { throw .unknownParent(hash) }
      path.append(earlier)
    }
    return ExecutionParent(
      chain: parent.chain, state: ParentState(parent.overlay), unfinal: path.reversed())
  }

  func keep(_ block: ExecutedBlock) {
    waiting[block.hash] = nil
    executed[block.hash] = block
  }

  // MARK: Faults

  /// - Throws: `.stopped` after a fault.
  func requireRunning() throws(ChainError) {
    if let stopReason { throw .stopped(reason: stopReason) }
  }

  /// Stops the chain for good: to be called as well when `log.append` failed on another thread.
  package func stop(after error: ChainError) {
    switch error {
    case .unknownBlock, .unknownParent, .diskFull: return
    case .storage, .state, .tree, .unreadableBlock, .wrongBlock, .recovery, .stopped:
      stopReason = stopReason ?? error.description
    }
  }

  /// Runs `body`; a fault stops the chain.
  func stoppingAtFaults<Result>(
    _ body: () throws(ChainError) -> Result
  ) throws(ChainError) -> Result {
    do {
      return try body()
    } catch {
      stop(after: error)
      throw error
    }
  }
}

// MARK: Commit

extension Chain {
  /// Makes blocks final, in order: the first on the head, each on the one before.
  ///
  /// Blocks that were only stored are executed, without verifying their signatures: they were, by
  /// the quorum that finalized them, and by this node if it validates.
  ///
  /// - Parameter finalization: finalizes the last block; verified by the caller.
  /// - Returns: the blocks with their outcomes.
  package func commit(
    _ hashes: [BlockHash], finalization: Certificate
  ) throws(ChainError) -> [Block] {
    guard let last = hashes.last else { return [] }
    precondition(
      finalization.ballot.subject.kind == .finalize
        && finalization.ballot.subject.block?.hash == last,
      "a finalization finalizes the last block")
    try requireRunning()
    return try stoppingAtFaults { () throws(ChainError) in
      var blocks: [ExecutedBlock] = []
      for hash in hashes { blocks.append(try executedBlock(hash)) }
      try requireChain(blocks)
      try state.commit(blocks, finalization: finalization)
      becameFinal(blocks, finalization)
      return blocks.map(\.block)
    }
  }

  /// Executes the next of the blocks that a later one's certificate makes final, and makes it final,
  /// unless there is a fault with it. Blocks after it are not looked up through the changes of all
  /// those before, as unfinal ones are.
  ///
  /// - Parameters:
  ///   - hash: of a stored block on the head.
  ///   - finalization: of the block, if it is the last; its descendants' otherwise, verified by the
  ///     caller. Until the last, the chain must not be asked for its finalization.
  package func commitNext(
    _ hash: BlockHash, of finalization: Certificate, signatures: SignatureTrust
  ) throws(ChainError) -> BlockFault? {
    if let fault = try validate(hash, signatures: signatures) { return fault }
    return try stoppingAtFaults { () throws(ChainError) in
      let block = try executedBlock(hash)
      try requireChain([block])
      let isLast = finalization.ballot.subject.block?.hash == hash
      try state.commit([block], finalization: isLast ? finalization : nil)
      becameFinal([block], isLast ? finalization : nil)
      return nil
    }
  }

  private func executedBlock(_ hash: BlockHash) throws(ChainError) -> ExecutedBlock {
    if let block = executed[hash] { return block }
    guard let block = waiting[hash] else { throw .unknownBlock(hash) }
    if let fault = try execute(block, hash: hash, signatures: .verified) {
      throw .wrongBlock(block.block.header.height, fault)
    }
    guard let block = executed[hash] else { throw .unknownBlock(hash) }
    return block
  }

  private func requireChain(_ blocks: [ExecutedBlock]) throws(ChainError) {
    var parent = head.hash
    for block in blocks {
      guard block.block.header.parent == parent else { throw .unknownParent(parent) }
      parent = block.hash
    }
  }

  /// - Parameter finalization: of the last; `nil` if a later block's comes.
  private func becameFinal(_ blocks: [ExecutedBlock], _ finalization: Certificate?) {
    self.finalization = finalization
    for block in blocks {
      executed[block.hash] = nil
      let certificate = block === blocks.last ? finalization?.encoded : nil
      unloggedBlocks.append(UnloggedBlock(block, certificate: certificate))
    }
    pruneCandidates()
  }

  /// Drops the blocks that cannot follow the head any more, and lets the others rest on it.
  private func pruneCandidates() {
    let height = head.header.height
    waiting = waiting.filter { $0.value.block.header.height > height }
    var living: [BlockHash: ExecutedBlock] = [:]
    for block in executed.values.sorted(by: { $0.height < $1.height }) {
      let parent = block.block.header.parent
      guard parent == head.hash || living[parent] != nil else { continue }
      if parent == head.hash { block.parentState.moved(to: state) }
      living[block.hash] = block
    }
    executed = living
  }
}

// MARK: Log

extension Chain {
  /// The final blocks that the log lacks, up to the last that has a certificate, for `log.append`;
  /// `nil` if there are none.
  package var unlogged: LogRun? {
    guard let first = unloggedBlocks.first, log.condition.takes(first.height),
      let last = unloggedBlocks.all.lastIndex(where: { $0.certificate != nil })
    else { return nil }
    return LogRun(
      height: first.height,
      entries: unloggedBlocks.all[...last].map {
        BlockLog.Entry(block: $0.encoded, certificate: $0.certificate)
      })
  }

  /// Bytes of the blocks that the log lacks.
  package var unloggedByteCount: Int { unloggedBlocks.all.reduce(0) { $0 + $1.encoded.count } }

  /// Forgets the blocks that the log has now.
  package func markLogged(through height: Height) {
    unloggedBlocks.remove(through: height)
  }

  /// Writes all that the log lacks; when this returns it is durable.
  package func writeLog() throws(ChainError) {
    try requireRunning()
    guard let run = unlogged else { return }
    try stoppingAtFaults { () throws(ChainError) in
      markLogged(through: try log.append(run))
    }
  }
}

/// A block that waits to be executed.
struct WaitingBlock {
  let block: Block
  let encoded: [UInt8]
}
