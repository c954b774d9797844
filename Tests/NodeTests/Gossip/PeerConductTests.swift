import Consensus
import Ledger
import SimulatedMachine
import TestSupport
import Testing
import Transport

@testable import Node

@Suite("A peer's quota")
struct PeerQuotaTests {
  static let start = Instant(microseconds: 1_000_000)

  static func at(_ milliseconds: UInt64) -> Instant {
    start.advanced(byMicroseconds: milliseconds * 1_000)
  }

  /// How many of `count` such charges are admitted at once.
  static func admitted(
    _ charge: PeerQuota.Charge, of count: Int, in quota: inout PeerQuota, at now: Instant = start
  ) -> Int {
    (0..<count).count {
      _ in quota.admit(charge, validatorCount: 4, at: now) == .admitted
    }
  }

  static let limits: [(PeerQuota.Charge, Int)] = [
    (.vote(View(1)), 12), (.certificate(View(1)), 3), (.proposal(View(1)), 2), (.status, 8),
    (.question, 40), (.gossip, 8_000), (.reports(count: 10), 100),
    (.verification(signatureCount: 1), 75_000), (.frame(.control, byteCount: 1 << 20), 32),
    (.frame(.bulk, byteCount: 1 << 20), 128), (.answer(byteCount: 1 << 20), 16),
  ]

  @Test("bounds each thing by itself", arguments: limits.indices)
  func bounds(_ index: Int) {
    let (charge, bound) = Self.limits[index]
    var quota = PeerQuota(at: Self.start)
    #expect(Self.admitted(charge, of: bound + 5, in: &quota) == bound)
    #expect(quota.droppedCount == 5)
    for (other, otherBound) in Self.limits where other != charge {
      #expect(Self.admitted(other, of: 1, in: &quota) == 1, "\(other), \(otherBound)")
    }
  }

  @Test("fills up again with time")
  func fillsUp() {
    var quota = PeerQuota(at: Self.start)
    _ = Self.admitted(.status, of: 100, in: &quota)
    #expect(Self.admitted(.status, of: 100, in: &quota, at: Self.at(499)) == 0)
    #expect(Self.admitted(.status, of: 100, in: &quota, at: Self.at(1_500)) == 3)
    #expect(Self.admitted(.status, of: 100, in: &quota, at: Self.at(3_600_000)) == 8)
    // A clock that goes back gives nothing.
    #expect(Self.admitted(.status, of: 100, in: &quota, at: Self.at(0)) == 0)
  }

  @Test("counts votes by view, and lets them come again after a second")
  func countsByView() {
    var quota = PeerQuota(at: Self.start)
    for view in 1...UInt64(GossipLimits.viewsPerSecond) {
      #expect(Self.admitted(.vote(View(view)), of: 20, in: &quota) == 12)
    }
    #expect(Self.admitted(.vote(View(9_999)), of: 20, in: &quota) == 0)
    #expect(Self.admitted(.vote(View(1)), of: 20, in: &quota, at: Self.at(999)) == 0)
    #expect(Self.admitted(.vote(View(1)), of: 20, in: &quota, at: Self.at(1_000)) == 12)
    #expect(Self.admitted(.vote(View(9_999)), of: 20, in: &quota, at: Self.at(1_000)) == 12)
  }

  @Test("lets a large answer be owed for")
  func owes() {
    var quota = PeerQuota(at: Self.start)
    let charge = PeerQuota.Charge.answer(byteCount: 200 << 20)
    #expect(Self.admitted(charge, of: 2, in: &quota) == 1)
    // 184 MiB at 64 MiB a second.
    #expect(Self.admitted(.answer(byteCount: 0), of: 1, in: &quota, at: Self.at(2_870)) == 0)
    #expect(Self.admitted(.answer(byteCount: 0), of: 1, in: &quota, at: Self.at(2_880)) == 1)
  }

  @Test("calls it flooding when a peer goes on and on")
  func flooding() {
    var quota = PeerQuota(at: Self.start)
    var verdicts: [PeerQuota.Verdict] = []
    for _ in 0..<3_000 {
      verdicts.append(quota.admit(.status, validatorCount: 4, at: Self.start))
    }
    #expect(verdicts[..<8].allSatisfy { $0 == .admitted })
    #expect(verdicts[8..<2_008].allSatisfy { $0 == .dropped })
    #expect(verdicts[2_008...].allSatisfy { $0 == .flooding })
    // A correct peer's excess now and then is forgiven.
    #expect(quota.admit(.status, validatorCount: 4, at: Self.at(400)) == .dropped)
  }

  @Test("takes the greatest numbers")
  func extremes() {
    var quota = PeerQuota(at: Instant(microseconds: 0))
    let end = Instant(microseconds: .max)
    #expect(quota.admit(.frame(.bulk, byteCount: .max), validatorCount: 31, at: end) == .admitted)
    #expect(quota.admit(.frame(.bulk, byteCount: .max), validatorCount: 31, at: end) == .dropped)
    #expect(
      quota.admit(
        .verification(signatureCount: 1 << 40), validatorCount: 31, at: end) == .dropped)
    #expect(quota.admit(.vote(View(.max)), validatorCount: 31, at: end) == .admitted)
  }
}

@Suite("A peer's score")
struct PeerScoreTests {
  static let now = Instant(microseconds: 1_000_000)
  static let member = ConsensusFixture.member(1)

  @Test("falls with offences and recovers with time")
  func recovers() {
    var scores = PeerScore()
    let standings = (0..<20).map { _ in scores.note(.withheld, of: Self.member, at: Self.now) }
    #expect(standings[..<5].allSatisfy { $0 == .good })
    #expect(standings[5..<19].allSatisfy { $0 == .avoided })
    #expect(standings[19] == .unbearable)
    func standing(afterHalfLives count: UInt64) -> PeerScore.Standing {
      scores.standing(
        of: Self.member,
        at: Self.now.advanced(byMicroseconds: count * GossipLimits.scoreHalfLife))
    }
    #expect(standing(afterHalfLives: 1) == .avoided)
    #expect(standing(afterHalfLives: 2) == .good)
    scores.forgetSettled(at: Instant(microseconds: .max))
    #expect(scores.isEmpty)
  }

  @Test("weighs offences, and keeps members apart")
  func weighs() {
    var scores = PeerScore()
    #expect(scores.note(.forged, of: Self.member, at: Self.now) == .avoided)
    #expect(scores.note(.forged, of: Self.member, at: Self.now) == .unbearable)
    #expect(scores.standing(of: ConsensusFixture.member(2), at: Self.now) == .good)
    for _ in 0..<29 {
      #expect(scores.note(.redundant, of: ConsensusFixture.member(2), at: Self.now) == .good)
    }
    for _ in 0..<1_000_000 { scores.note(.flooding, of: Self.member, at: Self.now) }
    #expect(scores.standing(of: Self.member, at: Self.now) == .unbearable)
  }
}

@Suite("The parts of gossip")
struct GossipPartsTests {
  static func tag(_ number: UInt64) -> TransactionTag {
    TransactionTag(high: number &* 0x9E37_79B9_7F4A_7C15, low: number)
  }

  @Test("a memory of tags keeps the newest, and forgets none of those")
  func memory() {
    var memory = RecentSet<TransactionTag>(generationLimit: 100)
    #expect(memory.isEmpty)
    for number in 0..<1_000 as Range<UInt64> {
      memory.insert(Self.tag(number))
      let oldest = number - min(number, 99)
      #expect((oldest...number).allSatisfy { memory.contains(Self.tag($0)) })
    }
    #expect(!memory.contains(Self.tag(700)))
    let removals = [memory.remove(Self.tag(999)), memory.remove(Self.tag(999))]
    #expect(removals == [true, false])
    memory.age()
    #expect(memory.contains(Self.tag(998)))
    memory.age()
    #expect(memory.isEmpty)
  }

  @Test("a queue of wants gives the earliest, and of equal times the first")
  func queue() {
    var queue = WantQueue()
    var random = SimulatedRandom(seed: 5)
    var expected: [(Instant, UInt64)] = []
    for number in 0..<500 as Range<UInt64> {
      let due = Instant(microseconds: UInt64(random.below(50)))
      expected.append((due, queue.insert(Self.tag(number), due: due)))
    }
    queue.removeAll { $0.number % 3 == 0 }
    expected.removeAll { $0.1 % 3 == 0 }
    for (due, number) in expected.sorted(by: { $0 < $1 }) {
      #expect(queue.first?.due == due)
      #expect(queue.first?.number == number)
      queue.removeFirst()
    }
    #expect(queue.first == nil)
  }

  @Test("a link is congested above a bound and free again below a lower one")
  func pace() {
    let (low, high) = (PeerLimits.relievedByteCount, PeerLimits.congestedByteCount)
    var pace = LinkPace.free
    let paces = [0, high, high + 1, low, low - 1, high].map { waiting in
      pace = pace.next(waitingByteCount: waiting)
      return pace
    }
    #expect(paces == [.free, .free, .congested, .congested, .free, .free])
  }

  @Test("a digest is that of a set, whatever the order, and shows the buckets that differ")
  func digest() {
    let tags = (1...300).map(Self.tag)
    var digest = MempoolDigest(tags)
    #expect(digest == MempoolDigest(tags.reversed()))
    #expect(digest.filled == BucketSet(tags.map(MempoolDigest.bucket)))
    var other = digest
    let extra = Self.tag(9_999)
    other.toggle(extra)
    #expect(digest.differences(from: other).members == [MempoolDigest.bucket(of: extra)])
    digest.toggle(extra)
    #expect(digest.differences(from: other).isEmpty)
    for tag in tags + [extra] { digest.toggle(tag) }
    #expect(digest == MempoolDigest())
    #expect(digest.filled.isEmpty)
    #expect(BucketSet(bytes: other.filled.bytes) == other.filled)
    #expect(other.filled.count == other.filled.members.count)
  }
}
