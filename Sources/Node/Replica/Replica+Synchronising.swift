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

  var claims: [(link: Link, height: Height)] {
    peers.all.compactMap { peer in
      peer.status.map { (peer.link, $0.consensus.finalizedHeight) }
    }
  }

  /// Asks for ranges, applies one that has come, and wakes the machine when nothing is left.
  func tendSynchronisation() throws(ReplicaFault) {
    ranges.expire(at: now.instant)
    guard condition == .sound, phase == .running else { return }
    restDuringRepair()
    watchGap()
    if try wantsRanges {
      let requests = ranges.requests(
        after: head, through: lastWanted, claims: claims, at: now.instant)
      for request in requests { send(.rangeWanted(from: request.from), to: [request.link]) }
    }
    try catchUpWithLog()
    judgeShownVote()
    try applyNextRange()
    try finishIfCaughtUp()
  }

  /// Whether some peer that is worth asking says that it is far ahead, or the machine needs more than
  /// it can follow, or blocks are missing between the head and what the log has above it.
  private var wantsRanges: Bool {
    get throws(ReplicaFault) {
      let highest = ranges.usable(claims, at: now.instant).map(\.height).max() ?? .genesis
      guard highest > head, logTakesNext else { return false }
      if chain.lagsBehindLog {
        guard lastWanted != nil else { return false }
        return try faulting { () throws(ChainError) in try !chain.isBehindLog }
      }
      if isSynchronising || synchronisationTarget != nil { return true }
      return highest.rawValue - head.rawValue >= PeerLimits.rangeGap || hasStoodStill
    }
  }

  /// The end of the first hole of the log above the head, if the log has blocks behind it: those are
  /// not fetched.
  private var lastWanted: Height? {
    guard chain.lagsBehindLog else { return nil }
    return chain.holes.first { $0.heights.upperBound > head.next }?.heights.upperBound.previous
  }

  /// Whether the log takes the block after the head. Not while it has lost blocks at its end, up to
  /// the head: then it is repaired first.
  private var logTakesNext: Bool { chain.log.condition.takes(head.next) }

  /// The machine rests while the log takes nothing, so that what is neither in the log nor durable
  /// elsewhere does not grow.
  private func restDuringRepair() {
    if !logTakesNext, !isSynchronising, canSuspend { syncPhase = .resting }
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
    if try takeRepair(range, from: link) { return }
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
    case .empty, .malformed, .certificateInvalid, .broken:
      ranges.blame(link, at: now.instant)
      refuse(fault, from: link)
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

  /// Tells of a range that is of no use, unless the peer just has no such blocks.
  func refuse(_ fault: RangeFault, from link: Link) {
    guard fault != .empty else { return }
    log(
      LogEvent(
        .warning, "range-refused", "A peer sent blocks that are not what it says",
        [LogField("peer", peers[link]?.member.text ?? ""), LogField("reason", "\(fault)")]))
  }

  // MARK: Applying

  /// Whether something is here that goes on from the head.
  var hasMoreToApply: Bool {
    repair.hasMoreOfLog || logTakesNext && hasRangeToApply
  }

  /// Whether the range that goes on from the head is here and was verified.
  private var hasRangeToApply: Bool {
    ranges.next(after: head).map { !rangeVerification.isUnderWay($0) } ?? false
  }

  /// Executes the next blocks that the log itself has above the head, since a hole was filled.
  private func catchUpWithLog() throws(ReplicaFault) {
    repair.hasMoreOfLog = false
    guard chain.lagsBehindLog, isSynchronising || canSuspend,
      try faulting({ () throws(ChainError) in try chain.isBehindLog })
    else { return }
    beginApplying()
    let blocks = try faulting { () throws(ChainError) in
      try chain.catchUpWithLog(byteLimit: PeerLimits.servedByteCount)
    }
    // They are durable already.
    for block in blocks {
      for receipt in Receipt.receipts(of: block) { try finish(receipt) }
    }
    door.headMoved()
    workChanged = true
    repair.hasMoreOfLog = !blocks.isEmpty && chain.lagsBehindLog
  }

  private func beginApplying() {
    if syncPhase != .applying {
      log(
        LogEvent(
          .notice, "catching-up", "Catching up by ranges of blocks", [LogField("height", head)]))
    }
    syncPhase = .applying
  }

  /// Applies the range that goes on from the head, once the machine has nothing under way.
  private func applyNextRange() throws(ReplicaFault) {
    guard logTakesNext, isSynchronising || canSuspend, hasRangeToApply,
      let range = ranges.takeNext(after: head)
    else { return }
    let rest = range.blocks.filter { $0.block.header.height > head }
    guard let first = rest.first else { return }
    guard first.block.header.parent == chain.head.hash else {
      // Its own certificate is right, so this node's chain or that of a quorum is another one.
      halt("a quorum made another chain final than that of block \(chain.head.hash)")
      return
    }
    beginApplying()
    let validators = try faulting { () throws(ChainError) in try chain.validators }
    // Of what its log once had, its journal need not know the votes any more.
    if chain.log.condition.lastHeight.map({ range.last > $0 }) ?? true {
      noteOwnVote(in: range.finalization, of: validators)
    }
    for (block, encoded) in rest {
      guard try apply(block, encoded, range.finalization) else { return }
    }
    door.headMoved()
    workChanged = true
    if loggingTip == nil { _ = writeLog() }
  }

  /// Nothing of the machine may be between it and the journal.
  private var canSuspend: Bool {
    writes.isEmpty && machineInputs.isEmpty && machine.tip.hash == chain.head.hash
  }

  /// Makes a block of a range final; whether it is valid, or else the node halts.
  private func apply(
    _ block: Block, _ encoded: [UInt8], _ finalization: Certificate
  ) throws(ReplicaFault) -> Bool {
    let hash = block.header.hash
    chain.store(block, encoded: encoded)
    let fault = try faulting { () throws(ChainError) in
      try chain.commitNext(
        hash, of: finalization, signatures: .onAllProcessors(unless: door.isVerified))
    }
    guard let fault else {
      synchronisedReceipts += Receipt.receipts(of: block)
      return true
    }
    tell(fault, of: block.header)
    halt("a quorum made block \(hash) final, which this node finds invalid: \(fault)")
    return false
  }

  /// A vote of this node in a certificate that it does not remember was cast by another process with
  /// its key, or before the directory was set back.
  private func noteOwnVote(in finalization: Certificate, of validators: ValidatorSet) {
    guard let key = configuration.consensusKey?.publicKey,
      let own = validators.index(of: configuration.member), validators[own].consensusKey == key,
      finalization.signatures.contains(where: { $0.signer == own })
    else { return }
    noteForeign(finalization.ballot)
  }

  private func noteForeign(_ ballot: Ballot) {
    if machine.lacksOwn(ballot) { foreignVote = foreignVote ?? ballot }
  }

  /// Keeps that this node signed a ballot of which the machine knows nothing, until the machine is
  /// awake to hear it.
  func noteOwn(_ ballot: Ballot) {
    guard chain.lagsBehindLog else { return noteForeign(ballot) }
    repair.shownVote = repair.shownVote.map { $0.isEarlier(than: ballot) ? ballot : $0 } ?? ballot
  }

  /// The journal was emptied up to where the log ends, so votes that were shown before the chain was
  /// there are judged now that it is.
  private func judgeShownVote() {
    guard !chain.lagsBehindLog, let ballot = repair.shownVote else { return }
    repair.shownVote = nil
    guard let final = chain.headFinalization?.ballot else { return noteForeign(ballot) }
    if final.isEarlier(than: ballot) { noteForeign(ballot) }
  }

  // MARK: The end

  private func finishIfCaughtUp() throws(ReplicaFault) {
    guard isSynchronising, logTakesNext, !chain.lagsBehindLog, try !wantsRanges else { return }
    ranges.dropUnjoined(after: head)
    guard ranges.isIdle else { return }
    guard chain.unlogged == nil, loggingTip == nil else {
      if loggingTip == nil { _ = writeLog() }
      return
    }
    let hasMoved = syncPhase == .applying
    syncPhase = .following
    synchronisationTarget = nil
    let tip = headTip
    let context = try faulting { () throws(ChainError) in try Replica.epochContext(chain, tip) }
    tellForeignVote()
    // What has gathered while the machine rested may be of blocks that it is to hear of by this: it
    // must not act on them as if they were still to come.
    machineInputs = [.synchronised(tip, context)] + machineInputs + [.tick]
    gossip.validatorsChanged(to: context.validators)
    scheduleHeartbeat()
    noteCondition()
    guard hasMoved else { return }
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
  /// Not at all until the end of the log is repaired; the machine rests.
  case resting
}

extension Ballot {
  fileprivate func isEarlier(than other: Ballot) -> Bool {
    (epoch, view) < (other.epoch, other.view)
  }
}
