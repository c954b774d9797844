import CommandInterface
import Documents
import Ledger
import Testing

@testable import hypothec

@Suite("Drafts that travel between members")
struct RecordDraftTests {
  private let ledger: RecordTestLedger
  /// Everybody's keys: for what comes before.
  private let office: RecordTestMachine
  /// Only the keys of one bank each.
  private let bankA: RecordTestMachine
  private let bankB: RecordTestMachine
  private let vin = RecordTestMachine.vin

  init() throws {
    ledger = try RecordTestLedger()
    office = try RecordTestMachine(ledger)
    bankA = try RecordTestMachine(ledger, ["bank-a"])
    bankB = try RecordTestMachine(ledger, ["bank-b"])
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
    office.register()
    office.value("V-1", "168000.00CNY")
    office.pledge("bank-a", "P-51b0")
  }

  private static let operations = """
    [
      {"operation": "pledge.release", "by": "bank-a", "vin": "LHYPC2D34TD004217",
       "reason": "refinanced"},
      {"operation": "pledge.create", "by": "bank-b", "vin": "LHYPC2D34TD004217", "id": "P-9c21",
       "principal": "90000.00 CNY", "months": 24,
       "contract": "sha256:0202020202020202020202020202020202020202020202020202020202020202"}
    ]
    """

  private func draft(on machine: RecordTestMachine) throws {
    try LocalFile.write(
      Array(Self.operations.utf8), to: machine.directory["operations.json"], .owner, .kept)
    let run = machine.run(
      "transaction draft @operations.json --output @refinance.draft --reference REFI-1")
    #expect(run.exitCode == .success)
    #expect(run.output.contains("Bank A: has not signed"))
    #expect(run.output.contains("Bank B: has not signed"))
  }

  /// As an e-mail would.
  private func carry(_ from: RecordTestMachine, _ to: RecordTestMachine) throws {
    let bytes = try LocalFile.read(from.directory["refinance.draft"])
    try LocalFile.write(bytes, to: to.directory["refinance.draft"], .owner, .replaced)
  }

  @Test("refinances with two key holders on two machines: one transaction, no free instant")
  func refinancing() throws {
    try draft(on: bankA)
    #expect(bankA.run(as: "bank-a", "transaction sign @refinance.draft").exitCode == .success)
    let early = bankA.run("transaction submit @refinance.draft")
    #expect(early.exitCode == .dataError)
    #expect(early.diagnostics.contains("not everybody has signed: bank-b must still sign."))

    try carry(bankA, bankB)
    let shown = bankB.run("transaction show @refinance.draft")
    #expect(shown.output.contains("bank-a: signed"))
    #expect(shown.output.contains("bank-b: has not signed"))
    let signed = bankB.run(as: "bank-b", "transaction sign @refinance.draft")
    #expect(signed.output.contains("Everybody has signed."))
    let submitted = bankB.run("transaction submit @refinance.draft")
    #expect(submitted.exitCode == .success)
    #expect(submitted.output.contains("pledge.release LHYPC2D34TD004217, P-51b0, refinanced"))

    let history = bankA.run("vehicle history \(vin)").output
    #expect(history.contains("Now: pledged to Bank B (P-9c21). Proven complete: 5 of 5 entries"))
    #expect(bankA.run("transaction submit @refinance.draft").exitCode == .dataError)
    #expect(bankB.run("transaction submit @refinance.draft").exitCode == .success)
    #expect(bankB.run("vehicle history \(vin) --json").output.contains("\"entryCount\":5"))
  }

  @Test("tries a draft as a whole before it is signed")
  func dryRun() throws {
    try draft(on: bankA)
    let run = bankA.run("transaction submit @refinance.draft --dry-run")
    #expect(run.exitCode == .success)
    #expect(run.output.hasPrefix("Would be accepted now "))
  }

  @Test("builds the same draft from two commands")
  func addTo() throws {
    let release = office.run(
      "pledge release \(vin) --reason refinanced --as bank-a --draft @refinance.draft")
    #expect(release.exitCode == .success)
    let create = office.run(
      as: "bank-b", office.pledgeLine("P-9c21") + "--add-to @refinance.draft")
    #expect(create.exitCode == .success)
    #expect(create.output.contains("Bank A: has not signed"))
    #expect(create.output.contains("Bank B: signed"))
    office.run(as: "bank-a", "transaction sign @refinance.draft")
    #expect(office.run("transaction submit @refinance.draft").exitCode == .success)
  }

  @Test("signs offline")
  func offline() throws {
    try draft(on: bankA)
    let run = bankA.run(as: "bank-a", "transaction sign @refinance.draft --offline")
    #expect(run.output.contains("bank-a: signed"))
  }

  @Test("refuses to sign for who is not among the signers")
  func notASigner() throws {
    try draft(on: office)
    let run = office.run(as: "court-a", "transaction sign @refinance.draft")
    #expect(run.exitCode == .usage)
    #expect(run.diagnostics.contains("Code: NOT_A_SIGNER"))
  }

  @Test("refuses to sign with another's key")
  func wrongKey() throws {
    try draft(on: bankA)
    let run = bankA.run("transaction sign @refinance.draft --as bank-b --key @bank-a.pem")
    #expect(run.exitCode == .refused)
    #expect(run.diagnostics.contains("Code: KEY_UNKNOWN"))
  }

  @Test("refuses an expired draft, to sign and to submit")
  func expired() throws {
    try draft(on: office)
    office.run(
      "transaction sign @refinance.draft --key bank-a=\(office.directory["bank-a.pem"]) "
        + "--key bank-b=\(office.directory["bank-b.pem"])")
    ledger.clock = RecordTestNetwork.time("2026-03-03T01:14:01Z")
    for line in ["transaction submit @refinance.draft"] {
      let run = office.run(line)
      #expect(run.exitCode == .refused)
      #expect(run.diagnostics.contains("Code: TRANSACTION_EXPIRED"))
    }
    let signing = office.run(as: "bank-a", "transaction sign @refinance.draft")
    #expect(signing.diagnostics.contains("Code: TRANSACTION_EXPIRED"))
    #expect(office.run("transaction show @refinance.draft").output.contains("(expired)"))
  }

  @Test("refuses another network's draft: exit status 23")
  func otherNetwork() throws {
    try draft(on: bankA)
    let other = try RecordTestMachine(
      try RecordTestLedger(RecordTestNetwork(name: "other-net")), ["bank-b"])
    other.ledger.clock = ledger.clock
    try carry(bankA, other)
    for line in [
      "transaction sign @refinance.draft --as bank-b --key @bank-b.pem",
      "transaction submit @refinance.draft",
    ] {
      let run = other.run(line)
      #expect(run.exitCode == .otherNetwork)
      #expect(run.diagnostics.contains("Code: WRONG_NETWORK"))
    }
  }

  @Test("refuses a draft that was changed on its way")
  func altered() throws {
    try draft(on: bankA)
    let path = bankA.directory["refinance.draft"]
    var bytes = try LocalFile.read(path)
    let index = try #require(bytes.firstRange(of: Array("P-9c21".utf8))?.lowerBound)
    bytes[index + 5] = UInt8(ascii: "2")
    try LocalFile.write(bytes, to: path, .owner, .replaced)
    let run = bankA.run(as: "bank-a", "transaction sign @refinance.draft")
    #expect(run.exitCode == .dataError)
    #expect(run.diagnostics.contains("Code: DRAFT_INVALID"))
  }

  @Test("lists every fault of a list of operations at once")
  func faultyOperations() throws {
    let text = """
      [
        {"operation": "pledge.delete"},
        {"operation": "pledge.release", "vin": "LHYPC2D34TD004217", "reason": "tired", "why": "?"}
      ]
      """
    try LocalFile.write(
      Array(text.utf8), to: bankA.directory["operations.json"], .owner, .kept)
    let run = bankA.run("transaction draft @operations.json --output @x.draft --as bank-a")
    #expect(run.diagnostics.contains("has 3 faults"))
    #expect(run.diagnostics.contains("line 3, [1].reason: 'tired' is none of paid, waived"))
    #expect(!LocalFile.exists(bankA.directory["x.draft"]))
  }

  @Test("never overwrites a file with a new draft")
  func existing() throws {
    try draft(on: bankA)
    let run = bankA.run("transaction draft @operations.json --output @refinance.draft")
    #expect(run.exitCode == .cannotCreate)
  }
}
