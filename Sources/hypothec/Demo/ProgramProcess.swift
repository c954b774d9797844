import CommandInterface
@preconcurrency import Glibc

/// This very program, started as a process of its own.
struct ProgramProcess: Sendable {
  let id: pid_t

  enum Terminal: Sendable {
    /// Ctrl-C reaches the process too.
    case shared
    /// It goes on when the terminal that it was started from goes away.
    case detached
  }

  /// Starts `hypothec` with these words and leaves it running; its output is appended to a file.
  static func start(
    _ words: [String], output: String, _ terminal: Terminal
  ) throws(Problem) -> ProgramProcess {
    let program = try ownPath()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    if case .detached = terminal {
      posix_spawnattr_setflags(&attributes, newSession)
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = ([program] + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, program, &actions, &attributes, &arguments, environ)
    guard code == 0 else {
      throw .localNetwork(
        LocalizedText(
          english: "\(program) cannot be started: \(SystemError.text(code))",
          chinese: "无法启动 \(program)：\(SystemError.text(code))"))
    }
    return ProgramProcess(id: id)
  }

  /// POSIX_SPAWN_SETSID of spawn.h, which glibc shows to GNU sources only.
  private static let newSession: Int16 = 0x80

  /// Waits for the end: the exit status, or 128 and the signal that ended it.
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return ProgramProcess.exitStatus(status)
  }

  /// The exit status of a process that `start` started here, if it has ended; takes note of the end
  /// once. `nil` while it runs, and for processes that others started.
  static func ended(_ id: pid_t) -> Int32? {
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return nil }
    return exitStatus(status)
  }

  private static func exitStatus(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  private static func ownPath() throws(Problem) -> String {
    if let override = overridingPath { return override }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else {
      throw .localNetwork(
        LocalizedText(
          english: "this program's own path cannot be read", chinese: "无法读取本程序的路径"))
    }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Another binary than the one that runs: for tests, which run within one that is not hypothec.
  @TaskLocal static var overridingPath: String?
}
