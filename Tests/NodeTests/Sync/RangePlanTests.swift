import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Node

@Suite("The plan of ranges")
struct RangePlanTests {
  private static let now = Instant(microseconds: 1_000_000)
  private static let peers = [(link: Link(1), height: Height(100_000))]

  /// A range of blocks that have nothing but heights.
  private func range(_ heights: ClosedRange<UInt64>) -> CheckedRange {
    let blocks = heights.map { height in
      let header = ConsensusFixture.header(
        epoch: Epoch(1), view: View(height), parentView: .genesis, height: Height(height),
        time: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds + height),
        proposer: ConsensusFixture.member(0), parent: BlockHash(.zero), content: .zero,
        nextValidators: nil)
      let block = Block(header: header, transactions: [], outcomes: [])
      return (block: block, encoded: block.encoded)
    }
    let last = BlockReference(
      parentView: .genesis, hash: blocks[blocks.count - 1].block.header.hash)
    return CheckedRange(
      blocks: blocks,
      finalization: ConsensusFixture.certificate(
        Ballot(epoch: Epoch(1), view: View(heights.upperBound), subject: .finalize(last)),
        signers: 3))
  }

  @Test("keeps the range that goes on from the head, however many came before it")
  func nextIsKept() {
    var plan = RangePlan()
    // A liar cuts what it gives short: every answer has one block.
    for height in stride(from: UInt64(65), to: 65 + 64 * 20, by: 64) {
      plan.keep(range(height...height))
    }
    #expect(plan.waiting.count == PeerLimits.rangesInFlight)
    #expect(plan.next(after: .genesis) == nil)
    #expect(plan.takeNext(after: .genesis) == nil)
    plan.keep(range(1...64))
    #expect(plan.waiting.count == PeerLimits.rangesInFlight)
    #expect(plan.next(after: .genesis) == Height(1))
    #expect(plan.takeNext(after: .genesis)?.last == Height(64))
    #expect(plan.takeNext(after: Height(64))?.last == Height(65))
    #expect(plan.takeNext(after: Height(65)) == nil)
  }

  @Test("asks for the next range although as many as may be kept wait for it")
  func nextIsAskedFor() {
    var plan = RangePlan()
    for slot in 1...UInt64(PeerLimits.rangesInFlight) {
      let first = 1 + slot * UInt64(PeerLimits.servedBlockCount)
      plan.keep(range(first...first))
    }
    let requests = plan.requests(after: .genesis, claims: Self.peers, at: Self.now)
    #expect(requests.map(\.from) == [Height(1)])
  }

  @Test("asks for several ranges at once, each of another peer as long as there are any")
  func spread() {
    var plan = RangePlan()
    let claims = (1...UInt64(PeerLimits.rangesInFlight)).map {
      (link: Link($0), height: Height(100_000))
    }
    let requests = plan.requests(after: Height(7), claims: claims, at: Self.now)
    #expect(
      requests.map(\.from)
        == (0..<UInt64(PeerLimits.rangesInFlight)).map {
          Height(8 + $0 * UInt64(PeerLimits.servedBlockCount))
        })
    #expect(Set(requests.map(\.link)).count == PeerLimits.rangesInFlight)
  }

  @Test("gives up on ranges that nothing leads to")
  func unjoined() {
    var plan = RangePlan()
    plan.keep(range(65...128))
    plan.dropUnjoined(after: Height(64))
    #expect(plan.next(after: Height(64)) == Height(65))
    plan.dropUnjoined(after: Height(10))
    #expect(plan.isIdle)
  }
}
