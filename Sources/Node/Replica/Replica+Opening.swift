import Consensus
import Cryptography
import Ledger
import Storage

/// A replica that is ready for its first turn's output to be carried out.
package struct OpenedReplica {
  package let replica: Replica
  package let first: ReplicaOutput
  package let keeper: JournalKeeper
}

extension Replica {
  /// Opens journal and chain on a disk whose lock the caller holds, and goes on from them: the code
  /// of every start, after a crash or not.
  ///
  /// - Parameter index: where the index is, apart from the disk since RocksDB has its own files.
  package static func open(
    _ configuration: ReplicaConfiguration, _ genesis: Genesis, on disk: any Disk,
    index: IndexLocation, log: Log, at now: Moment,
    progress: @escaping (OpeningProgress) -> Void = { _ in }
  ) throws(ReplicaFault) -> OpenedReplica {
    let opening = try JournalOpening.open(on: disk, network: genesis.network, log)
    let (recovered, blocks) = (opening.recovered, opening.blocks)
    let content = opening.content
    let journal = opening.journal
    let chain = try openChain(configuration, genesis) { policy throws(ChainError) in
      try Chain.open(
        genesis, on: disk,
        BlockLog.Configuration(
          network: genesis.network.digest, segmentByteCount: configuration.segmentByteCount),
        index: index, damage: policy, journaled: journaled(recovered, blocks), progress: progress)
    }
    report(chain.opening, log)
    tell(chain.recoveries, log)
    for (block, encoded) in blocks { chain.store(block, encoded: encoded) }
    let tip = chain.tip
    let context = try faulting { () throws(ChainError) in try epochContext(chain, tip) }
    let keeper = JournalKeeper(journal, log: chain.log)
    let (replica, first) = try recovering(
      configuration, chain: chain, journal: recovered, content: content, tip: tip,
      context: context, log: log, at: now)
    return OpenedReplica(replica: replica, first: first, keeper: keeper)
  }

  /// Opens a chain whose log may be damaged if other nodes could have what is lost. A node that is
  /// alone does not start: nobody could ever repair it, and it would record on top of the damage.
  private static func openChain(
    _ configuration: ReplicaConfiguration, _ genesis: Genesis,
    _ open: (DamagePolicy) throws(ChainError) -> Chain
  ) throws(ReplicaFault) -> Chain {
    // The network file knows only who was there at the beginning.
    let file = genesis.networkFile
    var refusal: ChainError?
    let isFoundedAlone = file.validators.count + file.followers.count == 1
    if isFoundedAlone || configuration.damage == .refuse {
      do {
        return try open(.refuse)
      } catch let error where error.isLoss && configuration.damage == .leaveHoles {
        // Others may have joined since.
        refusal = error
      } catch {
        throw .chain(error)
      }
    }
    let chain = try faulting { () throws(ChainError) in try open(.leaveHoles) }
    guard let hole = chain.holes.first else { return chain }
    let nodes = try faulting { () throws(ChainError) in try chain.nodes }
    if nodes.contains(where: { $0.member != configuration.member }) { return chain }
    throw .chain(refusal ?? .storage(.missingBlocks(hole.heights)))
  }

  private static func journaled(
    _ recovered: RecoveredJournal, _ blocks: [(block: Block, encoded: [UInt8])]
  ) -> JournaledBlocks {
    guard case .intact(let records) = recovered else { return .none }
    var encoded: [BlockHash: [UInt8]] = [:]
    for block in blocks { encoded[block.block.header.hash] = block.encoded }
    let finalizations = records.compactMap { record -> Certificate? in
      guard case .certificate(let certificate) = record,
        certificate.ballot.subject.kind == .finalize
      else { return nil }
      return certificate
    }
    return JournaledBlocks(blocks: encoded, finalizations: finalizations)
  }

  static func epochContext(
    _ chain: Chain, _ tip: FinalizedTip
  ) throws(ChainError) -> EpochContext {
    let validators = try chain.validators
    if let recovery = chain.presentRecovery {
      return EpochContext(
        validators: validators, genesis: recovery.block, genesisTime: recovery.time)
    }
    if tip.header.isClosing { return EpochContext(openedBy: tip, validators: validators) }
    let opening = chain.epochOpening
    return EpochContext(
      validators: validators, genesis: opening.hash, genesisTime: opening.time)
  }

  private static let toldHoleCount = 8

  private static func tell(_ holes: [LogHole], _ log: Log) {
    for hole in holes.prefix(toldHoleCount) {
      log(
        LogEvent(
          .error, "log-damaged",
          "The block log has lost blocks; they are fetched from peers, and then this node votes",
          [
            LogField("from", hole.heights.lowerBound), LogField("blocks", hole.count),
            LogField("segment", hole.segment),
          ]))
    }
    guard holes.count > toldHoleCount else { return }
    log(
      LogEvent(
        .error, "log-damaged", "The block log has lost more blocks in other places",
        [LogField("places", holes.count - toldHoleCount)]))
  }

  private static func tell(_ recoveries: RecoveryRecords, _ log: Log) {
    for record in recoveries.all {
      log(
        LogEvent(
          .notice, "recovery-record", "This node follows a recovery record of the governors",
          [
            LogField("record", record.hash.description), LogField("height", record.height),
            LogField("epoch", record.epoch.rawValue),
          ]))
    }
  }

  private static func report(_ opening: OpeningReport, _ log: Log) {
    for cut in opening.cuts {
      log(
        LogEvent(
          .notice, "log-cut",
          "Removed an unfinished write from the block log; final blocks come from the journal",
          [LogField("file", cut.file.text)]))
    }
    tell(opening.holes, log)
    guard let defect = opening.rebuilt else { return }
    log(
      LogEvent(
        .notice, "index-rebuilt", "Rebuilt the index from the block log",
        [LogField("reason", "\(defect)"), LogField("blocks", opening.replayedBlocks)]))
  }
}
