import Ledger
import Transport

/// What gossip keeps of one link.
struct GossipLink: Sendable {
  /// The peer asked not to be pushed to, or was asked not to push: it gets announcements until one
  /// of the two asks for an announced transaction.
  var isLazy = false
  /// On a congested link nothing is pushed: the peer asks when it can.
  var pace = LinkPace.free
  /// The peer has a bad record: it is asked only if nobody else can be.
  var isAvoided = false
  /// When pruning was last asked for on this link.
  var prunedAt: Instant?

  /// Tags that wait to be announced, and until when.
  var announcements: [TransactionTag] = []
  var announceAt: Instant?

  /// What is asked for in this turn's frames.
  var asks: [TransactionTag] = []
  /// Asked for and not come yet; also when it came from elsewhere meanwhile.
  var asked = RecentSet<TransactionTag>(generationLimit: GossipLimits.asksPerLink)
  /// How many wants have been asked of this peer and wait for its answer.
  var askCount = 0
  /// How many wants exist because of this peer.
  var wantCount = 0

  /// What the peer may still get in answers, in bytes.
  var answers: TokenBucket
  var repeats: TokenBucket

  /// A digest was sent, and its answer has not come.
  var isDigestOpen = false
  var digestSeenAt: Instant?

  init(at now: Instant) {
    answers = TokenBucket(
      rate: GossipLimits.answerRate, burst: GossipLimits.answerBurst, at: now)
    repeats = TokenBucket(
      rate: GossipLimits.repeatRate, burst: GossipLimits.repeatBurst, at: now)
  }
}
