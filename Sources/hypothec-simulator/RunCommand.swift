import CommandInterface
import Consensus
import Ledger
import LocalProcesses
import Simulator

/// `run`: seeds one after another in this process, or many in several processes.
enum RunCommand {
  static let seed = Option.defaulted(
    "seed", .integer(0...Int.max / 2), to: "1",
    LocalizedText(english: "The first seed.", chinese: "第一个种子。"))
  static let count = Option.optional(
    "count", .integer(1...1_000_000_000),
    LocalizedText(english: "How many seeds to run; one without.", chinese: "运行的种子数量，默认一个。"))
  static let minutes = Option.optional(
    "minutes", .integer(1...100_000),
    LocalizedText(
      english: "Run seed after seed for so many minutes.", chinese: "在给定分钟内逐个运行种子。"))
  static let jobs = Option.optional(
    "jobs", .integer(1...1_024),
    LocalizedText(
      english: "Search: run in so many processes, and make failing seeds smaller.",
      chinese: "搜索：以给定数量的进程运行，并缩小失败的种子。"))
  static let isRepeated = Flag(
    "repeat",
    LocalizedText(
      english: "Run each seed again in another process, and compare.",
      chinese: "在另一进程中重跑每个种子并比较。"))
  static let trace = Flag(
    "trace",
    LocalizedText(english: "Show what happens.", chinese: "显示发生的事件。"))

  static let showsFigures = Flag(
    "figures",
    LocalizedText(
      english: "Show how long transactions took and what nodes received.",
      chinese: "显示交易耗时与节点接收的字节数。"))

  static let command = Command(
    "run",
    LocalizedText(english: "Run networks from seeds.", chinese: "以种子运行网络。"),
    discussion: LocalizedText(
      english: """
        A run has three acts: faults and work; then no faults, and everything that was begun must \
        come to its end; then no work, and the network must be still. Without options a seed also \
        chooses the network's size and the kinds of faults.
        With --network the network is like one that there is, as its file says: members with their \
        roles and codes, nodes, governors and policy. Its keys are the simulator's own.
        A search, which --minutes or --jobs begins, ends when ten seeds have failed. Each is run \
        again with fewer faults, less time and fewer nodes, as long as it fails; the smallest \
        command line is shown, and how its run ends.
        """,
      chinese: """
        一次运行分三幕：故障与业务并存；故障停止后，已开始的一切必须完成；业务停止后，网络必须安静。若不给出选项，种子也决定网络规模和故障种类。
        给出 --network 时，模拟网络与该文件所述的网络相仿：成员及其角色和代码、节点、治理成员和规则；密钥由模拟器自备。
        以 --minutes 或 --jobs 开始的搜索在十个种子失败后结束。每个失败的种子会以更少的故障、时间和节点重跑，并显示最小的命令行及其结尾。
        """),
    options: [seed, count, minutes, jobs, isRepeated, trace, showsFigures] + PlanOptions.all,
    examples: [
      Command.Example(
        "hypothec-simulator run --seed 7 --repeat",
        LocalizedText(english: "One run, twice.", chinese: "运行一次，再重复一次。")),
      Command.Example(
        "hypothec-simulator run --count 100 --nodes 7 --faults crashes,disks",
        LocalizedText(
          english: "A hundred networks of seven validators that crash.",
          chinese: "一百个由七个会崩溃的验证节点组成的网络。")),
      Command.Example(
        "hypothec-simulator run --network network.json --count 100",
        LocalizedText(
          english: "What may happen to a network of one's own.", chinese: "自己的网络可能遇到的情况。")),
      Command.Example(
        "hypothec-simulator run --minutes 10 --jobs 4",
        LocalizedText(english: "Search for ten minutes.", chinese: "搜索十分钟。")),
    ]
  ) { context throws(Problem) in
    let model = try ModelNetwork.read(context)
    let hasPassed: Bool =
      context[minutes] == nil && context[jobs] == nil
      ? try runHere(like: model, context) : try search(like: model, context)
    return hasPassed ? .success : .failure
  }

  private static func search(
    like model: ModelNetwork?, _ context: CommandContext
  ) throws(Problem) -> Bool {
    let first = UInt64(context[seed])
    let count =
      context[count].map(UInt64.init) ?? (context[minutes] == nil ? 1 : UInt64(Int.max / 2))
    let directory: String
    do throws(LocalProcessError) {
      directory = try DirectoryTree.makeTemporary("hypothec-simulator")
    } catch {
      throw Problem(childless: error)
    }
    defer { DirectoryTree.remove(directory) }
    var search = SeedSearch(
      first..<first + count, for: context[minutes].map { .seconds(60 * $0) },
      jobs: context[jobs] ?? 1, like: model, in: directory, context)
    return try search.run()
  }

  // MARK: In this process

  /// Lines of the trace that a failing run ends with.
  private static let tailCount = 60

  private static func runHere(
    like model: ModelNetwork?, _ context: CommandContext
  ) throws(Problem) -> Bool {
    var failures = 0
    for number in 0..<(context[count] ?? 1) {
      let plan = PlanOptions.plan(seed: UInt64(context[seed] + number), like: model, context)
      failures += try run(plan, like: model, context) ? 0 : 1
    }
    return failures == 0
  }

  private static func run(
    _ plan: RunPlan, like model: ModelNetwork?, _ context: CommandContext
  ) throws(Problem) -> Bool {
    // Whoever looks at the output after a trap sees the seed, and what had happened.
    try context.output.text("seed \(plan.seed): ")
    try context.output.flush()
    let isTraced = context[trace]
    let result = SimulationRun.run(plan, trace: isTraced ? { tell($0, context) } : nil)
    try context.output.line(result.verdict)
    if context[showsFigures] { try context.output.line("  " + result.figures.text(result)) }
    for (node, evidence) in result.accused {
      let view = evidence.first.ballot.view.rawValue
      try context.output.line("  node \(node) contradicts itself in view \(view): \(evidence.kind)")
    }
    if result.violation != nil, !isTraced { try tellEnd(of: plan, context) }
    let isSame = context[isRepeated] ? try isRepeated(result, like: model, context) : true
    return isSame && result.violation == nil
  }

  /// Another process has hashes of its own: a run that hung on the order of a set would go another way.
  private static func isRepeated(
    _ result: SimulationRun.Result, like model: ModelNetwork?, _ context: CommandContext
  ) throws(Problem) -> Bool {
    let directory: String
    do throws(LocalProcessError) {
      directory = try DirectoryTree.makeTemporary("hypothec-simulator")
    } catch {
      throw Problem(childless: error)
    }
    defer { DirectoryTree.remove(directory) }
    try context.output.flush()
    let words = result.plan.words(like: model)
    let again = try ChildRun.start(words, in: directory).wait().last?.verdict
    let isSame = again == result.verdict
    try context.output.line(
      isSame ? "  the same in another process" : "  ANOTHER RUN: \(again ?? "nothing")")
    return isSame
  }

  /// A line of a trace, at once; nobody minds if it cannot be written.
  private static func tell(_ line: String, _ context: CommandContext) {
    do throws(Problem) {
      try context.output.line("  " + line)
      try context.output.flush()
    } catch {}
  }

  /// The end of a run that failed: it goes the same way again.
  private static func tellEnd(of plan: RunPlan, _ context: CommandContext) throws(Problem) {
    var lines: [String] = []
    _ = SimulationRun.run(plan) { line in
      lines.append(line)
      if lines.count > 2 * tailCount { lines.removeFirst(tailCount) }
    }
    for line in lines.suffix(tailCount) { try context.output.line("  " + line) }
  }
}

extension Figures {
  /// Finality in milliseconds; bytes each node received, in the mean and of the busiest.
  fileprivate func text(_ result: SimulationRun.Result) -> String {
    func milliseconds(_ percentile: Int) -> String {
      guard let time = finality(percentile: percentile) else { return "-" }
      return "\(time / 1_000).\(time % 1_000 / 100)"
    }
    let mean = receivedByteCounts.reduce(0, +) / max(1, receivedByteCounts.count)
    let count = max(1, Int(result.transactionCount))
    return "final after \(milliseconds(50)) ms (half), \(milliseconds(99)) ms (99 of 100); "
      + "received by a node: \(mean) bytes, \(mean / count) a transaction, the busiest "
      + "\(receivedByteCounts.max() ?? 0)"
  }
}

extension SimulationRun.Result {
  /// One line.
  var verdict: String {
    let scene =
      "\(plan.validatorCount) validators, \(plan.followerCount) followers, \(faultCount) faults"
      + (liars.isEmpty
        ? "" : ", " + liars.map { "node \($0.node) \($0.kind.rawValue)" }.joined(separator: ", "))
    let course = "\(milliseconds / 1_000) s, \(blockCount) blocks, \(transactionCount) transactions"
    let hash = String(traceHash, radix: 16)
    guard let violation else { return "passed (\(scene); \(course); trace \(hash))" }
    return "FAILED \(violation) (\(scene); \(course); trace \(hash))"
  }
}
