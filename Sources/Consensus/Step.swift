import Ledger

/// What one step asks of the host, in the order of the contract that `Turn` states.
struct Step: Sendable {
  var questions: [Question] = []
  var requests: [Request] = []
  var relays: [Outbound] = []
  var appends: [JournalRecord] = []
  var releases: [Release] = []
  var sync = SyncDemand.notNeeded
}

/// What the machine asks within a turn. The host answers at once, with the next step of the same
/// turn, or in a later turn. Nothing of it leaves the host, so it may happen before the sync.
package enum Question: Hashable, Sendable {
  /// Sign `Ballot.toBeSigned` with the consensus key, as this validator; `signed` answers. Ask the
  /// key for nothing else, and show the vote to nobody: the machine releases it after the sync.
  case sign(Ballot, as: ValidatorIndex)
  /// Execute a stored block on its parent, which is the finalized tip or a block that was judged
  /// `.valid`; `validated` answers.
  case validate(BlockHeader)
}

/// Work that outlasts the turn. It promises nothing to anybody, so it may begin before the sync is
/// through; its answer begins a later turn.
package enum Request: Hashable, Sendable {
  /// Build a block; `built` or `nothingToPropose` answers.
  case propose(ProposalRequest)
  /// Get a block by hash from any peer (`blockStored`). `above` is the finalized height: whoever
  /// answers may send the ancestors above it as well. Repeated while it is missing.
  case fetchBlock(BlockHash, above: Height)
  /// Ask some peers for certificates. Repeated while they are missing.
  case fetchCertificates(CertificateRequest)
  /// The finalized chain is far ahead: synchronise blocks up to this finalization (`synchronised`).
  case synchronise(to: Certificate)
  /// Send a peer that is left behind the finalization of the block that closed an epoch; it fetches
  /// the blocks itself.
  case showEnd(of: Epoch, to: Link)
}

/// What a new block must be. Header fields not named here are the host's business.
package struct ProposalRequest: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// As many transactions as fit; `nothingToPropose` if there are none.
    case transactions
    /// A block in any case, empty if need be: it makes an unfinalized tip final, or was asked for.
    case evenEmpty
  }

  package let epoch: Epoch
  package let view: View
  /// The view of the parent's certificate; `View.genesis` on the epoch's genesis.
  package let parentView: View
  package let parent: BlockHash
  package let height: Height
  /// The header's time is at least this, and otherwise the wall clock.
  package let minimumTime: Timestamp
  package let kind: Kind

  package init(
    epoch: Epoch, view: View, parentView: View, parent: BlockHash, height: Height,
    minimumTime: Timestamp, kind: Kind
  ) {
    self.epoch = epoch
    self.view = view
    self.parentView = parentView
    self.parent = parent
    self.height = height
    self.minimumTime = minimumTime
    self.kind = kind
  }
}

/// What must be on stable storage before it may be acted on. Reading a journal gives these back.
package enum JournalRecord: Hashable, Sendable {
  /// The whole block: the host writes its bytes, and gives the header back at recovery.
  case block(BlockHeader)
  case certificate(Certificate)
  /// A vote of this node.
  case vote(Vote)
  /// At that time the node noticed that it does not know all of its votes: see `Abstention`.
  case abstention(Timestamp)

  /// Whether recovery needs the record when the block log durably ends at `tip`. The host may drop
  /// all others. Abstentions, which are few, are always kept.
  package func isNeeded(above tip: FinalizedTip) -> Bool {
    switch self {
    case .block(let header): header.height > tip.header.height
    case .certificate(let certificate): isNeeded(certificate.ballot, above: tip)
    case .vote(let vote): isNeeded(vote.ballot, above: tip)
    case .abstention: true
    }
  }

  private func isNeeded(_ ballot: Ballot, above tip: FinalizedTip) -> Bool {
    ballot.epoch > tip.epoch || (ballot.epoch == tip.epoch && ballot.view > tip.finalizedView)
  }
}

/// Whether a turn's releases wait for the journal.
package enum SyncDemand: Hashable, Sendable {
  case notNeeded
  case beforeRelease
}

/// How the host met a `SyncDemand`.
package enum SyncOutcome: Hashable, Sendable {
  /// All appends of this turn and earlier ones are on stable storage: `fdatasync` returned.
  case synced
  /// Nothing was synced, and nothing had to be.
  case skipped
}

/// What the machine lets out of the node.
package enum Release: Hashable, Sendable {
  case send(Outbound)
  /// The blocks are final. From now on clients may be told so: blocks and finalization are durable.
  case commit(Commit)
  /// A validator signed two votes that contradict each other.
  case evidence(Evidence)
  /// The node's right to vote changed.
  case votingRight(VotingRight)
  /// The machine has stopped for good, since going on could do harm.
  case halt(HaltReason)
}
