import Consensus
import Ledger

// Catching up by ranges of blocks.

extension Replica {
  /// The finalized chain is further ahead than the machine follows block by block.
  func synchronise(to finalization: Certificate) {
    synchronisationTarget = finalization
  }
}
