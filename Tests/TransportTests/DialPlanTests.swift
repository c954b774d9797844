import Cryptography
import Ledger
import Testing

@testable import Transport

@Suite("The plan to dial a peer")
struct DialPlanTests {
  let limits = TransportLimits()
  let addresses = [try! NodeAddress("192.0.2.1:1"), try! NodeAddress("node.example:2")]

  private func fail(
    _ plan: inout DialPlan, at now: Instant, _ jitter: inout SplitMix64,
    _ reason: ConnectionFailure = .closed
  ) {
    let failure = DialFailure(address: addresses[0], reason: reason, time: now)
    plan.failed(
      failure, addressCount: 2, isOfPeer: false, limits, &jitter)
  }

  @Test("tries every address, and each that a name stands for, before it pauses")
  func triesAll() throws {
    var jitter = SplitMix64(seed: 1)
    let now = Instant(microseconds: 5)
    var plan = DialPlan(at: now)
    guard case .address(let first) = plan.target(in: addresses)?.1 else {
      Issue.record("no address")
      return
    }
    #expect(first.description == "192.0.2.1:1")
    fail(&plan, at: now, &jitter)
    #expect(plan.next == now)
    guard case .name(let host, let port) = plan.target(in: addresses)?.1 else {
      Issue.record("no name")
      return
    }
    #expect(host == "node.example" && port == 2)
    let resolved = ["192.0.2.7:2", "192.0.2.8:2"].compactMap(SocketAddress.init)
    #expect(plan.resolved(resolved) == resolved[0])
    fail(&plan, at: now, &jitter)
    #expect(plan.next == now)
    guard case .address(let second) = plan.target(in: addresses)?.1 else {
      Issue.record("no address")
      return
    }
    #expect(second == resolved[1])
    fail(&plan, at: now, &jitter)
    #expect(plan.next > now)
    guard case .address(first) = plan.target(in: addresses)?.1 else {
      Issue.record("does not begin again")
      return
    }
  }

  @Test("pauses longer each time up to ten seconds, never twice as long as another would")
  func pauses() {
    var jitter = SplitMix64(seed: 2)
    var now = Instant(microseconds: 0)
    var plan = DialPlan(at: now)
    for round in 0..<70 {
      fail(&plan, at: now, &jitter)
      fail(&plan, at: now, &jitter)
      let longest: UInt64 = min(100_000 << UInt64(min(round, 30)), 10_000_000)
      #expect((longest / 2...longest).contains(plan.next.microseconds(since: now)))
      now = plan.next
    }
    plan.linkEnded(afterMicroseconds: 9_999_999, at: now, limits, &jitter)
    #expect(plan.next.microseconds(since: now) >= 5_000_000)
    plan.linkEnded(afterMicroseconds: 10_000_000, at: now, limits, &jitter)
    #expect(plan.next.microseconds(since: now) <= 100_000)
  }

  @Test("tells the same failure once a minute")
  func tellsOnce() {
    var plan = DialPlan(at: Instant(microseconds: 0))
    func tells(_ reason: ConnectionFailure, atSecond second: UInt64) -> Bool {
      let time = Instant(microseconds: second * 1_000_000)
      return plan.tells(DialFailure(address: addresses[0], reason: reason, time: time), limits)
    }
    #expect(tells(.closed, atSecond: 0))
    #expect(!tells(.closed, atSecond: 59))
    #expect(tells(.keyRefused, atSecond: 59))
    #expect(tells(.closed, atSecond: 60))
    #expect(!tells(.closed, atSecond: 119))
    #expect(tells(.closed, atSecond: 120))
  }
}
