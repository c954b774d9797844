import Consensus
import Cryptography
import Ledger
import Storage

// Catching up by ranges of blocks: CONSENSUS section 2, "Lag".
//
// While ranges are applied the machine rests: it hears nothing and casts nothing. It is told where
// the chain has come to when the blocks are durable in the log, and goes on from there.

extension Replica {
  /// The finalized chain is further ahead than the machine follows block by block.
  func synchronise(to finalization: Certificate) {
    synchronisationTarget = finalization
  }

  /// Whether the machine rests.
  var isSynchronising: Bool { syncPhase != .following }

  private var claims: [(link: Link, height: Height)] {
    peers.all.compactMap { peer in
      peer.status.map { (peer.link, $0.consensus.finalizedHeight) }
    }
  }

  /// Asks for ranges, applies one that has come, and wakes the machine when nothing is left.
  func tendSynchronisation() throws(ReplicaFault) {
    guard condition == .sound, phase == .running else { return }
    ranges.expire(at: now.instant)
    watchGap()
    if wantsRanges {
      for request in ranges.requests(after: head, claims: claims, at: now.instant) {
        send(.rangeWanted(from: request.from), to: [request.link])
      }
    }
    try applyNextRange()
    try finishIfCaughtUp()
  }

  /// Whether some peer that is worth asking says that it is far ahead, or the machine needs more than
  /// it can follow.
  private var wantsRanges: Bool {
    let highest = ranges.usable(claims, at: now.instant).map(\.height).max() ?? .genesis
    guard highest > head else { return false }
    if isSynchronising || synchronisationTarget != nil { return true }
    return highest.rawValue - head.rawValue >= PeerLimits.rangeGap || hasStoodStill
  }

  /// Notes since when a gap that the machine should close block by block is open.
  private func watchGap() {
    guard claims.contains(where: { $0.height > head }) else {
      behindSince = nil
      return
    }
    if behindSince?.head != head { behindSince = (head, now.instant) }
  }

  private var hasStoodStill: Bool {
    guard let behindSince else { return false }
    return now.instant.microseconds(since: behindSince.instant)
      >= PeerLimits.rangePatienceMicroseconds
  }

  // MARK: Answers

  func answerRange(from height: Height, to link: Link) throws(ReplicaFault) {
    let range = try faulting { () throws(ChainError) in try chain.range(from: height) }
    send(.range(range), to: [link])
  }

  func take(_ range: BlockRange, from link: Link) throws(ReplicaFault) {
    // What nobody asked for is not looked at.
    guard ranges.takeAnswer(from: link, first: range.first), isFollowing else { return }
    let validators = try faulting { () throws(ChainError) in try chain.validators }
    let checked: CheckedRange
    do throws(RangeFault) {
      checked = try range.check(epoch: validators.epoch) {
        verifier.isValid($0, validators) { _ in false }
      }
    } catch {
      return refuse(range, error, from: link)
    }
    ranges.praise(link)
    ranges.keep(checked)
    try verifyAhead(checked)
  }

  private func refuse(_ range: BlockRange, _ fault: RangeFault, from link: Link) {
    switch fault {
    case .otherEpoch:
      ranges.tookOtherEpoch(range.first, after: head, from: link, at: now.instant)
    case .empty: ranges.blame(link, at: now.instant)
    case .malformed, .certificateInvalid, .broken:
      ranges.blame(link, at: now.instant)
      log(
        LogEvent(
          .warning, "range-refused", "A peer sent blocks that are not what it says",
          [
            LogField("peer", peers[link]?.member.text ?? ""), LogField("reason", "\(fault)"),
          ]))
    }
  }

  /// Has a range's signatures verified, by the keys that the head's state has, while it waits.
  private func verifyAhead(_ range: CheckedRange) throws(ReplicaFault) {
    var transactions: [(leaf: Digest, checks: [SignatureCheck])] = []
    for (block, _) in range.blocks {
      for transaction in block.transactions {
        if case .success(let checks) = try door.checks(of: transaction, chain: chain),
          !checks.isEmpty
        {
          transactions.append((transaction.leaf, checks))
        }
      }
    }
    output.verifications += rangeVerification.begin(range.first, transactions)
  }

  // MARK: Applying

  /// Whether the range that goes on from the head is here and was verified.
  var hasRangeToApply: Bool {
    ranges.next(after: head).map { !rangeVerification.isUnderWay($0) } ?? false
  }

  /// Applies the range that goes on from the head, once the machine has nothing under way.
  private func applyNextRange() throws(ReplicaFault) {
    guard isSynchronising || canSuspend, hasRangeToApply,
      let range = ranges.takeNext(after: head)
    else { return }
    let rest = range.blocks.filter { $0.block.header.height > head }
    guard let first = rest.first else { return }
    guard first.block.header.parent == chain.head.hash else {
      // Its own certificate is right, so this node's chain or that of a quorum is another one.
      halt("a quorum made another chain final than that of block \(chain.head.hash)")
      return
    }
    if !isSynchronising {
      syncPhase = .applying
      log(
        LogEvent(
          .notice, "catching-up", "Catching up by ranges of blocks",
          [LogField("height", head)]))
    }
    let validators = try faulting { () throws(ChainError) in try chain.validators }
    noteOwnVote(in: range.finalization, of: validators)
    for (block, encoded) in rest { try apply(block, encoded) }
    guard condition == .sound else { return }
    try commitSynchronised(rest.map { $0.block.header.hash }, range.finalization)
  }

  /// Nothing of the machine may be between it and the journal.
  private var canSuspend: Bool {
    writes.isEmpty && machineInputs.isEmpty && machine.tip.hash == chain.head.hash
  }

  private func apply(_ block: Block, _ encoded: [UInt8]) throws(ReplicaFault) {
    let hash = block.header.hash
    chain.store(block, encoded: encoded)
    let fault = try faulting { () throws(ChainError) in
      try chain.validate(hash, signatures: .onAllProcessors(unless: door.isVerified))
    }
    if let fault {
      tell(fault, of: block.header)
      halt("a quorum made block \(hash) final, which this node finds invalid: \(fault)")
    }
  }

  private func commitSynchronised(
    _ hashes: [BlockHash], _ finalization: Certificate
  ) throws(ReplicaFault) {
    let blocks = try faulting { () throws(ChainError) in
      try chain.commit(hashes, finalization: finalization)
    }
    for block in blocks { synchronisedReceipts += Receipt.receipts(of: block) }
    door.headMoved()
    workChanged = true
    if loggingTip == nil { _ = writeLog() }
  }

  /// A vote of this node in a certificate that it does not remember was cast by another process with
  /// its key, or before the directory was set back.
  private func noteOwnVote(in finalization: Certificate, of validators: ValidatorSet) {
    guard let key = configuration.consensusKey?.publicKey,
      let own = validators.index(of: configuration.member), validators[own].consensusKey == key,
      finalization.signatures.contains(where: { $0.signer == own })
    else { return }
    noteOwn(finalization.ballot)
  }

  /// Keeps that this node signed a ballot of which the machine knows nothing, until the machine is
  /// awake to hear it.
  func noteOwn(_ ballot: Ballot) {
    if machine.lacksOwn(ballot) { foreignVote = foreignVote ?? ballot }
  }

  // MARK: The end

  private func finishIfCaughtUp() throws(ReplicaFault) {
    if isSynchronising, !wantsRanges { ranges.dropUnjoined(after: head) }
    guard isSynchronising, ranges.isIdle, !wantsRanges else { return }
    guard chain.unlogged == nil, loggingTip == nil else {
      if loggingTip == nil { _ = writeLog() }
      return
    }
    syncPhase = .following
    synchronisationTarget = nil
    let tip = headTip
    let context = try faulting { () throws(ChainError) in try Replica.epochContext(chain, tip) }
    tellForeignVote()
    machineInputs.append(.synchronised(tip, context))
    gossip.validatorsChanged(to: context.validators)
    scheduleHeartbeat()
    log(
      LogEvent(.notice, "caught-up", "Caught up with the network", [LogField("height", head)]))
  }

  /// Answers who waits for transactions of blocks that are durable now.
  func finishSynchronised(through height: Height) throws(ReplicaFault) {
    let receipts = synchronisedReceipts
    synchronisedReceipts = receipts.filter { $0.place.height > height }
    for receipt in receipts where receipt.place.height <= height { try finish(receipt) }
  }
}

/// How the chain moves on.
enum SyncPhase: Hashable {
  /// By the machine, block by block.
  case following
  /// By ranges; the machine rests.
  case applying
}
