/// The bounds of every queue, buffer, count and time of the links between nodes, and how they relate.
///
/// Memory that strangers can make a node take: `halfOpenLimit` connections that have not greeted,
/// each with OpenSSL's state (some 40 KiB, certificates up to `certificateByteLimit`) and one hello.
///
/// Memory that a member's node can make a node take: on each of its two connections one frame under
/// way, at most the channel's frame limit and what one turn reads, and a queue of what it does not
/// read, at most the channel's queue limit, to which one turn may add as much again. With both
/// queues full that is 80 MiB a peer; it is cut off after `bulkStallMicroseconds`. Large bodies are
/// queued by reference, so what goes to many peers is in memory once.
///
/// Time that peers can make a node take: one turn reads at most `readByteLimit` bytes of a connection
/// and writes at most `writeByteLimit`, and accepts at most `acceptsPerTurn`, each of which costs
/// about 0.5 ms of a core by the time its handshake is done.
///
/// Strangers and the half-open: with the defaults one source may begin 20 handshakes at once and 5 a
/// second after that, and none may take longer than 5 s, so it holds 45 of the 64 half-open places at
/// most; who comes when all are taken has that of the oldest, if it is older than
/// `halfOpenGraceMicroseconds`.
///
/// Times: peers send something every second. After `staleMicroseconds` without a byte a link yields
/// to a new one of the same process, after `rivalMicroseconds` to one of another process, and after
/// `silenceMicroseconds` it is cut.
package struct TransportLimits: Hashable, Sendable {
  // MARK: Frames

  package static let helloByteLimit = 1024
  package static let controlFrameByteLimit = 512 * 1024
  package static let bulkFrameByteLimit = 8 * 1024 * 1024

  // MARK: Bytes

  /// A body of this size or more is queued by reference; smaller ones are joined in one segment.
  static let sharedBodyByteCount = 16 * 1024
  static let segmentByteLimit = 64 * 1024
  /// What is read before a link is up, on the connection that greeted first.
  static let earlyByteLimit = 64 * 1024
  static let readByteLimit = 256 * 1024
  static let writeByteLimit = 1024 * 1024
  static let certificateByteLimit = 16 * 1024
  /// A link's control connection with more waiting than this, after what its peer took of it, is cut.
  package var controlQueueByteLimit = 1024 * 1024
  package var bulkQueueByteLimit = 32 * 1024 * 1024

  // MARK: Counts

  static let acceptsPerTurn = 64
  static let addressesPerName = 8
  static let resolutionLimit = 8
  static let quotaSourceLimit = 1_024
  /// Accepted connections that have not greeted.
  package var halfOpenLimit = 64
  /// Links at once; more peers are refused with a word.
  package var linkLimit = 128
  /// Handshakes that one source (an IPv4 address, an IPv6 network of 64 bits) may begin at once, and
  /// how many more each second.
  package var handshakeBurst: UInt64 = 20
  package var handshakesPerSecond: UInt64 = 5
  /// Notices that strangers may cause at once, and how many more each second.
  package var noticeBurst: UInt64 = 20
  package var noticesPerSecond: UInt64 = 2

  // MARK: Times

  /// How long a host name may be looked up: by default, the C library waits 5 s for each name server,
  /// twice (resolv.conf(5)).
  package var resolvingMicroseconds: UInt64 = 20_000_000
  /// From the start of a connection to the end of the greeting, and from the first connection's
  /// greeting to the second's.
  package var greetingMicroseconds: UInt64 = 5_000_000
  /// How long a half-open connection keeps its place in any case.
  package var halfOpenGraceMicroseconds: UInt64 = 1_000_000
  /// How long a refused peer has to read the refusal.
  package var lingerMicroseconds: UInt64 = 1_000_000
  package var acceptPauseMicroseconds: UInt64 = 1_000_000
  package var silenceMicroseconds: UInt64 = 10_000_000
  package var staleMicroseconds: UInt64 = 2_500_000
  package var rivalMicroseconds: UInt64 = 5_000_000
  /// How old what waits on a control connection may be.
  package var controlAgeMicroseconds: UInt64 = 5_000_000
  /// How long a bulk connection on which something waits may stand still.
  package var bulkStallMicroseconds: UInt64 = 10_000_000
  package var shortestBackOffMicroseconds: UInt64 = 100_000
  package var longestBackOffMicroseconds: UInt64 = 10_000_000
  /// A link that lived so long makes the next back-off short again.
  package var steadyMicroseconds: UInt64 = 10_000_000
  /// The same failure to reach a peer is told again after so long.
  package var repeatedNoticeMicroseconds: UInt64 = 60_000_000

  package init() {}

  func queueByteLimit(_ channel: Channel) -> Int {
    switch channel {
    case .control: controlQueueByteLimit
    case .bulk: bulkQueueByteLimit
    }
  }
}

/// The two connections of a link: what is urgent never waits behind what is long.
package enum Channel: UInt64, CaseIterable, Sendable {
  case control = 0
  case bulk = 1

  /// The greatest body of a frame.
  package var bodyByteLimit: Int {
    switch self {
    case .control: TransportLimits.controlFrameByteLimit
    case .bulk: TransportLimits.bulkFrameByteLimit
    }
  }
}

extension Channel: CustomStringConvertible {
  package var description: String {
    switch self {
    case .control: "control"
    case .bulk: "bulk"
    }
  }
}
