import CommandInterface
@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Testing

@testable import hypothec

/// The binary that was built beside the tests.
enum BuiltBinary {
  /// `nil` if there is none: `swift build --build-tests` makes it.
  static let path: String? = {
    let places = CommandLine.arguments + [(try? LocalProcess.ownProgram()) ?? ""]
    return places.lazy.map { LocalPath.joined(LocalPath.directory(of: $0), "hypothec") }
      .first { access($0, X_OK) == 0 }
  }()
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
