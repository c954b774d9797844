import CommandInterface
@preconcurrency import Glibc

/// Where the demonstration plays: a directory of its own, and this very program as its user would
/// run it.
struct DemoStage {
  let directory: String
  private let program: String

  /// What a run of the program left.
  struct Run {
    let status: Int32
    /// stdout and stderr, as a terminal shows them.
    let output: String
  }

  /// - Throws: `cannotCreate` if there is no room for a directory.
  init() throws(Problem) {
    program = try DemoStage.ownPath()
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/hypothec-demo.XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .demo("no directory can be made in \(base): \(SystemError.text(errno))")
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func path(_ name: String) -> String { directory + "/" + name }

  /// Runs `hypothec` with these words to its end.
  func run(_ words: [String]) throws(Problem) -> Run {
    let log = path("command.log")
    unlink(log)
    let id = try start(words, output: log)
    let status = DemoStage.wait(id)
    return Run(status: status, output: DemoStage.text(of: log))
  }

  /// Starts `hypothec` with these words and leaves it running; its output goes to a file.
  func start(_ words: [String], output: String) throws(Problem) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var arguments: [UnsafeMutablePointer<CChar>?] = ([program] + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, program, &actions, nil, &arguments, environ)
    guard code == 0 else { throw .demo("\(program) cannot be started: \(SystemError.text(code))") }
    return id
  }

  /// The exit status of a process, or 128 and the signal that ended it.
  static func wait(_ id: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// Whether a process that was started here still runs.
  static func isRunning(_ id: pid_t) -> Bool { waitpid(id, nil, WNOHANG) == 0 }

  /// The last lines of a file.
  static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A word as a shell takes it.
  static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: Array("-_./:=,+".utf8).contains($0)
      }
    }
    return plain && !word.isEmpty ? word : "'\(word)'"
  }

  /// Removes a directory that the stage made, with all that is in it.
  static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    if let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      closedir(stream)
    }
    rmdir(path)
  }

  private static func ownPath() throws(Problem) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { throw .demo("this program's own path cannot be read") }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension ProblemCode {
  static let demoFailed = ProblemCode("DEMO_FAILED")
}

extension Problem {
  /// The demonstration cannot go on.
  static func demo(_ reason: String) -> Problem {
    Problem(
      .demoFailed, .failure,
      what: LocalizedText(
        english: "the demonstration stopped: \(reason).", chinese: "演示中止：\(reason)。"))
  }
}
