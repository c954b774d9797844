import Ledger

// Epochs: CONSENSUS section 2, "Validator sets" and "Lag".

extension ConsensusMachine {
  /// newEpoch: "Its finalization starts epoch e + 1, view 1, genesis = that block, new set."
  mutating func openEpoch(_ validators: ValidatorSet) {
    guard phase == .closed else { return }
    let tip = current.tip
    begin(EpochContext(openedBy: tip, validators: validators), tip: tip)
  }

  /// The host caught up by itself, within the epoch or into a later one.
  mutating func onSynchronised(_ tip: FinalizedTip, _ context: EpochContext) {
    let isAhead = tip.header.height > current.tip.header.height
    if isAhead, phase == .open, tip.epoch == current.epoch {
      advance(to: tip, in: tip.finalizedView)
      enter(tip.finalizedView.next)
    } else if tip.epoch > current.epoch, isAhead || tip.hash == current.tip.hash {
      begin(context, tip: tip)
    }
  }

  /// Replaces all state of the epoch, then takes what has waited for this one.
  private mutating func begin(_ context: EpochContext, tip: FinalizedTip) {
    current = EpochState(context, tip: tip, configuration: configuration, at: now.instant)
    phase = .open
    isEmptyBlockWanted = false
    retryAt = nil
    load()
    determineRight()
    let waiting = early
    early = []
    for input in waiting { replay(input) }
  }

  private mutating func replay(_ input: ConsensusInput) {
    switch input {
    case .proposal(let proposal, let link): onProposal(proposal.message, from: link)
    case .vote(let vote, let link): onVote(vote.message, from: link)
    case .certificate(let certificate, let link): onCertificate(certificate.message, from: link)
    case .tick, .work, .emptyBlockRequested, .status, .certificatesRequested, .signed, .validated,
      .built, .nothingToPropose, .blockStored, .synchronised, .epochOpened, .joined,
      .ownVoteShown, .blocksMissed, .blocksRestored:
      preconditionFailure("only messages of validators wait for their epoch")
    }
  }

  /// enter(w): "if w > view {view = w; enteredAt = now; arm(); tryPropose()}". The rules do the
  /// last two.
  mutating func enter(_ view: View) {
    guard view > current.view else { return }
    if view > current.view.next { excuseAbsence(before: view) }
    current.view = view
    current.enteredAt = now.instant
    current.timers = nil
    current.proposing = .undecided
    // What is still needed is asked for again; the body of a proposal that is over is not.
    current.wantedBlocks = []
    current.wantedCertificates = nil
    current.reminderCount = ConsensusLimits.reminderCount
  }

  /// Who jumps over views has not heard who voted in them.
  private mutating func excuseAbsence(before view: View) {
    for index in current.activity.indices {
      current.activity[index].votedIn = max(
        current.activity[index].votedIn, View(view.rawValue - 1))
    }
  }

  // MARK: The right to vote

  /// Says whether this node votes in the present epoch.
  mutating func determineRight() {
    let earlier = right
    if current.own == nil {
      right = .observing(.notValidator)
    } else if let abstention, abstention.covers(epochOpenedAt: current.genesisTime) {
      right = .observing(abstention.reason)
    } else if lacksBlocks {
      right = .observing(.blocksMissing)
    } else if !hasJoined, current.validators.count > 1 {
      right = .observing(.joining)
    } else {
      right = .voting
    }
    if right != earlier { out.releases.append(.votingRight(right)) }
  }

  mutating func onJoined() {
    guard !hasJoined else { return }
    hasJoined = true
    determineRight()
  }

  mutating func onBlocks(areMissing: Bool) {
    lacksBlocks = areMissing
    determineRight()
  }

  /// Whether nothing speaks against this node's votes: it casts them, or will once it has joined and
  /// its block log is whole.
  var isUnsuspected: Bool {
    switch right {
    case .voting, .observing(.joining), .observing(.blocksMissing): true
    case .observing: false
    }
  }

  /// Gives up the right to vote in this epoch and in any that may have begun before now.
  mutating func abstain(_ reason: VotingRight.Reason) {
    abstention = Abstention(reason: reason, since: now.wallClock)
    current.unsigned = []
    out.appends.append(.abstention(now.wallClock))
    out.sync = .beforeRelease
    determineRight()
  }
}
