import Cryptography
@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Node

/// A temporary directory in which nodes are set up and run, each as a process with the data directory
/// `MEMBER`; their keys are in `keys`, and what they say in `log`.
///
/// Whoever makes one removes it, which also ends the nodes.
final class BenchmarkStage {
  let directory: String
  private let program: String
  /// The nodes that were started and not ended here, by member.
  private(set) var processes: [String: LocalProcess] = [:]

  private var log: String { directory + "/log" }

  init() throws(BenchmarkError) {
    do throws(LocalProcessError) {
      // Both are built into one directory.
      let own = try LocalProcess.ownProgram()
      program = own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex) + "hypothec"
      directory = try DirectoryTree.makeTemporary("hypothec-benchmark")
    } catch {
      throw BenchmarkError(error)
    }
  }

  /// Makes a stage and, if setting it up fails, leaves nothing of it.
  static func make<Content>(
    _ setUp: (BenchmarkStage) throws(BenchmarkError) -> Content
  ) throws(BenchmarkError) -> (BenchmarkStage, Content) {
    let stage = try BenchmarkStage()
    do throws(BenchmarkError) {
      return (stage, try setUp(stage))
    } catch {
      stage.remove()
      throw error
    }
  }

  func path(_ name: String) -> String { directory + "/" + name }

  // MARK: Commands

  /// Runs a command to its end.
  func run(_ words: [String]) throws(BenchmarkError) {
    let status: Int32
    do throws(LocalProcessError) {
      status = try LocalProcess.start(program, words, output: log, .shared).wait()
    } catch {
      throw BenchmarkError(error)
    }
    guard status == 0 else {
      throw .failed("hypothec \(words.joined(separator: " ")) ended with \(status): \(lastWords)")
    }
  }

  func setUpNode(of member: String, network: String) throws(BenchmarkError) {
    try run([
      "node", "init", "--network", network, "--as", member, "--keys", path("keys/" + member),
      "--directory", path(member),
    ])
  }

  // MARK: Nodes

  func start(_ member: String) throws(BenchmarkError) {
    precondition(processes[member] == nil, "a node is started when it does not run")
    do throws(LocalProcessError) {
      processes[member] = try LocalProcess.start(
        program, ["node", "run", "--directory", path(member)], output: log, .shared)
    } catch {
      throw BenchmarkError(error)
    }
  }

  /// A connection to a node, as soon as it answers.
  func connect(_ member: String) throws(BenchmarkError) -> NodeClient {
    let deadline = monotonicSeconds() + 600
    while true {
      do throws(NodeAccessError) {
        return try NodeClient(dataDirectory: path(member), timeout: .seconds(600))
      } catch {
        guard monotonicSeconds() < deadline, try isRunning(member) else {
          throw .failed("the node of \(member) does not answer: \(error): \(lastWords)")
        }
        usleep(20_000)
      }
    }
  }

  /// Takes note of the end of a node that ended by itself.
  private func isRunning(_ member: String) throws(BenchmarkError) -> Bool {
    guard let process = processes[member] else { return false }
    guard try ended(process, within: .zero) != nil else { return true }
    processes[member] = nil
    return false
  }

  /// Ends a node in an orderly way.
  func stop(_ member: String) throws(BenchmarkError) {
    guard let process = processes.removeValue(forKey: member) else { return }
    process.terminate()
    guard let status = try ended(process, within: .seconds(60)) else {
      process.killAtOnce()
      _ = try ended(process, within: .seconds(10))
      throw .failed("the node of \(member) did not end within 60 s and was killed: \(lastWords)")
    }
    guard status == 0 else {
      throw .failed("the node of \(member) ended with \(status): \(lastWords)")
    }
  }

  func killAtOnce(_ member: String) throws(BenchmarkError) {
    guard let process = processes.removeValue(forKey: member) else { return }
    process.killAtOnce()
    _ = try ended(process, within: .seconds(10))
  }

  /// Ends the nodes that run, and removes all files.
  func remove() {
    for process in processes.values { process.terminate() }
    for member in processes.keys.sorted() {
      do throws(BenchmarkError) {
        try stop(member)
      } catch {
        // What was measured stands; that a node ended badly is told all the same.
        fputs("Warning: \(error)\n", stderr)
      }
    }
    DirectoryTree.remove(directory)
  }

  private func ended(
    _ process: LocalProcess, within patience: Duration
  ) throws(BenchmarkError) -> Int32? {
    do throws(LocalProcessError) {
      return try process.wait(within: patience)
    } catch {
      throw BenchmarkError(error)
    }
  }

  /// The end of the log, which goes with the directory.
  private var lastWords: String {
    guard let file = fopen(log, "r") else { return "" }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    fseek(file, max(0, ftell(file) - 1_000), SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: 1_000)
    let count = fread(&bytes, 1, bytes.count, file)
    let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    return lines.suffix(4).joined(separator: "\n")
  }

  // MARK: Files

  /// The signer that a member's key makes.
  func signer(_ member: String) throws(BenchmarkError) -> Workload.Signer {
    let path = path("keys/\(member)/member.pem")
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

  func write(_ text: String, to name: String) throws(BenchmarkError) {
    let path = path(name)
    guard let file = fopen(path, "w") else { throw .failed("\(path) cannot be written") }
    let isWritten = fputs(text, file) >= 0
    guard fclose(file) == 0, isWritten else { throw .failed("\(path) cannot be written") }
  }
}

extension BenchmarkError {
  init(_ error: LocalProcessError) {
    func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
    self =
      switch error {
      case .notStarted(let program, let number):
        .failed("\(program) could not be started: \(reason(number))")
      case .notWaitedFor(let process, let number):
        .failed("process \(process) cannot be waited for: \(reason(number))")
      case .ownProgramUnknown(let number):
        .failed("this program's own path cannot be read: \(reason(number))")
      case .noFreePort(let number):
        .failed("no free port of 127.0.0.1 was found: \(reason(number))")
      case .noTemporaryDirectory(let parent, let number):
        .failed("no directory can be made in \(parent): \(reason(number))")
      }
  }
}
