import Ledger

extension ConsensusMachine {
  /// Stops the process if an invariant does not hold. For tests and simulators: linear in the state.
  package func checkInvariants() {
    precondition(current.view > current.finalizedView || phase != .open, "I3: finality is behind")
    precondition(
      current.rounds.views.allSatisfy { $0 >= current.finalizedView },
      "I3: no round below the finalized view is kept")
    precondition(current.rounds.views.isStrictlyAscending, "rounds ascend")
    for view in current.rounds.views {
      if let round = current.rounds[view] { check(round, in: view) }
    }
    precondition(early.count <= ConsensusLimits.earlyMessageCount, "the early buffer is bounded")
    let height = current.tip.header.height
    precondition(
      current.blocks.allSatisfy { $0.header.height > height } || phase != .open,
      "settled blocks are dropped")
    checkBallots()
  }

  private func check(_ round: Round, in view: View) {
    let own = round.own
    precondition(!(own.hasNullified && own.finalized != nil), "I1: never both Z and F")
    if let finalized = own.finalized {
      precondition(own.notarized == nil || own.notarized == finalized, "I1: of one mind")
      precondition(round.certifiedBlock == finalized, "I2: finalizes what is notarized")
    }
    precondition(
      round.nullification == nil || round.finalization == nil || phase != .open,
      "a view is never both nullified and finalized")
    if let notarized = round.notarization?.ballot.subject.block,
      let finalized = round.finalization?.ballot.subject.block, phase == .open
    {
      precondition(notarized == finalized, "a view has one certified block")
    }
    for kind in VoteKind.allCases {
      guard let certificate = round.certificate(kind) else { continue }
      precondition(certificate.ballot.view == view, "a certificate lies in its view")
      precondition(certificate.ballot.subject.kind == kind, "a certificate lies in its place")
      precondition(
        certificate.signatures.count >= current.validators.quorum, "a certificate has a quorum")
    }
  }

  private func checkBallots() {
    for ballot in current.unsigned {
      precondition(ballot.epoch == current.epoch, "I4: only this epoch's ballots are open")
      precondition(
        current.rounds[ballot.view]?.own.contains(ballot.subject) ?? false,
        "I4: only decided ballots are signed")
    }
    guard let own = current.own, right == .voting else { return }
    for view in current.rounds.views where view > current.finalizedView {
      guard let round = current.rounds[view] else { continue }
      for kind in VoteKind.allCases {
        guard let vote = round.votes(of: own)[kind] else { continue }
        precondition(round.own.contains(vote.ballot.subject), "I4: own votes were decided")
      }
    }
  }
}
