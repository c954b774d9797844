import CommandInterface
import Simulator

/// Makes a failing plan smaller while it still fails: fewer faults, fewer nodes, less time.
struct Reduction {
  private let directory: String
  private let model: ModelNetwork?
  private(set) var plan: RunPlan
  private(set) var verdict: String
  private var attempts = 0
  private static let attemptLimit = 300

  init(of plan: RunPlan, like model: ModelNetwork?, verdict: String, in directory: String) {
    self.plan = plan
    self.model = model
    self.verdict = verdict
    self.directory = directory
  }

  mutating func run() throws(Problem) {
    try keepFewerFaults()
    try shorten()
    try removeNodes()
    try keepFewerFaults()
  }

  /// Whether a smaller plan fails too; it becomes the plan then.
  private mutating func fails(_ smaller: RunPlan) throws(Problem) -> Bool {
    guard attempts < Reduction.attemptLimit else { return false }
    attempts += 1
    let seeds = try ChildRun.start(smaller.words(like: model), in: directory).wait()
    guard let seed = seeds.last, !seed.hasPassed else { return false }
    plan = smaller
    verdict = seed.verdict
    return true
  }

  /// Takes away halves, then quarters, and so on down to single faults (delta debugging, Zeller and
  /// Hildebrandt, IEEE TSE 28, 2002).
  private mutating func keepFewerFaults() throws(Problem) {
    var kept = plan.faultNumbers
    var size = max(1, kept.count / 2)
    while !kept.isEmpty {
      var start = 0
      while start < kept.count {
        var smaller = plan
        let left = Array(kept[..<start] + kept[min(start + size, kept.count)...])
        smaller.keptFaults = Set(left)
        if try fails(smaller) { kept = left } else { start += size }
      }
      if size == 1 { return }
      size /= 2
    }
  }

  private mutating func shorten() throws(Problem) {
    while plan.seconds > 1 {
      var shorter = plan
      shorter.seconds = plan.seconds / 2
      // A shorter schedule has the same faults at its beginning.
      if try !fails(shorter) { return }
    }
  }

  private mutating func removeNodes() throws(Problem) {
    // A network that is like another has its nodes.
    guard model == nil else { return }
    while plan.followerCount > 0 {
      var smaller = plan
      smaller.followerCount -= 1
      if try !fails(smaller) { break }
    }
    for count in [4, 5, 7] where count < plan.validatorCount {
      var smaller = plan
      smaller.validatorCount = count
      if try fails(smaller) { return }
    }
  }
}
