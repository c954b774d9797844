import Ledger

/// Simplex (Chan and Pass, eprint 2023/463) with epochs and resting timers, as a pure value:
/// `step(input, now)` changes it and says what to do. It has no clock, socket, disk, key or
/// randomness, and never lets the order of a hash table decide anything.
///
/// # The protocol
///
/// Of n validators f = (n - 1) / 3 may lie; q = n - f votes make a certificate. Views are numbered
/// from 1 in each epoch, and view v has one leader. In a view, a validator
///
/// - NOTARIZEs the leader's block if it extends a certified block of an earlier view, every view
///   between the two is nullified by a certificate it holds, and its own execution finds the block
///   valid (`tryNotarize`);
/// - NULLIFYs when the view takes too long, when f + 1 others or the leader gave it up, or when the
///   proposal is invalid (`nullify`);
/// - FINALIZEs the block that a quorum notarized unless it nullified the view (`tryFinalize`).
///
/// Any notarization or nullification moves a node on to the next view; a finalization makes its
/// block and all ancestors final.
///
/// # Invariants (`checkInvariants`)
///
/// I1. In a view this node NOTARIZEs one block at most, and never both NULLIFIEs and FINALIZEs.
/// I2. It FINALIZEs only a block it holds a notarization of and has executed itself.
/// I3. `finalizedView < view`, and no round below `finalizedView` is kept.
/// I4. A decision to vote (`OwnVotes`) is made once, before the signature is asked for, and never
///     taken back; a ballot is signed once.
/// I5. The finalized chain only grows.
///
/// # Safety
///
/// Two quorums share 2q - n >= f + 1 signers, of whom one is honest. By I1 a view therefore has one
/// notarized block at most, and never a finalization beside a nullification. Let block b be final in
/// view v, and block c be certified in a later view. Walk from c to its ancestors: the honest voters
/// of each saw certificates that nullify every skipped view. View v cannot be skipped, as it has no
/// nullification; so the walk meets v, whose only notarized block is b. Final chains are prefixes of
/// one another. An epoch ends with a final block, and votes name their epoch, so the argument holds
/// within an epoch and epochs follow on one chain.
///
/// # Liveness
///
/// Certificates are relayed, so honest nodes enter a view within one delay of each other. A proposal
/// carries the certificates that justify it. If Δ exceeds the delays and the execution, all honest
/// validators NOTARIZE and FINALIZE an honest leader's block before `t_a`; else all can NULLIFY, and
/// Δ grows with each view since the last finalization, up to a cap. The cap is safe since no view is
/// left without q votes.
///
/// # Durability
///
/// Before a vote leaves the node the journal holds, durably: for NOTARIZE the block's body, the vote
/// and the certificate that admitted the node to the view; for NULLIFY the vote and that
/// certificate; for FINALIZE the vote, the notarization and the body; before a client hears "final",
/// the blocks and the finalization. The machine appends each of these once, in that order, and every
/// certificate when it first holds it. `Turn` states what waits for the sync. Bodies and
/// certificates are not needed for safety, but without them a crash of many can leave a view that
/// can be neither notarized nor nullified again.
///
/// Recovery loads the records above the finalized tip and goes on in the view after the highest
/// certificate. It votes again when it has `joined`: a directory that was set back to an older copy
/// has an intact journal that lacks votes, and only others can tell. A node that does not know all of
/// its votes casts none in any epoch that may have begun before it noticed (`Abstention`), and notes
/// that in the journal, lest another restart forget it. A node whose block log was damaged knows its votes;
/// it casts none while blocks are missing, since it would build on what it cannot show.
///
/// # Rest
///
/// `isWorking` is a pure predicate; without work no timer runs, no view changes, no block is made.
///
/// # Departures from the paper
///
/// - Blocks of the paper's sequence are linked by hash and carry the view of their parent; a dummy
///   block is a nullification.
/// - FINALIZE does not require to have NOTARIZEd (CONSENSUS section 2); a late notarization may be
///   finalized.
/// - A validator may NULLIFY before its timeout: after f + 1 NULLIFYs or the leader's own, on an
///   invalid proposal, or for a leader that is known to be silent.
/// - Timers rest without work; empty blocks only flush an unfinalized tip after Δ.
/// - Epochs: an epoch-closing block is re-proposed unchanged until some view finalizes it.
/// - Old-epoch traffic is answered through `Status` alone, so that one peer cannot draw an answer
///   for each of its votes.
package struct ConsensusMachine: Sendable {
  package let configuration: ConsensusConfiguration
  package internal(set) var right: VotingRight
  /// When the machine wants a `.tick`; `nil` if it waits for other inputs alone.
  package internal(set) var wake: Instant?
  package internal(set) var phase = Phase.open

  var current: EpochState
  var abstention: Abstention?
  var work = Work.none
  var isEmptyBlockWanted = false
  /// Whether a quorum, this node included, has shown what votes of this node it holds.
  var hasJoined: Bool
  /// Whether the block log lacks blocks.
  var lacksBlocks = false
  var retryAt: Instant?
  var retryCount: UInt64 = 0
  /// Verified messages of the next epoch, in order of arrival.
  var early: [ConsensusInput] = []
  /// The journal's records of later epochs, until those open.
  var recovered: [JournalRecord] = []
  /// The time of the present step.
  var now: Moment
  /// What the present step asks for.
  var out = Step()

  /// Whether the machine moves.
  package enum Phase: Hashable, Sendable {
    case open
    /// The epoch's closing block is final; the next epoch's validators are to come.
    case closed
    case halted(HaltReason)
  }

  /// Goes on from the end of the finalized chain and from the journal.
  ///
  /// The first turn, with `.tick` or any other input, carries what recovery led to: it demands a
  /// sync (what was read may never have reached the disk), and commits again what the journal
  /// finalizes beyond the tip. For a missing or damaged journal the host begins a new one first.
  ///
  /// - Parameters:
  ///   - tip: the last block that is durably stored with its finalization, and applied.
  ///   - context: that of `tip.epoch`, which is the next epoch if the tip closes one.
  package init(
    recovering journal: RecoveredJournal, tip: FinalizedTip, context: EpochContext,
    configuration: ConsensusConfiguration, at now: Moment
  ) {
    self.configuration = configuration
    self.now = now
    right = .voting
    hasJoined = configuration.joining == .atOnce
    current = EpochState(context, tip: tip, configuration: configuration, at: now.instant)
    recover(journal)
  }

  /// Takes one input and then applies the protocol's rules until none of them fires.
  mutating func step(_ input: ConsensusInput, at now: Moment) -> Step {
    self.now = Moment(instant: max(now.instant, self.now.instant), wallClock: now.wallClock)
    transition(input)
    settle()
    defer { out = Step() }
    return out
  }

  /// The transition table. The names are those of CONSENSUS section 2, in its order.
  private mutating func transition(_ input: ConsensusInput) {
    if case .halted = phase { return }
    switch input {
    // "timers: t_l, t_a, retry": the rules look at the clock.
    case .tick: break
    // "work = proposable event ..."; arms the timers, "tryPropose".
    case .work(let work): onWork(work)
    // "may ask for one empty block, rate-limited".
    case .emptyBlockRequested: isEmptyBlockWanted = true
    // "onProposal(P)": keep the first, certificates first, relay, fetch.
    case .proposal(let proposal, let link): onProposal(proposal.message, from: link)
    // "onVote(x)": tally, relay once, evidence, amplify NULLIFY, certificates.
    case .vote(let vote, let link): onVote(vote.message, from: link)
    // "onCert(c)": hold, append, relay if new; enter(v + 1) or commit(v).
    case .certificate(let certificate, let link): onCertificate(certificate.message, from: link)
    // "Anti-entropy: Status each second -> missing certificates, stored votes".
    case .status(let status, let link): onStatus(status, from: link)
    // "GetCerts".
    case .certificatesRequested(let request, let link): onRequest(request, from: link)
    // "Signing is an effect": Append(N | Z | F); Send.
    case .signed(let vote): onSigned(vote)
    // "validate: valid -> myN | invalid -> nullify(v)"; "execution says invalid but nc -> HALT".
    case .validated(let hash, let verdict): onValidated(hash, verdict)
    // "tryPropose: ... Append(body); Append(N); Sync; Send(Proposal)".
    case .built(let header, let request): onBuilt(header, for: request)
    // "no events: tipFinal -> idle; else empty flush block only when now >= enteredAt + Δ".
    case .nothingToPropose(let request): onNothingToPropose(request)
    // "fetch missing events"; "missing body -> GetBlocks".
    case .blockStored(let header): onBlockStored(header)
    // "Lag ... Block sync".
    case .synchronised(let tip, let context): onSynchronised(tip, context)
    // "closing -> newEpoch".
    case .epochOpened(let validators): openEpoch(validators)
    // "Restart ... exchange Status"; "a peer showing my signed vote absent from my WAL".
    case .joined: onJoined()
    // "until the log is whole the node does not vote" (DESIGN section 5).
    case .blocksMissed: onBlocks(areMissing: true)
    case .blocksRestored: onBlocks(areMissing: false)
    case .ownVoteShown(let ballot): onOwnVoteShown(ballot)
    }
  }

  /// Applies the rules that no single input triggers, most final first, until none fires. After a
  /// rule fired all are looked at anew, so none ever acts on what another has changed: a rule may
  /// have ended the view or the epoch.
  private mutating func settle() {
    for _ in 0..<ConsensusLimits.rulesPerStep {
      wake = nil
      guard phase == .open else { return }
      if commit() || tryFinalize() || tryNotarize() || tryPropose() || expireTimers() { continue }
      retransmit()
      return
    }
    preconditionFailure("the rules come to rest")
  }

  /// Asks for a step at `instant` at the latest.
  mutating func wakeUp(by instant: Instant) {
    wake = min(wake ?? instant, instant)
  }

  mutating func halt(_ reason: HaltReason) {
    phase = .halted(reason)
    out.releases.append(.halt(reason))
  }
}

// MARK: What the host may look at

extension ConsensusMachine {
  package var epoch: Epoch { current.epoch }
  package var view: View { current.view }
  package var tip: FinalizedTip { current.tip }
  package var validators: ValidatorSet { current.validators }
  package var ownIndex: ValidatorIndex? { current.own }

  package func leader(of view: View) -> ValidatorIndex { current.leaders.leader(of: view) }

  /// What to tell peers about once a second.
  package var status: Status {
    Status(
      epoch: current.epoch, view: current.view, finalizedView: current.finalizedView,
      finalizedHeight: current.tip.header.height)
  }
}
