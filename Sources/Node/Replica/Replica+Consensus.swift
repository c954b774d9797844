import Consensus
import Cryptography
import Ledger

/// A block that is not final and has transactions of the mempool.
struct ProposedBlock {
  let hash: BlockHash
  let height: Height
  let transactions: [TransactionID]
}

extension Replica {
  /// Lets the machine step until it wants nothing that can be given now.
  func drive() throws(ReplicaFault) {
    guard condition == .sound, !isSynchronising else { return }
    // Each round runs the machine once and builds at most one block; blocks under way are bounded.
    tellForeignVote()
    joinIfHeard()
    for _ in 0...(2 * NodeLimits.syncsUnderWay + 2) {
      gatherInputs()
      if !machineInputs.isEmpty { try runMachine() }
      guard try buildWantedBlock() else { break }
    }
    if !machineInputs.isEmpty { try runMachine() }
  }

  /// Lets the machine hear of a vote of this node that its journal lacks.
  func tellForeignVote() {
    if let ballot = foreignVote { machineInputs.append(.ownVoteShown(ballot)) }
    foreignVote = nil
  }

  private func gatherInputs() {
    if mayPropose, nextHeartbeat <= now.instant {
      machineInputs.append(.emptyBlockRequested)
      // Asked again later if nothing comes of it.
      nextHeartbeat = now.instant.advanced(byMicroseconds: 60_000_000)
    }
    let work = mempool.work
    if work != toldWork || (workChanged && work != .none) {
      machineInputs.append(.work(work))
      toldWork = work
    }
    workChanged = false
    if let wake = machine.wake, wake <= now.instant { machineInputs.append(.tick) }
  }

  private func runMachine() throws(ReplicaFault) {
    let inputs = machineInputs
    machineInputs = []
    let turn = try machine.turn(inputs, at: now) { question throws(ReplicaFault) in
      try self.answer(question)
    }
    try take(turn)
    for turn in writes.takeFree() { try release(turn, after: .skipped) }
    returnPassedTransactions()
  }

  private func answer(_ question: Question) throws(ReplicaFault) -> ConsensusInput? {
    switch question {
    case .validate(let header):
      let hash = header.hash
      let fault = try faulting { () throws(ChainError) in
        try chain.validate(hash, signatures: .onAllProcessors(unless: door.isVerified))
      }
      if let fault { tell(fault, of: header) } else { occupyTransactions(of: hash) }
      return .validated(hash, fault == nil ? .valid : .invalid)
    case .sign(let ballot, as: let signer):
      guard let key = configuration.consensusKey else {
        preconditionFailure("only a validator with its key is asked for votes")
      }
      do throws(CryptographyError) {
        let signature = try key.sign(ballot.toBeSigned(network: configuration.network))
        return .signed(Vote(ballot: ballot, signer: signer, signature: signature))
      } catch {
        throw .signing("\(error)")
      }
    }
  }

  /// Takes over what a turn of the machine owes.
  private func take(_ turn: Turn) throws(ReplicaFault) {
    writes.add(turn, chain)
    for outbound in turn.relays { disseminate(outbound) }
    for request in turn.requests {
      switch request {
      case .propose(let request): wantedBlock = request
      case .fetchBlock(let hash, let height): fetch(hash, above: height)
      case .fetchCertificates(let request): fetch(request)
      case .synchronise(let finalization): synchronise(to: finalization)
      case .showEnd(let epoch, let link): try showEnd(of: epoch, to: link)
      }
    }
  }

  // MARK: Building

  /// Whether a block may be built now, although writes are under way.
  private var mayBuild: Bool {
    switch writes.underWayCount {
    case 0: return true
    case ..<NodeLimits.syncsUnderWay:
      return mempool.ready.count >= configuration.overlapTransactionCount
        || mempool.ready.byteCount >= Block.bodyByteLimit / 4
    default: return false
    }
  }

  /// Builds the block that the machine wants, if now is the time; whether the machine was answered.
  private func buildWantedBlock() throws(ReplicaFault) -> Bool {
    guard let request = wantedBlock, mayPropose, mayBuild else { return false }
    wantedBlock = nil
    // The view may have passed while a write was under way, and the head with it.
    guard request.epoch == machine.epoch, request.view == machine.view else { return false }
    let unfinal = chain.unfinalBlocks(endingWith: request.parent)
    for block in unfinal { occupyTransactions(of: block.header.hash) }
    let byteCount = unfinal.reduce(0) { $0 + $1.bodyByteCount }
    let transactions = byteCount < PeerLimits.unfinalByteLimit ? mempool.select() : []
    if transactions.isEmpty, request.kind == .transactions {
      machineInputs.append(.nothingToPropose(request))
      return true
    }
    let proposal = BlockProposal(
      epoch: request.epoch, view: request.view, parentView: request.parentView,
      parent: request.parent, time: max(now.wallClock, request.minimumTime),
      proposer: configuration.member)
    let built = try faulting { () throws(ChainError) in
      try chain.build(proposal, from: transactions)
    }
    workChanged = true
    sortOut(built.leftOut, of: transactions)
    if built.block.transactions.isEmpty, request.kind == .transactions {
      chain.drop(built.hash)
      machineInputs.append(.nothingToPropose(request))
      return true
    }
    proposed.append(
      ProposedBlock(
        hash: built.hash, height: request.height,
        transactions: built.block.transactions.map(\.id)))
    machineInputs.append(.built(built.block.header, for: request))
    return true
  }

  /// What no block can take leaves the mempool; what had no room waits for the next.
  private func sortOut(_ leftOut: [AssembledBlock.LeftOut], of transactions: [Transaction]) {
    for candidate in leftOut {
      let id = transactions[candidate.index].id
      switch candidate.reason {
      case .full: mempool.returnProposed([id])
      // It is in the parent, or between that and the head.
      case .turnedAway(.referenceReused) where isInUnfinalBlock(id): continue
      case .turnedAway(let code):
        guard let entry = mempool.remove(id) else { continue }
        gossip.left(id)
        answer(entry.waiters, .submitted(.turnedAway(code)))
      }
    }
  }

  // MARK: Releasing

  /// Lets out what the sync of a turn has made true.
  func release(_ turn: Turn, after outcome: SyncOutcome) throws(ReplicaFault) {
    for release in turn.releases(after: outcome) {
      switch release {
      case .commit(let commit): try self.commit(commit)
      case .send(let outbound): disseminate(outbound)
      case .evidence(let evidence): tell(evidence)
      case .votingRight(let right): tell(right)
      case .halt(let reason): halt(reason.explanation)
      }
    }
  }

  private func commit(_ commit: Commit) throws(ReplicaFault) {
    let blocks = try faulting { () throws(ChainError) in
      try chain.commit(commit.blocks.map(\.hash), finalization: commit.finalization)
    }
    for block in blocks {
      for receipt in Receipt.receipts(of: block) { try finish(receipt) }
      log(.debug) {
        LogEvent(
          .debug, "block-final", "A block is final",
          [
            LogField("height", block.header.height),
            LogField("transactions", block.transactions.count),
          ])
      }
    }
    door.headMoved()
    returnPassedTransactions()
    scheduleHeartbeat()
    waitingSince = nil
    workChanged = true
    if commit.closesEpoch {
      let validators = try faulting { () throws(ChainError) in try chain.validators }
      gossip.validatorsChanged(to: validators)
      machineInputs.append(.epochOpened(validators))
    } else if chain.head.recoveredEpoch != nil {
      try beginRecovered()
    }
    expireQuestions()
  }

  func finish(_ receipt: Receipt) throws(ReplicaFault) {
    gossip.settled(receipt.transaction)
    guard let entry = mempool.remove(receipt.transaction) else { return }
    answer(entry.waiters, .submitted(receipt.result))
    try admitParked(behind: receipt.transaction)
  }

  /// The transactions of a peer's block that was found valid are not proposed again on top of it.
  private func occupyTransactions(of hash: BlockHash) {
    guard let block = chain.block(hash), !proposed.contains(where: { $0.hash == hash }) else {
      return
    }
    let ids = block.transactions.map(\.id)
    proposed.append(
      ProposedBlock(hash: hash, height: block.header.height, transactions: ids))
    mempool.propose(ids)
    workChanged = true
  }

  /// Blocks at or below the head are final or passed by, as are those that no certificate can reach
  /// any more; what the latter had waits again.
  private func returnPassedTransactions() {
    guard !proposed.isEmpty else { return }
    let passed = proposed.filter(isPassed)
    guard !passed.isEmpty else { return }
    proposed.removeAll(where: isPassed)
    for block in passed {
      mempool.returnProposed(block.transactions.filter { !isInUnfinalBlock($0) })
    }
    workChanged = true
  }

  /// What the machine has decided and the journal does not have yet is not passed by.
  private func isPassed(_ block: ProposedBlock) -> Bool {
    if block.height <= head { return true }
    return block.height > machine.tip.header.height && !machine.isLive(block.hash)
  }

  private func isInUnfinalBlock(_ id: TransactionID) -> Bool {
    proposed.contains { $0.transactions.contains(id) }
  }

  /// Shows a peer that is in the epoch before how that ended; who is further behind asks for blocks
  /// by height.
  private func showEnd(of epoch: Epoch, to link: Link) throws(ReplicaFault) {
    guard epoch.next == machine.epoch else { return }
    let finalization = try faulting { () throws(ChainError) in
      try chain.epochOpeningFinalization
    }
    if let finalization { send(.certificate(finalization), to: [link]) }
  }

  func tell(_ fault: BlockFault, of header: BlockHeader) {
    log(
      LogEvent(
        .error, "block-invalid", "A proposed block is invalid",
        [
          LogField("height", header.height), LogField("proposer", header.proposer.text),
          LogField("reason", fault.description),
        ]))
  }

  /// The votes whole, so that whoever reads them can verify them.
  private func tell(_ evidence: Evidence) {
    let validators = machine.validators
    let (ballot, signer) = (evidence.first.ballot, evidence.first.signer)
    let member = Int(signer.rawValue) < validators.count ? validators[signer].member.text : ""
    log(
      LogEvent(
        .critical, "contradicting-votes", "A validator signed votes that contradict each other",
        [
          LogField("member", member), LogField("epoch", ballot.epoch.rawValue),
          LogField("view", ballot.view.rawValue),
          LogField("first", Hexadecimal.encode(evidence.first.encoded)),
          LogField("second", Hexadecimal.encode(evidence.second.encoded)),
        ]))
  }

  private func tell(_ right: VotingRight) {
    switch right {
    case .voting:
      log(LogEvent(.notice, "voting", "This node votes"))
    case .observing(let reason):
      log(
        LogEvent(
          .warning, "not-voting", "This node does not vote",
          [LogField("reason", reason.explanation)]))
    }
  }

  /// Stops for good: going on could do harm.
  func halt(_ reason: String) {
    condition = .halted(reason)
    ranges.reset()
    repair.ranges.reset()
    log(
      LogEvent(
        .critical, "halted", "This node has stopped voting for good", [LogField("reason", reason)]))
  }
}

extension HaltReason {
  var explanation: String {
    switch self {
    case .notarizedBlockInvalid(let block, _):
      "a quorum supports block \(block), which this node finds invalid"
    case .conflictingFinalization(_, let tip):
      "a quorum made another chain final than that of block \(tip)"
    case .conflictingCertificates(let first, _):
      "two certificates of view \(first.ballot.view.rawValue) contradict each other"
    }
  }
}
