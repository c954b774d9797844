import Ledger

package struct ConsensusMachine: Sendable {
  package let configuration: ConsensusConfiguration
  package internal(set) var right: VotingRight
  package var wake: Instant?

  /// A machine that goes on from the finalized tip and the journal, and the turn that begins its
  /// work: what the journal finalizes beyond the tip is committed again, its votes are sent again.
  ///
  /// - Precondition: `validators` is the set of `tip.epoch`.
  package static func recovering(
    _ journal: RecoveredJournal, tip: FinalizedTip, validators: ValidatorSet,
    configuration: ConsensusConfiguration, at now: Moment
  ) -> (machine: ConsensusMachine, turn: Turn) {
    (ConsensusMachine(configuration: configuration, right: .voting, wake: nil), Turn())
  }

  mutating func step(_ input: ConsensusInput, at now: Moment) -> Step { Step() }

  package var view: View { .genesis }
  package var tip: FinalizedTip? { nil }
  package var status: Status { Status(epoch: .genesis, view: .genesis, finalizedView: .genesis, finalizedHeight: .genesis) }
  package func checkInvariants() {}
}
