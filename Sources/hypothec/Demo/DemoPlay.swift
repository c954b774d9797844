import CommandInterface
import Documents
import Ledger
import LocalProcesses

/// One performance of the demonstration, act after act.
final class DemoPlay {
  let context: CommandContext
  let stage: DemoStage
  let network: LocalNetwork
  private(set) var failures = 0

  init(context: CommandContext, stage: DemoStage) throws(Problem) {
    self.context = context
    self.stage = stage
    network = try LocalNetwork.make(
      Array(NetworkTemplate.demonstration.utf8), in: stage.directory, at: DemoPlay.now(context))
  }

  /// Plays all acts and returns how many checks failed.
  func perform() throws(Problem) -> Int {
    try raise()
    if let portfolio = context[DemoCommand.portfolio], let map = context[DemoCommand.map] {
      try playPortfolio(portfolio, map: map)
    } else {
      try playDay()
    }
    try agree()
    try audit()
    try conclude()
    return failures
  }

  /// Ends the nodes that still run, and removes what was made.
  func end() {
    _ = network.stop()
    guard !context[DemoCommand.keep] else { return }
    DirectoryTree.remove(stage.directory)
  }

  // MARK: First and last act

  private func raise() throws(Problem) {
    let text =
      network.file.validators.map(\.member.text).joined(separator: ", ")
    try heading(
      LocalizedText(
        english:
          "A network: validators \(text); the auditor follows. Five processes, TLS between them",
        chinese: "网络：验证节点 \(text)；审计方跟随。五个进程，以 TLS 互连"))
    try line("$ hypothec network up \(stage.directory)")
    try network.start(.shared)
    try network.waitUntilReady(network.nodes, within: .seconds(60), context.interrupt)
    try show(["network", "status", stage.directory], expecting: 0)
  }

  private func conclude() throws(Problem) {
    try line("")
    try line(
      failures == 0
        ? LocalizedText(english: "All checks passed.", chinese: "全部检查通过。")
        : LocalizedText(
          english: "\(failures) checks failed; see above.", chinese: "\(failures) 项检查未通过，见上。"))
    if context[DemoCommand.keep] {
      try line(
        LocalizedText(
          english: "Everything is kept in \(stage.directory); to go on with it: "
            + "hypothec network up \(stage.directory)",
          chinese: "所有文件保留在 \(stage.directory)；继续使用：hypothec network up \(stage.directory)"))
    }
  }

  // MARK: Who is where

  /// The member at whose node a member's transactions are entered: its own, if it has one.
  func desk(of member: MemberID) -> MemberID {
    if network.node(of: member) != nil { return member }
    return member == cast.appraiser ? host : cast.office
  }

  /// Runs a validator and records nothing itself: its node takes in what the appraiser enters, and
  /// is the one that is killed.
  var host: MemberID { DemoPlay.member("dealer") }
  var auditor: MemberID { DemoPlay.member("auditor") }

  var cast: DemoDay.Cast {
    DemoDay.Cast(
      office: DemoPlay.member("registry"), appraiser: DemoPlay.member("appraiser"),
      firstBank: DemoPlay.member("bank-a"), secondBank: DemoPlay.member("bank-b"),
      court: DemoPlay.member("court"))
  }

  private static func member(_ text: String) -> MemberID {
    do throws(RefusalCode) {
      return try MemberID(text)
    } catch {
      preconditionFailure("the demonstration's members have proper ids")
    }
  }

  /// The data directory of a member's node.
  func data(_ member: MemberID) -> String { stage.path(member.text) }

  var now: Timestamp { DemoPlay.now(context) }

  private static func now(_ context: CommandContext) -> Timestamp {
    guard let now = Timestamp(context.now) else {
      preconditionFailure("a clock shows a time after 1970 and before the year 10000")
    }
    return now
  }

  // MARK: What is shown

  func heading(_ text: LocalizedText) throws(Problem) {
    try line("")
    try line("== \(text[context.language])")
  }

  func line(_ text: LocalizedText) throws(Problem) { try line(text[context.language]) }

  func line(_ text: String) throws(Problem) {
    try context.interrupt.throwIfRequested(resume: nil)
    try context.output.line(text)
    try context.output.flush()
  }

  /// `0.4 s`.
  func text(_ duration: Duration) -> String {
    let tenths = (duration + .milliseconds(50)) / .milliseconds(100)
    return "\(Int(tenths) / 10).\(Int(tenths) % 10) s"
  }

  func check(_ holds: Bool, _ what: LocalizedText) throws(Problem) {
    if !holds { failures += 1 }
    try line((holds ? "ok      " : "FAILED  ") + what[context.language])
  }

  /// Shows a command and its output, and checks how it ended.
  func show(
    _ words: [String], expecting status: Int32, containing part: String = ""
  ) throws(Problem) {
    try show(words, expectingAny: [status], containing: part)
  }

  func show(
    _ words: [String], expectingAny statuses: [Int32], containing part: String = ""
  ) throws(Problem) {
    try line("$ hypothec " + words.map { DemoStage.quoted(short($0)) }.joined(separator: " "))
    let run = try stage.run(words + ["--lang", context.language.rawValue], context.interrupt)
    for text in run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      try line("  " + short(String(text)))
    }
    let isRight = statuses.contains(run.status) && (part.isEmpty || run.output.contains(part))
    try check(
      isRight,
      LocalizedText(
        english: "exit \(run.status)" + (part.isEmpty ? "" : ", shows \(part)"),
        chinese: "退出码 \(run.status)" + (part.isEmpty ? "" : "，显示 \(part)")))
  }

  /// A text without the long path of the stage.
  private func short(_ text: String) -> String {
    text.split(separator: stage.directory + "/", omittingEmptySubsequences: false).joined()
  }
}
