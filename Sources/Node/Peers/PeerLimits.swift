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
  /// Content of a batch of pushed transactions, beyond which another frame is begun.
  package static let pushByteLimit = 64 * 1024
  package static let statusMicroseconds: UInt64 = 1_000_000
  /// After how long without anything final a node says what it waits for.
  package static let slowMicroseconds: UInt64 = 5_000_000
  /// How long a node with fewer links than make a quorum waits before it votes.
  package static let joiningMicroseconds: UInt64 = 5_000_000
}
