import Consensus
import Cryptography
import Ledger

// Votes, certificates and proposals: verified once on the way in, and on the way out sent to whoever
// does not get them from somebody else.

extension Replica {
  // MARK: In

  func takeConsensus(_ message: PeerMessage, from link: Link) throws(ReplicaFault) {
    if case .vote(let vote) = message, isOwnUnheard(vote, from: link) { noteOwn(vote.ballot) }
    guard isListening else { return }
    switch message {
    case .vote(let vote): take(vote, from: link)
    case .certificate(let certificate): take(certificate, from: link)
    case .proposal(let compact): try take(compact, from: link)
    default: preconditionFailure("only validators' messages come here")
    }
  }

  private func take(_ vote: Vote, from link: Link) {
    switch machine.acquaintance(with: vote) {
    case .known: return
    case .outOfReach where isOwnAhead(vote): break
    case .outOfReach: return hold(.vote(vote), of: vote.ballot.epoch, from: link)
    case .news: break
    }
    guard allows(.vote(vote.ballot.view), link) else { return }
    guard verifier.isValid(vote, machine.validators) else {
      return cut(link, .signatureInvalid("vote"))
    }
    machineInputs.append(
      isOwnAhead(vote)
        ? .ownVoteShown(vote.ballot) : .vote(Verified(byVerifier: vote), from: link))
  }

  /// Whether a vote is of this very node, in a view that it has not come to: its directory was set
  /// back to an older copy, or another process has its key.
  private func isOwnAhead(_ vote: Vote) -> Bool {
    vote.signer == machine.ownIndex && vote.ballot.epoch == machine.epoch
      && vote.ballot.view > machine.view
  }

  /// Whether a vote that the machine does not take now, since it rests or has not come to that epoch,
  /// is of this very node, by its key. Asked until the node has joined; from then on it votes, and
  /// knows what.
  private func isOwnUnheard(_ vote: Vote, from link: Link) -> Bool {
    guard !hasJoined, let key = configuration.consensusKey?.publicKey,
      vote.ballot.epoch > machine.epoch
        || (!isListening && vote.ballot.epoch == machine.epoch && vote.signer == machine.ownIndex),
      allows(.vote(vote.ballot.view), link)
    else { return false }
    return Verifier(key).isValid(
      signature: vote.signature,
      message: vote.ballot.toBeSigned(network: configuration.network))
  }

  private func take(_ certificate: Certificate, from link: Link) {
    switch machine.acquaintance(with: certificate) {
    case .known: return relay.note(certificate, from: link)
    case .outOfReach:
      return hold(.certificate(certificate), of: certificate.ballot.epoch, from: link)
    case .news: break
    }
    guard allows(.certificate(certificate.ballot.view), link) else { return }
    guard isValid(certificate) else { return cut(link, .signatureInvalid("certificate")) }
    relay.note(certificate, from: link)
    machineInputs.append(.certificate(Verified(byVerifier: certificate), from: link))
  }

  private func isValid(_ certificate: Certificate) -> Bool {
    verifier.isValid(certificate, machine.validators) { machine.holds($0) }
  }

  private func take(_ compact: CompactProposal, from link: Link) throws(ReplicaFault) {
    let proposal = compact.proposal
    let ballot = proposal.leaderVote.ballot
    switch machine.acquaintance(with: proposal) {
    case .known: return
    case .outOfReach: return hold(.proposal(compact), of: ballot.epoch, from: link)
    case .news: break
    }
    guard allows(.proposal(ballot.view), link) else { return }
    guard ballot.view > .genesis, machine.leader(of: ballot.view) == proposal.leaderVote.signer,
      ballot.subject.block?.hash == proposal.header.hash
    else { return cut(link, .malformed("a proposal that is not its leader's")) }
    guard let verified = verified(proposal) else {
      return cut(link, .signatureInvalid("proposal"))
    }
    machineInputs.append(.proposal(verified, from: link))
    try beginAssembly(compact, from: link)
  }

  /// Certificates that the machine holds stand in for those of the message, so that what is passed
  /// on was verified.
  private func verified(_ proposal: Proposal) -> Verified<Proposal>? {
    var justification: [Certificate] = []
    for certificate in proposal.justification {
      if let held = machine.held(certificate.ballot) {
        justification.append(held)
      } else {
        guard isValid(certificate) else { return nil }
        justification.append(certificate)
      }
    }
    guard verifier.isValid(proposal.leaderVote, machine.validators) else { return nil }
    return Verified(
      byVerifier: Proposal(
        header: proposal.header, leaderVote: proposal.leaderVote, justification: justification))
  }

  /// Keeps messages of the next epoch until its validators are known here: they arrive while this
  /// node commits the block that opens it. Nobody has verified them, so each link has few.
  private func hold(_ message: PeerMessage, of epoch: Epoch, from link: Link) {
    guard epoch == machine.epoch.next else { return }
    let held = early.filter { $0.1 == link }
    guard held.count < PeerLimits.earlyMessageCount else { return }
    if case .proposal = message {
      guard held.count(where: { $0.0.isProposal }) < PeerLimits.earlyProposalCount else { return }
    }
    early.append((message, link))
  }

  /// Takes what has waited for the epoch that the machine is in now.
  func takeEarlyMessages() throws(ReplicaFault) {
    guard !early.isEmpty, earlyEpoch != machine.epoch else { return }
    earlyEpoch = machine.epoch
    let messages = early
    early = []
    for (message, link) in messages where peers[link] != nil {
      try takeConsensus(message, from: link)
    }
  }

  // MARK: Out

  /// Sends what the machine lets out or passes on.
  func disseminate(_ outbound: Outbound) {
    guard let message = peerMessage(outbound.message) else { return }
    let links = relay.recipients(
      of: outbound, validators: machine.validators, in: gossip.neighbourhood)
    send(message, to: links)
  }

  private func peerMessage(_ message: ConsensusMessage) -> PeerMessage? {
    switch message {
    case .vote(let vote): return .vote(vote)
    case .certificate(let certificate): return .certificate(certificate)
    case .proposal(let proposal):
      let hash = proposal.header.hash
      if let assembly = assemblies.first(where: { $0.hash == hash }) {
        return .proposal(
          CompactProposal(
            proposal: proposal, leaves: assembly.compact.leaves,
            outcomes: assembly.compact.outcomes))
      }
      guard let block = chain.block(hash) else { return nil }
      return .proposal(
        CompactProposal(
          proposal: proposal, leaves: block.transactions.map(\.leaf), outcomes: block.outcomes))
    }
  }
}
