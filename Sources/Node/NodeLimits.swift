import Ledger

/// The bounds of every queue, buffer and loop of the running node, and how they relate.
///
/// Memory that clients can make a node take:
///
/// - A connection holds at most one request under way in its read buffer, which never exceeds
///   `requestByteLimit` plus a frame's head, and answers up to `writeBufferByteLimit`, which always
///   has room for one more answer when a request is read: a connection with more than
///   `writeBufferReadLimit` bytes waiting is not read from. `connectionLimit` connections therefore
///   take at most `connectionLimit * (requestByteLimit + writeBufferByteLimit)`, and the shared
///   `bufferedByteLimit` keeps all of them together below 256 MiB.
/// - A connection has at most `requestsPerConnection` unanswered requests. A submission counts until
///   it is answered, so the submissions that wait on this node number at most
///   `connectionLimit * requestsPerConnection`; what is taken in of them is bounded by the next point.
/// - Transactions between the door and a final block: `transactionLimit` and `transactionByteLimit`
///   for all, a share of both for each submitter, so that one member cannot shut others out. Both
///   are several blocks' worth: enough to keep a block full while the one before is being synced.
/// - The verifier pool's queue holds what was taken in at the door and nothing else, so it is bounded
///   by `transactionLimit` as well.
///
/// Time that clients can make a node take: one turn reads at most `readByteLimit` bytes of a
/// connection and `eventsPerTurn` events, then everybody else is served.
package enum NodeLimits {
  // MARK: Frames

  /// The body of a request frame. A transaction of 512 KiB, the largest, fits in.
  package static let requestByteLimit = 1024 * 1024
  /// The body of a response frame. Four blocks of the greatest size fit in.
  package static let responseByteLimit = 16 * 1024 * 1024
  /// The first frames in both directions, before anything is known of the other side.
  package static let greetingByteLimit = 256

  // MARK: Connections

  package static let connectionLimit = 256
  package static let requestsPerConnection = 1_024
  /// Answers that wait for the client to read them; a client that lets more pile up is cut off.
  package static let writeBufferByteLimit = 2 * responseByteLimit
  /// A connection with more waiting answers than this is not read from until they have gone.
  package static let writeBufferReadLimit = 256 * 1024
  /// All buffers of all connections together; the connection that goes beyond is cut off.
  package static let bufferedByteLimit = 256 * 1024 * 1024
  package static let readByteLimit = 256 * 1024
  package static let eventsPerTurn = 256
  /// From connecting to the greeting, and for answers that a client does not read at all.
  package static let stalledMilliseconds: UInt64 = 10_000

  /// How long an orderly stop may take; a disk that answers no more would hold it up for ever.
  package static let stopMilliseconds: UInt64 = 20_000

  // MARK: Questions that wait

  /// How long `blocks` may wait for a block.
  package static let longestWaitMilliseconds: UInt64 = 25_000
  package static let waitingQuestionLimit = 1_024

  // MARK: Transactions

  package static let transactionLimit = 16_384
  package static let transactionByteLimit = 64 * 1024 * 1024
  /// One submitter's part of both: a half, since a network may have one busy importer; others
  /// always find the other half.
  package static let transactionsPerMember = transactionLimit / 2
  package static let transactionBytesPerMember = transactionByteLimit / 2
  /// Requests that wait for the fate of one transaction.
  package static let waitersPerTransaction = 256
  /// Transactions whose fate depends on one whose signatures are being verified.
  package static let parkedLimit = 1_024
  /// How far ahead of the clock a transaction's `valid until` may lie (CONTRACT section 1).
  package static let validityMilliseconds: UInt64 = 7 * 24 * 3_600_000

  // MARK: Blocks of peers

  /// Proposed blocks that are being put together: one for each view of the machine's window.
  package static let assemblyLimit = 9
  /// Blocks that peers were asked for by hash.
  package static let wantedBlockLimit = 512
  /// Bytes of blocks that are not executed, beyond which only what was asked for is kept.
  package static let waitingBlockByteLimit = 64 * 1024 * 1024

  // MARK: Verification

  /// Signatures a worker takes at a time: long enough that the queue's lock is nothing, short enough
  /// (32 are 2 ms) that a single transaction is not kept waiting behind them.
  package static let verificationBatch = 32
  /// Prepared keys: about 1 KiB each.
  package static let preparedKeyLimit = 4_096
  /// Signatures of a key after which a table for it pays: it takes 25 ms to make and saves about 30
  /// microseconds each time.
  package static let usesWorthATable = 1_000
  /// Tables: about 150 KiB each.
  package static let keyTableLimit = 128
  /// Transactions whose signatures were found right, by the hash of all their bytes: a retry or a
  /// copy from a peer costs no second verification.
  package static let verifiedLimit = 65_536

  // MARK: Writing

  /// Turns whose sync is under way. With two, a block is executed while the one before is synced;
  /// more would only make blocks smaller.
  package static let syncsUnderWay = 2
  /// The journal is emptied into the block log when it has grown to this, or when nothing else is
  /// to be done.
  package static let journalByteLimit: UInt64 = 32 * 1024 * 1024
}
