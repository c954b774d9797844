import Consensus
import Cryptography
import Ledger
import Transport

/// What nodes say to each other once their link is up (docs/formats/peer-messages.md).
///
/// The classes of CONSENSUS section 3: votes, certificates, proposals and statuses go on the control
/// connection, which nothing large ever blocks; everything else goes on the bulk connection.
package enum PeerMessage: Hashable, Sendable {
  // MARK: Control

  case proposal(CompactProposal)
  case vote(Vote)
  case certificate(Certificate)
  case status(PeerStatus)
  case certificatesWanted(CertificateRequest)
  /// Transactions of the body of a proposed block, by leaf hash: answered by `.transactions`.
  case bodyWanted(BlockHash, [Digest])
  /// A block by hash, and its ancestors above a height: answered by `.block`, the block first.
  case blockWanted(BlockHash, above: Height)
  /// Final blocks from a height on: answered by `.range`.
  case rangeWanted(from: Height)

  // MARK: Bulk

  /// Whole transactions: pushed, or in answer.
  case transactions([[UInt8]])
  /// "I have": transactions that the receiver may ask for.
  case announcement([TransactionTag])
  /// "Graft": asks for announced transactions.
  case transactionsWanted([TransactionTag])
  /// A whole block in answer to `blockWanted`.
  case block([UInt8])
  /// In answer to `rangeWanted`.
  case range(BlockRange)
  /// What the sender's mempool holds, in little: answered by `.mempoolTags` if the receiver's differs.
  case mempoolDigest(MempoolDigest)
  /// What the sender's mempool holds in buckets that differ: all of it in the `complete` ones.
  case mempoolTags(complete: BucketSet, [TransactionTag])
  /// "Prune": what the receiver pushed had come from elsewhere; announcements will do from now on.
  case prune
  /// The recovery record, encoded, behind which the sender's network goes on: who has not accepted it
  /// must not.
  case recovery([UInt8])
  /// Nodes' words on whom they have links to, each signed by its node.
  case topology([TopologyReport])

  var isProposal: Bool {
    if case .proposal = self { true } else { false }
  }

  package var channel: Channel {
    switch self {
    case .proposal, .vote, .certificate, .status, .certificatesWanted, .bodyWanted, .blockWanted,
      .rangeWanted:
      .control
    case .transactions, .announcement, .transactionsWanted, .block, .range, .mempoolDigest,
      .mempoolTags, .prune, .topology, .recovery:
      .bulk
    }
  }
}

/// The first 16 bytes of a transaction's id: enough to ask for it, never to identify it.
package struct TransactionTag: Hashable, Comparable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package init(_ id: TransactionID) {
    let words = id.digest.words
    self.init(high: words.0, low: words.1)
  }

  package static func < (left: TransactionTag, right: TransactionTag) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

/// A proposal whose body is named by hashes: the receiver has most of it already.
///
/// The leaves are those of the header's transactions root, so a block hash has one body; with the
/// outcomes, which are short, and the transactions the receiver puts the whole block together.
package struct CompactProposal: Hashable, Sendable {
  package let proposal: Proposal
  /// The transactions' leaf hashes, in order.
  package let leaves: [Digest]
  package let outcomes: [Outcome]

  package init(proposal: Proposal, leaves: [Digest], outcomes: [Outcome]) {
    self.proposal = proposal
    self.leaves = leaves
    self.outcomes = outcomes
  }
}

/// How a node is, told to each peer once a second.
package struct PeerStatus: Hashable, Sendable {
  package let consensus: Status
  package let head: BlockHash
  package let role: NodeRole
  /// The members of the nodes that this one has links to, ascending.
  package let neighbours: [MemberID]
  /// The sender's wall clock, for telling clocks that are off.
  package let clock: Timestamp
  /// The sender's monotonic clock in microseconds, which the receiver sends back.
  package let sentAt: UInt64
  /// `sentAt` of the last status that came on this link, and for how long it was held: the round trip.
  package let echo: Echo?

  package struct Echo: Hashable, Sendable {
    package let sentAt: UInt64
    package let heldMicroseconds: UInt64

    package init(sentAt: UInt64, heldMicroseconds: UInt64) {
      self.sentAt = sentAt
      self.heldMicroseconds = heldMicroseconds
    }
  }

  package init(
    consensus: Status, head: BlockHash, role: NodeRole, neighbours: [MemberID], clock: Timestamp,
    sentAt: UInt64, echo: Echo?
  ) {
    self.consensus = consensus
    self.head = head
    self.role = role
    self.neighbours = neighbours
    self.clock = clock
    self.sentAt = sentAt
    self.echo = echo
  }
}
