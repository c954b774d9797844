import CommandInterface
import Cryptography
import Documents
import Foundation
import Ledger
import Testing

@testable import hypothec

@Suite("Validators of a running network")
struct GovernValidatorTests {
  private let ledger: RecordTestLedger
  private let office: RecordTestMachine

  init() throws {
    ledger = try RecordTestLedger()
    office = try .office(ledger)
  }

  /// The machine of a member who gets a node: its keys, and the registration of the node.
  private func node(of member: String) throws -> RecordTestMachine {
    let machine = try RecordTestMachine(ledger, [member])
    for purpose in ["consensus", "transport"] {
      try machine.keep(RecordTestNetwork.key("\(member) \(purpose)"), as: "\(purpose).pem")
    }
    try machine.writeConfiguration(member)
    try LocalFile.write(
      ledger.network.file.encoded, to: machine.directory["network.cbor"], .everybody, .kept)
    try machine.require(
      "node move --address \(member).example:7100 --signer registry-north -o @node.draft")
    try machine.send("node.draft", to: office)
    try office.decide("node.draft")
    return machine
  }

  @Test("grow from one to four, each step attested by the new set and signed by the governors")
  func grows() throws {
    var machines = [office]
    for (index, member) in ["appraiser-a", "bank-a", "bank-b"].enumerated() {
      machines.append(try node(of: member))
      let proposed = try office.require(
        "validator propose --add \(member) -o @\(member).json")
      #expect(proposed.output.contains("comes: \(member)"))
      #expect(proposed.output.contains("more must attest"))
      // Every validator attests on a copy; the copies are put together.
      for machine in machines {
        if machine.directory.path != office.directory.path {
          try office.send("\(member).json", to: machine)
        }
        try machine.require("validator ready @\(member).json")
      }
      var copies = "@\(member).json"
      for (number, machine) in machines.enumerated().dropFirst() {
        let bytes = try LocalFile.read(machine.directory["\(member).json"])
        let name = "\(member)-\(number).json"
        try LocalFile.write(bytes, to: office.directory[name], .owner, .replaced)
        copies += " @\(name)"
      }
      try office.require("validator draft \(copies) -o @\(member).draft")
      let ballot = try office.require("member vote @\(member).draft")
      #expect(ballot.output.contains("closes epoch \(index + 1)"))
      try office.decide("\(member).draft")
      let list = try office.require("validator list")
      #expect(list.output.contains("Validators of epoch \(index + 2)"))
      #expect(list.output.contains("\(member).example:7100"))
    }
    let list = try office.require("validator list")
    #expect(list.output.contains("4 validators: 3 must agree; 1 may fail or lie."))
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
    #expect(office.register().exitCode == .success, "business goes on")
  }

  @Test("are drafted only when a quorum of them has attested, of this very set")
  func attestations() throws {
    let bank = try node(of: "bank-a")
    try office.require("validator propose --add bank-a -o @validators.json")
    try office.require("validator ready @validators.json")
    let early = office.run("validator draft @validators.json -o @x.draft")
    #expect(early.exitCode == .refused)
    #expect(early.diagnostics.contains("1 of 2 validators said that they are ready; 2 must."))
    let text = String(
      decoding: try LocalFile.read(office.directory["validators.json"]), as: UTF8.self)
    try LocalFile.write(
      Array(text.replacing("\"epoch\": 2", with: "\"epoch\": 3").utf8),
      to: office.directory["changed.json"], .owner, .kept)
    let changed = office.run("validator ready @changed.json")
    #expect(changed.diagnostics.contains("Code: VALIDATOR_PROPOSAL_INVALID"))
    #expect(changed.diagnostics.contains("is not about this set"))
    let stranger = office.run("validator ready @validators.json --as court-a --key @consensus.pem")
    #expect(stranger.diagnostics.contains("Code: NOT_PROPOSED"))
    try office.send("validators.json", to: bank)
    let ready = try bank.require("validator ready @validators.json")
    #expect(ready.output.contains("Enough are ready."))
    // The epoch goes by, and with it the proposal.
    try office.require("epoch advance -o @epoch.draft")
    try office.decide("epoch.draft")
    let late = bank.run("validator draft @validators.json --signer registry-north -o @x.draft")
    #expect(late.exitCode == .dataError)
    #expect(late.diagnostics.contains("Code: VALIDATOR_PROPOSAL_OUTDATED"))
  }

  @Test("are proposed among members with nodes, few at a time")
  func proposals() throws {
    #expect(
      office.run("validator propose --add bank-a -o @x.json").diagnostics.contains(
        "bank-a has no node"))
    #expect(
      office.run("validator propose --add bank-q -o @x.json").diagnostics.contains(
        "did you mean bank-a?"))
    #expect(office.run("validator propose --remove bank-a -o @x.json").exitCode == .usage)
    #expect(office.run("validator propose --remove registry-north -o @x.json").exitCode == .usage)
    #expect(office.run("validator propose -o @x.json").exitCode == .usage)
    #expect(office.run("validator propose --keep --add bank-a -o @x.json").exitCode == .usage)
    #expect(
      office.run("validator propose --set bank-a,bank-a -o @x.json").diagnostics.contains(
        "stands in the list twice"))
    _ = try node(of: "bank-a")
    _ = try node(of: "bank-b")
    let large = office.run("validator propose --set registry-north,bank-a,bank-b -o @x.json")
    #expect(large.exitCode == .refused)
    #expect(large.diagnostics.contains("2 of 1 validators would change; 1 may at a time."))
    try office.require("member propose --suspend bank-a -o @suspend.draft")
    try office.decide("suspend.draft")
    #expect(
      office.run("validator propose --add bank-a -o @x.json").diagnostics.contains(
        "Code: MEMBER_SUSPENDED"))
    #expect(!LocalFile.exists(office.directory["x.json"]))
    // A validator that is suspended may stay, so that the set can change step by step.
    try office.require("member propose --suspend registry-north -o @own.draft")
    try office.decide("own.draft")
    try office.require("validator propose --add bank-b -o @x.json")
  }

  @Test("move their node, whose keys prove that it is theirs")
  func move() throws {
    let run = try office.require(
      "node move --address a.example:7100 --address [::1]:7100 -o @move.draft")
    #expect(run.unwrapped.contains("a.example:7100, [::1]:7100"))
    try office.decide("move.draft")
    let json = try JSONTestValue(office.require("member show registry-north --json").output)
    #expect(
      json["member"]?["node"]?["addresses"]?.array?.map(\.string) == [
        "a.example:7100", "[::1]:7100",
      ])
    let ballot = try {
      try office.require("node move --no-address -o @away.draft")
      return try office.require("member vote @away.draft")
    }()
    #expect(ballot.output.contains("was reached at a.example:7100"))
    #expect(office.run("node move -o @x.draft").exitCode == .usage)
    try office.writeConfiguration("registry-north", consensus: "registry-north.pem")
    let stolen = office.run("node move --address b.example:7100 --dry-run")
    #expect(stolen.diagnostics.contains("Code: KEY_IN_USE"))
  }
}

@Suite("The policy of a running network")
struct GovernPolicyTests {
  private let ledger: RecordTestLedger
  private let office: RecordTestMachine

  init() throws {
    ledger = try RecordTestLedger()
    office = try .office(ledger)
  }

  private func write(_ text: String) throws {
    try LocalFile.write(Array(text.utf8), to: office.directory["policy.json"], .owner, .replaced)
  }

  @Test("changes at its height, in what the file names alone")
  func change() throws {
    try write(#"{"refusalsPerHour": 7, "valuationFreshnessDays": 20}"#)
    let draft = try office.require("policy propose @policy.json --effective 4 -o @policy.draft")
    #expect(draft.output.contains("refusalsPerHour: 100 → 7"))
    #expect(draft.output.contains("valuationFreshnessDays: 30 → 20"))
    #expect(!draft.output.contains("utcOffsetMinutes"))
    try office.decide("policy.draft")
    let waiting = try office.require("policy show")
    #expect(waiting.output.contains("From height 4 on:"))
    #expect(waiting.output.contains("100 a member and hour"))
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
    office.register()
    let before = try JSONTestValue(office.require("policy show --json").output)
    #expect(before["policy"]?["refusalsPerHour"]?.number == "100")
    #expect(before["next"]?["height"]?.number == "4")
    office.value("V-1", "168000.00CNY")
    office.value("V-2", "168000.00CNY")
    let after = try JSONTestValue(office.require("policy show --json").output)
    #expect(after["policy"]?["refusalsPerHour"]?.number == "7")
    #expect(after["next"]?.isNull == true)
  }

  @Test("is never changed for what was, and only by what is a policy")
  func refused() throws {
    try write(#"{"refusalsPerHour": 7}"#)
    for height in ["0", "1"] {
      let run = office.run("policy propose @policy.json --effective \(height) -o @x.draft")
      #expect(run.exitCode == .refused)
      #expect(run.diagnostics.contains("Code: POLICY_RETROACTIVE"))
    }
    for text in ["[]", #"{"refusalsPerHour": 0}"#, #"{"refusals": 1}"#] {
      try write(text)
      let run = office.run("policy propose @policy.json --effective 9 -o @x.draft")
      #expect(run.diagnostics.contains("Code: POLICY_INVALID"))
    }
    #expect(!LocalFile.exists(office.directory["x.draft"]))
  }
}
