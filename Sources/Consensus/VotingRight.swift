import Ledger

/// Whether a node may sign votes.
package enum VotingRight: Hashable, Sendable {
  case voting
  case observing(Reason)

  package enum Reason: Hashable, Sendable {
    /// The node is in no validator set of this epoch, or has no consensus key.
    case notValidator
    /// Too few validators have been heard since the start: one of them may hold a vote of this node
    /// that its journal lacks.
    case joining
    /// The block log lacks blocks that it once had: the node votes when it is whole.
    case blocksMissing
    /// There is no journal, so earlier votes are unknown.
    case journalMissing
    /// The journal is damaged other than by a torn last record.
    case journalDamaged
    /// An earlier start found the journal missing or damaged, or an unknown vote.
    case journalReplaced
    /// Somebody showed a vote of this node that its journal does not have: the directory was set
    /// back, or a second node runs with the key.
    case unknownOwnVote(Ballot)
  }
}

/// A node that does not know all its votes casts none until an epoch begins in which it cannot have
/// cast any. Votes name their epoch, so it is enough that the epoch began later than the node
/// noticed; catching up through epochs that began before does not give the right back.
///
/// An epoch counts as later if its genesis block's time is beyond the notice by more than what
/// validators tolerate in a header's time, ahead and behind.
struct Abstention: Hashable, Sendable {
  let reason: VotingRight.Reason
  let since: Timestamp

  func covers(epochOpenedAt genesisTime: Timestamp) -> Bool {
    let tolerance = ConsensusTiming.pastTolerance + ConsensusTiming.futureTolerance
    return genesisTime <= since.advanced(byMilliseconds: tolerance)
  }
}

/// What the host read from the journal.
package enum RecoveredJournal: Hashable, Sendable {
  /// All records in the order of writing, apart from a torn last one. Empty for a new node.
  case intact([JournalRecord])
  case missing
  case damaged
}

/// Why the machine stopped for good.
package enum HaltReason: Hashable, Sendable {
  /// A quorum notarized a block that this node's own execution finds invalid: a defect here or
  /// there. Only people can tell which.
  case notarizedBlockInvalid(BlockHash, Certificate)
  /// A quorum finalized a block that does not descend from the finalized tip: more than a third of
  /// the validators broke the protocol.
  case conflictingFinalization(Certificate, tip: BlockHash)
  /// Two certificates of one view that cannot both be honest.
  case conflictingCertificates(Certificate, Certificate)
}
