import Ledger

// The leader: CONSENSUS section 2, tryPropose.

extension ConsensusMachine {
  /// tryPropose: "leader(view) == me, !myN, !myZ".
  ///
  /// - Returns: whether it asked for a block or re-proposed one.
  mutating func tryPropose() -> Bool {
    guard canNotarize, current.leaders.leader(of: current.view) == current.own else {
      return false
    }
    if case .requested = current.proposing { return false }
    // "pv = highest u < view with nc | fc, else 0".
    let range = current.finalizedView.next..<current.view
    let parentView =
      current.rounds.last(in: range) { $0.certifiedBlock != nil } ?? current.finalizedView
    guard let parent = certifiedParent(in: parentView) else { return false }
    // "missing zc in (pv, view) -> GetCerts and wait".
    let skipped = parentView.next..<current.view
    if let missing = current.rounds.firstWithoutNullification(in: skipped) {
      wantCertificates(missing, through: current.view)
      return false
    }
    guard let header = executedHeader(of: parent) else { return false }
    // "parent.closing -> block = parent".
    if closesThisEpoch(header) {
      cast(.notarize(BlockReference(parentView: parentView, hash: parent)))
      return true
    }
    guard let kind = kindToPropose(on: parent), isTimely(proposalOn: header) else { return false }
    request(kind, parentView: parentView, parent: header, hash: parent)
    return true
  }

  /// "no events: tipFinal -> idle; else empty flush block only when now >= enteredAt + Δ"; "few
  /// events and now < lastNotarised + minInterval -> wait".
  private mutating func kindToPropose(on parent: BlockHash) -> ProposalRequest.Kind? {
    if work != .none, current.proposing != .declined {
      let earliest = current.notarizedAt?.advanced(
        byMicroseconds: configuration.timing.minimumInterval)
      if work == .few, let earliest, now.instant < earliest {
        wakeUp(by: earliest)
        return nil
      }
      return .transactions
    }
    if parent == current.tip.hash { return isEmptyBlockDue() ? .evenEmpty : nil }
    let flush = current.enteredAt.advanced(byMicroseconds: delay)
    guard now.instant >= flush else {
      wakeUp(by: flush)
      return nil
    }
    return .evenEmpty
  }

  /// A parent that is ahead of the wall clock must wait until others would vote for its child.
  private mutating func isTimely(proposalOn parent: BlockHeader) -> Bool {
    let latest = now.wallClock.milliseconds + ConsensusTiming.futureTolerance
    let time = parent.time.milliseconds
    guard time >= latest else { return true }
    wakeUp(by: now.instant.advanced(byMicroseconds: (time + 1 - latest) * 1_000))
    return false
  }

  private mutating func request(
    _ kind: ProposalRequest.Kind, parentView: View, parent: BlockHeader, hash: BlockHash
  ) {
    let request = ProposalRequest(
      epoch: current.epoch, view: current.view, parentView: parentView, parent: hash,
      height: parent.height.next, minimumTime: parent.time.advanced(byMilliseconds: 1), kind: kind)
    current.proposing = .requested(request)
    out.requests.append(.propose(request))
  }

  /// The block that was asked for, unless the view is over.
  mutating func onBuilt(_ header: BlockHeader, for request: ProposalRequest) {
    guard phase == .open, current.proposing == .requested(request) else { return }
    precondition(
      header.epoch == request.epoch && header.view == request.view
        && header.parentView == request.parentView,
      "a built block is of the view it was asked for")
    precondition(
      header.parent == request.parent && header.height == request.height,
      "a built block is on the parent it was asked for")
    precondition(header.time >= request.minimumTime, "a built block is later than its parent")
    current.proposing = .undecided
    guard canNotarize else { return }
    let hash = header.hash
    current.blocks.insert(
      KnownBlock(header: header, stage: .valid, isJournaled: false), hash: hash)
    cast(.notarize(BlockReference(parentView: request.parentView, hash: hash)))
  }

  mutating func onNothingToPropose(_ request: ProposalRequest) {
    guard phase == .open, current.proposing == .requested(request) else { return }
    precondition(request.kind == .transactions, "an empty block can always be built")
    current.proposing = .declined
  }

  mutating func onWork(_ work: Work) {
    self.work = work
    if work != .none, current.proposing == .declined { current.proposing = .undecided }
  }

  // MARK: The message

  /// The proposal whose signature is `vote`, if this node leads the vote's view and the vote is a
  /// NOTARIZE of a block it knows.
  func ownProposal(with vote: Vote) -> Proposal? {
    guard case .notarize(let block) = vote.ballot.subject,
      current.leaders.leader(of: vote.ballot.view) == vote.signer, vote.signer == current.own,
      let header = current.blocks[block.hash]?.header
    else { return nil }
    return Proposal(
      header: header, leaderVote: vote,
      justification: justification(parentView: block.parentView, view: vote.ballot.view))
  }

  /// "just = certificate of pv plus nullifications of every view in (pv, v) (<= 16 attached, others
  /// fetched)": the latest nullifications, as those are the least known.
  private func justification(parentView: View, view: View) -> [Certificate] {
    let parent = current.rounds[parentView]?.blockCertificate
    let skipped = current.rounds.views.filter { $0 > parentView && $0 < view }
    let nullifications = skipped.compactMap { current.rounds[$0]?.nullification }
    return (parent.map { [$0] } ?? [])
      + nullifications.suffix(ConsensusLimits.justificationCount - 1)
  }
}
