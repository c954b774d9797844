import Consensus
import Ledger

/// The bounds of what peers say, and how they relate.
///
/// A control frame is at most `TransportLimits`' control limit, 512 KiB: a proposal of
/// `Block.transactionLimit` leaf hashes (32 KiB), as many outcomes (128 bytes at most, 128 KiB), a
/// header and 16 certificates (2.5 KiB each) fits. A bulk frame carries at most
/// `bulkByteLimit` bytes of content.
package enum PeerLimits {
  /// Neighbours in a status. A node with more links names the first.
  package static let neighbourLimit = 64
  package static let announcementLimit = 512
  /// Transactions in one message; their bytes are bounded by `bulkByteLimit`.
  package static let transactionLimit = Block.transactionLimit
  /// Content of a bulk frame: a whole block, the largest thing in one piece, fits.
  package static let bulkByteLimit = 4 * 1024 * 1024
  /// Blocks in a range.
  package static let rangeBlockLimit = 512
  /// Blocks of a range that a node serves, unless one certificate covers more: little enough that
  /// executing them keeps nobody waiting for long.
  package static let servedBlockCount = 64
  package static let servedByteCount = 1024 * 1024
  /// A range beyond this is not sent: it would not fit into a frame.
  package static let rangeByteLimit = 8 * 1024 * 1024 - 64 * 1024
  /// With so much of bodies unfinal, a leader's blocks are empty. What becomes final by one certificate
  /// is then little more than this, a last body of 2 MiB and another that a liar adds, with their
  /// outcomes: it fits into a range.
  package static let unfinalByteLimit = 3 * 1024 * 1024
  /// A question for bodies or ranges is charged as so much of an answer, and one for a block, which may
  /// be looked for at each of `ConsensusLimits.pursuitDepth` heights, as so much.
  package static let lookByteCost = 32 * 1024
  package static let blockLookByteCost = 256 * 1024
  /// How long a peer has to give what a proposal lacks, in microseconds: twice the link's round trip
  /// within these bounds, then each time twice as long; and how many are asked at a time from the second
  /// time on (CONSENSUS section 3: "after 1 RTT two others").
  package static let shortestBodyPatience: UInt64 = 3_000
  package static let longestBodyPatience: UInt64 = 100_000
  package static let bodyAskedCount = 2
  /// How far behind a peer's word a node catches up by ranges instead of block by block.
  package static let rangeGap: UInt64 = 16
  /// After how long without progress a smaller gap is closed by ranges too.
  package static let rangePatienceMicroseconds: UInt64 = 3_000_000
  /// Ranges that are asked for at a time, and how far apart they begin.
  package static let rangesInFlight = 4
  package static let rangeMicroseconds: UInt64 = 5_000_000
  /// How long ranges beyond the next are not asked for once one of them was of an epoch to come.
  package static let nextRangeOnlyMicroseconds: UInt64 = 500_000
  /// A peer that did not give what it says it has is not asked for so long, doubled each time.
  package static let shortestPenaltyMicroseconds: UInt64 = 1_000_000
  package static let longestPenaltyMicroseconds: UInt64 = 60_000_000
  /// Content of a batch of pushed transactions, beyond which another frame is begun.
  package static let pushByteLimit = 64 * 1024
  /// Messages of the next epoch that are kept of one link, and proposals among them.
  package static let earlyMessageCount = 64
  package static let earlyProposalCount = 2
  /// A peer for which more waits on the bulk connection is pushed nothing, until less than the second
  /// waits: far below `TransportLimits.bulkQueueByteLimit`, at which the link would be closed.
  package static let congestedByteCount = 4 * 1024 * 1024
  package static let relievedByteCount = 1024 * 1024
  package static let statusMicroseconds: UInt64 = 1_000_000
  /// After how long without anything final a node says what it waits for.
  package static let slowMicroseconds: UInt64 = 5_000_000
  /// How long a node with fewer links than make a quorum waits before it votes.
  package static let joiningMicroseconds: UInt64 = 5_000_000
}
