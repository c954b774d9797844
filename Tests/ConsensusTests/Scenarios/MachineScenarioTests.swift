import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Consensus

/// One validator of four, and what others do to it.
@Suite("A validator of four")
struct MachineScenarioTests {
  private let validators = ConsensusFixture.validators([0, 1, 2, 3], epoch: Epoch(1))

  private func machine() -> ConsensusMachine {
    ConsensusMachine(
      recovering: .intact([]),
      tip: FinalizedTip(header: ConsensusFixture.genesis(validators), finalization: nil),
      context: ConsensusFixture.context(validators),
      configuration: ConsensusConfiguration(
        network: ConsensusFixture.network, member: ConsensusFixture.member(2),
        timing: .local(validatorCount: 4), joining: .atOnce),
      at: moment(0))
  }

  private func moment(_ milliseconds: UInt64) -> Moment {
    Moment(
      instant: Instant(microseconds: milliseconds * 1_000),
      wallClock: ConsensusFixture.timestamp(
        ConsensusFixture.genesisMilliseconds + 60_000 + milliseconds))
  }

  private func answer(_ question: Question) -> ConsensusInput? {
    switch question {
    case .sign(let ballot, let signer): .signed(ConsensusFixture.vote(ballot, signer: signer))
    case .validate(let header): .validated(header.hash, .valid)
    }
  }

  /// The first view's block, and what `change` makes of its header.
  private func header(_ change: (inout Fields) -> Void = { _ in }) -> BlockHeader {
    let leader = machine().leader(of: View(1))
    var fields = Fields(
      epoch: Epoch(1), view: View(1), height: Height(1), proposer: validators[leader].member,
      network: ConsensusFixture.network, parent: ConsensusFixture.genesis(validators).hash,
      time: moment(0).wallClock)
    change(&fields)
    return BlockHeader(
      network: fields.network, epoch: fields.epoch, view: fields.view, parentView: .genesis,
      height: fields.height, time: fields.time, proposer: fields.proposer, parent: fields.parent,
      transactionsRoot: .zero, outcomesRoot: .zero, transactionCount: 0, operationCount: 0,
      stateRoot: .zero, historyRoot: .zero, nextValidators: nil)
  }

  private struct Fields {
    var epoch: Epoch
    var view: View
    var height: Height
    var proposer: MemberID
    var network: NetworkID
    var parent: BlockHash
    var time: Timestamp
  }

  private func proposal(_ header: BlockHeader, votedFor hash: BlockHash? = nil) -> Proposal {
    let block = BlockReference(parentView: .genesis, hash: hash ?? header.hash)
    let ballot = Ballot(epoch: Epoch(1), view: View(1), subject: .notarize(block))
    return Proposal(
      header: header,
      leaderVote: ConsensusFixture.vote(ballot, signer: machine().leader(of: View(1))),
      justification: [])
  }

  // MARK: Proposals

  /// Each ought not to be a proposal at all.
  private var malformed: [Proposal] {
    let right = header()
    let stranger = ConsensusFixture.vote(
      proposal(right).leaderVote.ballot, signer: ValidatorIndex(0))
    return [
      proposal(header { $0.epoch = Epoch(2) }), proposal(header { $0.view = View(2) }),
      proposal(header { $0.view = View(UInt64.max) }),
      proposal(header { $0.height = .genesis }),
      proposal(header { $0.proposer = ConsensusFixture.member(0) }),
      proposal(header { $0.network = NetworkID(SHA256.hash([7])) }),
      proposal(right, votedFor: BlockHash(SHA256.hash([8]))),
      Proposal(header: right, leaderVote: stranger, justification: []),
    ]
  }

  @Test("is not kept from a leader's right proposal by wrong ones that come before it")
  func malformedHeaders() {
    var machine = machine()
    for wrong in malformed {
      let turn = machine.turn(
        [.proposal(Verified(byVerifier: wrong), from: Link(9)), .blockStored(wrong.header)],
        at: moment(0)
      ) { answer($0) }
      #expect(turn.relays.isEmpty)
      #expect(turn.appends.isEmpty)
    }
    let right = proposal(header())
    let turn = machine.turn(
      [.proposal(Verified(byVerifier: right), from: Link(9)), .blockStored(right.header)],
      at: moment(0)
    ) { answer($0) }
    let votes = turn.appends.compactMap { if case .vote(let vote) = $0 { vote } else { nil } }
    #expect(votes.map(\.ballot) == [right.leaderVote.ballot])
  }

  /// Well-formed, and on no parent that it could be on: its view is given up at once.
  @Test("gives a view up whose block cannot be on its parent", arguments: [0, 1, 2])
  func impossibleHeaders(kind: Int) {
    let header = header {
      switch kind {
      case 0: $0.height = Height(2)
      case 1: $0.parent = BlockHash(SHA256.hash([9]))
      default: $0.time = ConsensusFixture.genesis(validators).time
      }
    }
    var machine = machine()
    let turn = machine.turn(
      [.proposal(Verified(byVerifier: proposal(header)), from: nil), .blockStored(header)],
      at: moment(0)
    ) { question in
      if case .validate = question { Issue.record("asked \(question)") }
      return answer(question)
    }
    let votes = turn.appends.compactMap { if case .vote(let vote) = $0 { vote } else { nil } }
    #expect(votes.map(\.ballot.subject) == [.nullify])
  }

  // MARK: Views

  @Test("stays in its view whatever one other signs")
  func inflation() {
    var machine = machine()
    let liar = ValidatorIndex(0)
    for view in (1...9 as ClosedRange<UInt64>) + [1 << 20, 1 << 62, UInt64.max] {
      for subject in [
        VoteSubject.nullify,
        .finalize(BlockReference(parentView: .genesis, hash: BlockHash(SHA256.hash([1])))),
      ] {
        let ballot = Ballot(epoch: Epoch(1), view: View(view), subject: subject)
        let vote = ConsensusFixture.vote(ballot, signer: liar)
        // A certificate of one is none, however often it has its signature.
        let certificate = Certificate(
          ballot: ballot,
          signatures: [CertificateSignature(signer: liar, signature: vote.signature)])
        let turn = machine.turn(
          [
            .vote(Verified(byVerifier: vote), from: Link(9)),
            .certificate(Verified(byVerifier: certificate), from: Link(9)), .tick,
          ], at: moment(view > 9 ? 9 : view)
        ) { answer($0) }
        #expect(turn.appends.isEmpty)
      }
    }
    #expect(machine.view == View(1))
    machine.checkInvariants()
  }

  @Test(
    "decides and gives up at one moment, in either order, and never both",
    arguments: [true, false])
  func sameMoment(certificateFirst: Bool) {
    var machine = machine()
    let right = proposal(header())
    _ = machine.turn(
      [.proposal(Verified(byVerifier: right), from: Link(9)), .blockStored(right.header)],
      at: moment(0)
    ) { answer($0) }
    let notarization = ConsensusInput.certificate(
      Verified(
        byVerifier: Certificate(
          ballot: right.leaderVote.ballot,
          signatures: [0, 1, 3].map {
            CertificateSignature(signer: ValidatorIndex($0), signature: [])
          })), from: nil)
    // The view's time is over, and the certificate comes at the same moment.
    let turn = machine.turn(
      certificateFirst ? [notarization, .tick] : [.tick, notarization], at: moment(300)
    ) { answer($0) }
    let votes = turn.appends.compactMap {
      if case .vote(let vote) = $0 { vote.ballot } else { nil }
    }
    let first = votes.filter { $0.view == View(1) }.map(\.subject.kind)
    #expect(first == (certificateFirst ? [.finalize] : [.nullify]))
    #expect(machine.view == View(2))
    machine.checkInvariants()
  }

  @Test("waits longer from view to view, by half each time, up to a bound, in any view there is")
  func delays() {
    var timing = ConsensusTiming()
    timing.delay = 100_000
    timing.maximumDelay = 1_000_000
    func delay(_ view: UInt64, _ finalized: UInt64 = 10) -> UInt64 {
      timing.delay(in: View(view), finalized: View(finalized))
    }
    #expect(
      [11, 12, 13, 14, 15].map { delay($0) } == [100_000, 100_000, 150_000, 225_000, 337_500])
    #expect(delay(18) == 1_000_000)
    #expect(delay(1 << 62) == 1_000_000)
    #expect(delay(UInt64.max, 0) == 1_000_000)
    #expect(delay(1) == 100_000)
    timing.delay = .max
    timing.maximumDelay = .max
    #expect(delay(100) == .max)
  }
}
