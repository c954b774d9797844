import Ledger

/// The bounds of every queue, window and loop of this module, and how they relate.
///
/// Let n be the number of validators, at most 31, and a *round* all that is known of one view.
///
/// - Votes are taken for views in `finalizedView ... view + voteWindow` and proposals for
///   `finalizedView + 1 ... view + voteWindow`: a round holds at most 3 n votes, one proposal, three
///   certificates. So whatever one peer sends without a quorum, it makes at most `voteWindow` rounds
///   ahead of the present view.
/// - A certificate is taken for any view from the finalized one, since it takes a quorum to make
///   one. Rounds behind the present view therefore are as many as views were abandoned since the
///   last finalization; each cost an honest majority a timeout of up to `maximumDelay`, and a
///   finalization drops them all.
/// - Known blocks: one for each round's proposal, one for each certificate's block, and the
///   ancestors of those down to the tip, at most `pursuitDepth`; beyond that the host synchronises.
/// - `earlyMessageCount` messages of the next epoch wait for its set; more are dropped and come
///   again through anti-entropy.
/// - A retransmission is at most `retransmissionByteCount`, an answer to a certificate request too.
package enum ConsensusLimits {
  /// Views ahead of the present one for which votes and proposals are kept.
  package static let voteWindow: UInt64 = 8
  /// Certificates beside a proposal: that of the parent and 15 nullifications.
  package static let justificationCount = 16
  /// Blocks between the finalized tip and a finalization that the machine fetches by itself.
  package static let pursuitDepth = 256
  /// Messages of the next epoch.
  package static let earlyMessageCount = 256
  package static let retransmissionByteCount = 64 * 1024
  /// Retransmissions of a nullification whose reason has gone.
  package static let reminderCount = 8
  /// Views in one certificate request.
  package static let requestedViewCount: UInt64 = 64
  /// No message of a view from here on is looked at, so that `view + voteWindow` never overflows.
  /// The formats end at the same number.
  package static let viewLimit = View(1 << 63)
  /// Rules that fire within one step, for each round: a step that exceeds it is a bug.
  package static let rulesPerStep = 1 << 20
  /// Steps within a turn: an endless conversation with the host is a bug.
  package static let stepsPerTurn = 1 << 16
}

/// The durations of the protocol (CONSENSUS section 2, "Timers"), in microseconds.
package struct ConsensusTiming: Hashable, Sendable {
  /// The bound on the network's delay when all is well: 100 ms in a local network, about eight times
  /// the delay between sites otherwise.
  package var delay: UInt64 = 100_000
  package var maximumDelay: UInt64 = 30_000_000
  /// Between two notarizations when there is little to propose: caps the processor time of votes.
  package var minimumInterval: UInt64 = 0
  /// A leader silent for so long, and in no vote of the last three views, is skipped at once.
  package var silence: UInt64 = 1_000_000
  package var minimumRetry: UInt64 = 500_000
  /// The most by which verifying or building a proposal puts off the view's timeout.
  package var verificationGrace: UInt64 = 2_000_000
  /// Between empty blocks that were asked for.
  package var emptyBlockInterval: UInt64 = 1_000_000

  package init() {}

  /// The usual values for `validatorCount` validators on a local network.
  package static func local(validatorCount: Int) -> ConsensusTiming {
    var timing = ConsensusTiming()
    timing.minimumInterval =
      switch validatorCount {
      case ...1: 0
      case ...7: 5_000
      default: 25_000
      }
    return timing
  }

  /// Δ(view): grows by half for each view since the last finalization beyond two, up to the cap.
  func delay(in view: View, finalized: View) -> UInt64 {
    var delay = min(delay, maximumDelay)
    var views = view.rawValue - min(view.rawValue, finalized.rawValue)
    while views > 2, delay < maximumDelay {
      delay = min(delay + max(1, delay / 2), maximumDelay)
      views -= 1
    }
    return delay
  }

  /// Header times that a validator votes for: from 10 s ago to 2 s ahead, in milliseconds.
  static let pastTolerance: UInt64 = 10_000
  static let futureTolerance: UInt64 = 2_000
}
