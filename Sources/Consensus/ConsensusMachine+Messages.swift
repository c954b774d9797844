import Ledger

// What peers say: CONSENSUS section 2, onProposal, onVote, onCert.

extension ConsensusMachine {
  /// onProposal(P). "require lastF < P.v <= view + W, leader sig"; the certificates first, since
  /// they may move the view; "different (pv, h) from same leader -> evidence; keep the first".
  mutating func onProposal(_ proposal: Proposal, from link: Link?) {
    let ballot = proposal.leaderVote.ballot
    guard admits(ballot.epoch, .proposal(Verified(byVerifier: proposal), from: link)),
      isWellFormed(proposal)
    else { return }
    for certificate in proposal.justification {
      onCertificate(certificate, from: link)
      guard phase == .open else { return }
    }
    guard isInWindow(ballot.view), ballot.view > current.finalizedView else { return }
    guard current.rounds[ballot.view]?.proposal == nil else {
      return tally(proposal.leaderVote, from: link, .alone)
    }
    keep(proposal)
    out.relays.append(Outbound(.proposal(proposal), to: recipients(besides: link)))
    tally(proposal.leaderVote, from: link, .insideProposal)
  }

  private mutating func keep(_ proposal: Proposal) {
    let ballot = proposal.leaderVote.ballot
    guard let block = ballot.subject.block else { return }
    current.rounds.update(ballot.view) { $0.proposal = proposal }
    if block.hash != current.tip.hash {
      current.blocks.announce(proposal.header, hash: block.hash)
      if current.blocks[block.hash]?.stage == .announced { want(block.hash) }
    }
  }

  /// What of a proposal can be judged without its parent: its header is the one voted for, and says
  /// the same about epoch, view and leader. Only an epoch-closing block may be of an earlier view.
  private func isWellFormed(_ proposal: Proposal) -> Bool {
    let (vote, header) = (proposal.leaderVote, proposal.header)
    guard case .notarize(let block) = vote.ballot.subject,
      vote.ballot.view > .genesis, vote.ballot.view < ConsensusLimits.viewLimit,
      vote.signer == current.leaders.leader(of: vote.ballot.view),
      proposal.justification.count <= ConsensusLimits.justificationCount,
      block.parentView < vote.ballot.view, block.parentView >= current.finalizedView,
      header.network == configuration.network,
      header.epoch == vote.ballot.epoch, header.height > current.tip.header.height
    else { return false }
    let isConsistent =
      if header.view == vote.ballot.view {
        header.parentView == block.parentView
          && header.proposer == current.validators[vote.signer].member
      } else {
        header.view < vote.ballot.view && header.isClosing
      }
    return isConsistent && header.hash == block.hash
  }

  /// onVote(x). "tally, relay once; conflicting pair -> evidence".
  mutating func onVote(_ vote: Vote, from link: Link?) {
    guard admits(vote.ballot.epoch, .vote(Verified(byVerifier: vote), from: link)),
      Int(vote.signer.rawValue) < current.validators.count
    else { return }
    tally(vote, from: link, .alone)
  }

  /// How a vote came, and so how it goes on.
  private enum Carriage { case alone, insideProposal }

  private mutating func tally(_ vote: Vote, from link: Link?, _ carriage: Carriage) {
    let ballot = vote.ballot
    noteActivity(of: vote.signer, in: ballot.view)
    guard isInWindow(ballot.view), !noticeForeign(ballot, signer: vote.signer) else { return }
    guard count(vote) else { return }
    switch carriage {
    case .alone: out.relays.append(Outbound(.vote(vote), to: recipients(besides: link)))
    case .insideProposal: break
    }
    apply(ballot, signer: vote.signer)
  }

  /// Tallies a vote of anybody.
  ///
  /// - Returns: whether it is the first of its kind by its signer.
  mutating func count(_ vote: Vote) -> Bool {
    let validatorCount = current.validators.count
    let recorded = current.rounds.update(vote.ballot.view) {
      $0.record(vote, validatorCount: validatorCount)
    }
    if let evidence = recorded.evidence { out.releases.append(.evidence(evidence)) }
    return recorded.isNew
  }

  /// What a newly tallied vote leads to. "v == view and (|Z| >= f + 1 or signer == leader(v)):
  /// nullify(v)"; "|N|, |Z| or |F| >= q -> onCert".
  mutating func apply(_ ballot: Ballot, signer: ValidatorIndex) {
    guard let round = current.rounds[ballot.view] else { return }
    if ballot.subject == .nullify, ballot.view == current.view {
      current.reminderCount = max(current.reminderCount, 1)
    }
    if ballot.subject == .nullify, ballot.view == current.view,
      round.nullifierCount > current.validators.faultLimit
        || signer == current.leaders.leader(of: ballot.view)
    {
      nullify()
    }
    guard round.certificate(ballot.subject.kind) == nil,
      let certificate = round.certificate(for: ballot, quorum: current.validators.quorum)
    else { return }
    hold(certificate, announcing: .release)
  }

  /// onCert(c). "Certificates are accepted from any view >= lastF."
  mutating func onCertificate(_ certificate: Certificate, from link: Link?) {
    let ballot = certificate.ballot
    guard admits(ballot.epoch, .certificate(Verified(byVerifier: certificate), from: link)),
      ballot.view >= current.finalizedView, ballot.view > .genesis,
      ballot.view < ConsensusLimits.viewLimit,
      certificate.signatures.count >= current.validators.quorum,
      certificate.signatures.allSatisfy({ $0.signer.rawValue < current.validators.count })
    else { return }
    if let own = current.own, certificate.signatures.contains(where: { $0.signer == own }) {
      // The certificate stands in any case; the right to vote may not.
      noticeForeign(ballot, signer: own)
    }
    hold(certificate, announcing: .relay(link))
  }

  /// How peers hear of a certificate that is new to this node.
  enum Announcement {
    /// It came from a peer and binds nobody here.
    case relay(Link?)
    /// It was made here, perhaps of this node's own fresh vote: after the sync.
    case release
  }

  /// "N: nc = c; enter(v + 1)   Z: zc = c; enter(v + 1)   F: fc = c; commit(v); if epoch unchanged:
  /// enter(v + 1)". The commit is the first of the rules that follow; so no handler ever sees the
  /// epoch end under its hands.
  mutating func hold(_ certificate: Certificate, announcing announcement: Announcement) {
    let ballot = certificate.ballot
    let round = current.rounds[ballot.view]
    if let other = round?.contradiction(to: certificate) {
      return halt(.conflictingCertificates(other, certificate))
    }
    guard round?.certificate(ballot.subject.kind) == nil else { return }
    current.rounds.update(ballot.view) { $0.hold(certificate) }
    for signature in certificate.signatures { noteActivity(of: signature.signer, in: ballot.view) }
    out.appends.append(.certificate(certificate))
    switch announcement {
    case .relay(let link):
      out.relays.append(Outbound(.certificate(certificate), to: recipients(besides: link)))
    case .release:
      out.releases.append(.send(Outbound(.certificate(certificate), to: .everyone)))
    }
    if case .notarize = ballot.subject { current.notarizedAt = now.instant }
    enter(ballot.view.next)
  }

  /// Remembers that a validator voted. Views beyond the window say nothing: a liar may sign any.
  private mutating func noteActivity(of signer: ValidatorIndex, in view: View) {
    guard view.rawValue <= current.view.rawValue + ConsensusLimits.voteWindow else { return }
    let votedIn = max(current.activity[Int(signer.rawValue)].votedIn, view)
    current.activity[Int(signer.rawValue)] = ValidatorActivity(
      votedIn: votedIn, heardAt: now.instant)
  }

  // MARK: Doors

  /// Whether a message of `epoch` can be taken now. "e' > epoch -> bounded early buffer, NOT marked
  /// seen".
  private mutating func admits(_ epoch: Epoch, _ message: ConsensusInput) -> Bool {
    if epoch > current.epoch {
      if epoch.rawValue - current.epoch.rawValue == 1,
        early.count < ConsensusLimits.earlyMessageCount
      {
        early.append(message)
      }
      return false
    }
    return epoch == current.epoch && phase == .open
  }

  /// "votes only within [lastF, view + 8]".
  func isInWindow(_ view: View) -> Bool {
    view > .genesis && view < ConsensusLimits.viewLimit && view >= current.finalizedView
      && view.rawValue <= current.view.rawValue + ConsensusLimits.voteWindow
  }

  private func recipients(besides link: Link?) -> Outbound.Recipients {
    link.map { .everyoneExcept($0) } ?? .everyone
  }

  /// Votes of a later epoch may be shown before the chain has come there; by then it may have begun.
  mutating func onOwnVoteShown(_ ballot: Ballot) {
    guard lacksOwn(ballot) else { return }
    if case .unknownOwnVote? = abstention?.reason { return }
    abstain(.unknownOwnVote(ballot))
  }

  /// Gives up voting if the network shows a vote of this node that it does not know: "a peer showing
  /// my signed vote absent from my WAL => observer until the next epoch".
  @discardableResult
  private mutating func noticeForeign(_ ballot: Ballot, signer: ValidatorIndex) -> Bool {
    guard signer == current.own, isUnsuspected, lacksOwn(ballot) else { return false }
    abstain(.unknownOwnVote(ballot))
    return true
  }
}
