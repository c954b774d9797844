@preconcurrency import Glibc
import Ledger
import Node

/// Four validators and a follower on this machine, TLS between them, each a process with a directory
/// of its own. The follower is set up and not started, for catching up.
final class NetworkUnderTest {
  static let validators = ["lender", "registry", "appraiser", "dealer"]
  static let follower = "auditor"

  let directory: String
  let program: String
  let workload: Workload
  private(set) var processes: [String: ChildProcess] = [:]

  private var log: String { directory + "/log" }

  func data(_ member: String) -> String { directory + "/" + member }

  /// Makes keys, network and directories, starts the validators, and waits until all answer.
  init() throws(BenchmarkError) {
    program = try NodeUnderTest.program()
    directory = try NodeUnderTest.temporaryDirectory()
    let members = NetworkUnderTest.validators + [NetworkUnderTest.follower]
    let ports = try NetworkUnderTest.freePorts(members.count)
    let template = NetworkUnderTest.template(ports)
    try NetworkUnderTest.write(template, to: directory + "/template.json")
    let (log, network) = (directory + "/log", directory + "/network.json")
    try ChildProcess.run(
      [
        program, "network", "create", "--template", directory + "/template.json", "--keys",
        directory + "/keys", "--out", network,
      ], output: log)
    for member in members {
      try ChildProcess.run(
        [
          program, "node", "init", "--network", network, "--as", member, "--keys",
          directory + "/keys/" + member, "--directory", directory + "/" + member,
        ], output: log)
    }
    for member in NetworkUnderTest.validators {
      processes[member] = try NodeUnderTest.start(program, directory + "/" + member, log)
    }
    let client = try NodeUnderTest.connect(directory + "/" + NetworkUnderTest.validators[0], log)
    let keys = directory + "/keys"
    workload = try Workload(
      network: client.network, registry: try NodeUnderTest.signer("registry", keys),
      appraiser: try NodeUnderTest.signer("appraiser", keys),
      lender: try NodeUnderTest.signer("lender", keys))
  }

  func connect(_ member: String) throws(BenchmarkError) -> NodeClient {
    try NodeUnderTest.connect(data(member), log)
  }

  /// A client at each validator.
  func connectAll() throws(BenchmarkError) -> [NodeClient] {
    var clients: [NodeClient] = []
    for member in NetworkUnderTest.validators { clients.append(try connect(member)) }
    return clients
  }

  func start(_ member: String) throws(BenchmarkError) {
    processes[member] = try NodeUnderTest.start(program, data(member), log)
  }

  func killAtOnce(_ member: String) throws(BenchmarkError) {
    guard let process = processes.removeValue(forKey: member) else { return }
    process.killAtOnce()
    _ = try process.wait()
  }

  /// Processor time of all nodes that run, in seconds.
  var processorSeconds: Double {
    NetworkUnderTest.validators.compactMap { processes[$0]?.processorSeconds }.reduce(0, +)
  }

  /// Ends all nodes and removes all files.
  func remove() {
    for process in processes.values where process.isRunning { process.terminate() }
    for process in processes.values { _ = try? process.wait() }
    NodeUnderTest.remove(directory)
  }

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

  /// Ports of the loopback interface that nobody has now.
  private static func freePorts(_ count: Int) throws(BenchmarkError) -> [UInt16] {
    var descriptors: [Int32] = []
    defer { for descriptor in descriptors { close(descriptor) } }
    var ports: [UInt16] = []
    for _ in 0..<count {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      descriptors.append(descriptor)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
      }
      guard isBound else { throw .failed("no free port on the loopback interface") }
      ports.append(UInt16(bigEndian: address.sin_port))
    }
    return ports
  }

  private static func write(_ text: String, to path: String) throws(BenchmarkError) {
    guard let file = fopen(path, "w") else { throw .failed("\(path) cannot be written") }
    defer { fclose(file) }
    fputs(text, file)
  }
}
