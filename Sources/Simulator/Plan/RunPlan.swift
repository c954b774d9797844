import Ledger
import SimulatedMachine

/// What a run is a function of: the same plan gives the same trace, in every process.
package struct RunPlan: Hashable, Sendable {
  package static let validatorLimit = ValidatorSet.limit
  package static let nodeLimit = 128

  package var seed: UInt64
  package var validatorCount = 4
  package var followerCount = 0
  /// How many links each node has at least; `nil` if all nodes are linked to all.
  package var degree: Int?
  /// How long there are faults and work, in seconds of simulated time.
  package var seconds: UInt64 = 20
  package var faults: Set<FaultKind> = Set(FaultKind.allCases)
  /// How those lie who do; chosen by the seed if `nil`.
  package var liar: LiarKind?
  /// How many lie; at most `f`, chosen by the seed, if `nil`. More than a network bears if it is said.
  package var liarCount: Int?
  /// Whether each of the twins' two machines has one half of the honest nodes for good, and neither half
  /// hears of the other: with more than `f` pairs of twins, both halves have a quorum.
  package var areTwinsSplit = false
  /// Which of the schedule's faults happen, by their numbers; all if `nil`.
  package var keptFaults: Set<Int>?
  /// The network that the simulated one is like; `nil` if it is made up.
  package private(set) var model: NetworkFile?

  package init(seed: UInt64) { self.seed = seed }

  /// The plan that a search makes of a seed: networks of 4 to 10 validators, some with followers, some
  /// in which not all are linked, with all kinds of faults or some of them.
  package static func varied(_ seed: UInt64) -> RunPlan {
    var random = SimulatedRandom(seed: seed ^ 0x9_1A4)
    var plan = RunPlan(seed: seed)
    plan.validatorCount = 4 + random.below(7)
    plan.followerCount = random.below(3)
    if plan.nodeCount > 6, random.chance(percent: 25) { plan.degree = 4 }
    if random.chance(percent: 60) {
      plan.faults = Set(FaultKind.allCases.filter { _ in random.chance(percent: 50) })
    }
    plan.seconds = 5 + UInt64(random.below(20))
    return plan
  }

  /// Makes the network like one that there is: its members with their roles and codes, its nodes, all
  /// of them linked, its governors and its policy, with keys of the simulator's own.
  ///
  /// - Precondition: it has at most `nodeLimit` nodes.
  package mutating func resemble(_ file: NetworkFile) {
    model = file
    validatorCount = file.validators.count
    followerCount = file.followers.count
    degree = nil
    precondition(nodeCount <= RunPlan.nodeLimit, "a simulated network has its limit of nodes")
  }

  package var nodeCount: Int { validatorCount + followerCount }

  /// The faults that the plan's schedule has, by their numbers.
  package var faultNumbers: [Int] { FaultSchedule(self).faults.map(\.number) }

  /// How many validators may fail in any way.
  package var faultLimit: Int { (validatorCount - 1) / 3 }
}
