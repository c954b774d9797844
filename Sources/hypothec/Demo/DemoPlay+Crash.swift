import CommandInterface
@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Node

// A node is killed in the middle of business, and returns.

extension DemoPlay {
  func crash(
    _ day: inout DemoDay, _ counters: DemoCounters, _ tally: inout DemoTally
  ) throws {
    try heading(
      LocalizedText(
        english: "The node of \(host) is killed in the middle of business; the others go on",
        chinese: "业务进行中强制终止 \(host) 的节点；其余节点继续运行"))
    guard let victim = network.node(of: host) else { throw DemoError.noNode(host) }
    let before = try settle()
    let today = CalendarDate(of: now, offsetMinutes: 480)
    let wave = try day.endings(searchHeight: before, today: today)
    var answers = 0
    var wasKilled = false
    // Few at a time, so that there is business before and after the kill.
    try enter(
      wave, counters, &tally, window: 3,
      answered: {
        answers += 1
        guard answers == wave.count / 3 else { return }
        try line("$ kill -9 $(cut -d ' ' -f 1 \(host).pid)")
        wasKilled = victim.crash()
      })
    try check(
      wasKilled && victim.occupant() == .nobody,
      LocalizedText(
        english: "it was killed after \(wave.count / 3) of \(wave.count) transactions",
        chinese: "在 \(wave.count) 笔交易中的第 \(wave.count / 3) 笔之后被强制终止"))
    // Its customers go to another node meanwhile.
    let (appraiser, office) = (cast.appraiser, cast.office)
    try enter(
      try day.revaluations(asOf: now), counters, &tally,
      desk: { $0 == appraiser ? office : $0 })
    let after = try settle()
    try check(
      after > before,
      LocalizedText(
        english: "the other three went on: from height \(before.rawValue) to \(after.rawValue)",
        chinese: "其余三个继续运行：高度从 \(before.rawValue) 到 \(after.rawValue)"))
    try comeBack(victim)
  }

  private func comeBack(_ node: LocalNode) throws(Problem) {
    try line("$ hypothec node run -d \(node.member.text) &")
    let start = ContinuousClock.now
    try node.start(.shared)
    try network.waitUntilReady([node], within: .seconds(60), context.interrupt)
    let height = try settle()
    let time = text(ContinuousClock.now - start)
    let block = node.report().head?.block
    let other = network.node(of: cast.firstBank)?.report().head?.block
    let hash = block.map { String($0.description.prefix(16)) } ?? ""
    try check(
      block != nil && block == other,
      LocalizedText(
        english: "it returned and caught up in \(time): height \(height.rawValue), block \(hash)…, "
          + "as at \(cast.firstBank)'s node",
        chinese: "\(time) 后恢复并追上：高度 \(height.rawValue)，区块 \(hash)…，与 \(cast.firstBank) 的节点一致"))
  }
}
