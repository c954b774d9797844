import CommandInterface
import Cryptography
import Documents
import Foundation
@preconcurrency import Glibc
import Ledger
import Testing

@testable import hypothec

@Suite("Keys of a running network")
struct GovernKeyTests {
  private let ledger: RecordTestLedger
  private let office: RecordTestMachine

  init() throws {
    ledger = try RecordTestLedger()
    office = try .office(ledger)
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
  }

  private func kid(_ key: SigningKey) -> String { key.publicKey.description }

  @Test("of members are rotated: made, registered, used, and the old one retired")
  func member() throws {
    let rotation = try office.require("key rotate --purpose member -o @rotate.draft")
    let path = office.directory["registry-north-2.pem"]
    #expect(LocalFile.status(path)!.st_mode & 0o777 == 0o600)
    #expect(LocalFile.exists(path + ".pub"))
    #expect(rotation.output.contains("New key"))
    #expect(rotation.output.contains("adds the member key"))
    let old = kid(ledger.network.key(of: "registry-north"))
    #expect(rotation.diagnostics.contains("hypothec key retire"))
    #expect(office.register().exitCode == .success, "the old key is good")
    try office.decide("rotate.draft")
    let new = office.run(
      "vehicle register 1M8GDM9AXKP042788 --make X --model Y --model-year 2024 --as registry-north "
        + "--key @registry-north-2.pem")
    #expect(new.exitCode == .success, "\(new.diagnostics)")

    try office.require(
      "key retire \(old.prefix(10)) --purpose member -o @retire.draft")
    try office.decide("retire.draft")
    let refused = office.run(
      as: "registry-north",
      "vehicle register LZPTCAP2561500278 --make X --model Y --model-year 2024")
    #expect(refused.diagnostics.contains("Code: KEY_UNKNOWN"))
    let last = office.run(
      "key retire \(kid(try KeyFile.load(path, passphrase: nil))) --purpose member "
        + "--dry-run")
    #expect(last.exitCode == .refused)
    #expect(last.diagnostics.contains("Code: LAST_KEY"))
  }

  @Test("are named beside the old file, in their order, and never overwritten")
  func names() throws {
    #expect(KeySuccession.path(after: "/nowhere/member.pem") == "/nowhere/member-2.pem")
    #expect(KeySuccession.path(after: "/nowhere/member-2.pem") == "/nowhere/member-3.pem")
    #expect(KeySuccession.path(after: "/nowhere/bank-a") == "/nowhere/bank-a-2")
    try office.require("key rotate --purpose transport -o @one.draft")
    let bytes = try LocalFile.read(office.directory["transport-2.pem"])
    try office.require("key rotate --purpose transport -o @two.draft")
    #expect(LocalFile.exists(office.directory["transport-3.pem"]))
    // Named, the key of a draft that expired is drafted again.
    try office.require(
      "key rotate --purpose transport --new @transport-2.pem -o @three.draft")
    #expect(try LocalFile.read(office.directory["transport-2.pem"]) == bytes)
    let dry = try office.require("key rotate --purpose member --dry-run")
    #expect(dry.output.contains("Would be accepted now"))
    #expect(!LocalFile.exists(office.directory["registry-north-2.pem"]))
  }

  @Test("of transport overlap, the new one first")
  func transport() throws {
    let run = try office.require("key rotate --purpose transport -o @rotate.draft")
    #expect(run.diagnostics.contains("restart"))
    try office.decide("rotate.draft")
    let new = kid(try KeyFile.load(office.directory["transport-2.pem"], passphrase: nil))
    let json = try JSONTestValue(office.require("member show registry-north --json").output)
    let keys = json["member"]?["node"]?["transportKeys"]?.array
    #expect(
      keys?.map { $0["kid"]?.string } == [new, kid(ledger.network.transportKey)])
    let third = office.run("key rotate --purpose transport --dry-run")
    #expect(third.diagnostics.contains("Code: KEY_LIMIT_REACHED"))
  }

  @Test("of consensus are registered with the node, and taken up by the next validators")
  func consensus() throws {
    let rotation = try office.require("key rotate --purpose consensus -o @rotate.draft")
    #expect(rotation.diagnostics.contains("validator propose --keep"))
    try office.decide("rotate.draft")
    #expect(
      try office.require("validator list").output.contains("another from the next change on"))
    try office.require("validator propose --keep -o @validators.json")
    let old = office.run("validator ready @validators.json")
    #expect(old.exitCode == .configurationError)
    #expect(old.diagnostics.contains("is not the consensus key"))
    try office.require(
      "validator ready @validators.json --key @consensus-2.pem --as registry-north")
    try office.require("validator draft @validators.json -o @validators.draft")
    try office.decide("validators.draft")
    let new = try KeyFile.load(office.directory["consensus-2.pem"], passphrase: nil)
    let json = try JSONTestValue(office.require("validator list --json").output)
    #expect(json["epoch"]?.number == "2")
    #expect(
      json["validators"]?.array?[0]["consensusKey"]?["kid"]?.string == kid(new))
  }

  @Test("of governors make governors, and how many must sign is settled apart")
  func governors() throws {
    try office.require(
      "key rotate --purpose governor --as bank-a --new @bank-a-governor.pem -o @governor.draft")
    try office.decide("governor.draft")
    let tooMany = office.run("governor require 3 --signer registry-north --dry-run")
    #expect(tooMany.diagnostics.contains("Code: THRESHOLD_UNREACHABLE"))
    try office.require("governor require 2 --signer registry-north -o @two.draft")
    try office.require("epoch advance --signer registry-north -o @early.draft")
    try office.decide("two.draft")
    let list = try office.require("governor list")
    #expect(list.output.contains("2 of 2 governors; there were 2 so far."))

    // A draft from before names too few: nobody signs it in vain.
    let old = office.run("member vote @early.draft --as registry-north --key @governor.pem")
    #expect(old.exitCode == .refused)
    #expect(old.diagnostics.contains("2 governors must sign a change"))
    #expect(old.diagnostics.contains("1 governs now"))
    try office.require(
      "transaction sign @early.draft --as registry-north --key @governor.pem --offline")
    let count = ledger.submissionCount
    let sent = office.run("transaction submit @early.draft")
    #expect(sent.diagnostics.contains("Code: QUORUM_MISSING"))
    #expect(ledger.submissionCount == count)

    // All must sign now, so nobody needs to be named.
    let draft = try office.require("member propose --suspend court-a -o @court.draft")
    #expect(draft.output.contains("Bank A: has not signed"))
    try office.require("member vote @court.draft --as registry-north --key @governor.pem")
    let early = office.run("transaction submit @court.draft")
    #expect(early.diagnostics.contains("Code: SIGNATURES_MISSING"))
    try office.require("member vote @court.draft --as bank-a --key @bank-a-governor.pem")
    try office.require("transaction submit @court.draft")
    let one = office.run("member propose --suspend court-a --signer bank-a -o @x.draft")
    #expect(
      one.diagnostics.contains("2 governors must sign a change; 1 different ones were named."))
    let stranger = office.run("member propose --suspend court-a --signer bank-b -o @x.draft")
    #expect(stranger.diagnostics.contains("Code: NOT_A_GOVERNOR"))
  }

  @Test("are retired by a kid that is the member's")
  func unknownKid() throws {
    for kid in ["abc", String(repeating: "ab", count: 32), "zzzzzzzzzz"] {
      let run = office.run("key retire \(kid) --purpose member -o @x.draft")
      #expect(run.exitCode == .refused)
      #expect(run.diagnostics.contains("Code: KEY_NOT_HELD"))
    }
    let none = office.run("key retire abcdef12 --purpose transport --as bank-a -o @x.draft")
    #expect(none.diagnostics.contains("it has none"))
    #expect(
      office.run("key retire abcdef12 --purpose consensus -o @x.draft").exitCode == .usage)
  }

  @Test("that came after the network began are known to a check, those that are retired are not")
  func check() throws {
    try office.require("key rotate --purpose transport -o @rotate.draft")
    func found(_ transport: String) throws -> String {
      try office.writeConfiguration("registry-north", transport: transport)
      return office.run("node check").output
    }
    let wrong = "is not the transport key that the network registered"
    #expect(try found("transport-2.pem").contains(wrong), "not registered yet")
    try office.decide("rotate.draft")
    #expect(try !found("transport-2.pem").contains(wrong))
    #expect(try !found("transport.pem").contains(wrong))
    #expect(try found("consensus.pem").contains(wrong))
  }
}
