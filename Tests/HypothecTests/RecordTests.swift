import CommandInterface
import Documents
@preconcurrency import Glibc
import Ledger
import Node
import Testing

@testable import hypothec

@Suite("Recording")
struct RecordTests {
  private let ledger: RecordTestLedger
  private let machine: RecordTestMachine
  private let vin = RecordTestMachine.vin

  init() throws {
    ledger = try RecordTestLedger()
    machine = try RecordTestMachine(ledger)
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
  }

  private func prepare() {
    #expect(machine.register().exitCode == .success)
    #expect(machine.value("V-1", "168000.00CNY").exitCode == .success)
  }

  // MARK: Receipts and refusals

  @Test("prints a receipt when a transaction is accepted")
  func receipt() throws {
    let run = machine.run(
      as: "registry-north",
      "vehicle register \(vin) --make BYD --model Han --model-year 2026 --reference R-1")
    #expect(run.exitCode == .success)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      lines.dropLast() == [
        "Accepted and final.",
        " Recorded     vehicle.register LHYPC2D34TD004217, BYD Han, by Registry North",
        " Accepted     2026-03-02 01:14 +00:00 (height 1), demo-net",
        " Reference    R-1",
      ])
    #expect(lines.last?.hasPrefix(" Transaction  ") == true)
    #expect(lines.last?.count == 78)
  }

  @Test("fills in search, newest valuation, owner, start and id of a pledge")
  func pledgeDefaults() throws {
    prepare()
    let run = machine.run(
      as: "bank-a",
      "pledge create \(vin) --principal 100000CNY --months 36 --contract @contract.pdf --json")
    let operation = try #require(try JSONTestValue(run.output)["operations"]?.array?.first)
    #expect(operation["valuation"]?.string == "V-1")
    #expect(operation["searchHeight"]?.number == "2")
    #expect(operation["pledgor"]?.string?.hasPrefix("commitment:abab") == true)
    #expect(operation["start"]?.string == "2026-03-02")
    #expect(operation["maturity"]?.string == "2029-03-02")
    #expect(operation["id"]?.string?.hasPrefix("P-") == true)
    #expect(operation["principal"]?.string == "100000.00 CNY")
  }

  @Test("tells who stands in the way of a double pledge: exit status 12")
  func doublePledge() throws {
    prepare()
    #expect(machine.pledge("bank-a", "P-51b0").exitCode == .success)
    let run = machine.pledge("bank-b", "P-77aa")
    #expect(run.exitCode == .refused)
    #expect(run.output.isEmpty)
    var lines = run.diagnostics.split(separator: "\n").map(String.init)
    let evidence = lines.remove(at: 3)
    #expect(
      lines == [
        "Error: vehicle LHYPC2D34TD004217 is already pledged; your pledge was refused.",
        "  Why:  a vehicle has one live pledge at most. P-51b0 has stood since "
          + "2026-03-02 01:14 +00:00 (height 3).",
        "  Next: ask the pledgee to release it. Who holds it: "
          + "hypothec vehicle check LHYPC2D34TD004217",
        "  Code: PLEDGE_ALREADY_ACTIVE   (hypothec explain PLEDGE_ALREADY_ACTIVE)",
      ])
    #expect(evidence.hasPrefix("        Evidence: hypothec transaction show "))
  }

  @Test("tells a refusal in Chinese")
  func refusalInChinese() {
    prepare()
    machine.pledge("bank-a", "P-51b0")
    let run = machine.run(as: "bank-b", machine.pledgeLine("P-77aa"), .chinese)
    #expect(
      run.diagnostics.hasPrefix(
        """
        错误：车辆 LHYPC2D34TD004217 已有有效抵押，本次抵押登记被拒绝。
          原因：   一辆车最多有一项有效抵押。P-51b0 自 2026-03-02 01:14 +00:00（高度 3）起有效。
          下一步： 请抵押权人先解除抵押。查询持有人：hypothec vehicle check LHYPC2D34TD004217
                   凭据：hypothec transaction show 
        """))
  }

  @Test("tells a refusal as one RFC 9457 object, with the conflict's height and time")
  func refusalJSON() throws {
    prepare()
    machine.pledge("bank-a", "P-51b0")
    let run = machine.pledge("bank-b", "P-77aa", "--json")
    #expect(run.output.isEmpty)
    let problem = try JSONTestValue(run.diagnostics)
    #expect(problem["code"]?.string == "PLEDGE_ALREADY_ACTIVE")
    #expect(problem["exitCode"]?.number == "12")
    #expect(problem["recorded"]?.boolean == true)
    #expect(problem["conflict"]?["id"]?.string == "P-51b0")
    #expect(problem["conflict"]?["height"]?.number == "3")
    #expect(problem["conflict"]?["time"]?.string == "2026-03-02T01:14:00.002Z")
  }

  // MARK: Dry runs

  @Test("tries a pledge with its loan-to-value arithmetic, and sends nothing")
  func dryRun() {
    prepare()
    let sent = ledger.submissionCount
    let run = machine.pledge("bank-a", "P-51b0", "--dry-run")
    #expect(run.exitCode == .success)
    #expect(run.output.hasPrefix("Would be accepted now "))
    #expect(
      run.output.contains(
        "100,000.00 CNY / 168,000.00 CNY = 59.53% ≤ cap 80%; at most"))
    #expect(run.output.contains("valuation: V-1\n"))
    #expect(run.output.hasSuffix("Nothing was sent.\n"))
    #expect(ledger.submissionCount == sent)
  }

  @Test("tries a pledge that would be refused: exit status 12, nothing recorded")
  func dryRunRefused() throws {
    prepare()
    let sent = ledger.submissionCount
    let run = machine.run(
      as: "bank-a",
      "pledge create \(vin) --principal 134400.01CNY --months 36 --contract @contract.pdf --dry-run"
    )
    #expect(run.exitCode == .refused)
    #expect(run.diagnostics.contains("pledge.create on LHYPC2D34TD004217 would be refused: "))
    #expect(run.diagnostics.contains("= 80.01% > cap 80%; at most 134,400.00 CNY"))
    #expect(run.diagnostics.contains("Nothing was recorded."))
    #expect(ledger.submissionCount == sent)
  }

  // MARK: Keys

  @Test("finds a wrong key before anything is sent")
  func wrongKey() {
    let run = machine.run(
      "vehicle register \(vin) --make BYD --model Han --model-year 2026 "
        + "--as registry-north --key @bank-a.pem")
    #expect(run.exitCode == .refused)
    #expect(run.diagnostics.contains("is not registered for registry-north: it is bank-a's"))
    #expect(run.diagnostics.contains("Code: KEY_UNKNOWN"))
    #expect(ledger.submissionCount == 0)
  }

  @Test("finds a member that is none")
  func unknownMember() {
    let run = machine.run(
      "vehicle register \(vin) --make BYD --model Han --model-year 2026 "
        + "--as bank-z --key @bank-a.pem")
    #expect(run.diagnostics.contains("Code: MEMBER_UNKNOWN"))
    #expect(ledger.submissionCount == 0)
  }

  @Test("demands the check digit at registration, unless its absence is attested")
  func checkDigit() {
    let line =
      "vehicle register LHYPC2D35TD004217 --make BYD --model Han --model-year 2026"
    let run = machine.run(as: "registry-north", line)
    #expect(run.exitCode == .dataError)
    #expect(run.diagnostics.contains("Code: VIN_CHECK_DIGIT"))
    #expect(
      machine.run(as: "registry-north", "\(line) --check-digit-unused").exitCode == .success)
  }

  // MARK: Lost answers

  @Test("records once what was repeated after a lost answer", arguments: [true, false])
  func lostAnswer(wasRecorded: Bool) throws {
    prepare()
    let line = "\(machine.pledgeLine("P-51b0"))--reference L-1"
    ledger.loss = wasRecorded ? .ofAnswer : .ofTransaction
    let lost = machine.run(as: "bank-a", line)
    #expect(lost.exitCode == .outcomeUnknown)
    #expect(lost.diagnostics.contains("Code: OUTCOME_UNKNOWN"))
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:20:00Z")
    let again = machine.run(as: "bank-a", "\(line) --json")
    #expect(again.exitCode == .success)
    #expect(try JSONTestValue(again.output)["place"]?["height"]?.number == "3")
    // Now the outbox is empty, and the ledger itself is asked.
    let sent = ledger.submissionCount
    let third = machine.run(as: "bank-a", line)
    #expect(third.exitCode == .success)
    #expect(third.diagnostics.contains("Recorded before under this reference"))
    #expect(ledger.submissionCount == sent)
  }

  @Test("sends the kept bytes with the command that the lost answer's problem names")
  func outboxFile() throws {
    prepare()
    ledger.loss = .ofTransaction
    let lost = machine.pledge("bank-a", "P-51b0", "--json")
    let file = try #require(try JSONTestValue(lost.diagnostics)["file"]?.string)
    #expect(LocalFile.status(file)?.st_mode == 0o100600)
    #expect(machine.run("transaction submit \(file)").exitCode == .success)
    #expect(!LocalFile.exists(file))
  }

  @Test("refuses a reference that names another transaction")
  func referenceReused() {
    prepare()
    #expect(machine.pledge("bank-a", "P-51b0", "--reference L-1").exitCode == .success)
    let run = machine.pledge("bank-a", "P-51b1", "--reference L-1")
    #expect(run.exitCode == .refused)
    #expect(run.diagnostics.contains("Code: REFERENCE_REUSED"))
    let release = machine.run(
      as: "bank-a", "pledge release \(vin) --reason paid --reference L-1")
    #expect(release.diagnostics.contains("names another transaction already: pledge.create"))
  }

  @Test("repeats a release by its reference, although the pledge is gone")
  func repeatedRelease() {
    prepare()
    machine.pledge("bank-a", "P-51b0")
    let line = "pledge release \(vin) --reason paid --reference L-2"
    #expect(machine.run(as: "bank-a", line).exitCode == .success)
    #expect(machine.run(as: "bank-a", line).exitCode == .success)
    let other = machine.run(as: "bank-a", "pledge release \(vin) --reason paid")
    #expect(other.diagnostics.contains("has no live pledge; nothing was sent."))
  }

  @Test("explains every problem that it reports")
  func explanations() {
    let explained = (LookCommands.explanations + RecordCommands.explanations).map(\.code)
    let reported: [ProblemCode] = [
      .answerUnexpected, .requestRefused, .dataUnavailable, .dataDamaged, .proofInvalid,
      .vehicleNotFound, .pledgeNotFound, .valuationNotFound, .transactionNotFound,
      .outcomeUnknown, .listInvalid, .heightNotReached, .nodeNotRunning, .nodeAccessDenied,
      .nodeUnreachable, .otherNetwork, .otherVersion, .requestTooLarge, .fieldMissing,
      .draftInvalid, .signaturesMissing, .notASigner, .operationsInvalid, .transactionMalformed,
      .clockWrong, .auditFailed, .networkUnusable,
    ]
    #expect(reported.filter { !explained.contains($0) }.map(\.text) == [])
  }
}
