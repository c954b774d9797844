import Simulator
import Testing

@Suite("Whole networks from a seed")
struct SimulationRunTests {
  @Test("come to their end whatever goes wrong", arguments: UInt64(1)...12)
  func seeds(seed: UInt64) {
    expectPassed(.varied(seed))
  }

  @Test("bear each kind of liar", arguments: LiarKind.allCases)
  func liars(kind: LiarKind) {
    var plan = RunPlan(seed: 1)
    plan.liar = kind
    plan.liarCount = 1
    plan.faults = [.links, .liars]
    plan.seconds = 8
    expectPassed(plan)
  }

  @Test("come to their end where they once did not", arguments: FoundSeed.all)
  func found(seed: FoundSeed) {
    expectPassed(seed.plan)
  }

  @Test("go the same way from the same seed")
  func determinism() {
    let first = SimulationRun.run(.varied(77))
    let second = SimulationRun.run(.varied(77))
    #expect(first.traceHash == second.traceHash)
    #expect(first.traceHash != SimulationRun.run(.varied(78)).traceHash)
  }

  @Test("have something to do and something to bear")
  func isWorthIt() {
    var plan = RunPlan(seed: 5)
    plan.liarCount = 0
    let result = SimulationRun.run(plan)
    #expect(result.transactionCount > 20)
    #expect(result.faultCount > 10)
  }

  @Test("take no view longer than it needs when nothing goes wrong", arguments: UInt64(1)...3)
  func finality(seed: UInt64) throws {
    var plan = RunPlan(seed: seed)
    plan.faults = []
    plan.seconds = 30
    let result = SimulationRun.run(plan)
    // A view whose leader lacks the block before, or is waited for in vain, costs 200 ms.
    let slowest = try #require(result.figures.finality(percentile: 100))
    #expect(slowest < 60_000, "\(result.figures.finality.suffix(3)) microseconds")
  }

  private func expectPassed(
    _ plan: RunPlan, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let result = SimulationRun.run(plan)
    #expect(
      result.violation == nil, "seed \(plan.seed): \(result.faults)", sourceLocation: sourceLocation
    )
  }
}

/// A run that failed once, made as small as it would go.
struct FoundSeed: Sendable, CustomTestStringConvertible {
  let plan: RunPlan
  let what: String

  var testDescription: String { what }

  private init(_ seed: UInt64, _ what: String, _ change: (inout RunPlan) -> Void) {
    var plan = RunPlan(seed: seed)
    change(&plan)
    self.plan = plan
    self.what = what
  }

  static let all = [
    FoundSeed(39, "a block comes that was asked for before catching up") {
      ($0.validatorCount, $0.followerCount, $0.seconds) = (7, 2, 9)
      $0.faults = [.pauses]
      $0.keptFaults = [0, 2, 3]
    },
    FoundSeed(326, "an epoch opens with a tip beyond the journal") {
      ($0.validatorCount, $0.followerCount, $0.seconds) = (9, 1, 11)
      $0.keptFaults = [0, 5, 7]
    },
  ]
}
