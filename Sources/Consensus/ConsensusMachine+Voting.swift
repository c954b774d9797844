import Ledger

// The three votes: CONSENSUS section 2, tryNotarize, nullify, tryFinalize.

extension ConsensusMachine {
  var isVoter: Bool { right == .voting && current.own != nil }

  private var ownVotes: OwnVotes { current.rounds[current.view]?.own ?? OwnVotes() }

  /// Whether this node may still NOTARIZE in its view: "validator, !myN, !myZ".
  var canNotarize: Bool { isVoter && ownVotes.notarized == nil && !ownVotes.hasNullified }

  /// tryNotarize(v = view).
  ///
  /// - Returns: whether it voted, for or against.
  mutating func tryNotarize() -> Bool {
    guard canNotarize, let proposal = current.rounds[current.view]?.proposal,
      let block = proposal.leaderVote.ballot.subject.block
    else { return false }
    switch judge(proposal, as: block) {
    case .wait: return false
    case .refuse:
      nullify()
      return true
    case .support:
      cast(.notarize(block))
      return true
    }
  }

  private enum Judgement { case wait, refuse, support }

  /// The conditions of a NOTARIZE vote, in the order of CONSENSUS section 2.
  private mutating func judge(_ proposal: Proposal, as block: BlockReference) -> Judgement {
    // "require pv == 0 with parent = epochGenesis, or R[pv].nc | fc with matching parentHash".
    guard let parent = certifiedParent(in: block.parentView) else {
      wantCertificates(block.parentView, through: current.view)
      return .wait
    }
    // "require R[u].zc for EVERY u in (pv, v)  // never inferred from silence".
    let skipped = block.parentView.next..<current.view
    if let missing = current.rounds.firstWithoutNullification(in: skipped) {
      wantCertificates(missing, through: current.view)
      return .wait
    }
    guard let parentHeader = executedHeader(of: parent) else { return .wait }
    // "if parent.closing: require block == parent  // re-proposal only".
    let isRepeated = proposal.header.view < current.view
    if closesThisEpoch(parentHeader) {
      guard block.hash == parent else { return .refuse }
    } else {
      guard !isRepeated, proposal.header.parent == parent else { return .refuse }
    }
    // "validate(block, parent overlay): pending -> wait | valid -> myN | invalid -> nullify(v)".
    switch execute(block.hash) {
    case .valid:
      // "NOTARIZE only if now - 10 s <= time <= now + 2 s ... re-proposals exempt".
      return isRepeated || isTimely(proposal.header.time) ? .support : .wait
    case .invalid: return .refuse
    case .announced, .stored, .validating, nil: return .wait
    }
  }

  /// The hash of the block that is certified in `view`, or the epoch's genesis.
  func certifiedParent(in view: View) -> BlockHash? {
    if view == current.finalizedView { return current.tip.hash }
    return current.rounds[view]?.certifiedBlock?.hash
  }

  /// The epoch's genesis closed the epoch before, not this one.
  func closesThisEpoch(_ header: BlockHeader) -> Bool {
    header.isClosing && header.epoch == current.epoch
  }

  /// A condition of the vote and not of validity. Too early: hold, do not reject. Too late: the view
  /// will time out, or others notarize the block after all.
  private mutating func isTimely(_ time: Timestamp) -> Bool {
    let wallClock = now.wallClock.milliseconds
    let latest = wallClock + ConsensusTiming.futureTolerance
    if time.milliseconds > latest {
      wakeUp(by: now.instant.advanced(byMicroseconds: (time.milliseconds - latest) * 1_000))
      return false
    }
    return time.milliseconds + ConsensusTiming.pastTolerance >= wallClock
  }

  /// tryFinalize(every v > lastF): "nc, body executed, !myZ, !myF, myN ∈ {nil, nc.key}". Executes
  /// notarized blocks whether or not it may vote, since commits and children need them.
  ///
  /// - Returns: whether it voted or halted.
  mutating func tryFinalize() -> Bool {
    for view in current.rounds.views where view > current.finalizedView {
      guard let round = current.rounds[view], let certificate = round.notarization,
        let block = certificate.ballot.subject.block
      else { continue }
      switch execute(block.hash) {
      case .announced, .stored, .validating, nil: continue
      case .invalid:
        // "local execution says invalid but nc exists -> HALT and alarm".
        halt(.notarizedBlockInvalid(block.hash, certificate))
        return true
      case .valid: break
      }
      let own = round.own
      guard isVoter, !own.hasNullified, own.finalized == nil,
        own.notarized == nil || own.notarized == block
      else { continue }
      cast(.finalize(block), in: view)
      return true
    }
    return false
  }

  /// nullify(v): "v == view, !myZ, !myF".
  mutating func nullify() {
    guard isVoter, !ownVotes.hasNullified, ownVotes.finalized == nil else { return }
    cast(.nullify)
  }

  // MARK: Casting

  /// Decides a vote of the present view.
  mutating func cast(_ subject: VoteSubject) { cast(subject, in: current.view) }

  /// Decides a vote and asks for its signature. From here on the decision stands.
  private mutating func cast(_ subject: VoteSubject, in view: View) {
    let own = current.rounds[view]?.own ?? OwnVotes()
    switch subject {
    case .notarize:
      precondition(own.notarized == nil, "a validator notarizes once in a view")
    case .nullify:
      precondition(own.finalized == nil, "a validator never nullifies what it finalizes")
    case .finalize(let block):
      precondition(!own.hasNullified, "a validator never finalizes what it nullified")
      precondition(own.notarized == nil || own.notarized == block, "a validator is of one mind")
    }
    precondition(!own.contains(subject), "a ballot is signed once")
    guard let signer = current.own else { preconditionFailure("only a validator votes") }
    let ballot = Ballot(epoch: current.epoch, view: view, subject: subject)
    current.rounds.update(view) { $0.own.add(subject) }
    current.unsigned.append(ballot)
    out.questions.append(.sign(ballot, as: signer))
  }

  /// "myN; Append(body); Append(N); Send", "myZ; Append(Z); Send", "myF; Append(F); Send".
  ///
  /// Late answers, of an epoch or a view that is over or after the right to vote was lost, are
  /// dropped: nobody ever sees them.
  mutating func onSigned(_ vote: Vote) {
    guard phase == .open, vote.ballot.epoch == current.epoch,
      let position = current.unsigned.firstIndex(of: vote.ballot)
    else { return }
    precondition(vote.signer == current.own, "a vote is signed by this node's own key")
    current.unsigned.remove(at: position)
    guard isVoter, vote.ballot.view > current.finalizedView else { return }
    if let hash = vote.ballot.subject.block?.hash, let header = current.blocks.journal(hash) {
      out.appends.append(.block(header))
    }
    out.appends.append(.vote(vote))
    out.sync = .beforeRelease
    out.releases.append(.send(Outbound(message(for: vote), to: .everyone)))
    if count(vote) { apply(vote.ballot, signer: vote.signer) }
  }

  /// The leader's NOTARIZE vote travels in its proposal.
  private mutating func message(for vote: Vote) -> ConsensusMessage {
    guard let proposal = ownProposal(with: vote) else { return .vote(vote) }
    current.rounds.update(vote.ballot.view) { $0.proposal = $0.proposal ?? proposal }
    return .proposal(proposal)
  }

}
