import Ledger

/// Blocks that became final together.
package struct Commit: Hashable, Sendable {
  /// Ascending by height, the first on the tip so far. Never empty.
  package let blocks: [BlockHeader]
  /// Finalizes the last of `blocks` and thereby all.
  package let finalization: Certificate

  /// Whether the last block closes its epoch. The machine then rests until the host has applied it
  /// and answers with `epochOpened`.
  package var closesEpoch: Bool { blocks.last?.isClosing ?? false }
}

/// The end of the finalized chain.
package struct FinalizedTip: Hashable, Sendable {
  package let header: BlockHeader
  /// `nil` for the genesis block alone, which the network file finalizes.
  package let finalization: Certificate?
  package let hash: BlockHash
  /// The epoch that a recovery record begins behind this block; `nil` without one.
  package let recoveredEpoch: Epoch?

  /// - Precondition: `finalization` finalizes `header`; only the genesis block has none.
  package init(header: BlockHeader, finalization: Certificate?, recoveredEpoch: Epoch? = nil) {
    hash = header.hash
    self.recoveredEpoch = recoveredEpoch
    switch finalization?.ballot.subject {
    case .finalize(let block):
      precondition(block.hash == hash, "a tip's certificate finalizes the tip")
    case nil:
      precondition(header.height == .genesis, "only the genesis block has no finalization")
    case .notarize, .nullify:
      preconditionFailure("a tip's certificate is a finalization")
    }
    self.header = header
    self.finalization = finalization
  }

  /// The epoch that goes on after this block.
  package var epoch: Epoch {
    recoveredEpoch ?? (header.isClosing ? header.epoch.next : header.epoch)
  }

  /// The view of the last finalization within `epoch`; `View.genesis` when the epoch begins here.
  package var finalizedView: View {
    header.isClosing || recoveredEpoch != nil ? .genesis : finalization?.ballot.view ?? .genesis
  }
}
