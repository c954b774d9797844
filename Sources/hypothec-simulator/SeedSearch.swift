import CommandInterface
import Glibc
import LocalProcesses
import Simulator

/// Runs seeds in processes of their own, several at a time, and makes each failing one smaller before
/// it is told.
struct SeedSearch {
  /// Seeds of one process: enough that starting it is nothing.
  private static let batch: UInt64 = 20
  /// Failures after which a search ends: they are hardly different ones.
  private static let failureLimit = 10
  private static let noteInterval = 500

  private let jobs: Int
  private let end: UInt64
  private let deadline: ContinuousClock.Instant?
  private let context: CommandContext
  private let directory: String
  private let model: ModelNetwork?
  private let begun = ContinuousClock.now
  private var next: UInt64
  private var children: [ChildRun] = []
  private var passed = 0
  private var failed = 0
  private var simulatedSeconds = 0

  /// - Parameters:
  ///   - limit: how long seeds are begun.
  ///   - jobs: processes at a time.
  init(
    _ seeds: Range<UInt64>, for limit: Duration?, jobs: Int, like model: ModelNetwork?,
    in directory: String, _ context: CommandContext
  ) {
    next = seeds.lowerBound
    end = seeds.upperBound
    deadline = limit.map { ContinuousClock.now + $0 }
    self.jobs = jobs
    self.model = model
    self.directory = directory
    self.context = context
  }

  /// - Returns: whether all seeds passed.
  mutating func run() throws(Problem) -> Bool {
    context.interrupt.arm()
    defer { for child in children { child.end() } }
    while !context.interrupt.isRequested {
      try start()
      if children.isEmpty { break }
      try collect()
      usleep(20_000)
    }
    let seconds = (ContinuousClock.now - begun).components.seconds
    try context.output.line(
      "\(passed + failed) seeds, \(failed) failed; \(simulatedSeconds) simulated seconds in "
        + "\(seconds) s")
    return failed == 0
  }

  private mutating func start() throws(Problem) {
    while children.count < jobs, next < end, failed < SeedSearch.failureLimit,
      deadline.map({ ContinuousClock.now < $0 }) ?? true
    {
      let count = min(SeedSearch.batch, end - next)
      let words = ["--seed", "\(next)", "--count", "\(count)"] + PlanOptions.words(context)
      children.append(try ChildRun.start(words, in: directory))
      next += count
    }
  }

  private mutating func collect() throws(Problem) {
    for (index, child) in children.enumerated().reversed() {
      guard let seeds = try child.seedsIfEnded() else { continue }
      children.remove(at: index)
      for seed in seeds { try take(seed) }
      if (passed + failed) % SeedSearch.noteInterval < seeds.count { tellProgress() }
    }
  }

  private func tellProgress() {
    context.note(
      LocalizedText(
        english: "\(passed) passed, \(failed) failed", chinese: "通过 \(passed)，失败 \(failed)"))
  }

  private mutating func take(_ seed: ChildRun.Seed) throws(Problem) {
    simulatedSeconds += seed.simulatedSeconds
    guard !seed.hasPassed else {
      passed += 1
      return
    }
    failed += 1
    try context.output.line("seed \(seed.number): \(seed.verdict)")
    try context.output.flush()
    let plan = PlanOptions.plan(seed: seed.number, like: model, context)
    var reduction = Reduction(of: plan, like: model, verdict: seed.verdict, in: directory)
    try reduction.run()
    let words = reduction.plan.words(like: model)
    try context.output.line("  smaller: \(reduction.verdict)")
    try context.output.line("  hypothec-simulator run \(words.joined(separator: " "))")
    for line in try ChildRun.start(words, in: directory).wait().last?.lines ?? [] {
      try context.output.line(line)
    }
    try context.output.flush()
  }
}
