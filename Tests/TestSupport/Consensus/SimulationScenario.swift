import Consensus
import Ledger
import SimulatedMachine

/// A play in three acts: faults of every kind, then none and the demand for progress, then rest.
package struct SimulationScenario: Sendable, CustomStringConvertible {
  package enum Faults: Sendable { case none, links, linksAndCrashes }

  package let plan: SimulationPlan
  package let faults: Faults
  package let transactionCount: Int
  /// How often the validators change.
  package let changeCount: Int

  package init(plan: SimulationPlan, faults: Faults, transactionCount: Int, changeCount: Int) {
    self.plan = plan
    self.faults = faults
    self.transactionCount = transactionCount
    self.changeCount = changeCount
  }

  package var description: String {
    let liars = plan.misbehaviours.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return "seed \(plan.seed), \(plan.validatorCount) validators, \(faults), "
      + "changes \(changeCount), liars \(liars)"
  }

  /// How a run ended.
  package struct Result: Sendable {
    /// What was wrong, if anything.
    package let failure: String?
    package let blockCount: Int
    package let viewCount: Int
    package let evidenceCount: Int
    package let trace: UInt64
  }

  package func run() -> Result {
    let network = SimulatedNetwork(plan)
    var random = SimulatedRandom(seed: plan.seed ^ 0xC0FFEE)
    stir(network, &random)
    heal(network)
    var failure = network.checker.violation ?? progressFailure(network)
    if failure == nil { failure = restFailure(network) }
    return Result(
      failure: failure ?? network.checker.violation, blockCount: network.checker.blockCount,
      viewCount: network.checker.certifiedViewCount,
      evidenceCount: network.checker.evidenceCount, trace: network.trace)
  }

  // MARK: First act

  private func stir(_ network: SimulatedNetwork, _ random: inout SimulatedRandom) {
    for number in 0..<transactionCount {
      disturb(network, &random)
      let node = random.below(plan.memberCount)
      network.submit(UInt64(number), to: node)
      if changeCount > 0, number % (transactionCount / changeCount) == 1 {
        let change = SimulatedBlock.governance + UInt64(number / (transactionCount / changeCount))
        for host in network.hosts { network.submit(change, to: host.index) }
      }
      network.run(for: 20_000 + UInt64(random.below(400_000)))
    }
  }

  private func disturb(_ network: SimulatedNetwork, _ random: inout SimulatedRandom) {
    if faults == .none { return }
    switch random.below(6) {
    case 0: cut(network, &random)
    case 1: network.isCut = { _, _ in false }
    case 2:
      network.lossPercent = random.below(20)
      network.duplicatePercent = random.below(20)
    default: break
    }
    if faults == .linksAndCrashes { crashOrRestart(network, &random) }
  }

  /// Two sides that do not hear each other; sometimes one of them still hears the other.
  private func cut(_ network: SimulatedNetwork, _ random: inout SimulatedRandom) {
    let sides = (0..<plan.memberCount).map { _ in random.below(2) }
    let isOneWay = random.chance(percent: 30)
    network.isCut = { sender, recipient in
      sides[sender] != sides[recipient] && !(isOneWay && sides[sender] == 0)
    }
  }

  private func crashOrRestart(_ network: SimulatedNetwork, _ random: inout SimulatedRandom) {
    switch random.below(8) {
    case 0:
      let index = random.below(plan.memberCount)
      if network.hosts[index].isUp { network.crash(index) }
    case 1:
      // Power is lost everywhere.
      for host in network.hosts where host.isUp { network.crash(host.index) }
    case 2, 3, 4:
      for host in network.hosts where !host.isUp { network.restart(host.index) }
    default: break
    }
  }

  // MARK: Second act

  private func heal(_ network: SimulatedNetwork) {
    network.isCut = { _, _ in false }
    network.lossPercent = 0
    network.duplicatePercent = 0
    for host in network.hosts where !host.isUp { network.restart(host.index) }
    for host in network.honest {
      // A client whose node lost its transactions submits them again.
      for number in 0..<UInt64(transactionCount) { network.submit(number, to: host.index) }
    }
    for _ in 0..<120 where !isSettled(network) { network.run(for: 500_000) }
  }

  private func isSettled(_ network: SimulatedNetwork) -> Bool {
    let honest = network.honest
    return honest.allSatisfy { $0.mempool.isEmpty && $0.chain.count == honest[0].chain.count }
  }

  private func progressFailure(_ network: SimulatedNetwork) -> String? {
    if isSettled(network) { return nil }
    let heights = network.honest.map { "\($0.chain.count)/\($0.machine.view.rawValue)" }
    return "no progress after healing: \(heights)"
  }

  // MARK: Third act

  private func restFailure(_ network: SimulatedNetwork) -> String? {
    network.run(for: 5_000_000)
    let (views, count) = (views(network), network.messageCount)
    network.run(for: 20_000_000)
    if views != self.views(network) { return "views move without work" }
    if network.messageCount != count {
      return "messages flow without work: \(network.honest.map { $0.machine.status })"
    }
    return nil
  }

  private func views(_ network: SimulatedNetwork) -> [UInt64] {
    network.honest.flatMap { [$0.machine.view.rawValue, UInt64($0.chain.count)] }
  }
}
