import Consensus
import Ledger
import TestSupport
import Testing

@Suite("A network of validators")
struct ScenarioTests {
  private func network(_ validatorCount: Int, seed: UInt64 = 1) -> SimulatedNetwork {
    var plan = SimulationPlan(seed: seed, validatorCount: validatorCount)
    plan.timing.maximumDelay = 2_000_000
    return SimulatedNetwork(plan)
  }

  private func leader(of view: View, in network: SimulatedNetwork) -> Int {
    Int(network.hosts[0].machine.leader(of: view).rawValue)
  }

  @Test("commits a transaction that one node knows while the leader is dead", arguments: [4, 7])
  func deadLeader(validatorCount: Int) {
    let network = network(validatorCount)
    let dead = leader(of: View(1), in: network)
    network.crash(dead)
    network.submit(1, to: (dead + 1) % validatorCount)
    network.run(for: 2_000_000)
    for host in network.hosts where host.isUp { #expect(host.chain.count == 2) }
    #expect(network.checker.violation == nil)
  }

  @Test("stands still without a quorum, and goes on when the last validator is back")
  func quorumLost() {
    let network = network(4)
    network.crash(0)
    network.crash(1)
    network.submit(1, to: 2)
    network.run(for: 20_000_000)
    #expect(network.hosts[2].chain.count == 1)
    #expect(network.hosts[2].machine.view == View(1))
    network.restart(0)
    network.run(for: 10_000_000)
    #expect(network.hosts[2].chain.count == 2)
    #expect(network.checker.violation == nil)
  }

  @Test("skips a dead leader at once when it has missed three of its turns")
  func fastSkip() {
    let network = network(4)
    let dead = leader(of: View(2), in: network)
    network.crash(dead)
    for number in 0..<30 as Range<UInt64> {
      network.submit(number, to: (dead + 1) % 4)
      network.run(for: 300_000)
    }
    let before = network.now
    var slowest: UInt64 = 0
    for number in 30..<40 as Range<UInt64> {
      let (start, count) = (network.now, network.hosts[(dead + 1) % 4].chain.count)
      network.submit(number, to: (dead + 1) % 4)
      while network.hosts[(dead + 1) % 4].chain.count == count, network.now < start + 5_000_000 {
        network.run(for: 5_000)
      }
      slowest = max(slowest, network.now - start)
    }
    #expect(network.now > before)
    // Without the skip the dead leader's views cost two delays of 100 ms each.
    #expect(slowest < 150_000)
  }

  @Test("makes one empty block for a wish, and none without")
  func heartbeat() {
    let network = network(4)
    network.run(for: 5_000_000)
    #expect(network.checker.blockCount == 0)
    network.requestEmptyBlock()
    network.run(for: 5_000_000)
    #expect(network.checker.blockCount == 1)
    network.requestEmptyBlock()
    network.run(for: 100_000)
    network.requestEmptyBlock()
    network.run(for: 5_000_000)
    #expect(network.checker.blockCount <= 3)
    #expect(network.checker.violation == nil)
  }

  @Test("goes on without a validator that lost its journal, which votes no more in the epoch")
  func journalLost() {
    let network = network(4)
    network.submit(1, to: 0)
    network.run(for: 1_000_000)
    network.crash(2)
    network.restart(2, .missing)
    network.submit(2, to: 2)
    network.run(for: 5_000_000)
    #expect(network.hosts[2].machine.right == .observing(.journalMissing))
    #expect(network.hosts[2].chain.count == 3)
    network.crash(2)
    network.restart(2)
    #expect(network.hosts[2].machine.right == .observing(.journalReplaced))
    #expect(network.checker.violation == nil)
  }

  @Test(
    "contradicts itself if it forgets its journal: what the journal is for",
    arguments: [
      (SimulatedHost.JournalFate.intact, false), (.missing, false), (.forgotten, true),
    ])
  func ablation(fate: SimulatedHost.JournalFate, contradicts: Bool) {
    let network = network(4)
    let leader = leader(of: View(1), in: network)
    network.submit(1, to: leader)
    network.run(for: 1_500)
    network.crash(leader)
    network.restart(leader, fate)
    network.submit(2, to: leader)
    network.run(for: 1_500)
    #expect((network.checker.violation != nil) == contradicts)
  }

  @Test("gives a validator its vote back in an epoch that began after it lost its journal")
  func voteRegained() {
    var plan = SimulationPlan(seed: 3, validatorCount: 4)
    plan.validators = ValidatorPlan([[0, 1, 2, 3]])
    let network = SimulatedNetwork(plan)
    network.crash(2)
    network.restart(2, .missing)
    network.run(for: 1_000_000)
    network.submit(SimulatedBlock.governance, to: 0)
    network.run(for: 3_000_000)
    // The epoch began within the tolerance of header times: it may be the one that was lost.
    #expect(network.hosts[2].machine.epoch == Epoch(2))
    #expect(network.hosts[2].machine.right == .observing(.journalMissing))
    network.run(for: 20_000_000)
    network.submit(SimulatedBlock.governance + 1, to: 0)
    network.run(for: 3_000_000)
    #expect(network.hosts[2].machine.epoch == Epoch(3))
    #expect(network.hosts[2].machine.right == .voting)
    #expect(network.checker.violation == nil)
  }

  @Test("shows a node that slept through epochs the way")
  func sleeper() {
    var plan = SimulationPlan(seed: 5, validatorCount: 4)
    plan.validators = ValidatorPlan([[0, 1, 2, 3], [0, 1, 2, 3]])
    let network = SimulatedNetwork(plan)
    network.crash(3)
    for number in 0..<3 as Range<UInt64> {
      network.submit(SimulatedBlock.governance + number, to: 0)
      network.run(for: 3_000_000)
    }
    #expect(network.hosts[0].machine.epoch == Epoch(4))
    network.restart(3)
    network.run(for: 5_000_000)
    #expect(network.hosts[3].machine.epoch == Epoch(4))
    #expect(network.hosts[3].chain.count == network.hosts[0].chain.count)
    #expect(network.checker.violation == nil)
  }
}
