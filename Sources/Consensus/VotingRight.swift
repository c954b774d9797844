import Ledger

/// Whether a node may sign votes.
package enum VotingRight: Hashable, Sendable {
  case voting
  case observing(Reason)

  package enum Reason: Hashable, Sendable {
    /// The node is in no validator set of this epoch, or has no consensus key.
    case notValidator
    /// There is no journal, so earlier votes are unknown. Lasts until the next epoch.
    case journalMissing
    /// The journal is damaged other than by a torn last record. Lasts until the next epoch.
    case journalDamaged
    /// Somebody showed a vote of this node that its journal does not have: the directory was set
    /// back, or a second node runs with the key. Lasts until the next epoch.
    case unknownOwnVote(Ballot)
  }

  /// Whether votes bind only the present epoch, so that the next one is a clean slate.
  var endsWithEpoch: Bool {
    switch self {
    case .voting, .observing(.notValidator): false
    case .observing(.journalMissing), .observing(.journalDamaged),
      .observing(.unknownOwnVote):
      true
    }
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
