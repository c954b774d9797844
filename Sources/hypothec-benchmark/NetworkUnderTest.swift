@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Node

/// Four validators and a follower on this machine, TLS between them, each a process with a directory
/// of its own. The follower is set up and not started, for catching up.
final class NetworkUnderTest {
  static let validators = ["lender", "registry", "appraiser", "dealer"]
  static let follower = "auditor"

  private let stage: BenchmarkStage
  let workload: Workload

  /// Makes keys, network and directories, starts the validators, and waits until one answers.
  init() throws(BenchmarkError) {
    (stage, workload) = try BenchmarkStage.make { stage throws(BenchmarkError) in
      let members = NetworkUnderTest.validators + [NetworkUnderTest.follower]
      let ports: [UInt16]
      do throws(LocalProcessError) {
        ports = try LoopbackPorts.free(members.count)
      } catch {
        throw BenchmarkError(error)
      }
      try stage.write(NetworkUnderTest.template(ports), to: "template.json")
      let network = stage.path("network.json")
      try stage.run([
        "network", "create", "--template", stage.path("template.json"), "--keys",
        stage.path("keys"), "--out", network,
      ])
      for member in members { try stage.setUpNode(of: member, network: network) }
      for member in NetworkUnderTest.validators { try stage.start(member) }
      for member in NetworkUnderTest.validators {
        try Load.waitUntilReady(try stage.connect(member))
      }
      let client = try stage.connect(NetworkUnderTest.validators[0])
      return try Workload(stage, network: client.network)
    }
  }

  func connect(_ member: String) throws(BenchmarkError) -> NodeClient {
    try stage.connect(member)
  }

  /// A client at each validator.
  func connectAll() throws(BenchmarkError) -> [NodeClient] {
    var clients: [NodeClient] = []
    for member in NetworkUnderTest.validators { clients.append(try connect(member)) }
    return clients
  }

  func start(_ member: String) throws(BenchmarkError) { try stage.start(member) }

  func killAtOnce(_ member: String) throws(BenchmarkError) { try stage.killAtOnce(member) }

  /// Processor time of the validators that run, in seconds.
  var processorSeconds: Double {
    NetworkUnderTest.validators.compactMap { stage.processes[$0]?.processorSeconds }.reduce(0, +)
  }

  /// Ends all nodes and removes all files.
  func remove() { stage.remove() }

  /// Bytes that went over the loopback interface so far: TCP between the nodes, headers included.
  static var loopbackBytes: Double {
    guard let file = fopen("/proc/net/dev", "r") else { return 0 }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 * 1024)
    let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "lo:", words.count > 1 { return Double(words[1]) ?? 0 }
    }
    return 0
  }

  // MARK: Setting up

  private static func template(_ ports: [UInt16]) -> String {
    let roles = ["lender": "lender", "registry": "registry", "appraiser": "appraiser"]
    let members = (validators + [follower]).map { member in
      let role = roles[member] ?? (member == follower ? "auditor" : "dealer")
      return "{\"id\": \"\(member)\", \"name\": \"\(member)\", \"roles\": [\"\(role)\"]}"
    }
    func node(_ member: String, _ port: UInt16) -> String {
      "{\"member\": \"\(member)\", \"addresses\": [\"127.0.0.1:\(port)\"]}"
    }
    let voting = zip(validators, ports).map(node).joined(separator: ", ")
    return """
      {"format": "hypothec/network-template/1", "name": "benchmark",
       "members": [\(members.joined(separator: ", "))],
       "validators": [\(voting)],
       "followers": [\(node(follower, ports[validators.count]))],
       "governors": {"members": ["registry"], "threshold": 1}}
      """
  }
}
