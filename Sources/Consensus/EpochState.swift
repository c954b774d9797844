import Ledger

/// Everything that belongs to one epoch and is wiped as one when the next begins.
struct EpochState: Sendable {
  let validators: ValidatorSet
  let leaders: LeaderSchedule
  /// This node's place among the validators.
  let own: ValidatorIndex?
  let genesisTime: Timestamp

  /// The end of the finalized chain, in this epoch or the block that opened it.
  var tip: FinalizedTip
  /// `lastF`: the view of the last finalization; `View.genesis` before the first.
  var finalizedView = View.genesis
  /// Always above `finalizedView`.
  var view = View.genesis
  var enteredAt: Instant
  var rounds = RoundTable()
  var blocks = BlockTable()
  /// Ballots that were decided and await their signature.
  var unsigned: [Ballot] = []
  var timers: ViewTimers?
  var proposing = Proposing.undecided
  /// When each validator last showed life, and the last view it is known to have voted in. A node
  /// that was not listening gives everybody the benefit of the doubt.
  var activity: [ValidatorActivity]
  var notarizedAt: Instant?
  var finalizedAt: Instant?

  /// Retransmissions left in this view when there is no work.
  var reminderCount = ConsensusLimits.reminderCount

  // What was asked of the host and has not come.
  var wantedBlocks: [BlockHash] = []
  var wantedCertificates: CertificateRequest?
  var synchronisation: Certificate?

  var epoch: Epoch { validators.epoch }

  init(
    _ context: EpochContext, tip: FinalizedTip, configuration: ConsensusConfiguration,
    at instant: Instant
  ) {
    precondition(
      context.validators.epoch == tip.epoch, "the validators are those of the tip's epoch")
    validators = context.validators
    leaders = LeaderSchedule(
      network: configuration.network, validators: validators, genesis: context.genesis)
    own = configuration.place(among: context.validators)
    genesisTime = context.genesisTime
    self.tip = tip
    finalizedView = tip.finalizedView
    view = tip.finalizedView.next
    enteredAt = instant
    activity = Array(
      repeating: ValidatorActivity(votedIn: view, heardAt: instant), count: validators.count)
    if finalizedView > .genesis {
      rounds.update(finalizedView) { $0.finalization = tip.finalization }
    }
  }
}

/// When the present view is given up.
struct ViewTimers: Hashable, Sendable {
  /// `t_l`: unless the leader's proposal is here.
  let proposal: Instant
  /// `t_a`: in any case.
  let certificate: Instant
}

/// What a leader has done about its view.
enum Proposing: Hashable, Sendable {
  case undecided
  case requested(ProposalRequest)
  /// The mempool had nothing for this parent, whatever its level of work said.
  case declined
}

struct ValidatorActivity: Hashable, Sendable {
  var votedIn: View
  var heardAt: Instant
}
