import Ledger

// Timers and rest: CONSENSUS section 2, "Timers" and "Idle".

extension ConsensusMachine {
  /// "Δ(view) = min(Δ0 · 1.5^max(0, view - lastF - 2), Δmax)", in microseconds.
  var delay: UInt64 {
    configuration.timing.delay(in: current.view, finalized: current.finalizedView)
  }

  /// "work = proposable event ∨ notarised-but-unfinalised tip ∨ proposal seen in this view ∨
  /// closing". A closing block that is not final is a tip that is not final. A proposal that skips a
  /// finalized view is none.
  mutating func isWorking() -> Bool {
    let round = current.rounds[current.view]
    let hasVoted = round?.own.notarized.map { $0.parentView >= current.finalizedView } ?? false
    return work != .none || round?.proposal != nil || hasVoted || hasUnfinalizedTip
      || isEmptyBlockDue()
  }

  /// Whether some view after the last finalization that is known is notarized.
  private var hasUnfinalizedTip: Bool {
    let range = current.finalizedView.next..<current.view
    let certified = current.rounds.last(in: range) { $0.certifiedBlock != nil }
    return certified.map { current.rounds[$0]?.finalization == nil } ?? false
  }

  /// "at most one a second for the network".
  mutating func isEmptyBlockDue() -> Bool {
    guard isEmptyBlockWanted else { return false }
    guard let finalizedAt = current.finalizedAt else { return true }
    let due = finalizedAt.advanced(byMicroseconds: configuration.timing.emptyBlockInterval)
    if now.instant < due { wakeUp(by: due) }
    return now.instant >= due
  }

  /// Arms the timers when there is work, and gives the view up when they fire. "On firing without
  /// work they disarm."
  ///
  /// - Returns: whether it nullified.
  mutating func expireTimers() -> Bool {
    guard isVoter, current.rounds[current.view]?.own.hasNullified != true else { return false }
    if current.timers == nil, isWorking() { current.timers = armedTimers() }
    guard let timers = current.timers else { return false }
    let due = isProposalMissing ? timers.proposal : timers.certificate
    guard now.instant >= due else {
      wakeUp(by: due)
      return false
    }
    guard isWorking() else {
      current.timers = nil
      return false
    }
    let grace = timers.certificate.advanced(
      byMicroseconds: configuration.timing.verificationGrace)
    if isVerifying, now.instant < grace {
      wakeUp(by: grace)
      return false
    }
    nullify()
    return true
  }

  private var isProposalMissing: Bool {
    current.rounds[current.view]?.proposal == nil
      && current.leaders.leader(of: current.view) != current.own
  }

  /// "t_a is extended while a received proposal is being verified"; so is the leader's own view
  /// while its block is being built.
  private var isVerifying: Bool {
    if case .requested = current.proposing { return true }
    guard let proposal = current.rounds[current.view]?.proposal,
      let hash = proposal.leaderVote.ballot.subject.block?.hash
    else { return false }
    return current.blocks[hash]?.stage == .validating
  }

  /// "t_l = 2Δ (no leader proposal), t_a = 3Δ (no certificate)"; "a leader that voted in none of the
  /// last 3 completed views and is silent for 1 s gets t_l = t_a = 0".
  private func armedTimers() -> ViewTimers {
    if isLeaderSilent { return ViewTimers(proposal: now.instant, certificate: now.instant) }
    return ViewTimers(
      proposal: now.instant.advanced(byMicroseconds: 2 * delay),
      certificate: now.instant.advanced(byMicroseconds: 3 * delay))
  }

  private var isLeaderSilent: Bool {
    let leader = current.leaders.leader(of: current.view)
    let activity = current.activity[Int(leader.rawValue)]
    let isAbsent =
      current.view.rawValue > 4 && activity.votedIn.rawValue + 4 <= current.view.rawValue
    return leader != current.own && isAbsent
      && now.instant.microseconds(since: activity.heardAt) > configuration.timing.silence
  }
}
