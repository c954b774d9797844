import CommandInterface
import Cryptography
@preconcurrency import Glibc
import Ledger
import Node

/// One performance of the demonstration, act after act.
final class DemoPlay {
  let context: CommandContext
  let stage: DemoStage
  private var node: pid_t?
  private var failures = 0

  init(context: CommandContext, stage: DemoStage) {
    self.context = context
    self.stage = stage
  }

  private static let members = [
    "registry:registry:Vehicle Office", "appraiser:appraiser:Fair Appraisals",
    "bank-a:lender:Bank A", "bank-b:lender:Bank B", "court:court:Court of Commerce",
  ]

  /// Plays all acts and returns how many checks failed.
  func perform() throws(Problem) -> Int {
    try setUp()
    if let portfolio = context[DemoCommand.portfolio], let map = context[DemoCommand.map] {
      try playPortfolio(portfolio, map: map)
    } else {
      try playDay()
    }
    try audit()
    try finishUp()
    return failures
  }

  /// Ends the node, if one still runs, and removes what was made.
  func end() {
    if let node, DemoStage.isRunning(node) {
      kill(node, SIGTERM)
      _ = DemoStage.wait(node)
    }
    node = nil
    guard !context[DemoCommand.keep] else { return }
    DemoStage.remove(stage.directory)
  }

  // MARK: Acts

  private func setUp() throws(Problem) {
    try heading(
      LocalizedText(
        english: "A network: a vehicle office, an appraiser, two banks, a court",
        chinese: "建立网络：车辆管理机构、评估机构、两家银行、法院"))
    var words = ["network", "create", "--name", "demo-net"]
    for member in Self.members { words += ["--member", member] }
    words += ["--keys", stage.path("keys"), "--out", stage.path("network.json")]
    try show(words, expecting: 0)
    try show(
      [
        "node", "init", "--network", stage.path("network.json"), "--as", "registry", "--keys",
        stage.path("keys/registry"), "-d", dataDirectory,
      ], expecting: 0)
    try line("$ hypothec node run -d \(short(dataDirectory)) &")
    node = try stage.start(["node", "run", "-d", dataDirectory], output: stage.path("node.log"))
    _ = try connect()
    try show(["status", "-d", dataDirectory], expecting: 0)
  }

  private func playDay() throws(Problem) {
    let client = try connect()
    var day = try makeDay(client)
    try heading(
      LocalizedText(english: "A day of business", chinese: "一天的业务"))
    let today = CalendarDate(of: now, offsetMinutes: 480)
    let progress = context.progress(
      LocalizedText(english: "Recording", chinese: "登记"),
      unit: LocalizedText(english: "transactions", chinese: "笔"), total: nil)
    var tally = DemoTally()
    do {
      try submit(try day.registrations(today: today), client, &tally, progress)
      try submit(try day.valuations(asOf: now), client, &tally, progress)
      let search = try head(client)
      try submit(
        try day.pledges(searchHeight: search, today: today), client, &tally, progress)
      let free = day.stock.indices.filter { day.stock[$0].pledge == nil }.prefix(20)
      try submit(
        try day.races(vehicles: Array(free), searchHeight: search, today: today), client, &tally,
        progress)
      try submit(
        try day.endings(searchHeight: try head(client), today: today), client, &tally, progress)
    } catch {
      progress.abandon()
      throw (error as? Problem) ?? .demo("\(error)")
    }
    progress.finish()
    try report(tally, day)
    try doublePledge(day)
    try history(day)
  }

  private func report(_ tally: DemoTally, _ day: DemoDay) throws(Problem) {
    try line(
      LocalizedText(
        english: """
          \(tally.accepted) transactions accepted, \(tally.refused) refused on the record \
          (\(tally.races.count) races of two banks for one vehicle).
          """,
        chinese: """
          \(tally.accepted) 笔被接受，\(tally.refused) 笔被拒绝并记录在案\
          （两家银行争抢同一辆车 \(tally.races.count) 次）。
          """))
    try check(
      tally.unexpected == 0,
      LocalizedText(
        english: "every transaction ended as it had to", chinese: "每笔交易结果符合预期"))
    try check(
      !tally.races.isEmpty && tally.races.allSatisfy(\.isDecided),
      LocalizedText(
        english: "each race has one winner, and the loser's refusal names the winner's pledge",
        chinese: "每次争抢只有一个胜者，败者的拒绝记录指明胜者的抵押"))
  }

  private func doublePledge(_ day: DemoDay) throws(Problem) {
    try heading(
      LocalizedText(
        english: "A second pledge on a pledged vehicle", chinese: "在已抵押车辆上再次抵押"))
    guard let index = day.stock.indices.last(where: { day.stock[$0].pledge != nil }),
      let pledge = day.stock[index].pledge
    else { throw .demo("the day left no pledged vehicle") }
    let vin = day.stock[index].vehicle.vin.text
    let other = pledge.pledgee == day.cast.firstBank ? day.cast.secondBank : day.cast.firstBank
    try show(
      ["vehicle", "check", vin, "-d", dataDirectory], expecting: 11, containing: pledge.id.text)
    try show(
      [
        "pledge", "create", vin, "--principal", "1000.00CNY", "--contract",
        "sha256:" + SHA256.hash(Array("second contract".utf8)).description, "--months", "12",
        "--pledgor", partyText(day.stock[index].owner), "--as", other.text, "--key",
        stage.path("keys/\(other)/member.pem"), "-d", dataDirectory,
      ], expecting: 12, containing: "PLEDGE_ALREADY_ACTIVE")
  }

  private func history(_ day: DemoDay) throws(Problem) {
    try heading(
      LocalizedText(
        english: "The history of that vehicle, and of one that nobody knows",
        chinese: "该车辆的历史，以及一辆未登记的车辆"))
    guard let index = day.stock.indices.last(where: { day.stock[$0].pledge != nil }) else {
      throw .demo("the day left no pledged vehicle")
    }
    let vin = day.stock[index].vehicle.vin.text
    try show(
      ["vehicle", "history", vin, "-d", dataDirectory], expecting: 0, containing: vin)
    try show(
      ["vehicle", "check", "1M8GDM9AXKP042788", "-d", dataDirectory], expecting: 10)
  }

  private func playPortfolio(_ portfolio: String, map: String) throws(Problem) {
    try heading(LocalizedText(english: "A portfolio", chinese: "导入资产组合"))
    var words = ["import", portfolio, "--map", map, "-d", dataDirectory]
    for member in Self.members.compactMap({ $0.split(separator: ":").first }) {
      words += ["--key", "\(member)=\(stage.path("keys/\(member)/member.pem"))"]
    }
    words += ["--rejects", stage.path("rejects.csv")]
    // Rows that the map or the rules turn away are reported by the import itself, with exit 12.
    try show(words, expectingAny: [0, 12])
    try show(["status", "-d", dataDirectory], expecting: 0)
  }

  private func audit() throws(Problem) {
    try heading(
      LocalizedText(
        english: "The audit: every signature, every rule, from the files alone",
        chinese: "审计：仅凭文件核验全部签名和规则"))
    if let node {
      kill(node, SIGTERM)
      let status = DemoStage.wait(node)
      self.node = nil
      try check(
        status == 0,
        LocalizedText(english: "the node ended in order", chinese: "节点正常结束"))
    }
    try show(["audit", "verify", "-d", dataDirectory], expecting: 0)
  }

  private func finishUp() throws(Problem) {
    try line("")
    try line(
      failures == 0
        ? LocalizedText(english: "All checks passed.", chinese: "全部检查通过。")
        : LocalizedText(
          english: "\(failures) checks failed; see above.", chinese: "\(failures) 项检查未通过，见上。"))
    if context[DemoCommand.keep] {
      try line(
        LocalizedText(
          english: "Everything is kept in \(stage.directory).",
          chinese: "所有文件保留在 \(stage.directory)。"))
    }
  }

  // MARK: The ledger

  private var dataDirectory: String { stage.path("registry") }

  private var now: Timestamp {
    guard let now = Timestamp(context.now) else {
      preconditionFailure("a clock shows a time after 1970 and before the year 10000")
    }
    return now
  }

  private func makeDay(_ client: NodeClient) throws(Problem) -> DemoDay {
    do {
      let cast = DemoDay.Cast(
        office: try MemberID("registry"), appraiser: try MemberID("appraiser"),
        firstBank: try MemberID("bank-a"), secondBank: try MemberID("bank-b"),
        court: try MemberID("court"))
      var keys: [MemberID: SigningKey] = [:]
      for member in cast.all {
        keys[member] = try KeyFile.load(stage.path("keys/\(member)/member.pem"), passphrase: nil)
      }
      return try DemoDay(
        network: client.network, keys: keys, cast: cast,
        vehicleCount: context[DemoCommand.vehicles],
        year: CalendarDate(of: now, offsetMinutes: 480).year,
        validUntil: now.advanced(byMilliseconds: 24 * 3_600_000),
        seed: UInt64(context[DemoCommand.seed]))
    } catch {
      throw (error as? Problem) ?? .demo("\(error)")
    }
  }

  /// Waits until the node answers, at most 60 s.
  private func connect() throws(Problem) -> NodeClient {
    for _ in 0..<600 {
      do {
        return try NodeClient(dataDirectory: dataDirectory)
      } catch {
        guard let node, DemoStage.isRunning(node) else {
          throw .demo("the node ended: \(DemoStage.text(of: stage.path("node.log")))")
        }
        usleep(100_000)
      }
    }
    throw .demo("the node does not answer: \(DemoStage.text(of: stage.path("node.log")))")
  }

  private func head(_ client: NodeClient) throws -> Height {
    try client.ask(.status).head.height
  }

  private func submit(
    _ wave: [DemoDay.Planned], _ client: NodeClient, _ tally: inout DemoTally,
    _ progress: Progress
  ) throws {
    var iterator = wave.makeIterator()
    var waveTally = DemoTally()
    try client.submit(
      next: { iterator.next()?.bytes },
      answered: { index, response in
        waveTally.add(response.answer, to: wave[index].expectation)
      })
    tally.merge(waveTally)
    progress.update(UInt64(tally.accepted + tally.refused + tally.unexpected))
  }

  private func partyText(_ party: Party) -> String {
    switch party {
    case .disclosed(.uscc(let code)): "uscc:\(code.text)"
    case .disclosed(.lei(let code)): "lei:\(code.text)"
    case .committed(let commitment): "commitment:\(commitment.digest)"
    }
  }

  // MARK: What is shown

  private func heading(_ text: LocalizedText) throws(Problem) {
    try line("")
    try line("== \(text[context.language])")
  }

  private func line(_ text: LocalizedText) throws(Problem) { try line(text[context.language]) }

  private func line(_ text: String) throws(Problem) {
    try context.output.line(text)
    try context.output.flush()
  }

  private func check(_ holds: Bool, _ what: LocalizedText) throws(Problem) {
    if !holds { failures += 1 }
    try line((holds ? "ok      " : "FAILED  ") + what[context.language])
  }

  /// Shows a command and its output, and checks how it ended.
  private func show(
    _ words: [String], expecting status: Int32, containing part: String = ""
  ) throws(Problem) {
    try show(words, expectingAny: [status], containing: part)
  }

  private func show(
    _ words: [String], expectingAny statuses: [Int32], containing part: String = ""
  ) throws(Problem) {
    try line("$ hypothec " + words.map { DemoStage.quoted(short($0)) }.joined(separator: " "))
    let run = try stage.run(words + ["--lang", context.language.rawValue])
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
