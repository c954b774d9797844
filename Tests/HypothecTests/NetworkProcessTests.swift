import CommandInterface
import Documents
@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Testing

@testable import hypothec

/// Binaries that were built beside the tests: `swift build --build-tests` makes them.
enum BuiltBinary {
  static let path = path(of: "hypothec")

  /// `nil` if there is none.
  static func path(of name: String) -> String? {
    let places = CommandLine.arguments + [(try? LocalProcess.ownProgram()) ?? ""]
    return places.lazy.map { LocalPath.joined(LocalPath.directory(of: $0), name) }
      .first { access($0, X_OK) == 0 }
  }
}

@Suite("Nodes as processes", .serialized)
struct NetworkProcessTests {
  @Test(
    "agree, lose one to SIGKILL, go on, take it back, and end with the same blocks",
    .enabled(if: BuiltBinary.path != nil, "the binary hypothec is not beside the tests"),
    .timeLimit(.minutes(2)))
  func endToEnd() throws {
    try ProgramProcess.$overridingPath.withValue(BuiltBinary.path) {
      let directory = try TemporaryDirectory()
      let up = CommandRun(["network", "up", directory["net"]], now: CommandRun.machineNow)
      defer { _ = CommandRun(["network", "down", directory["net"]]) }
      try #require(up.exitCode == .success, "\(up.diagnostics)")
      let network = try LocalNetwork.load(directory["net"])

      try register("LHYPC2D34TD004217", at: "bank-a", network)
      let victim = try #require(network.node(of: MemberID("dealer")))
      #expect(victim.crash())
      #expect(victim.occupant() == .nobody)
      #expect(CommandRun(["network", "status", directory["net"]]).exitCode == .unreachable)
      try register("LHGCV1650TA104404", at: "bank-b", network)

      // Starts what does not run, and leaves the others.
      let again = CommandRun(["network", "up", directory["net"]])
      try #require(again.exitCode == .success, "\(again.diagnostics)")
      try waitForOneHead(network)
      let down = CommandRun(["network", "down", directory["net"]])
      #expect(down.exitCode == .success, "\(down.diagnostics)")
      #expect(!down.output.contains("killed"))
      let logs = try network.nodes.map { try DemoStage.hashes(in: $0.data + "/blocks") }
      #expect(logs.allSatisfy { $0.elementsEqual(logs[0], by: ==) })
      let audit = CommandRun([
        "audit", "verify", directory["net/auditor"], "--network", directory["net/network.json"],
      ])
      #expect(audit.exitCode == .success, "\(audit.output)")
      #expect(audit.output.contains("Sound: nothing was altered."))
    }
  }

  @Test(
    "fetch from the others what was altered in one's block log, and end with the same bytes",
    .enabled(if: BuiltBinary.path != nil, "the binary hypothec is not beside the tests"),
    .timeLimit(.minutes(2)))
  func repair() throws {
    try ProgramProcess.$overridingPath.withValue(BuiltBinary.path) {
      let directory = try TemporaryDirectory()
      let up = CommandRun(["network", "up", directory["net"]], now: CommandRun.machineNow)
      defer { _ = CommandRun(["network", "down", directory["net"]]) }
      try #require(up.exitCode == .success, "\(up.diagnostics)")
      let network = try LocalNetwork.load(directory["net"])
      try register("LHYPC2D34TD004217", at: "bank-a", network)
      try register("LHGCV1650TA104404", at: "bank-b", network)

      // What it acknowledged is in its log when it has stopped.
      let victim = try #require(network.node(of: MemberID("dealer")))
      #expect(victim.stop(within: .seconds(20)) != .killed)
      try alter("\(victim.data)/blocks/00000000000000000001.blocks", at: 300)
      let audit = CommandRun([
        "audit", "verify", victim.data, "--network", directory["net/network.json"],
      ])
      #expect(audit.exitCode == .provenFalse, "\(audit.output)")

      // Waits until it waits for nothing.
      let again = CommandRun(["network", "up", directory["net"]])
      try #require(again.exitCode == .success, "\(again.diagnostics)")
      try waitForOneHead(network)
      let log = String(decoding: try LocalFile.read(victim.log, limit: 1 << 20), as: UTF8.self)
      for key in ["log-damaged", "log-repaired"] { #expect(log.contains(key), "\(log)") }
      let down = CommandRun(["network", "down", directory["net"]])
      #expect(down.exitCode == .success, "\(down.diagnostics)")
      let logs = try network.nodes.map { try DemoStage.hashes(in: $0.data + "/blocks") }
      #expect(logs.allSatisfy { $0.elementsEqual(logs[0], by: ==) })
    }
  }

  private func alter(_ path: String, at offset: Int) throws {
    let file = open(path, O_RDWR)
    try #require(file >= 0)
    defer { close(file) }
    var byte: UInt8 = 0
    try #require(pread(file, &byte, 1, offset) == 1)
    byte ^= 0xFF
    try #require(pwrite(file, &byte, 1, offset) == 1)
  }

  /// The office enters a vehicle at another member's node.
  private func register(_ vin: String, at member: String, _ network: LocalNetwork) throws {
    let run = CommandRun(
      [
        "vehicle", "register", vin, "--make", "BYD", "--model", "Han EV", "--model-year", "2026",
        "--owner", "uscc:91110000600037341L", "--use", "own", "--energy", "bev", "--region",
        "110105", "--certificate", "sha256:" + String(repeating: "ab", count: 32), "--as",
        "registry", "--key", network.keys(of: try MemberID("registry")).path(.member), "-d",
        "\(network.directory)/\(member)",
      ], now: CommandRun.machineNow)
    #expect(run.exitCode == .success, "\(run.diagnostics)")
  }

  private func waitForOneHead(_ network: LocalNetwork) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      let heads = Set(network.nodes.map { $0.report().head })
      if heads.count == 1, let head = heads.first, head != nil { return }
      guard ContinuousClock.now < deadline else {
        Issue.record("the nodes have different heads: \(heads)")
        return
      }
      usleep(20_000)
    }
  }
}
