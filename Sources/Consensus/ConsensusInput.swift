import Ledger

/// Everything that can happen to a `ConsensusMachine`.
package enum ConsensusInput: Sendable {
  // MARK: The host's clock and mempool

  /// The time of `Turn.wake` came, or the host simply wants the machine to look at the clock. A tick
  /// too many does no harm.
  case tick
  /// What the mempool holds that could be in a block now: valid, unexpired, not yet committed. Told
  /// whenever it changes, after each commit at the latest; a level, not an edge.
  case work(Work)
  /// Somebody wants a block although there are no transactions: the hourly heartbeat, or a client
  /// that waits for an expiry. At most one block a second comes of it. A wish binds only the node
  /// that has it, so the host passes it on to the other validators.
  case emptyBlockRequested

  // MARK: Messages of peers

  /// `from` is `nil` only for messages of unknown way.
  case proposal(Verified<Proposal>, from: Link?)
  case vote(Verified<Vote>, from: Link?)
  case certificate(Verified<Certificate>, from: Link?)
  case status(Status, from: Link)
  case certificatesRequested(CertificateRequest, from: Link)

  // MARK: Answers of the host

  /// Answers `Question.sign`.
  case signed(Vote)
  /// Answers `Question.validate`.
  case validated(BlockHash, Verdict)
  /// Answers `Request.propose`: the block is built, executed and kept by the host.
  case built(BlockHeader, for: ProposalRequest)
  /// Answers `Request.propose` of kind `.transactions` when the mempool has nothing for that parent
  /// after all. The machine asks again at the next `work`.
  case nothingToPropose(ProposalRequest)
  /// The host holds the whole block, whose body its header covers (`Block.init` has checked that).
  /// Answers `Request.fetchBlock`, or comes by itself with a proposal's body.
  case blockStored(BlockHeader)
  /// Answers `Request.synchronise`: the host has verified, stored and applied all blocks up to this
  /// tip. The context is that of `FinalizedTip.epoch`: of the next epoch if the tip closes one.
  case synchronised(FinalizedTip, EpochContext)
  /// A certificate that the host verified on the way to `synchronised` has a signature of this node
  /// under this ballot.
  case ownVoteShown(Ballot)
  /// Enough validators to make a quorum with this one have shown it the votes of its own that they
  /// hold (`votes(of:)`). Told once after the start; only then does the machine vote.
  case joined
  /// The block log was found to lack blocks that it once had. The node follows, and casts no votes
  /// until `blocksRestored`.
  case blocksMissed
  /// The block log is whole again, and the tip at its end or beyond.
  case blocksRestored
  /// Answers the commit of an epoch-closing block, once it is applied: the set whose hash its header
  /// names.
  case epochOpened(ValidatorSet)
}

/// How much there is to propose.
package enum Work: Hashable, Sendable {
  case none
  /// Something; a leader may wait the minimum interval for more.
  case few
  /// Enough for a full block; the minimum interval is not waited for.
  case many
}

/// The host's judgement of a block, by executing it on its parent. It does not depend on the clock
/// and so is the same on every node.
package enum Verdict: Hashable, Sendable {
  /// Every transaction is well-formed and signed, and all outcomes and roots are those of the host's
  /// own execution, which it keeps as an overlay until the block is committed or passed by.
  case valid
  case invalid
}
