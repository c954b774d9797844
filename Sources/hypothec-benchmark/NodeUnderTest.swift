@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Node

/// A network of one validator in a directory of its own, and its node as a process.
final class NodeUnderTest {
  private static let member = "registry"

  private let stage: BenchmarkStage
  let workload: Workload

  private var dataDirectory: String { stage.path(Self.member) }

  /// Makes keys, network and data directory with the command line, and starts the node.
  init() throws(BenchmarkError) {
    (stage, workload) = try BenchmarkStage.make { stage throws(BenchmarkError) in
      let network = stage.path("network.json")
      try stage.run([
        "network", "create", "--name", "benchmark", "--member", "registry:registry", "--member",
        "appraiser:appraiser", "--member", "lender:lender", "--keys", stage.path("keys"), "--out",
        network,
      ])
      try stage.setUpNode(of: Self.member, network: network)
      try stage.start(Self.member)
      return try Workload(stage, network: try stage.connect(Self.member).network)
    }
  }

  func connect() throws(BenchmarkError) -> NodeClient { try stage.connect(Self.member) }

  /// Ends the node in an orderly way.
  func stop() throws(BenchmarkError) { try stage.stop(Self.member) }

  func restart() throws(BenchmarkError) {
    try stage.start(Self.member)
    _ = try connect()
  }

  /// Runs a command on this data directory to its end.
  func run(_ words: [String]) throws(BenchmarkError) {
    try stage.run(words + ["--directory", dataDirectory])
  }

  /// Ends the node if it runs, and removes all files.
  func remove() { stage.remove() }

  /// Processor time of the node since it was started, in seconds.
  var processorSeconds: Double { stage.processes[Self.member]?.processorSeconds ?? 0 }

  /// Memory that the node has, in bytes.
  var residentBytes: Double { stage.processes[Self.member]?.residentBytes ?? 0 }

  /// Bytes on disk of the files below a part of the data directory, as blocks allocated.
  func diskBytes(below part: String) -> Double {
    var total = 0
    DirectoryTree.visit(dataDirectory + "/" + part) { _, status in
      if status.st_mode & S_IFMT != S_IFDIR { total += Int(status.st_blocks) * 512 }
    }
    return Double(total)
  }
}

extension Workload {
  /// Signs with the keys of a stage.
  init(_ stage: BenchmarkStage, network: NetworkID) throws(BenchmarkError) {
    try self.init(
      network: network, registry: try stage.signer("registry"),
      appraiser: try stage.signer("appraiser"), lender: try stage.signer("lender"))
  }
}
