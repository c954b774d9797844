import Consensus
import TestSupport
import Testing

@Suite("A simulated network")
struct SimulationTests {
  static func scenario(
    seed: UInt64, validators: Int, faults: SimulationScenario.Faults,
    misbehaviours: [Int: Misbehaviour] = [:], transactions: Int = 25, changes: Int = 0
  ) -> SimulationScenario {
    var plan = SimulationPlan(seed: seed, validatorCount: validators)
    plan.timing.maximumDelay = 2_000_000
    plan.misbehaviours = misbehaviours
    if changes > 0 {
      plan.memberCount = validators + 1
      let all = Array(0...validators)
      plan.validators = ValidatorPlan(all.map { left in all.filter { $0 != left } })
    }
    return SimulationScenario(
      plan: plan, faults: faults, transactionCount: transactions, changeCount: changes)
  }

  private func check(_ scenario: SimulationScenario) {
    let result = scenario.run()
    if let failure = result.failure { Issue.record("\(scenario): \(failure)") }
    #expect(result.blockCount > 0, "\(scenario)")
  }

  @Test(
    "agrees, goes on and rests with links that fail", arguments: [1, 4, 7, 10],
    SeedRange.seeds(1...1))
  func links(validators: Int, seed: UInt64) {
    check(
      SimulationTests.scenario(
        seed: seed, validators: validators, faults: .links, transactions: 40 / (validators + 1) + 3)
    )
  }

  @Test(
    "survives crashes of any number of nodes", arguments: [1, 4, 7], SeedRange.seeds(1...3))
  func crashes(validators: Int, seed: UInt64) {
    check(
      SimulationTests.scenario(
        seed: seed, validators: validators, faults: .linksAndCrashes,
        transactions: 80 / (validators + 1)))
  }

  @Test(
    "survives liars, with crashes around them", arguments: Misbehaviour.allCases,
    SeedRange.seeds(1...3))
  func liars(misbehaviour: Misbehaviour, seed: UInt64) {
    check(
      SimulationTests.scenario(
        seed: seed, validators: 4, faults: .linksAndCrashes,
        misbehaviours: [Int(seed % 4): misbehaviour]))
  }

  @Test("survives two liars of seven", arguments: SeedRange.seeds(1...2))
  func twoLiars(seed: UInt64) {
    let kinds = Misbehaviour.allCases
    let first = kinds[Int(seed) % kinds.count]
    check(
      SimulationTests.scenario(
        seed: seed, validators: 7, faults: .links,
        misbehaviours: [Int(seed % 7): first, Int((seed + 3) % 7): .doubleVoter],
        transactions: 10))
  }

  @Test("changes its validators under faults", arguments: SeedRange.seeds(1...4))
  func epochs(seed: UInt64) {
    check(
      SimulationTests.scenario(
        seed: seed, validators: 4, faults: .linksAndCrashes, changes: 3))
  }

  @Test("plays the same from the same seed")
  func determinism() {
    let scenario = SimulationTests.scenario(
      seed: 77, validators: 4, faults: .linksAndCrashes, misbehaviours: [2: .doubleVoter],
      transactions: 10)
    #expect(scenario.run().trace == scenario.run().trace)
  }
}
