import Ledger

// What the host asks before it spends a verification on a message: CONSENSUS section 3, "Verify-once
// cache".

extension ConsensusMachine {
  /// How a message stands to what the machine has.
  package enum Acquaintance: Hashable, Sendable {
    /// It could change something, if its signatures are right.
    case news
    /// The same is here already.
    case known
    /// Of another epoch, or outside the window of views.
    case outOfReach
  }

  package func acquaintance(with vote: Vote) -> Acquaintance {
    let ballot = vote.ballot
    guard phase == .open, ballot.epoch == current.epoch, isInWindow(ballot.view),
      Int(vote.signer.rawValue) < current.validators.count
    else { return .outOfReach }
    let earlier = current.rounds[ballot.view]?.votes(of: vote.signer)[ballot.subject.kind]
    return earlier?.ballot == ballot ? .known : .news
  }

  package func acquaintance(with certificate: Certificate) -> Acquaintance {
    let ballot = certificate.ballot
    guard phase == .open, ballot.epoch == current.epoch, ballot.view >= current.finalizedView,
      ballot.view < ConsensusLimits.viewLimit
    else { return .outOfReach }
    return held(ballot) == nil ? .news : .known
  }

  package func acquaintance(with proposal: Proposal) -> Acquaintance {
    let ballot = proposal.leaderVote.ballot
    guard phase == .open, ballot.epoch == current.epoch, ballot.view > current.finalizedView,
      isInWindow(ballot.view) || !proposal.justification.isEmpty,
      Int(proposal.leaderVote.signer.rawValue) < current.validators.count
    else { return .outOfReach }
    guard let kept = current.rounds[ballot.view]?.proposal else { return .news }
    return kept.leaderVote.ballot == ballot ? .known : .news
  }

  /// The certificate of just this ballot that the machine holds.
  package func held(_ ballot: Ballot) -> Certificate? {
    guard let held = current.rounds[ballot.view]?.certificate(ballot.subject.kind),
      held.ballot == ballot
    else { return nil }
    return held
  }

  /// Whether the machine has just this vote, whose signature was verified then.
  package func holds(_ vote: Vote) -> Bool {
    guard vote.ballot.epoch == current.epoch else { return false }
    return current.rounds[vote.ballot.view]?.votes(of: vote.signer)[vote.ballot.subject.kind]
      == vote
  }

  /// The votes of one validator in the views that are not settled, alone or in a certificate, for
  /// showing them to it: whoever was set back to an older copy of its data learns so that it is.
  package func votes(of signer: ValidatorIndex) -> [Vote] {
    current.rounds.views.flatMap { view in
      VoteKind.allCases.compactMap { current.rounds[view]?.vote(of: signer, kind: $0) }
    }
  }

  /// Whether neither the machine nor its journal knows a ballot that this node has signed: its
  /// directory was set back to an older copy, or another process has its key. Ballots of settled views
  /// say nothing any more.
  package func lacksOwn(_ ballot: Ballot) -> Bool {
    if ballot.epoch == current.epoch {
      return ballot.view > current.finalizedView
        && !(current.rounds[ballot.view]?.own.contains(ballot.subject) ?? false)
    }
    return ballot.epoch > current.epoch
      && !recovered.contains { record in
        if case .vote(let vote) = record { vote.ballot == ballot } else { false }
      }
  }

  /// Whether a block may still become final by what is known: it is proposed in the present view or
  /// later, or the chain's latest certified block descends from it or is it.
  ///
  /// Transactions of other blocks wait for a place again.
  package func isLive(_ hash: BlockHash) -> Bool {
    if let block = current.blocks[hash], block.header.view >= current.view { return true }
    let range = current.finalizedView.next..<ConsensusLimits.viewLimit
    guard let view = current.rounds.last(in: range, where: { $0.certifiedBlock != nil }),
      var ancestor = current.rounds[view]?.certifiedBlock?.hash
    else { return false }
    for _ in 0..<ConsensusLimits.pursuitDepth {
      if ancestor == hash { return true }
      guard let block = current.blocks[ancestor] else { return false }
      ancestor = block.header.parent
    }
    return false
  }
}
