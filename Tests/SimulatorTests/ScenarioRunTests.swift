import Simulator
import Testing

/// Directed runs: one thing goes wrong, all the time.
@Suite("Whole networks in which one thing goes wrong")
struct ScenarioRunTests {
  private func run(_ plan: RunPlan, sourceLocation: SourceLocation = #_sourceLocation) {
    let result = SimulationRun.run(plan)
    #expect(
      result.violation == nil, "seed \(plan.seed): \(result.faults)", sourceLocation: sourceLocation
    )
    #expect(result.transactionCount > 5, sourceLocation: sourceLocation)
  }

  /// A kind, and others beside it.
  struct Kinds: Sendable, CustomTestStringConvertible {
    let kinds: Set<FaultKind>

    init(_ kinds: FaultKind...) { self.kinds = Set(kinds) }

    var testDescription: String {
      kinds.map(\.rawValue).sorted().joined(separator: " and ")
    }

    static let all = [
      Kinds(.links), Kinds(.partitions), Kinds(.pauses), Kinds(.clocks), Kinds(.crashes),
      Kinds(.disks), Kinds(.epochs, .partitions), Kinds(.epochs, .clocks, .crashes),
    ]
  }

  @Test("come to their end", arguments: Kinds.all)
  func kinds(kinds: Kinds) {
    var plan = RunPlan(seed: 58)
    plan.faults = kinds.kinds
    plan.seconds = 12
    // The next seed that has some of them.
    while plan.faultNumbers.count < 3 { plan.seed += 100 }
    run(plan)
  }

  @Test(
    "bear a validator that runs twice, whoever hears which of the two",
    arguments: [60, 61, 62] as [UInt64])
  func twins(seed: UInt64) {
    var plan = RunPlan(seed: seed)
    plan.faults = [.liars, .links, .partitions]
    (plan.liar, plan.liarCount) = (.twins, 1)
    plan.seconds = 10
    run(plan)
  }

  @Test("order pledges of one vehicle from all sides of a ring", arguments: [62, 63] as [UInt64])
  func ring(seed: UInt64) {
    var plan = RunPlan(seed: seed)
    (plan.validatorCount, plan.degree) = (7, 2)
    plan.faults = [.links]
    plan.seconds = 10
    run(plan)
  }
}
