import Consensus
import Ledger
import Transport

/// What one peer may make this node take in and do (CONSENSUS section 3, "per-peer quota").
///
/// Votes, certificates and proposals are charged when they are news that has to be verified; what a
/// correct peer repeats is known and costs its bytes only. A correct peer stays far within all of it,
/// so what exceeds is dropped without an answer, and anti-entropy brings again what mattered.
package struct PeerQuota: Sendable {
  /// What a peer asks this node to do.
  package enum Charge: Hashable, Sendable {
    /// A frame has come.
    case frame(Channel, byteCount: Int)
    case vote(View)
    case certificate(View)
    case proposal(View)
    case status
    /// A question for certificates.
    case question
    /// An announcement, a question for transactions, a digest and the like.
    case gossip
    case reports(count: Int)
    /// A transaction that is to be verified.
    case verification(signatureCount: Int)
    /// Blocks or bodies in answer to a question, whose size is known when they are there.
    case answer(byteCount: Int)
  }

  package enum Verdict: Hashable, Sendable {
    case admitted
    case dropped
    /// Dropped, as so much was before that no correct peer sends it.
    case flooding
  }

  /// What was admitted of one view in the present second.
  private struct ViewCounts {
    var votes = 0
    var certificates = 0
    var proposals = 0
  }

  private var control: TokenBucket
  private var bulk: TokenBucket
  private var verification: TokenBucket
  private var statuses: TokenBucket
  private var questions: TokenBucket
  private var gossip: TokenBucket
  private var reports: TokenBucket
  private var answers: TokenBucket
  private var excess: TokenBucket
  private var views: [View: ViewCounts] = [:]
  private var viewsSince: Instant
  /// What was dropped since the link is up.
  package private(set) var droppedCount: UInt64 = 0

  package init(at now: Instant) {
    func bucket(_ rate: UInt64, _ burst: UInt64) -> TokenBucket {
      TokenBucket(rate: rate, burst: burst, at: now)
    }
    control = bucket(GossipLimits.controlRate, GossipLimits.controlBurst)
    bulk = bucket(GossipLimits.bulkRate, GossipLimits.bulkBurst)
    verification = bucket(GossipLimits.verificationRate, GossipLimits.verificationBurst)
    statuses = bucket(GossipLimits.statusRate, GossipLimits.statusBurst)
    questions = bucket(GossipLimits.questionRate, GossipLimits.questionBurst)
    gossip = bucket(GossipLimits.gossipMessageRate, GossipLimits.gossipMessageBurst)
    reports = bucket(GossipLimits.reportRate, GossipLimits.reportBurst)
    answers = bucket(GossipLimits.servedRate, GossipLimits.servedBurst)
    excess = bucket(GossipLimits.excessRate, GossipLimits.excessBurst)
    viewsSince = now
  }

  /// Whether the peer may have that done now; if so, it is charged for it.
  package mutating func admit(
    _ charge: Charge, validatorCount: Int, at now: Instant
  ) -> Verdict {
    if fits(charge, validatorCount: validatorCount, at: now) { return .admitted }
    droppedCount += 1
    return excess.take(1, at: now) ? .dropped : .flooding
  }

  private mutating func fits(
    _ charge: Charge, validatorCount: Int, at now: Instant
  ) -> Bool {
    switch charge {
    case .frame(.control, let count): control.takeOnCredit(UInt64(count), at: now)
    case .frame(.bulk, let count): bulk.takeOnCredit(UInt64(count), at: now)
    case .vote(let view):
      count(\.votes, in: view, limit: GossipLimits.voteKinds * validatorCount, at: now)
    case .certificate(let view):
      count(\.certificates, in: view, limit: GossipLimits.certificatesPerView, at: now)
    case .proposal(let view):
      count(\.proposals, in: view, limit: GossipLimits.proposalsPerView, at: now)
    case .status: statuses.take(1, at: now)
    case .question: questions.take(1, at: now)
    case .gossip: gossip.take(1, at: now)
    case .reports(let count): reports.take(UInt64(count), at: now)
    case .verification(let count):
      verification.take(UInt64(count) * GossipLimits.signatureCost, at: now)
    case .answer(let count): answers.takeOnCredit(UInt64(count), at: now)
    }
  }

  /// Counts a message of a view. After a second all may come again: what was dropped or could not be
  /// used is news once more.
  private mutating func count(
    _ kind: WritableKeyPath<ViewCounts, Int>, in view: View, limit: Int, at now: Instant
  ) -> Bool {
    if now.microseconds(since: viewsSince) >= 1_000_000 {
      views.removeAll(keepingCapacity: true)
      viewsSince = now
    }
    var counts = views[view] ?? ViewCounts()
    guard views[view] != nil || views.count < GossipLimits.viewsPerSecond,
      counts[keyPath: kind] < limit
    else { return false }
    counts[keyPath: kind] += 1
    views[view] = counts
    return true
  }
}
