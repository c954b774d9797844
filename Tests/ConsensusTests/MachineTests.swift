import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("The consensus machine")
struct MachineTests {
  private let validators = ConsensusFixture.validators([0, 1, 2, 3], epoch: Epoch(1))

  private func machine(
    member: Int? = 2, joining: ConsensusConfiguration.Joining = .atOnce
  ) -> ConsensusMachine {
    ConsensusMachine(
      recovering: .intact([]),
      tip: FinalizedTip(header: ConsensusFixture.genesis(validators), finalization: nil),
      context: ConsensusFixture.context(validators),
      configuration: ConsensusConfiguration(
        network: ConsensusFixture.network, member: member.map { ConsensusFixture.member($0) },
        timing: .local(validatorCount: 4), joining: joining),
      at: moment(0))
  }

  private func moment(_ microseconds: UInt64) -> Moment {
    Moment(
      instant: Instant(microseconds: microseconds),
      wallClock: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds + 60_000))
  }

  private func answer(_ question: Question) -> ConsensusInput? {
    switch question {
    case .sign(let ballot, let signer): .signed(ConsensusFixture.vote(ballot, signer: signer))
    case .validate(let header): .validated(header.hash, .valid)
    }
  }

  private func ballot(_ view: UInt64, _ subject: VoteSubject) -> Ballot {
    Ballot(epoch: Epoch(1), view: View(view), subject: subject)
  }

  private func reference(_ name: String) -> BlockReference {
    BlockReference(parentView: .genesis, hash: BlockHash(SHA256.hash(Array(name.utf8))))
  }

  @Test(
    "never traps on the numbers of a message",
    arguments: [0, 1, 9, 10, 1 << 62, (1 << 63) - 1, 1 << 63, UInt64.max] as [UInt64])
  func extremes(number: UInt64) {
    var machine = machine()
    let subjects: [VoteSubject] = [
      .nullify, .notarize(reference("x")), .finalize(reference("x")),
      .notarize(
        BlockReference(parentView: View(number), hash: ConsensusFixture.genesis(validators).hash)),
    ]
    for subject in subjects {
      for epoch in [0, 1, 2, UInt64.max] as [UInt64] {
        let ballot = Ballot(epoch: Epoch(epoch), view: View(number), subject: subject)
        let vote = ConsensusFixture.vote(ballot, signer: ValidatorIndex(30))
        let own = ConsensusFixture.vote(ballot, signer: ValidatorIndex(1))
        let header = ConsensusFixture.header(
          epoch: Epoch(epoch), view: View(number), parentView: View(number),
          height: Height(number), time: ConsensusFixture.timestamp(0),
          proposer: ConsensusFixture.member(0), parent: BlockHash(.zero), content: .zero,
          nextValidators: .zero)
        let proposal = Proposal(header: header, leaderVote: own, justification: [])
        let status = Status(
          epoch: Epoch(epoch), view: View(number), finalizedView: View(number),
          finalizedHeight: Height(number))
        let request = CertificateRequest(epoch: Epoch(epoch), views: View(0)...View(number))
        let certificate = ConsensusFixture.certificate(ballot, signers: 1)
        let turn = machine.turn(
          [
            .vote(Verified(byVerifier: vote), from: nil),
            .vote(Verified(byVerifier: own), from: nil),
            .proposal(Verified(byVerifier: proposal), from: nil),
            .certificate(Verified(byVerifier: certificate), from: nil),
            .status(status, from: Link(1)), .certificatesRequested(request, from: Link(1)),
            .blockStored(header), .work(.few), .tick,
          ], at: moment(number)
        ) { answer($0) }
        #expect(
          turn.releases(after: .synced).allSatisfy { if case .halt = $0 { false } else { true } })
        machine.checkInvariants()
      }
    }
  }

  @Test("moves on from a quorum's certificate of a far view, and asks for what it skipped")
  func farCertificate() {
    var machine = machine()
    let certificate = ConsensusFixture.certificate(ballot(1 << 60, .nullify), signers: 2)
    let few = machine.turn(
      [.certificate(Verified(byVerifier: certificate), from: nil)], at: moment(0)
    ) {
      answer($0)
    }
    #expect(few.appends.isEmpty)
    #expect(machine.view == View(1))
    let quorum = Certificate(
      ballot: certificate.ballot,
      signatures: [0, 1, 3].map {
        CertificateSignature(signer: ValidatorIndex($0), signature: [])
      })
    let turn = machine.turn([.certificate(Verified(byVerifier: quorum), from: nil)], at: moment(0))
    {
      answer($0)
    }
    #expect(turn.appends == [.certificate(quorum)])
    #expect(machine.view == View((1 << 60) + 1))
  }

  @Test("keeps at most the window's votes of one validator that signs everything")
  func flood() {
    var machine = machine()
    for view in 1...10_000 as ClosedRange<UInt64> {
      let vote = ConsensusFixture.vote(ballot(view, .nullify), signer: ValidatorIndex(0))
      let turn = machine.turn([.vote(Verified(byVerifier: vote), from: nil)], at: moment(0)) {
        answer($0)
      }
      #expect(turn.relays.count == (view <= 1 + ConsensusLimits.voteWindow ? 1 : 0))
    }
  }

  @Test("relays a vote once, and accuses a validator once in a view")
  func evidence() {
    var machine = machine()
    let first = ConsensusFixture.vote(
      ballot(3, .notarize(reference("x"))), signer: ValidatorIndex(0))
    let second = ConsensusFixture.vote(
      ballot(3, .notarize(reference("y"))), signer: ValidatorIndex(0))
    let third = ConsensusFixture.vote(
      ballot(3, .finalize(reference("z"))), signer: ValidatorIndex(0))
    let inputs: [ConsensusInput] = [first, first, second, second, third].map {
      .vote(Verified(byVerifier: $0), from: Link(4))
    }
    let turn = machine.turn([.tick] + inputs, at: moment(0)) { answer($0) }
    #expect(turn.relays.map(\.message) == [.vote(first), .vote(third)])
    let evidence = turn.releases(after: .synced).filter {
      if case .evidence = $0 { true } else { false }
    }
    #expect(evidence == Evidence(first, second).map { [.evidence($0)] })
  }

  @Test("stops when a view is both nullified and finalized")
  func conflictingCertificates() {
    var machine = machine(member: nil)
    let final = ConsensusFixture.certificate(ballot(1, .finalize(reference("x"))), signers: 3)
    let null = ConsensusFixture.certificate(ballot(1, .nullify), signers: 3)
    let turn = machine.turn(
      [null, final].map { .certificate(Verified(byVerifier: $0), from: nil) }, at: moment(0)
    ) { answer($0) }
    #expect(
      turn.releases(after: .synced).contains(.halt(.conflictingCertificates(null, final))))
    #expect(machine.phase == .halted(.conflictingCertificates(null, final)))
  }

  @Test("casts no vote as a node that only follows")
  func follower() {
    var machine = machine(member: nil)
    #expect(machine.ownIndex == nil)
    let turn = machine.turn([.work(.many), .tick], at: moment(60_000_000)) { question in
      Issue.record("asked \(question)")
      return nil
    }
    #expect(machine.right == .observing(.notValidator))
    #expect(turn.wake == nil)
  }

  @Test("drops a signature that comes after the right to vote is lost")
  func lateSignature() {
    var machine = machine()
    var open: [Ballot] = []
    _ = machine.turn([.work(.few)], at: moment(0)) { answer($0) }
    let waiting = machine.turn([.tick], at: moment(10_000_000)) { question in
      if case .sign(let ballot, _) = question { open.append(ballot) }
      return nil
    }
    #expect(open == [ballot(1, .nullify)])
    #expect(waiting.openQuestions.count == 1)
    let foreign = ConsensusFixture.vote(
      ballot(2, .notarize(reference("x"))), signer: ValidatorIndex(2))
    let signed = ConsensusFixture.vote(ballot(1, .nullify), signer: ValidatorIndex(2))
    let turn = machine.turn(
      [.vote(Verified(byVerifier: foreign), from: nil), .signed(signed)], at: moment(10_000_000)
    ) { answer($0) }
    #expect(!turn.appends.contains(.vote(signed)))
    #expect(machine.right == .observing(.unknownOwnVote(foreign.ballot)))
  }

  @Test("casts no vote before it has joined, and then votes")
  func joining() {
    var machine = machine(joining: .whenTold)
    var signed: [Ballot] = []
    func listen(_ question: Question) -> ConsensusInput? {
      if case .sign(let ballot, _) = question { signed.append(ballot) }
      return answer(question)
    }
    _ = machine.turn([.work(.many), .tick], at: moment(60_000_000)) { listen($0) }
    #expect(machine.right == .observing(.joining))
    #expect(signed.isEmpty)
    _ = machine.turn([.joined], at: moment(60_000_000)) { listen($0) }
    _ = machine.turn([.tick], at: moment(120_000_000)) { listen($0) }
    #expect(machine.right == .voting)
    #expect(signed == [ballot(1, .nullify)])
  }

  @Test("casts no vote while blocks are missing, follows, and votes when they are restored")
  func blocksMissing() {
    var machine = machine(joining: .whenTold)
    var signed: [Ballot] = []
    func listen(_ question: Question) -> ConsensusInput? {
      if case .sign(let ballot, _) = question { signed.append(ballot) }
      return answer(question)
    }
    _ = machine.turn([.blocksMissed, .joined], at: moment(60_000_000)) { listen($0) }
    _ = machine.turn([.work(.many), .tick], at: moment(60_000_000)) { listen($0) }
    _ = machine.turn([.tick], at: moment(120_000_000)) { listen($0) }
    #expect(machine.right == .observing(.blocksMissing))
    #expect(signed.isEmpty)
    _ = machine.turn([.blocksRestored], at: moment(120_000_000)) { listen($0) }
    #expect(machine.right == .voting)
    _ = machine.turn([.tick], at: moment(180_000_000)) { listen($0) }
    #expect(signed == [ballot(1, .nullify)])
    // Damage that is found while it runs.
    _ = machine.turn([.blocksMissed, .tick], at: moment(240_000_000)) { listen($0) }
    #expect(machine.right == .observing(.blocksMissing))
    #expect(signed.count == 1)
  }

  @Test("never votes in an epoch in which, while joining, it is shown a vote that it does not know")
  func joiningWithOldCopy() {
    for input in [
      ConsensusInput.vote(
        Verified(
          byVerifier: ConsensusFixture.vote(ballot(3, .nullify), signer: ValidatorIndex(2))),
        from: nil), .ownVoteShown(ballot(3, .nullify)),
    ] {
      var machine = machine(joining: .whenTold)
      let turn = machine.turn([input, .joined, .work(.many)], at: moment(0)) { answer($0) }
      #expect(machine.right == .observing(.unknownOwnVote(ballot(3, .nullify))))
      #expect(turn.sync == .beforeRelease)
      let later = machine.turn([.tick], at: moment(600_000_000)) { question in
        if case .sign = question { Issue.record("it votes") }
        return answer(question)
      }
      #expect(later.openQuestions.isEmpty)
    }
  }

  @Test("shows a validator the votes of its own that it holds, above the finalized view")
  func ownVotes() {
    var machine = machine()
    let votes = [ballot(1, .nullify), ballot(2, .notarize(reference("x")))].map {
      ConsensusFixture.vote($0, signer: ValidatorIndex(0))
    }
    _ = machine.turn(
      votes.map { .vote(Verified(byVerifier: $0), from: nil) }, at: moment(0)
    ) { answer($0) }
    #expect(machine.votes(of: ValidatorIndex(0)) == votes)
    #expect(machine.votes(of: ValidatorIndex(1)).isEmpty)
  }

  @Test("shows a validator its votes that lie in certificates alone")
  func ownVotesInCertificates() {
    var machine = machine()
    let nullification = ConsensusFixture.certificate(ballot(1, .nullify), signers: 3)
    _ = machine.turn(
      [.certificate(Verified(byVerifier: nullification), from: nil)], at: moment(0)
    ) { answer($0) }
    #expect(
      machine.votes(of: ValidatorIndex(0))
        == [ConsensusFixture.vote(ballot(1, .nullify), signer: ValidatorIndex(0))])
    #expect(machine.votes(of: ValidatorIndex(3)).isEmpty)
  }

  @Test("gives up voting when shown a vote of its own in a later epoch, and not for settled ones")
  func ownVoteOfLaterEpoch() {
    var machine = machine(joining: .whenTold)
    let settled = Ballot(epoch: Epoch(0), view: View(3), subject: .nullify)
    _ = machine.turn([.ownVoteShown(settled)], at: moment(0)) { answer($0) }
    #expect(machine.right == .observing(.joining))
    let later = Ballot(epoch: Epoch(2), view: View(1), subject: .nullify)
    #expect(machine.lacksOwn(later))
    let turn = machine.turn([.ownVoteShown(later), .joined], at: moment(0)) { answer($0) }
    #expect(machine.right == .observing(.unknownOwnVote(later)))
    #expect(turn.sync == .beforeRelease)
    machine.checkInvariants()
  }

  @Test("lets the host synchronise when a finalization is far ahead")
  func synchronise() {
    var machine = machine()
    let height = Height(UInt64(ConsensusLimits.pursuitDepth) + 1)
    let header = ConsensusFixture.header(
      epoch: Epoch(1), view: View(900), parentView: View(899), height: height,
      time: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds + 1_000),
      proposer: ConsensusFixture.member(0), parent: BlockHash(SHA256.hash([1])), content: .zero,
      nextValidators: nil)
    let block = BlockReference(parentView: View(899), hash: header.hash)
    let final = ConsensusFixture.certificate(ballot(900, .finalize(block)), signers: 3)
    // Validator 2 is of the quorum: its votes lie in the journal of a life before this one.
    var turn = machine.turn([.certificate(Verified(byVerifier: final), from: nil)], at: moment(0)) {
      answer($0)
    }
    #expect(turn.requests == [.fetchBlock(header.hash, above: .genesis)])
    turn = machine.turn([.blockStored(header)], at: moment(0)) { answer($0) }
    #expect(turn.requests == [.synchronise(to: final)])
    let tip = FinalizedTip(header: header, finalization: final)
    turn = machine.turn(
      [.synchronised(tip, ConsensusFixture.context(validators))], at: moment(0)
    ) { answer($0) }
    machine.checkInvariants()
    #expect(machine.tip == tip)
    #expect(machine.view == View(901))
  }

  @Test(
    "begins a later epoch behind its tip when a recovery record does, and hears the old one no more"
  )
  func recovered() {
    var machine = machine()
    let header = ConsensusFixture.header(
      epoch: Epoch(1), view: View(3), parentView: .genesis, height: Height(1),
      time: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds + 1_000),
      proposer: ConsensusFixture.member(0), parent: machine.tip.hash, content: .zero,
      nextValidators: nil)
    let block = BlockReference(parentView: .genesis, hash: header.hash)
    let final = ConsensusFixture.certificate(ballot(3, .finalize(block)), signers: 3)
    let tip = FinalizedTip(header: header, finalization: final, recoveredEpoch: Epoch(4))
    #expect(tip.epoch == Epoch(4))
    #expect(tip.finalizedView == .genesis)
    let set = ConsensusFixture.validators([0, 1], epoch: Epoch(4))
    let context = EpochContext(validators: set, genesis: header.hash, genesisTime: header.time)
    _ = machine.turn([.synchronised(tip, context)], at: moment(0)) { answer($0) }
    machine.checkInvariants()
    #expect(machine.epoch == Epoch(4))
    #expect(machine.view == View(1))
    #expect(machine.validators == set)
    let old = ConsensusFixture.certificate(ballot(9, .nullify), signers: 3)
    let turn = machine.turn([.certificate(Verified(byVerifier: old), from: nil)], at: moment(0)) {
      answer($0)
    }
    #expect(turn.appends.isEmpty)
    #expect(machine.view == View(1))
  }
}

@Suite("A turn")
struct TurnTests {
  @Test("gives nothing away before the sync it demands")
  func sealed() async {
    await #expect(processExitsWith: .failure) {
      let validators = ConsensusFixture.validators([0], epoch: Epoch(1))
      var machine = ConsensusMachine(
        recovering: .intact([]),
        tip: FinalizedTip(header: ConsensusFixture.genesis(validators), finalization: nil),
        context: ConsensusFixture.context(validators),
        configuration: ConsensusConfiguration(
          network: ConsensusFixture.network, member: nil, timing: .local(validatorCount: 1)),
        at: Moment(
          instant: Instant(microseconds: 0), wallClock: ConsensusFixture.timestamp(0)))
      let turn = machine.turn(
        [.tick],
        at: Moment(
          instant: Instant(microseconds: 0), wallClock: ConsensusFixture.timestamp(0))
      ) { _ in nil }
      _ = turn.releases(after: .skipped)
    }
  }
}
