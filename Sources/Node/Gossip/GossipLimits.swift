import Ledger

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

  // MARK: Quotas, for each peer (CONSENSUS section 3)

  /// Bytes a second on each connection, and at once. A link of a gigabit a second has 125 MB.
  package static let controlRate: UInt64 = 16 * 1024 * 1024
  package static let controlBurst: UInt64 = 32 * 1024 * 1024
  package static let bulkRate: UInt64 = 64 * 1024 * 1024
  package static let bulkBurst: UInt64 = 128 * 1024 * 1024
  /// Time that verifying a peer's transactions may take, in microseconds a second and at once; a
  /// signature counts as `signatureCost`. It is a processor and a half: in a line all transactions of
  /// the network come from one peer.
  package static let verificationRate: UInt64 = 1_500_000
  package static let verificationBurst: UInt64 = 4_500_000
  package static let signatureCost: UInt64 = 60
  /// Of one view, in a second, that were not known: 3 a validator, and these.
  package static let certificatesPerView = 3
  package static let proposalsPerView = 2
  package static let voteKinds = 3
  /// Views with such messages in a second.
  package static let viewsPerSecond = 512
  package static let statusRate: UInt64 = 2
  package static let statusBurst: UInt64 = 8
  /// Questions for certificates, each answered with up to 64 KiB.
  package static let questionRate: UInt64 = 20
  package static let questionBurst: UInt64 = 40
  /// Bytes of blocks and bodies that a peer gets.
  package static let servedRate: UInt64 = 64 * 1024 * 1024
  package static let servedBurst: UInt64 = 4 * UInt64(PeerLimits.bulkByteLimit)
  /// Messages about transactions without any.
  package static let gossipMessageRate: UInt64 = 4_000
  package static let gossipMessageBurst: UInt64 = 8_000
  /// Reports of neighbours: each registered node's every half minute, relayed, and a change at once.
  package static let reportRate: UInt64 = 100
  package static let reportBurst: UInt64 = UInt64(NetworkFile.memberLimit)
  /// What is dropped before a peer counts as flooding, and how much of that is forgiven a second.
  package static let excessRate: UInt64 = 20
  package static let excessBurst: UInt64 = 2_000

  // MARK: Scores

  /// Points halve in this time.
  package static let scoreHalfLife: UInt64 = 60_000_000
  /// A peer with so many is asked last.
  package static let avoidedScore: UInt64 = 30
  /// A link with so many is closed, unless its peer validates.
  package static let closedScore: UInt64 = 100

  // MARK: Topology

  package static let reportInterval: UInt64 = 30_000_000
  /// Between two reports of one node, in milliseconds of its own clock.
  package static let reportSpacing: UInt64 = 1_000
  /// How far ahead of this node's clock a report may be, in milliseconds.
  package static let reportLead: UInt64 = 10_000
  /// After so long without a report a node counts as silent.
  package static let reportLifetime: UInt64 = 3 * reportInterval
  package static let reportsPerMessage = 32
  /// Between two looks at how well the validators are connected.
  package static let assessmentInterval: UInt64 = 10_000_000

  // MARK: Anti-entropy

  package static let digestInterval: UInt64 = 2_000_000
  /// Peers that get a digest each time.
  package static let digestPeerCount = 2
  /// Tags in one answer to a digest.
  package static let differenceLimit = PeerLimits.announcementLimit
}
