import Consensus
import Ledger
import Node

/// A run in three acts: faults and work; then no faults, and everything that was begun must come to
/// its end; then no work, and the network must be still.
package struct SimulationRun {
  /// How long the second act may last, in milliseconds of simulated time.
  static let patience: UInt64 = 120_000
  private static let step: UInt64 = 250_000

  /// How a run ended.
  package struct Result: Sendable {
    package let plan: RunPlan
    /// What must never be and was; `nil` of a run in which all was well.
    package let violation: Violation?
    package let traceHash: UInt64
    /// Simulated time.
    package let milliseconds: UInt64
    package let blockCount: UInt64
    package let transactionCount: UInt64
    package let faultCount: Int
    package let figures: Figures
    /// The faults that the schedule has, in words.
    package let faults: [(number: Int, text: String)]
    /// Who lies, and how.
    package let liars: [(node: Int, kind: LiarKind)]
    /// Who has signed what contradicts itself, if more lie than a network bears.
    package let accused: [(node: Int, evidence: Evidence)]
  }

  private let world: World

  private init(_ plan: RunPlan, _ trace: Trace.Sink?) {
    world = World(plan, trace: trace)
  }

  /// - Parameter trace: hears what happens, in words, as it happens.
  package static func run(_ plan: RunPlan, trace: Trace.Sink? = nil) -> Result {
    SimulationRun(plan, trace).run()
  }

  private func run() -> Result {
    world.run(microseconds: world.plan.seconds * 1_000_000)
    world.note("all faults end")
    world.heal()
    demandProgress()
    demandRest()
    return result
  }

  // MARK: Second act

  private func demandProgress() {
    var spent: UInt64 = 0
    while world.violation == nil, !isSettled {
      guard spent < SimulationRun.patience * 1_000 else {
        return world.fail(Violation("progress", state))
      }
      world.run(microseconds: SimulationRun.step)
      spent += SimulationRun.step
    }
  }

  /// The nodes of which progress is demanded.
  private var sound: [SimulatedNode] {
    world.nodes.filter { world.schedule.liars[$0.original] == nil && !$0.isGone }
  }

  private var isSettled: Bool {
    guard world.clients.openRequests(at: world.time).isEmpty else { return false }
    let heads = sound.map { $0.replica?.chainHead.block }
    let passedOver = world.clients.passedOver
    return heads.allSatisfy { $0 != nil && $0 == heads[0] }
      && sound.compactMap(\.replica).allSatisfy { replica in
        replica.waitingTransactionCount == passedOver.count { replica.isWaiting($0) }
      }
  }

  private static let toldNodeCount = 10

  /// For a reader who wonders what keeps the network.
  private var state: String {
    let nodes = world.nodes.prefix(SimulationRun.toldNodeCount).map { node -> String in
      guard let replica = node.replica else { return "\(node.index): down" }
      let status = replica.runningStatus
      return "\(node.index): height \(replica.chainHead.height.rawValue) epoch "
        + "\(replica.validators.epoch.rawValue) view \(replica.view.rawValue) \(status.role), "
        + "\(replica.waitingTransactionCount) wait, links \(node.links.keys.sorted())"
        + (status.waitsFor.isEmpty ? "" : ", waits for \(status.waitsFor.prefix(80))")
    }
    let open = world.clients.openRequests(at: world.time).map(\.number)
    return "requests \(open.prefix(10)) are open; " + nodes.joined(separator: "; ")
  }

  // MARK: Third act

  private func demandRest() {
    // Liars have no reason to be still; and what blocks pass over, since its submitter has had its
    // refusals of this hour, is work as long as a node has it.
    guard world.violation == nil, world.schedule.liars.isEmpty,
      sound.allSatisfy({ $0.replica?.waitingTransactionCount == 0 })
    else { return }
    // A node that has just come back votes after five seconds, and reminds others of it a few times.
    world.run(microseconds: 15_000_000)
    let (views, count) = (views, world.consensusMessageCount)
    world.run(microseconds: 10_000_000)
    guard world.violation == nil else { return }
    if views != self.views { world.fail(Violation("rest", "views move without work: \(state)")) }
    if count != world.consensusMessageCount {
      world.fail(Violation("rest", "messages flow without work: \(state)"))
    }
  }

  private var views: [UInt64] {
    sound.flatMap { [$0.replica?.view.rawValue ?? 0, $0.replica?.chainHead.height.rawValue ?? 0] }
  }

  // MARK: Result

  private var result: Result {
    let chain = world.nodes.compactMap(\.replica).max {
      $0.chainHead.height < $1.chainHead.height
    }
    return Result(
      plan: world.plan, violation: world.violation, traceHash: world.trace.hash,
      milliseconds: world.now / 1_000,
      blockCount: chain?.chainHead.height.rawValue ?? 0,
      transactionCount: chain?.chain.totals.transactions ?? 0,
      faultCount: world.schedule.faults.count, figures: Figures(world),
      faults: world.schedule.faults.map { ($0.number, $0.description) },
      liars: world.schedule.liars.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      accused: accused)
  }

  private var accused: [(node: Int, evidence: Evidence)] {
    (world.forkEvidence?.accusations ?? []).compactMap { accusation in
      world.membership.nodes.firstIndex(of: accusation.member).map { ($0, accusation.evidence) }
    }
  }
}
