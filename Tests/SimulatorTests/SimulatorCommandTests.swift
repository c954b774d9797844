import CommandInterface
import Cryptography
import Documents
import Ledger
import LocalProcesses
import Simulator
import Testing

@testable import hypothec_simulator

@Suite("hypothec-simulator run --network")
struct SimulatorCommandTests {
  /// One run of the command line in this process.
  private struct Run {
    let exitCode: ExitCode
    let output: String
    let diagnostics: String

    init(_ words: [String]) {
      let output = CapturedBytes()
      let diagnostics = CapturedBytes()
      let host = ProgramHost(
        output: OutputStream(output.sink, .file),
        diagnostics: OutputStream(diagnostics.sink, .file),
        environment: ProcessEnvironment([:]), monotonicClock: MonotonicClock { .zero },
        wallClock: WallClock { WallTime(millisecondsSince1970: 1_795_219_200_000) }, zone: .utc,
        interrupt: .never)
      exitCode = Program(HypothecSimulator.table, host).run(words)
      self.output = output.text
      self.diagnostics = diagnostics.text
    }
  }

  /// Calls `body` with the path of a network file.
  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let directory = try DirectoryTree.makeTemporary("hypothec-test")
    defer { DirectoryTree.remove(directory) }
    let path = "\(directory)/network.json"
    try LocalFile.write(bytes, to: path, .everybody, .kept)
    try body(path)
  }

  @Test("runs a network with the nodes of the file, in either of its forms")
  func runs() throws {
    let file = try ShippedNetwork.file("demo")
    for bytes in [Array(NetworkDocument.text(file).utf8), file.encoded] {
      try withFile(bytes) { path in
        let run = Run(["run", "--network", path, "--seed", "3", "--duration", "3s"])
        #expect(run.exitCode == .success, "\(run.output)\(run.diagnostics)")
        #expect(run.output.contains("4 validators, 1 followers"))
      }
    }
  }

  @Test("does not have nodes from two places", arguments: ["--nodes", "--followers"])
  func misuse(_ option: String) throws {
    try withFile(Array(NetworkDocument.text(try ShippedNetwork.file("demo")).utf8)) { path in
      let run = Run(["run", "--network", path, option, "4"])
      #expect(run.exitCode == .usage)
      #expect(run.diagnostics.contains("leave out --nodes and --followers"))
      #expect(run.output.isEmpty)
    }
  }

  @Test("tells what is wrong with the file")
  func invalid() throws {
    try withFile(Array("{\"format\": \"hypothec/network/1\"}".utf8)) { path in
      let run = Run(["run", "--network", path])
      #expect(run.exitCode == .configurationError)
      #expect(run.diagnostics.contains("the member \"validators\" is missing"))
    }
    let missing = Run(["run", "--network", "/nowhere/network.json"])
    #expect(missing.exitCode == .dataError)
    #expect(missing.diagnostics.contains("/nowhere/network.json cannot be read"))
  }

  @Test("refuses a network of more nodes than a simulated one may have")
  func tooLarge() throws {
    let small = try ShippedNetwork.file("single")
    let others = try (1...RunPlan.nodeLimit).map { number in
      var member = small.members[0]
      member.id = try MemberID("node-\(number)")
      member.keys = [ShippedNetwork.key(member.id, .member).publicKey]
      return member
    }
    let file = NetworkFile(
      name: small.name, genesisTime: small.genesisTime, members: small.members + others,
      validators: small.validators,
      followers: try others.map { try ShippedNetwork.node($0.id, in: small.name) },
      governors: small.governors, governorThreshold: 1, policy: small.policy)
    try withFile(file.encoded) { path in
      let run = Run(["run", "--network", path])
      #expect(run.exitCode == .dataError)
      #expect(run.diagnostics.contains("has 129 nodes; a simulated one has at most 128"))
    }
  }

  @Test("gives other processes the words for the same plan")
  func words() throws {
    let model = ModelNetwork(path: "network.json", file: try ShippedNetwork.file("demo"))
    var plan = RunPlan(seed: 9)
    plan.resemble(model.file)
    plan.faults = [.links, .crashes]
    plan.keptFaults = [1, 4]
    #expect(
      plan.words(like: model) == [
        "--seed", "9", "--network", "network.json", "--duration", "20s", "--faults",
        "links,crashes", "--keep", "1,4",
      ])
    #expect(RunPlan(seed: 9).words(like: nil).starts(with: ["--seed", "9", "--nodes", "4"]))
  }
}
