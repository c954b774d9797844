import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("The leader schedule")
struct LeaderScheduleTests {
  private func leaders(_ validatorCount: Int, epoch: UInt64 = 1, views: ClosedRange<UInt64>)
    -> [UInt8]
  {
    let validators = ConsensusFixture.validators(Array(0..<validatorCount), epoch: Epoch(epoch))
    let header = ConsensusFixture.genesis(ConsensusFixture.validators([0], epoch: Epoch(1)))
    let closing = ConsensusFixture.header(
      epoch: Epoch(epoch - 1), view: .genesis, parentView: .genesis, height: .genesis,
      time: header.time, proposer: header.proposer, parent: header.parent, content: .zero,
      nextValidators: header.nextValidators)
    let machine = ConsensusMachine(
      recovering: .intact([]), tip: FinalizedTip(header: closing, finalization: nil),
      context: EpochContext(
        validators: validators, genesis: BlockHash(SHA256.hash(Array("epoch genesis".utf8))),
        genesisTime: header.time),
      configuration: ConsensusConfiguration(
        network: ConsensusFixture.network, member: nil,
        timing: .local(validatorCount: validatorCount)),
      at: Moment(instant: Instant(microseconds: 0), wallClock: header.time))
    return views.map { machine.leader(of: View($0)).rawValue }
  }

  @Test("is pinned")
  func golden() {
    #expect(leaders(1, views: 1...3) == [0, 0, 0])
    #expect(leaders(4, views: 1...8) == [0, 1, 2, 3, 0, 1, 2, 3])
    #expect(leaders(7, views: 1...7) == [6, 4, 1, 0, 5, 2, 3])
    #expect(leaders(4, epoch: 2, views: 1...4) == [0, 3, 1, 2])
    // Computed from the description in LeaderSchedule.swift by a program in another language.
    #expect(
      leaders(31, views: 1...31) == [
        25, 23, 8, 27, 10, 20, 13, 4, 11, 18, 1, 29, 3, 21, 16, 2, 24, 15, 7, 14, 17, 6, 28, 5, 12,
        19, 22, 0, 9, 26, 30,
      ])
  }

  @Test("gives every validator its turn once in n views, in every epoch", arguments: [4, 10, 31])
  func permutation(validatorCount: Int) {
    for epoch in 1...20 as ClosedRange<UInt64> {
      let turn = leaders(validatorCount, epoch: epoch, views: 1...UInt64(validatorCount))
      #expect(turn.sorted() == (0..<UInt8(validatorCount)).map { $0 })
    }
  }

  @Test("lets each of four lead first in about a quarter of all epochs")
  func fairness() {
    var counts = [0, 0, 0, 0]
    for epoch in 1...400 as ClosedRange<UInt64> {
      counts[Int(leaders(4, epoch: epoch, views: 1...1)[0])] += 1
    }
    #expect(counts.allSatisfy { (70...130).contains($0) }, "\(counts)")
  }
}

@Suite("Evidence")
struct EvidenceTests {
  private static let first = BlockReference(
    parentView: .genesis, hash: BlockHash(SHA256.hash([1])))
  private static let second = BlockReference(
    parentView: .genesis, hash: BlockHash(SHA256.hash([2])))

  static let pairs: [(VoteSubject, VoteSubject, Evidence.Kind?)] = [
    (.notarize(first), .notarize(second), .twoNotarizations),
    (.nullify, .finalize(first), .nullifiedAndFinalized),
    (.notarize(first), .finalize(second), .finalizedAnother),
    (.finalize(first), .finalize(second), .twoFinalizations),
    (.notarize(first), .notarize(first), nil),
    (.notarize(first), .nullify, nil),
    (.notarize(first), .finalize(first), nil),
    (.finalize(first), .finalize(first), nil),
    (.nullify, .nullify, nil),
  ]

  @Test("knows exactly the four contradictions, in either order", arguments: pairs)
  func kinds(_ pair: (VoteSubject, VoteSubject, Evidence.Kind?)) {
    let votes = [pair.0, pair.1].map {
      ConsensusFixture.vote(
        Ballot(epoch: Epoch(1), view: View(5), subject: $0), signer: ValidatorIndex(1))
    }
    #expect(Evidence(votes[0], votes[1])?.kind == pair.2)
    #expect(Evidence(votes[1], votes[0])?.kind == pair.2)
  }

  @Test("needs one validator, one view and one epoch")
  func sameness() {
    let ballot = Ballot(epoch: Epoch(1), view: View(5), subject: .nullify)
    let final = VoteSubject.finalize(EvidenceTests.first)
    let vote = ConsensusFixture.vote(ballot, signer: ValidatorIndex(1))
    for other in [
      ConsensusFixture.vote(
        Ballot(epoch: Epoch(1), view: View(5), subject: final), signer: ValidatorIndex(2)),
      ConsensusFixture.vote(
        Ballot(epoch: Epoch(1), view: View(6), subject: final), signer: ValidatorIndex(1)),
      ConsensusFixture.vote(
        Ballot(epoch: Epoch(2), view: View(5), subject: final), signer: ValidatorIndex(1)),
    ] {
      #expect(Evidence(vote, other) == nil)
    }
  }
}
