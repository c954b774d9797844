import CommandInterface
import Cryptography
import Documents
import Foundation
@preconcurrency import Glibc
import Ledger
import Testing

@testable import hypothec

@Suite("Members of a running network")
struct GovernMemberTests {
  private let ledger: RecordTestLedger
  private let office: RecordTestMachine

  init() throws {
    ledger = try RecordTestLedger()
    office = try .office(ledger)
  }

  private func applied() throws -> RecordTestMachine {
    let machine = try RecordTestMachine(ledger, [])
    try LocalFile.write(
      ledger.network.file.encoded, to: machine.directory["network.cbor"], .everybody, .kept)
    try machine.require(
      "member apply --network @network.cbor --as bank-c --name Bank_C --role lender "
        + "--role appraiser --entity 911100001000054748 --keys @keys "
        + "--address node.bank-c.example:7100 -o @bank-c.application.json")
    try machine.send("bank-c.application.json", to: office)
    return machine
  }

  @Test("are listed as the ledger has them, with their nodes and offices")
  func list() throws {
    let run = try office.require("member list")
    #expect(run.output.contains("5 members"))
    #expect(run.output.contains("Registry North   registry"))
    #expect(run.output.contains("active    validator  yes"))
    #expect(run.output.contains("1 of 1 governors; there were 0 so far."))
    let chinese = office.run("member list", .chinese)
    #expect(chinese.output.contains("验证"))
    let json = try JSONTestValue(office.require("member list --json").output)
    #expect(json["schema"]?.string == "hypothec/members/1")
    #expect(json["members"]?.array?.count == 5)
    #expect(json["members"]?.array?[4]["validates"]?.boolean == true)
  }

  @Test("are admitted with their node by an application, a draft and the governors' votes")
  func admission() throws {
    let machine = try applied()
    let secret = machine.directory["keys/consensus.pem"]
    #expect(LocalFile.status(secret)!.st_mode & 0o777 == 0o600)
    let draft = try office.require(
      "member propose --admit @bank-c.application.json -o @admit.draft")
    #expect(
      draft.unwrapped.contains("member.admit #1: admits bank-c (Bank C) as lender, appraiser"))
    #expect(draft.unwrapped.contains("node.set #2: sets the node of bank-c"))
    #expect(draft.output.contains("member vote \(office.directory["admit.draft"])"))
    // Reading the ballot signs nothing.
    let ballot = try office.require("member vote @admit.draft")
    #expect(ballot.unwrapped.contains("codes: uscc:911100001000054748; keys: "))
    #expect(ballot.output.contains("has not signed"))
    try office.decide("admit.draft")

    let shown = try office.require("member show bank-c")
    #expect(shown.output.contains("Bank C (bank-c)"))
    #expect(shown.output.contains("node.bank-c.example:7100"))
    #expect(shown.output.contains("follower"))
    // It may record from now on, and an owner who is it would have to sign.
    try LocalFile.write(
      try LocalFile.read(machine.directory["keys/member.pem"]),
      to: machine.directory["bank-c.pem"], .owner, .kept)
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
    office.register()
    let valued = machine.run(
      as: "bank-c",
      "valuation record \(RecordTestMachine.vin) --id V-9 --value 100.00CNY --method market "
        + "--basis retail")
    #expect(valued.exitCode == .success, "\(valued.diagnostics)")
  }

  @Test("are not admitted twice, nor by another network's application or a spoiled one")
  func admissionRefused() throws {
    _ = try applied()
    let path = office.directory["bank-c.application.json"]
    let text = String(decoding: try LocalFile.read(path), as: UTF8.self)
    func proposing(_ old: String, _ new: String) throws -> CommandRun {
      let changed = text.replacing(old, with: new)
      #expect(changed != text)
      try LocalFile.write(
        Array(changed.utf8), to: office.directory["changed.json"], .owner, .replaced)
      return office.run("member propose --admit @changed.json -o @changed.draft")
    }
    let id = ledger.network.genesis.network.description
    let other = try proposing(id, String(repeating: "ab", count: 32))
    #expect(other.exitCode == .otherNetwork)
    let stolen = try proposing("\"bank-c\"", "\"bank-d\"")
    #expect(stolen.diagnostics.contains("Code: KEY_PROOF_INVALID"))
    let known = try proposing("\"bank-c\"", "\"bank-b\"")
    #expect(known.diagnostics.contains("Code: MEMBER_ALREADY_ADMITTED"))
    let faulty = try proposing("\"lender\"", "\"bank\"")
    #expect(faulty.diagnostics.contains("Code: APPLICATION_INVALID"))
    #expect(!LocalFile.exists(office.directory["changed.draft"]))
  }

  @Test("get a node by its own file, also in the place of one that was lost")
  func node() throws {
    let machine = try RecordTestMachine(ledger, [])
    try LocalFile.write(
      ledger.network.file.encoded, to: machine.directory["network.cbor"], .everybody, .kept)
    let line = "node apply --network @network.cbor --as bank-b"
    #expect(machine.run("\(line) --keys @keys -o @x.json").exitCode == .usage)
    func registered(_ keys: String) throws -> String {
      try machine.require("\(line) --keys @\(keys) --address b.example:7100 -o @\(keys).json")
      try machine.send("\(keys).json", to: office)
      try office.require("member propose --register @\(keys).json -o @\(keys).draft")
      try office.decide("\(keys).draft")
      return try KeyFile.load(machine.directory["\(keys)/consensus.pem"], passphrase: nil)
        .publicKey.description
    }
    let first = try registered("keys")
    #expect(try office.require("member show bank-b").output.contains(first))
    #expect(try office.require("member list").output.contains("follower"))
    let second = try registered("new")
    let shown = try office.require("member show bank-b").output
    #expect(shown.contains(second) && !shown.contains(first))

    let asMember = office.run("member propose --admit @keys.json -o @x.draft")
    #expect(asMember.diagnostics.contains("Code: APPLICATION_INVALID"))
    #expect(asMember.diagnostics.contains("--register"))
    _ = try applied()
    let asNode = office.run("member propose --register @bank-c.application.json -o @x.draft")
    #expect(asNode.diagnostics.contains("--admit"))
    let text = String(decoding: try LocalFile.read(office.directory["new.json"]), as: UTF8.self)
    for (old, new, code) in [
      ("\"bank-b\"", "\"bank-a\"", "KEY_PROOF_INVALID"),
      ("\"bank-b\"", "\"bank-q\"", "MEMBER_NOT_ADMITTED"),
      ("\"node\"", "\"nodes\"", "APPLICATION_INVALID"),
    ] {
      try LocalFile.write(
        Array(text.replacing(old, with: new).utf8), to: office.directory["changed.json"], .owner,
        .replaced)
      let changed = office.run("member propose --register @changed.json -o @x.draft")
      #expect(changed.diagnostics.contains("Code: \(code)"), "\(changed.diagnostics)")
    }
    #expect(!LocalFile.exists(office.directory["x.draft"]))
  }

  @Test("are suspended and reinstated")
  func suspension() throws {
    try office.require("member propose --suspend bank-b -o @suspend.draft")
    try office.decide("suspend.draft")
    #expect(try office.require("member show bank-b").output.contains("suspended"))
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
    office.register()
    let refused = office.run(
      as: "bank-b",
      "valuation record \(RecordTestMachine.vin) --id V-9 --value 100.00CNY --method market "
        + "--basis retail")
    #expect(refused.diagnostics.contains("Code: MEMBER_SUSPENDED"))
    try office.require("member propose --reinstate bank-b -o @reinstate.draft")
    try office.decide("reinstate.draft")
    #expect(try office.require("member show bank-b").output.contains("active"))
    let misspelt = office.run("member propose --suspend bank-q -o @x.draft")
    #expect(misspelt.diagnostics.contains("Code: MEMBER_NOT_ADMITTED"))
    #expect(misspelt.diagnostics.contains("did you mean bank-a?"))
    #expect(office.run("member propose -o @x.draft").exitCode == .usage)
    #expect(
      office.run("member propose --suspend bank-a --reinstate bank-b -o @x.draft").exitCode
        == .usage)
  }

  // MARK: Votes

  @Test("are voted on with governor keys alone")
  func keys() throws {
    try office.require("member propose --suspend bank-b -o @suspend.draft")
    let without = office.run("transaction sign @suspend.draft")
    #expect(without.exitCode == .usage)
    #expect(without.diagnostics.contains("no governor's key"))
    let asMember = office.run(
      "member vote @suspend.draft --as registry-north --key @registry-north.pem")
    #expect(asMember.exitCode == .refused)
    #expect(asMember.diagnostics.contains("Code: KEY_UNKNOWN"))
    #expect(asMember.diagnostics.contains("it governs with"))
    let stranger = office.run("member vote @suspend.draft --as bank-a --key @bank-a.pem")
    #expect(stranger.diagnostics.contains("Code: NOT_A_SIGNER"))
    // Offline nothing is asked; the node turns the wrong key away.
    try office.require(
      "transaction sign @suspend.draft --as registry-north --key @registry-north.pem --offline")
    let submitted = office.run("transaction submit @suspend.draft")
    #expect(submitted.diagnostics.contains("Code: KEY_UNKNOWN"))
    try office.require(
      "transaction sign @suspend.draft --as registry-north --key @governor.pem")
    try office.require("transaction submit @suspend.draft")
  }

  @Test("are changed by a draft that is a change: business is signed by members")
  func notAChange() throws {
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
    office.register()
    try office.require(
      "valuation record \(RecordTestMachine.vin) --id V-1 --value 100.00CNY --method market "
        + "--basis retail --as appraiser-a --draft @value.draft")
    let run = office.run("member vote @value.draft --as registry-north --key @governor.pem")
    #expect(run.exitCode == .dataError)
    #expect(run.diagnostics.contains("Code: NOT_A_CHANGE"))
    try office.require("member propose --suspend bank-b -o @suspend.draft")
    let mixed = office.run(
      "valuation record \(RecordTestMachine.vin) --id V-1 --value 100.00CNY --method market "
        + "--basis retail --as appraiser-a --add-to @suspend.draft")
    #expect(mixed.diagnostics.contains("Code: AUTHORITY_MIXED"))
    let other = office.run("member propose --suspend bank-b --add-to @value.draft")
    #expect(other.diagnostics.contains("Code: AUTHORITY_MIXED"))
  }

  @Test("change together, in one draft, or in two of which the second is drafted anew")
  func together() throws {
    try office.require("member propose --suspend bank-b -o @both.draft")
    let both = try office.require("member propose --suspend bank-a --add-to @both.draft")
    #expect(both.output.contains("#1: suspends bank-b"))
    #expect(both.output.contains("#2: suspends bank-a"))
    try office.require("member propose --reinstate bank-b -o @late.draft")
    try office.decide("both.draft")
    let ballot = try office.require("member vote @late.draft")
    #expect(ballot.unwrapped.contains("It would be refused: its number is 1, the next is 3."))
    try office.require("member vote @late.draft --as registry-north --key @governor.pem")
    let late = office.run("transaction submit @late.draft")
    #expect(late.exitCode == .refused)
    #expect(late.diagnostics.contains("Code: GOVERNANCE_SEQUENCE"))
    // A signed draft that gains a change must be signed again.
    try office.require("member propose --reinstate bank-a -o @again.draft")
    try office.require("member vote @again.draft --as registry-north --key @governor.pem")
    let added = try office.require("member propose --reinstate bank-b --add-to @again.draft")
    #expect(added.diagnostics.contains("had signatures"))
    #expect(added.output.contains("has not signed"))
    try office.decide("again.draft")
  }

  @Test("are tried out without a draft")
  func dryRun() throws {
    let run = try office.require("member propose --suspend bank-b --dry-run")
    #expect(run.output.contains("Would be accepted now"))
    #expect(run.output.contains("Nothing was sent."))
    #expect(office.run("member propose --suspend bank-b").exitCode == .usage)
  }
}
