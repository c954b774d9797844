import Consensus
import Ledger
import TestSupport
import Testing

/// What takes many blocks, or many epochs.
@Suite("A network of validators in the long run")
struct LongScenarioTests {
  @Test("makes a thousand blocks, one after the other")
  func thousandBlocks() {
    let network = SimulatedNetwork(SimulationPlan(seed: 40, validatorCount: 4))
    for number in 0..<1_000 as Range<UInt64> {
      network.submit(number, to: Int(number % 4))
      network.run(for: 25_000)
    }
    network.run(for: 5_000_000)
    for host in network.hosts {
      #expect(host.chain.flatMap(\.transactions).sorted() == Array(0..<1_000))
    }
    #expect(network.checker.blockCount > 900)
    #expect(network.checker.violation == nil)
  }

  @Test("lets a validator go, and counts on it again when it has come back")
  func addRemoveAdd() {
    var plan = SimulationPlan(seed: 53, validatorCount: 4)
    plan.validators = ValidatorPlan([[0, 1, 2], [0, 1, 2, 3]])
    let network = SimulatedNetwork(plan)
    network.submit(SimulatedBlock.governance, to: 0)
    network.run(for: 3_000_000)
    #expect(network.hosts[3].machine.epoch == Epoch(2))
    #expect(network.hosts[3].machine.right == .observing(.notValidator))
    network.submit(1, to: 3)
    network.run(for: 3_000_000)
    for host in network.hosts { #expect(host.chain.count == 3) }
    network.submit(SimulatedBlock.governance + 1, to: 1)
    network.run(for: 3_000_000)
    #expect(network.hosts[3].machine.epoch == Epoch(3))
    #expect(network.hosts[3].machine.right == .voting)
    // There is no quorum without it now.
    network.crash(0)
    network.submit(2, to: 3)
    network.run(for: 5_000_000)
    for index in 1...3 { #expect(network.hosts[index].chain.count == 5) }
    #expect(network.checker.violation == nil)
  }

  @Test("grows from one validator to two, and goes on with one of them alone")
  func oneToTwo() {
    var plan = SimulationPlan(seed: 10, validatorCount: 1)
    plan.memberCount = 2
    plan.validators = ValidatorPlan([[0, 1], [0]])
    let network = SimulatedNetwork(plan)
    network.submit(1, to: 1)
    network.run(for: 1_000_000)
    network.submit(SimulatedBlock.governance, to: 0)
    network.run(for: 3_000_000)
    for host in network.hosts { #expect(host.machine.epoch == Epoch(2)) }
    #expect(network.hosts[1].machine.right == .voting)
    network.submit(2, to: 1)
    network.run(for: 3_000_000)
    for host in network.hosts { #expect(host.chain.count == 4) }
    network.submit(SimulatedBlock.governance + 1, to: 1)
    network.run(for: 3_000_000)
    network.crash(1)
    network.submit(3, to: 0)
    network.run(for: 3_000_000)
    #expect(network.hosts[0].machine.epoch == Epoch(3))
    #expect(network.hosts[0].chain.count == 6)
    #expect(network.checker.violation == nil)
  }
}
