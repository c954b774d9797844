@preconcurrency import Glibc

/// A process that the benchmark started: run to its end, or kept and measured.
struct ChildProcess {
  let id: pid_t

  /// Starts `words[0]` with the other words as arguments; its output goes to `output`.
  init(_ words: [String], output: String) throws(BenchmarkError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, words[0], &actions, nil, &arguments, environ)
    guard code == 0 else {
      throw .failed("\(words[0]) could not be started: \(String(cString: strerror(code)))")
    }
    self.id = id
  }

  /// Runs a command to its end.
  static func run(_ words: [String], output: String) throws(BenchmarkError) {
    let status = try ChildProcess(words, output: output).wait()
    guard status == 0 else {
      throw .failed("\(words.joined(separator: " ")) ended with \(status); see \(output)")
    }
  }

  /// The exit status, or 128 and the signal.
  func wait() throws(BenchmarkError) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      guard errno == EINTR else { throw .failed("process \(id) cannot be waited for") }
    }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  var isRunning: Bool { kill(id, 0) == 0 && waitpid(id, nil, WNOHANG) == 0 }

  func terminate() { kill(id, SIGTERM) }

  /// Ends the process without a chance to clean up.
  func killAtOnce() { kill(id, SIGKILL) }

  /// Memory in use, in bytes.
  var residentBytes: Double {
    let fields = Self.words(of: "/proc/\(id)/statm")
    return fields.count > 1 ? (Double(fields[1]) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE))) : 0
  }

  /// Processor time of all threads, in seconds.
  var processorSeconds: Double {
    // The second field, a name in parentheses, may hold blanks: count from its end.
    let text = Self.text(of: "/proc/\(id)/stat")
    guard let close = text.lastIndex(of: ")") else { return 0 }
    let fields = text[close...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func words(of path: String) -> [Substring] { text(of: path).split(separator: " ") }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
