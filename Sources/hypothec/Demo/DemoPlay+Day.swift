import CommandInterface
import Cryptography
@preconcurrency import Glibc
import Ledger
import Node

// The day of business.

extension DemoPlay {
  private static let raceCount = 20

  func playDay() throws(Problem) {
    var day = try makeDay()
    var tally = DemoTally()
    do {
      let counters = try DemoCounters(network.file.validators.map(\.member), of: network)
      try business(&day, counters, &tally)
      try races(&day, counters, &tally)
      try doublePledge(day)
      try history(day)
      try crash(&day, counters, &tally)
    } catch {
      throw .demo(error)
    }
    try check(
      tally.unexpected.isEmpty,
      LocalizedText(
        english: "every transaction of the day ended as it had to: \(tally.accepted) accepted, "
          + "\(tally.refused) refused on the record",
        chinese: "当日每笔交易结果符合预期：接受 \(tally.accepted) 笔，拒绝并记录 \(tally.refused) 笔"))
    for text in tally.unexpected.prefix(3) { try line("        " + text[context.language]) }
  }

  // MARK: Acts

  private func business(
    _ day: inout DemoDay, _ counters: DemoCounters, _ tally: inout DemoTally
  ) throws {
    try heading(
      LocalizedText(
        english: "Business at every node: each member at its own, the appraiser at \(host)'s, the "
          + "court at \(cast.office)'s",
        chinese: "各节点的业务：成员在自己的节点登记，评估机构在 \(host) 的节点，法院在 \(cast.office) 的节点"))
    let start = ContinuousClock.now
    let today = CalendarDate(of: now, offsetMinutes: 480)
    try enter(try day.registrations(today: today), counters, &tally)
    try enter(try day.valuations(asOf: now), counters, &tally)
    try enter(try day.pledges(searchHeight: try settle(), today: today), counters, &tally)
    let height = try settle()
    let time = text(ContinuousClock.now - start)
    try check(
      tally.accepted > 0 && tally.unexpected.isEmpty,
      LocalizedText(
        english: "\(tally.accepted) registrations, valuations and pledges accepted in "
          + "\(height.rawValue) blocks, \(time); all five nodes have them",
        chinese: "\(tally.accepted) 笔登记、评估和抵押被接受，共 \(height.rawValue) 个区块，用时 \(time)；五个节点均已具备"))
  }

  private func races(
    _ day: inout DemoDay, _ counters: DemoCounters, _ tally: inout DemoTally
  ) throws {
    let (first, second) = (cast.firstBank, cast.secondBank)
    try heading(
      LocalizedText(
        english: "\(first) and \(second) pledge the same vehicle at the same instant, each at its "
          + "own node, \(Self.raceCount) times",
        chinese: "\(first) 和 \(second) 同时在各自节点抵押同一辆车，共 \(Self.raceCount) 次"))
    let today = CalendarDate(of: now, offsetMinutes: 480)
    let free = day.stock.indices.filter { day.stock[$0].pledge == nil }.prefix(Self.raceCount)
    for (number, vehicle) in free.enumerated() {
      let height = try settle()
      let wave = try day.race(number, vehicle: vehicle, searchHeight: height, today: today)
      // Whose message goes out first changes from race to race.
      try enter(number.isMultiple(of: 2) ? wave : wave.reversed(), counters, &tally)
    }
    let decided = tally.races.filter(\.isDecided)
    let wins = decided.count { $0.winners[0].text.hasSuffix("A") }
    try check(
      decided.count == free.count && tally.races.count == free.count && !free.isEmpty,
      LocalizedText(
        english: "each of \(free.count) races has one winner (\(first) \(wins), \(second) "
          + "\(decided.count - wins)), and the loser's recorded refusal names the winner's pledge",
        chinese: "\(free.count) 次争抢各有唯一胜者（\(first) \(wins) 次，\(second) \(decided.count - wins) 次），"
          + "败者被记录的拒绝指明胜者的抵押"))
  }

  private func doublePledge(_ day: DemoDay) throws(Problem) {
    try heading(
      LocalizedText(
        english: "A second pledge on a pledged vehicle", chinese: "在已抵押车辆上再次抵押"))
    let (holding, pledge) = try pledged(day)
    let vin = holding.vehicle.vin.text
    let other = pledge.pledgee == cast.firstBank ? cast.secondBank : cast.firstBank
    try show(
      ["vehicle", "check", vin, "-d", data(other)], expecting: 11, containing: pledge.id.text)
    try show(
      [
        "pledge", "create", vin, "--principal", "1000.00CNY", "--contract",
        "sha256:" + SHA256.hash(Array("second contract".utf8)).description, "--months", "12",
        "--pledgor", partyText(holding.owner), "-d", data(other),
      ], expecting: 12, containing: "PLEDGE_ALREADY_ACTIVE")
  }

  /// Asked at the node of the auditor, where nothing was entered.
  private func history(_ day: DemoDay) throws(Problem) {
    try heading(
      LocalizedText(
        english: "That vehicle's history, proven complete by another node than it was entered at",
        chinese: "该车辆的历史，由录入节点之外的节点证明完整"))
    let vin = try pledged(day).0.vehicle.vin.text
    _ = try settle()
    try show(
      ["vehicle", "history", vin, "-d", data(auditor)], expecting: 0,
      containing: context.language == .english ? "Proven complete: 4 of 4" : "完整性已证明：4/4")
    try show(["vehicle", "check", "1M8GDM9AXKP042788", "-d", data(auditor)], expecting: 10)
  }

  func playPortfolio(_ portfolio: String, map: String) throws(Problem) {
    try heading(LocalizedText(english: "A portfolio", chinese: "导入资产组合"))
    var words = ["import", portfolio, "--map", map, "-d", data(cast.office)]
    for member in cast.all {
      words += ["--key", "\(member)=\(network.keys(of: member).path(.member))"]
    }
    words += ["--rejects", stage.path("rejects.csv")]
    // Rows that the map or the rules turn away are reported by the import itself, with exit 12.
    try show(words, expectingAny: [0, 12])
    try show(["status", "-d", data(cast.office)], expecting: 0)
  }

  // MARK: The ledger

  /// Enters transactions at their members' desks and waits for what becomes of them.
  func enter(
    _ wave: [DemoDay.Planned], _ counters: DemoCounters, _ tally: inout DemoTally,
    window: Int = 256, desk: ((MemberID) -> MemberID)? = nil, answered: () throws -> Void = {}
  ) throws {
    try counters.submit(wave, window: window, desk: desk ?? self.desk) { planned, answer in
      try context.interrupt.throwIfRequested(resume: nil)
      tally.add(answer, to: planned.expectation)
      try answered()
    }
  }

  /// Waits until every node that runs has the newest block that any of them has, and returns its
  /// height: what is asked next is then answered the same everywhere.
  func settle() throws(Problem) -> Height {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      try context.interrupt.throwIfRequested(resume: nil)
      let heads = network.nodes.map { $0.report() }.filter { $0.occupant != .nobody }
        .map { $0.head?.height }
      if let newest = heads.compactMap({ $0 }).max(), heads.allSatisfy({ $0 == newest }) {
        return newest
      }
      guard ContinuousClock.now < deadline else {
        throw .demo(
          LocalizedText(
            english: "the nodes do not come to the same height within 30 s",
            chinese: "各节点未能在 30 秒内达到同一高度"))
      }
      usleep(5_000)
    }
  }

  private func makeDay() throws(Problem) -> DemoDay {
    var keys: [MemberID: SigningKey] = [:]
    for member in cast.all {
      keys[member] = try KeyFile.load(network.keys(of: member).path(.member), passphrase: nil)
    }
    do {
      return try DemoDay(
        network: network.file.id, keys: keys, cast: cast,
        vehicleCount: context[DemoCommand.vehicles],
        year: CalendarDate(of: now, offsetMinutes: 480).year,
        validUntil: now.advanced(byMilliseconds: 24 * 3_600_000),
        seed: UInt64(context[DemoCommand.seed]))
    } catch {
      throw .demo(error)
    }
  }

  private func pledged(
    _ day: DemoDay
  ) throws(Problem) -> (DemoDay.Holding, (id: Identifier, pledgee: MemberID)) {
    for holding in day.stock.reversed() {
      if let pledge = holding.pledge { return (holding, pledge) }
    }
    throw .demo(
      LocalizedText(english: "the day left no pledged vehicle", chinese: "当日没有留下已抵押的车辆"))
  }

  private func partyText(_ party: Party) -> String {
    switch party {
    case .disclosed(.uscc(let code)): "uscc:\(code.text)"
    case .disclosed(.lei(let code)): "lei:\(code.text)"
    case .committed(let commitment): "commitment:\(commitment.digest)"
    }
  }
}
