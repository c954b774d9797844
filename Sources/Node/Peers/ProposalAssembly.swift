import Consensus
import Cryptography
import Ledger
import Merkle

/// A proposed block that is being put together from the transactions that are here and those that
/// are asked for.
struct ProposalAssembly {
  let compact: CompactProposal
  let hash: BlockHash
  private var transactions: [Transaction?]
  private var places: [Digest: Int]
  private var byteCount = 0
  /// Who was asked last for what is missing, and when others are asked.
  var asked: Link?
  private(set) var askAgainAt: Instant
  /// How long those who are asked next have, in microseconds.
  private var patience: UInt64

  /// `nil` unless the leaves are those of the header's transactions root, each once.
  init?(
    _ compact: CompactProposal, hash: BlockHash, from link: Link, patience: UInt64, at now: Instant
  ) {
    let header = compact.proposal.header
    var places: [Digest: Int] = [:]
    for (index, leaf) in compact.leaves.enumerated() { places[leaf] = index }
    guard places.count == compact.leaves.count,
      MerkleTree.root(ofLeaves: compact.leaves) == header.transactionsRoot
    else { return nil }
    self.compact = compact
    self.hash = hash
    self.places = places
    transactions = Array(repeating: nil, count: compact.leaves.count)
    asked = link
    self.patience = patience
    askAgainAt = now.advanced(byMicroseconds: patience)
  }

  /// Gives those who are asked now twice as long as those before.
  mutating func wait(from now: Instant) {
    patience = min(2 * patience, PeerLimits.longestBodyPatience)
    askAgainAt = now.advanced(byMicroseconds: patience)
  }

  var view: View { compact.proposal.leaderVote.ballot.view }

  /// The leaves whose transactions are missing, in the order of the block.
  var missing: [Digest] {
    zip(compact.leaves, transactions).filter { $0.1 == nil }.map(\.0)
  }

  var isComplete: Bool { transactions.allSatisfy { $0 != nil } }

  /// Whether the body has more bytes than any may have, by what is here of it.
  var isTooLarge: Bool { byteCount > Block.bodyByteLimit }

  /// Takes a transaction if the block lacks it; whether it does.
  @discardableResult
  mutating func take(_ transaction: Transaction) -> Bool {
    guard let place = places[transaction.leaf], transactions[place] == nil else { return false }
    transactions[place] = transaction
    byteCount += transaction.bytes.count
    return true
  }

  /// The whole block, if its header covers it.
  ///
  /// - Precondition: it is complete.
  func block() -> Block? {
    let transactions = transactions.compactMap { $0 }
    precondition(transactions.count == compact.leaves.count, "nothing is missing")
    let block = Block(
      header: compact.proposal.header, transactions: transactions, outcomes: compact.outcomes)
    return block.coversBody ? block : nil
  }
}
