import Cryptography
@preconcurrency import Glibc
import Ledger
import Node

/// A network of one validator in a directory of its own, and its node as a process.
final class NodeUnderTest {
  let directory: String
  let program: String
  let workload: Workload
  private(set) var process: ChildProcess

  private var dataDirectory: String { directory + "/data" }
  private var log: String { directory + "/log" }

  /// Makes keys, network and data directory with the command line, and starts the node.
  init() throws(BenchmarkError) {
    program = try NodeUnderTest.program()
    directory = try NodeUnderTest.temporaryDirectory()
    let log = directory + "/log"
    let keys = directory + "/keys"
    let network = directory + "/network.json"
    try ChildProcess.run(
      [
        program, "network", "create", "--name", "benchmark", "--member", "registry:registry",
        "--member", "appraiser:appraiser", "--member", "lender:lender", "--keys", keys, "--out",
        network,
      ], output: log)
    try ChildProcess.run(
      [
        program, "node", "init", "--network", network, "--as", "registry", "--keys",
        keys + "/registry", "--directory", directory + "/data",
      ], output: log)
    process = try NodeUnderTest.start(program, directory + "/data", log)
    let client = try NodeUnderTest.connect(directory + "/data", log)
    workload = try Workload(
      network: client.network,
      registry: try NodeUnderTest.signer("registry", keys),
      appraiser: try NodeUnderTest.signer("appraiser", keys),
      lender: try NodeUnderTest.signer("lender", keys))
  }

  func connect() throws(BenchmarkError) -> NodeClient {
    try NodeUnderTest.connect(dataDirectory, log)
  }

  /// Ends the node in an orderly way.
  func stop() throws(BenchmarkError) {
    process.terminate()
    let status = try process.wait()
    guard status == 0 else { throw .failed("the node ended with \(status); see \(log)") }
  }

  func restart() throws(BenchmarkError) {
    process = try NodeUnderTest.start(program, dataDirectory, log)
    _ = try connect()
  }

  /// Runs a command on this data directory to its end.
  func run(_ words: [String]) throws(BenchmarkError) {
    try ChildProcess.run([program] + words + ["--directory", dataDirectory], output: log)
  }

  /// Ends the node if it runs, and removes all files.
  func remove() {
    if process.isRunning {
      process.terminate()
      _ = try? process.wait()
    }
    NodeUnderTest.remove(directory)
  }

  static func remove(_ directory: String) {
    visit(directory) { path, isDirectory, _ in _ = isDirectory ? rmdir(path) : unlink(path) }
  }

  /// Bytes on disk of the files below a part of the data directory, as blocks allocated.
  func diskBytes(below part: String) -> Double {
    var total = 0
    NodeUnderTest.visit(dataDirectory + "/" + part) { _, isDirectory, bytes in
      if !isDirectory { total += bytes }
    }
    return Double(total)
  }

  // MARK: Setting up

  static func program() throws(BenchmarkError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { throw .failed("this program's own path cannot be read") }
    let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { throw .failed("no directory in \(own)") }
    return own[..<slash] + "/hypothec"
  }

  static func temporaryDirectory() throws(BenchmarkError) -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/hypothec-benchmark.XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .failed("no directory in \(base)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func start(
    _ program: String, _ data: String, _ log: String
  ) throws(BenchmarkError) -> ChildProcess {
    try ChildProcess([program, "node", "run", "--directory", data], output: log)
  }

  static func connect(_ data: String, _ log: String) throws(BenchmarkError) -> NodeClient {
    let deadline = monotonicSeconds() + 600
    while true {
      do {
        return try NodeClient(dataDirectory: data, timeout: .seconds(600))
      } catch {
        guard monotonicSeconds() < deadline else {
          throw .failed("the node does not answer: \(error); see \(log)")
        }
        usleep(20_000)
      }
    }
  }

  static func signer(
    _ member: String, _ keys: String
  ) throws(BenchmarkError) -> Workload.Signer {
    let path = "\(keys)/\(member)/member.pem"
    guard let file = fopen(path, "r") else { throw .failed("\(path) cannot be read") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16 * 1024)
    let count = fread(&bytes, 1, bytes.count, file)
    do {
      return Workload.Signer(
        member: try MemberID(member),
        key: try SigningKey(pem: Array(bytes[..<count]), passphrase: nil))
    } catch {
      throw .failed("\(path): \(error)")
    }
  }

  /// Calls `body` with every path below and including `path`, children before parents.
  private static func visit(_ path: String, _ body: (String, Bool, Int) -> Void) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    if isDirectory, let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { visit(path + "/" + name, body) }
      }
      closedir(stream)
    }
    body(path, isDirectory, Int(status.st_blocks) * 512)
  }
}
