import CommandInterface
import Foundation
import Ledger
import Testing

@testable import hypothec

@Suite("A network that lost its quorum")
struct RecoveryTests {
  private let node: InProcessNode

  init() throws {
    node = try InProcessNode()
    try register("LHYPC2D34TD004217")
  }

  private func run(_ line: String) -> CommandRun {
    let words = line.split(separator: " ").map {
      $0.hasPrefix("@") ? node.made.directory[String($0.dropFirst())] : String($0)
    }
    return CommandRun(words + ["-d", node.data], now: CommandRun.machineNow)
  }

  /// Runs a command that must succeed.
  @discardableResult
  private func require(_ line: String) throws -> CommandRun {
    let run = run(line)
    try #require(run.exitCode == .success, "\(run.diagnostics)")
    return run
  }

  private func register(_ vin: String) throws {
    try require("vehicle register \(vin) --make X --model Y --model-year 2024")
  }

  private func propose() throws -> String {
    let run = try require("recovery propose --validators registry -o @network.recovery --json")
    return try #require(try JSONTestValue(run.output)["record"]?.string)
  }

  @Test("goes on by a record that its governors signed and its operators accepted, which all show")
  func goesOn() throws {
    let record = try propose()
    let proposed = try require("recovery show @network.recovery")
    #expect(proposed.output.contains("0 of 1 governors signed"))
    node.stop()
    let early = run("node recover --record @network.recovery")
    #expect(early.exitCode == .refused)
    #expect(early.diagnostics.contains("Code: RECOVERY_REFUSED"))
    #expect(early.diagnostics.contains("0 governors signed it; 1 must"))
    let member = run("recovery sign @network.recovery --key @keys/registry/member.pem")
    #expect(member.diagnostics.contains("Code: NOT_A_GOVERNOR"))
    let signed = try require("recovery sign @network.recovery --key @keys/registry/governor.pem")
    #expect(signed.output.contains("Signed by"))
    let accepted = try require("node recover --record @network.recovery")
    #expect(accepted.output.contains("Accepted: the next block is of epoch 2."))
    #expect(try require("node recover --record @network.recovery").output.contains("before"))
    #expect(
      try require("status").output.contains("epoch 2 behind height 1, by the record \(record)"))

    try node.restart()
    try register("LHYPC2D34TD004234")
    #expect(try require("status").unwrapped.contains(record))
    let doctor = run("doctor")
    #expect(doctor.output.contains(record))
    let status = try JSONTestValue(try require("status --json").output)
    #expect(status["epoch"]?.number == "2")
    #expect(status["recovery"]?["record"]?.string == record)
    #expect(status["recovery"]?["height"]?.number == "1")
    node.stop()
    try audit(record)
  }

  private func audit(_ record: String) throws {
    let without = run("audit verify --json")
    #expect(without.exitCode == .cannotTell)
    let told = try JSONTestValue(without.output)
    #expect(told["recoveries"]?.array?.first?["accepted"]?.boolean == false)
    #expect(told["blocks"]?.number == "1")
    #expect(run("audit verify").output.contains("NOT accepted"))
    for word in [record, "@network.recovery"] {
      let with = try require("audit verify --index --accept-recovery \(word)")
      #expect(with.unwrapped.contains("by the record \(record) (accepted)"))
      #expect(with.output.contains("Sound: nothing was altered."))
    }
    let unknown = run("audit verify --accept-recovery \(String(repeating: "0", count: 64))")
    #expect(unknown.diagnostics.contains("Code: RECOVERY_RECORD_UNKNOWN"))
  }

  @Test("is not restarted by another file, behind an earlier block, or while a node runs")
  func refused() throws {
    _ = try propose()
    try require("recovery sign @network.recovery --key @keys/registry/governor.pem")
    #expect(run("node recover --record @network.recovery").exitCode == .directoryInUse)
    try register("LHYPC2D34TD004234")
    node.stop()
    let late = run("node recover --record @network.recovery")
    #expect(late.exitCode == .refused)
    #expect(late.diagnostics.contains("went on beyond its block, height 1"))
    let other = run("node recover --record @network.json")
    #expect(other.diagnostics.contains("Code: RECOVERY_RECORD_INVALID"))
    let epoch = run("recovery propose --validators registry --epoch 1 -o @x.recovery")
    #expect(epoch.exitCode == .usage)
    let stranger = run("recovery propose --validators nobody -o @x.recovery")
    #expect(stranger.diagnostics.contains("Code: MEMBER_NOT_ADMITTED"))
    let status = try require("status")
    #expect(!status.output.contains("Recovered"))
  }
}
