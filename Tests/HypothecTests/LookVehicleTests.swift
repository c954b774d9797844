import CommandInterface
import Documents
import Ledger
import Node
import Testing

@testable import hypothec

@Suite("Looking at a vehicle")
struct LookVehicleTests {
  private let machine: RecordTestMachine
  private let vin = RecordTestMachine.vin

  init() throws {
    machine = try RecordTestMachine(try RecordTestLedger())
    try machine.liveSampleLife()
  }

  // MARK: history

  @Test("shows a history, proven complete")
  func history() {
    let run = machine.run("vehicle history \(vin)")
    #expect(run.diagnostics.isEmpty)
    #expect(run.exitCode == .success)
    #expect(
      run.output == """
        Vehicle LHYPC2D34TD004217                            demo-net, height 7, 3 s ago
         2026-03-02 01:14  registered                  Registry North   height 1
         2026-03-17 02:00  valued      168,000.00 CNY  Appraisal House  height 2
         2026-03-18 02:02  pledged     P-51b0          Bank A           height 3
         2026-06-11 07:40  refused     P-77aa          Bank B           height 4
           pledge.create: PLEDGE_ALREADY_ACTIVE: P-51b0 since height 3
         2026-08-30 03:25  released    P-51b0          Bank A           height 5
         2026-09-19 02:00  valued      151,000.00 CNY  Appraisal House  height 6
         2026-09-20 01:31  pledged     P-9c21          Bank B           height 7
        Now: pledged to Bank B (P-9c21). Proven complete: 7 of 7 entries, quorum 1 of 1. Times +00:00.

        """)
  }

  @Test("shows a history in Chinese")
  func historyInChinese() {
    #expect(
      machine.run("vehicle history \(vin)", .chinese).output == """
        车辆 LHYPC2D34TD004217                                  demo-net，高度 7，3 秒前
         2026-03-02 01:14  登记                  Registry North   高度 1
         2026-03-17 02:00  评估  168,000.00 CNY  Appraisal House  高度 2
         2026-03-18 02:02  抵押  P-51b0          Bank A           高度 3
         2026-06-11 07:40  被拒  P-77aa          Bank B           高度 4
           pledge.create: PLEDGE_ALREADY_ACTIVE：P-51b0，高度 3
         2026-08-30 03:25  解除  P-51b0          Bank A           高度 5
         2026-09-19 02:00  评估  151,000.00 CNY  Appraisal House  高度 6
         2026-09-20 01:31  抵押  P-9c21          Bank B           高度 7
        当前：已抵押给 Bank B（P-9c21）。完整性已证明：7/7 条，法定签名 1/1。时区+00:00。

        """)
  }

  @Test(
    "tells the slot as of a height from the history",
    arguments: [
      (1, "At height 1: no live pledge. Proven complete: 1 of 7"),
      (4, "At height 4: pledged to Bank A (P-51b0). Proven complete: 4 of 7"),
      (6, "At height 6: no live pledge. Proven complete: 6 of 7"),
      (0, "At height 0: not registered yet. Proven complete: 0 of 7"),
    ])
  func slot(at height: Int, _ conclusion: String) {
    let run = machine.run("vehicle history \(vin) --at \(height)")
    #expect(run.output.contains(conclusion))
  }

  @Test("says that a height has not been reached")
  func heightNotReached() {
    let run = machine.run("vehicle history \(vin) --at 8")
    #expect(run.exitCode == .notFound)
    #expect(run.diagnostics.contains("HEIGHT_NOT_REACHED"))
  }

  // MARK: Lies

  @Test("finds a history from which an entry was left out")
  func missingEntry() {
    forgeHistory { $0.filter { $0.number != 3 } }
    expectProofInvalid(machine.run("vehicle history \(vin)"))
  }

  @Test("finds a refusal that is shown as accepted")
  func alteredOutcome() {
    forgeHistory { items in
      items.map { item in
        let entry = HistoryEntry(
          place: item.entry.place, operationIndex: item.entry.operationIndex,
          transaction: item.entry.transaction, operationHash: item.entry.operationHash,
          outcome: .accepted)
        return HistoryItem(
          number: item.number, entry: entry, time: item.time, signers: item.signers,
          operation: item.operation)
      }
    }
    expectProofInvalid(machine.run("vehicle history \(vin)"))
  }

  @Test("finds an operation that is not the one that was signed")
  func alteredOperation() {
    forgeHistory { items in
      items.map { item in
        var operation = item.operation
        guard case .createPledge(var pledge) = operation.body else { return item }
        pledge.principal = RecordTestMachine.otherPrincipal
        operation.body = .createPledge(pledge)
        return HistoryItem(
          number: item.number, entry: item.entry, time: item.time, signers: item.signers,
          operation: operation)
      }
    }
    expectProofInvalid(machine.run("vehicle history \(vin)"))
  }

  @Test("finds a pledge that is hidden in the state")
  func hiddenPledge() {
    machine.ledger.forgery = { answer in
      guard case .entries(let entries) = answer else { return answer }
      return .entries(
        entries.map { entry in
          guard case .vehicle(var vehicle)? = entry.entry else { return entry }
          vehicle.pledge = nil
          return EntryAnswer(entry: .vehicle(vehicle), proof: entry.proof)
        })
    }
    expectProofInvalid(machine.run("vehicle check \(vin)"))
  }

  @Test("finds a vehicle that is denied")
  func deniedVehicle() {
    machine.ledger.forgery = { answer in
      guard case .entries(let entries) = answer else { return answer }
      return .entries(entries.map { EntryAnswer(entry: nil, proof: $0.proof) })
    }
    expectProofInvalid(machine.run("vehicle check \(vin)"))
  }

  private func forgeHistory(_ forge: @escaping ([HistoryItem]) -> [HistoryItem]) {
    machine.ledger.forgery = { answer in
      guard case .history(let items) = answer else { return answer }
      return .history(forge(items))
    }
  }

  private func expectProofInvalid(_ run: CommandRun) {
    #expect(run.exitCode == .provenFalse)
    #expect(run.output.isEmpty)
    #expect(run.diagnostics.contains("Code: PROOF_INVALID"))
  }

  // MARK: check

  @Test("checks a pledged vehicle: exit status 11")
  func checkPledged() {
    let run = machine.run("vehicle check \(vin)")
    #expect(run.exitCode == .encumbered)
    #expect(
      run.output == """
        Vehicle LHYPC2D34TD004217                            demo-net, height 7, 3 s ago
         Encumbered: pledged.
         Pledge    P-9c21, mortgage of Bank B, since 2026-09-20 01:31 +00:00 (height 7)
         Seizure   none
         Flags     none
         Attempts  1 attempted double pledge
         Search    7, to name in a pledge: --search-height 7
        Proven: quorum 1 of 1. Charges outside this network are not covered.

        """)
  }

  @Test("checks a pledged vehicle in Chinese")
  func checkInChinese() {
    #expect(
      machine.run("vehicle check \(vin)", .chinese).output == """
        车辆 LHYPC2D34TD004217                                  demo-net，高度 7，3 秒前
         已抵押。
         抵押      P-9c21，Bank B 的抵押，自 2026-09-20 01:31 +00:00（高度 7）
         查封      无
         状态标记  无
         重复抵押  1 次被拒绝的重复抵押
         查询高度  7，设立抵押时填写 --search-height 7
        已证明：法定签名 1/1。不涉及本网络以外的担保。

        """)
  }

  @Test("checks a free vehicle: exit status 0")
  func checkFree() {
    machine.run(as: "bank-b", "pledge release \(vin) --reason waived")
    let run = machine.run("vehicle check \(vin)")
    #expect(run.exitCode == .success)
    #expect(run.output.contains(" Free: no live pledge.\n"))
  }

  @Test("checks an unknown vehicle: exit status 10, and names what may be mistyped")
  func checkUnknown() {
    let run = machine.run("vehicle check LHYPC2D35TD004217")
    #expect(run.exitCode == .notFound)
    #expect(run.output.contains(" Unknown to this network.\n"))
    #expect(run.output.contains("the check digit of LHYPC2D35TD004217 is wrong"))
    #expect(run.output.contains("Proven: quorum 1 of 1."))
  }

  @Test("checks a list in its order, the gravest answer as exit status")
  func checkList() throws {
    let list = "# ours\n\(vin)\nLFWADRJF011002346  # unknown\n\n"
    try LocalFile.write(
      Array(list.utf8), to: machine.directory["list.txt"], .everybody, .kept)
    let run = machine.run("vehicle check --file @list.txt")
    #expect(run.exitCode == .encumbered)
    #expect(
      run.output == """
        LHYPC2D34TD004217  encumbered: pledged      P-9c21 bank-b
        LFWADRJF011002346  unknown to this network

        """)
    #expect(run.diagnostics.contains("1 encumbered: pledged; 1 unknown to this network."))
    let json = machine.run("vehicle check --file @list.txt --json")
    let standings = try json.output.split(separator: "\n").map { line in
      try JSONTestValue(String(line))["standing"]?.string
    }
    #expect(standings == ["pledged", "unknown"])
  }

  @Test("says which line of a list is no VIN")
  func faultyList() throws {
    try LocalFile.write(
      Array("\(vin)\nnonsense\n".utf8), to: machine.directory["list.txt"], .everybody, .kept)
    let run = machine.run("vehicle check --file @list.txt")
    #expect(run.exitCode == .dataError)
    #expect(run.diagnostics.contains("line 2: 'nonsense'"))
  }

  @Test("answers a check as JSON")
  func checkJSON() throws {
    let run = machine.run("vehicle check \(vin) --json")
    let document = try JSONTestValue(run.output)
    #expect(document["schema"]?.string == "hypothec/vehicle-check/1")
    #expect(document["pledge"]?["pledgee"]?.string == "bank-b")
    #expect(document["pledge"]?["acceptedAt"]?.string == "2026-09-20T01:31:00.000Z")
    #expect(document["searchHeight"]?.number == "7")
    #expect(document["proof"]?["certified"]?.boolean == true)
    #expect(document["asOf"]?["network"]?.string == "demo-net")
    #expect(!run.output.contains("100000"))
  }

  // MARK: show, search, lists

  @Test("shows all of a vehicle")
  func show() {
    #expect(
      machine.run("vehicle show \(vin)").output == """
        Vehicle LHYPC2D34TD004217                            demo-net, height 7, 3 s ago
         Vehicle           BYD Han EV 2026
         Kind              own use, battery electric
         Odometer          12 km
         Region            110105
         First registered  2026-03-01
         Owner             withheld (abababababab…)
         Registered        Registry North, 2026-03-02 01:14 +00:00 (height 1)
         Pledge            P-9c21, mortgage of Bank B,
                           since 2026-09-20 01:31 +00:00 (height 7)
                           100,000.00 CNY until 2029-09-20
         Flags             none
         Valuation         151,000.00 CNY (V-2, Appraisal House,
                           as of 2026-09-19 02:00 +00:00)
         Refused           1 attempted double pledge
         History           7 entries: hypothec vehicle history LHYPC2D34TD004217
        Proven: quorum 1 of 1.

        """)
  }

  @Test("shows all of a vehicle in Chinese")
  func showInChinese() {
    #expect(
      machine.run("vehicle show \(vin)", .chinese).output == """
        车辆 LHYPC2D34TD004217                                  demo-net，高度 7，3 秒前
         车型      BYD Han EV 2026
         类别      非营运，纯电动
         里程      12 km
         地区      110105
         初次登记  2026-03-01
         所有人    未公开（abababababab…）
         登记      Registry North，2026-03-02 01:14 +00:00（高度 1）
         抵押      P-9c21，Bank B 的抵押，自 2026-09-20 01:31 +00:00（高度 7）
                   100,000.00 CNY，至 2029-09-20
         状态标记  无
         评估      151,000.00 CNY（V-2，Appraisal House，2026-09-19 02:00 +00:00）
         被拒      重复抵押 1 次
         历史      7 条：hypothec vehicle history LHYPC2D34TD004217
        已证明：法定签名 1/1。

        """)
  }

  @Test("finds vehicles by the beginning, and by what looks alike")
  func search() {
    #expect(machine.run("vehicle search lhypc2").output.contains("\n LHYPC2D34TD004217\n"))
    #expect(machine.run("vehicle search --similar OO4Z17").output.contains(" LHYPC2D34TD004217\n"))
    #expect(machine.run("vehicle search XX").exitCode == .notFound)
    #expect(machine.run("vehicle search --similar 17").exitCode == .usage)
  }

  @Test("lists and shows valuations and pledges")
  func lists() {
    let valuations = machine.run("valuation list \(vin)").output
    #expect(valuations.contains("168,000.00 CNY  V-1  Appraisal House\n"))
    #expect(valuations.contains("151,000.00 CNY  V-2  Appraisal House  current\n"))
    #expect(machine.run("valuation show \(vin)").output.contains("151,000.00 CNY (current)"))
    #expect(machine.run("valuation show \(vin) --id V-9").exitCode == .notFound)
    #expect(
      machine.run("pledge list --pledgee bank-b").output.contains(
        " LHYPC2D34TD004217  P-9c21  100,000.00 CNY  until 2029-09-20\n"))
    #expect(machine.run("pledge show P-51b0").output.contains("State      released\n"))
    #expect(machine.run("pledge show P-77aa").exitCode == .notFound)
  }

  @Test("lists transactions, the newest first, and only the refused ones")
  func transactions() throws {
    let all = try JSONTestValue(machine.run("transaction list --json").output)
    #expect(all["transactions"]?.array?.count == 7)
    let refused = try JSONTestValue(machine.run("transaction list --refused --json").output)
    #expect(refused["transactions"]?.array?.count == 1)
    let id = try #require(refused["transactions"]?.array?.first?["transaction"]?.string)
    let shown = machine.run("transaction show \(id)")
    #expect(shown.output.contains("refused (PLEDGE_ALREADY_ACTIVE: P-51b0)"))
    #expect(machine.run("transaction wait \(id)").exitCode == .refused)
    let unknown = String(repeating: "0", count: 64)
    #expect(machine.run("transaction show \(unknown)").exitCode == .notFound)
    #expect(machine.run("transaction wait \(unknown) --timeout 0s").exitCode == .outcomeUnknown)
  }

  @Test("follows what was recorded, filtered")
  func follow() throws {
    let all = machine.run("follow --from 1 --until 7 --json")
    #expect(all.output.split(separator: "\n").count == 7)
    let refused = machine.run("follow --from 1 --until 7 --refused")
    #expect(
      refused.output
        == "2026-06-11 07:40:00 +00:00  4  pledge.create LHYPC2D34TD004217, P-77aa, "
        + "100,000.00 CNY, by Bank B  refused (PLEDGE_ALREADY_ACTIVE: P-51b0)\n")
  }
}
