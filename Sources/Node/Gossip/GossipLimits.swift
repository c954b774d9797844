/// The bounds and durations of dissemination (CONSENSUS section 3), and how they relate.
///
/// Memory that one peer can make a node take: `wantsPerLink` wants of 8 announcers, as many tags that
/// it was asked for, `announcementsPerLink` tags that wait to be announced to it, and one turn's
/// answers, which `answerBurst` bounds. What is held is the mempool's, and so bounded by
/// `NodeLimits.transactionLimit`; the bytes are shared with it.
///
/// Durations are in microseconds.
package enum GossipLimits {
  // MARK: Pushing and announcing

  /// Peers to which a whole transaction is pushed. In a full mesh nobody else serves them, so it
  /// costs no redundancy; more would only make the first hop heavier.
  package static let eagerCount = 3
  /// Larger transactions are announced only.
  package static let pushedByteLimit = 8 * 1024
  /// How long an announcement waits for more to go with it.
  package static let announcementHold: UInt64 = 2_000
  /// Tags that wait to be announced on one link. A link that cannot keep up loses the oldest, which
  /// anti-entropy brings back.
  package static let announcementsPerLink = 4_096
  /// How long pushes may still come after a link was pruned, since they were under way.
  package static let pruneGrace: UInt64 = 1_000_000

  // MARK: Asking

  /// Round trip of a link that has not been measured.
  package static let assumedRoundTrip: UInt64 = 20_000
  /// The least that a peer has for a push of somebody else to make the question unnecessary.
  package static let shortestGrace: UInt64 = 5_000
  /// The least that a peer has to answer.
  package static let shortestPatience: UInt64 = 250_000
  package static let wantsPerLink = 4_096
  /// What is asked of one peer and not answered: an answer of so many is 5 MiB at 1 KiB each.
  package static let asksPerLink = 4_096
  /// All wants, of all links.
  package static let wantLimit = 16_384
  /// Announcers that are remembered for one transaction.
  package static let announcersPerWant = 8
  /// What was received and is being judged.
  package static let judgedLimit = NodeLimits.transactionLimit
  /// What a measured round trip counts for at most: peers may report what they like.
  package static let longestRoundTrip: UInt64 = 10_000_000
  /// Before a want is looked at again that nobody could be asked for.
  package static let busyPause: UInt64 = 20_000

  // MARK: Answering

  /// Bytes a second that one peer gets in answers, and the most at once.
  package static let answerRate: UInt64 = 16 * 1024 * 1024
  package static let answerBurst: UInt64 = 8 * 1024 * 1024
  /// The same for what the peer has had on this link already.
  package static let repeatRate: UInt64 = 64 * 1024
  package static let repeatBurst: UInt64 = 1024 * 1024

  // MARK: Memory of what is not wanted

  /// Tags in one of two generations: at 10,000 transactions a second the young one lasts 3 seconds,
  /// and what has been forgotten costs one more question.
  package static let settledGeneration = 32_768
  package static let refusedGeneration = 16_384
  /// How long a transaction that could not be taken now is not asked for: once to twice this.
  package static let refusedPause: UInt64 = 5_000_000

  // MARK: Anti-entropy

  package static let digestInterval: UInt64 = 2_000_000
  /// Peers that get a digest each time.
  package static let digestPeerCount = 2
  /// Tags in one answer to a digest.
  package static let differenceLimit = PeerLimits.announcementLimit
}
