import Simulator
import Testing

@Suite("More liars than a network bears")
struct CollusionTests {
  @Test("fork it, and what they signed names f + 1 of them and nobody else", arguments: [4, 7, 10])
  func fork(validatorCount: Int) {
    let plan = CollusionTests.plan(validatorCount, twinCount: (validatorCount - 1) / 3 + 1)
    let result = SimulationRun.run(plan)
    #expect(result.violation?.rule == "agreement")
    let liars = Set(result.liars.map(\.node))
    let accused = Set(result.accused.map(\.node))
    #expect(accused.count > plan.faultLimit)
    #expect(accused.isSubset(of: liars), "an honest validator is accused")
  }

  @Test("are f + 1: with f, one half decides nothing and there is no fork")
  func noFork() {
    let result = SimulationRun.run(CollusionTests.plan(4, twinCount: 1))
    #expect(result.violation?.rule == "progress")
    #expect(result.accused.isEmpty)
  }

  /// Twins, of which each has one half of the honest nodes for good.
  private static func plan(_ validatorCount: Int, twinCount: Int) -> RunPlan {
    var plan = RunPlan(seed: 1)
    plan.validatorCount = validatorCount
    plan.liar = .twins
    plan.liarCount = twinCount
    plan.areTwinsSplit = true
    plan.faults = [.liars]
    plan.seconds = 10
    return plan
  }
}
