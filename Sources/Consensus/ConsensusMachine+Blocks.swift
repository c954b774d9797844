import Ledger

// Bodies, execution and finality: CONSENSUS section 2, validate, commit, GetBlocks.

extension ConsensusMachine {
  /// Moves a block towards a verdict as far as is possible now.
  ///
  /// - Returns: how far it is; `nil` if it is unknown.
  mutating func execute(_ hash: BlockHash) -> KnownBlock.Stage? {
    if hash == current.tip.hash { return .valid }
    pursue(hash)
    return current.blocks[hash]?.stage
  }

  /// The header of a block that was judged valid, or of the tip.
  mutating func executedHeader(of hash: BlockHash) -> BlockHeader? {
    execute(hash) == .valid ? knownHeader(of: hash) : nil
  }

  private func knownHeader(of hash: BlockHash) -> BlockHeader? {
    hash == current.tip.hash ? current.tip.header : current.blocks[hash]?.header
  }

  /// Walks from a block to its first ancestor that lacks something, and asks for that.
  private mutating func pursue(_ hash: BlockHash) {
    var hash = hash
    for _ in 0..<ConsensusLimits.pursuitDepth {
      guard let block = current.blocks[hash], block.stage != .announced else { return want(hash) }
      guard block.stage == .stored else { return }
      let parent = block.header.parent
      let parentStage = parent == current.tip.hash ? .valid : current.blocks[parent]?.stage
      if parentStage == .valid, let parentHeader = knownHeader(of: parent) {
        return validate(block.header, hash: hash, on: parentHeader)
      }
      if parentStage == .invalid || block.header.height <= current.tip.header.height.next {
        // A block just above the tip that is not on the tip can never be valid.
        return current.blocks.setStage(.invalid, of: hash)
      }
      guard isNear(block.header) else { return }
      hash = parent
    }
  }

  private mutating func validate(
    _ header: BlockHeader, hash: BlockHash, on parent: BlockHeader
  ) {
    guard fits(header, on: parent) else { return current.blocks.setStage(.invalid, of: hash) }
    current.blocks.setStage(.validating, of: hash)
    out.questions.append(.validate(header))
  }

  /// What a header must say whatever its body: "time > parent", the next height, this epoch.
  private func fits(_ header: BlockHeader, on parent: BlockHeader) -> Bool {
    header.network == configuration.network && header.epoch == current.epoch
      && header.height == parent.height.next && header.time > parent.time
      && !closesThisEpoch(parent)
  }

  private func isNear(_ header: BlockHeader) -> Bool {
    header.height.rawValue <= current.tip.header.height.rawValue
      + UInt64(ConsensusLimits.pursuitDepth)
  }

  mutating func onValidated(_ hash: BlockHash, _ verdict: Verdict) {
    guard phase == .open, current.blocks[hash]?.stage == .validating else { return }
    current.blocks.setStage(verdict == .valid ? .valid : .invalid, of: hash)
  }

  mutating func onBlockStored(_ header: BlockHeader) {
    let hash = header.hash
    let position = current.wantedBlocks.firstIndex(of: hash)
    if let position { current.wantedBlocks.remove(at: position) }
    switch current.blocks[hash]?.stage {
    case .announced: current.blocks.setStage(.stored, of: hash)
    case .stored, .validating, .valid, .invalid: break
    case nil:
      // What nobody asked for is not kept: peers may send any number of blocks.
      guard position != nil else { return }
      let block = KnownBlock(header: header, stage: .stored, isJournaled: false)
      current.blocks.insert(block, hash: hash)
    }
  }

  // MARK: Finality

  /// commit(v): "walk parents to lastF, missing body -> GetBlocks; apply in order; lastF = v;
  /// closing -> newEpoch". The lowest finalization first, so that what a journal holds is committed in
  /// the runs in which it became final, each with its own certificate; if that one lacks a block, the
  /// highest, which proves all below.
  ///
  /// - Returns: whether anything became final.
  mutating func commit() -> Bool {
    let range = current.finalizedView.next..<ConsensusLimits.viewLimit
    guard phase == .open,
      let lowest = current.rounds.first(in: range, where: { $0.finalization != nil }),
      let highest = current.rounds.last(in: range, where: { $0.finalization != nil })
    else { return false }
    if commit(lowest) { return true }
    return phase == .open && highest != lowest && commit(highest)
  }

  private mutating func commit(_ view: View) -> Bool {
    guard let finalization = current.rounds[view]?.finalization,
      let hash = finalization.ballot.subject.block?.hash,
      let path = path(to: hash, finalizedBy: finalization),
      let last = path.last
    else { return false }
    for header in path {
      if let header = current.blocks.journal(header.hash) { out.appends.append(.block(header)) }
    }
    out.sync = .beforeRelease
    out.releases.append(.commit(Commit(blocks: path, finalization: finalization)))
    advance(to: FinalizedTip(header: last, finalization: finalization), in: view)
    if last.isClosing { phase = .closed } else { enter(view.next) }
    return true
  }

  /// The headers from the block after the tip to the finalized one; `nil` if one is missing, in
  /// which case it is asked for or, far from the tip, the host synchronises; or if they contradict
  /// the tip. Blocks that are known are followed however many they are: a journal may hold any number.
  private mutating func path(
    to hash: BlockHash, finalizedBy finalization: Certificate
  ) -> [BlockHeader]? {
    var path: [BlockHeader] = []
    var hash = hash
    while hash != current.tip.hash {
      guard let block = current.blocks[hash], block.stage != .announced else {
        if let child = path.last, !isNear(child) {
          synchronise(to: finalization)
        } else {
          want(hash)
        }
        return nil
      }
      guard block.header.height > current.tip.header.height else {
        halt(.conflictingFinalization(finalization, tip: current.tip.hash))
        return nil
      }
      path.append(block.header)
      hash = block.header.parent
    }
    return path.reversed()
  }

  private mutating func synchronise(to finalization: Certificate) {
    guard current.synchronisation != finalization else { return }
    current.synchronisation = finalization
    out.requests.append(.synchronise(to: finalization))
  }

  /// Drops what finality has settled.
  mutating func advance(to tip: FinalizedTip, in view: View) {
    precondition(view > current.finalizedView, "the finalized view only grows")
    precondition(tip.header.height > current.tip.header.height, "the finalized chain only grows")
    current.tip = tip
    current.finalizedView = view
    current.finalizedAt = now.instant
    current.rounds.removeAll(below: view)
    current.rounds.update(view) { $0.finalization = tip.finalization }
    current.rounds.removeProposals(onParentsBefore: view)
    current.blocks.removeAll(through: tip.header.height)
    current.unsigned.removeAll { $0.view <= view }
    current.wantedBlocks = []
    current.wantedCertificates = nil
    current.synchronisation = nil
    isEmptyBlockWanted = false
    retryAt = nil
  }

  // MARK: Asking

  mutating func want(_ hash: BlockHash) {
    guard !current.wantedBlocks.contains(hash) else { return }
    current.wantedBlocks.append(hash)
    out.requests.append(.fetchBlock(hash, above: current.tip.header.height))
  }

  /// Asks for certificates from `first` up to, but not including, `end`.
  mutating func wantCertificates(_ first: View, through end: View) {
    let last = min(end.rawValue - 1, first.rawValue + ConsensusLimits.requestedViewCount - 1)
    let request = CertificateRequest(epoch: current.epoch, views: first...View(last))
    guard current.wantedCertificates != request else { return }
    current.wantedCertificates = request
    out.requests.append(.fetchCertificates(request))
  }
}
