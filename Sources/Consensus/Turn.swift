import Ledger

/// What one turn of the host owes: some inputs, the steps they led to, and one sync for all.
///
/// The contract, in this order:
///
/// 1. Send `relays` whenever convenient: they are other validators' words and bind nobody here.
/// 2. Append all of `appends` to the journal, in order.
/// 3. If `sync` is `.beforeRelease`, sync the journal. A failed sync is a fault: stop, do not retry.
/// 4. Only then take `releases(after:)` and carry them out in order. Turns release in the order in
///    which they were made, also where syncs overlap with later turns.
/// 5. Begin `requests` any time; their answers are inputs of later turns.
/// 6. Call with `.tick` when `wake` comes; each turn's `wake` replaces the one before.
///
/// Why votes may count before they are durable: within a turn the machine tallies its own fresh
/// vote, and may make certificates and finality of it. All that leaves the node only as a release,
/// after the sync that covers the vote. If the node stops before, nobody ever heard of it.
package struct Turn: Sendable {
  package private(set) var relays: [Outbound] = []
  package private(set) var appends: [JournalRecord] = []
  package private(set) var requests: [Request] = []
  /// Questions that the host chose to answer in a later turn.
  package private(set) var openQuestions: [Question] = []
  package private(set) var sync = SyncDemand.notNeeded
  package internal(set) var wake: Instant?
  private var sealed: [Release] = []

  /// What may leave the node now that the journal is as `outcome` says.
  ///
  /// - Precondition: `outcome` is `.synced` if `sync` is `.beforeRelease`.
  package func releases(after outcome: SyncOutcome) -> [Release] {
    switch (sync, outcome) {
    case (.notNeeded, .skipped), (.notNeeded, .synced), (.beforeRelease, .synced): return sealed
    case (.beforeRelease, .skipped):
      preconditionFailure("nothing is released before the journal is durable")
    }
  }

  /// Takes over what a step asks for, except for its questions.
  mutating func absorb(_ step: Step) {
    relays += step.relays
    appends += step.appends
    requests += step.requests
    sealed += step.releases
    if step.sync == .beforeRelease { sync = .beforeRelease }
  }

  mutating func leaveOpen(_ question: Question) { openQuestions.append(question) }
}

extension ConsensusMachine {
  /// Takes `inputs` in order, and after each the host's answers, until nothing more is asked.
  ///
  /// `answer` returns the answering input, or `nil` to give it in a later turn. It must not touch
  /// the machine, which is being changed.
  ///
  /// - Throws: what `answer` throws: a fault, after which the machine must not be used.
  package mutating func turn<Failure: Error>(
    _ inputs: [ConsensusInput], at now: Moment,
    answer: (Question) throws(Failure) -> ConsensusInput?
  ) throws(Failure) -> Turn {
    var turn = Turn()
    var questions: [Question] = []
    for input in inputs {
      try take(input, at: now, into: &turn, asking: &questions, answer: answer)
    }
    turn.wake = wake
    return turn
  }

  private mutating func take<Failure: Error>(
    _ input: ConsensusInput, at now: Moment, into turn: inout Turn,
    asking questions: inout [Question], answer: (Question) throws(Failure) -> ConsensusInput?
  ) throws(Failure) {
    var next = 0
    questions.removeAll(keepingCapacity: true)
    var step = step(input, at: now)
    while true {
      questions += step.questions
      turn.absorb(step)
      guard next < questions.count else { return }
      precondition(next < ConsensusLimits.stepsPerTurn, "a turn comes to an end")
      let question = questions[next]
      next += 1
      if let input = try answer(question) {
        step = self.step(input, at: now)
      } else {
        turn.leaveOpen(question)
        step = Step()
      }
    }
  }
}
