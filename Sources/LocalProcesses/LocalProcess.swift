@preconcurrency import Glibc

/// A process that this one started, and that it alone can wait for.
package struct LocalProcess: Hashable, Sendable {
  package let id: pid_t

  package enum Terminal: Sendable {
    /// Ctrl-C reaches the process too.
    case shared
    /// It goes on when the terminal that it was started from goes away.
    case detached
  }

  /// Starts a program with these words and leaves it running; its output is appended to a file.
  package static func start(
    _ program: String, _ words: [String], output: String, _ terminal: Terminal
  ) throws(LocalProcessError) -> LocalProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of a pool block signals, and a process that they start would not hear SIGTERM.
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    let flags: Int16 =
      switch terminal {
      case .shared: Int16(POSIX_SPAWN_SETSIGMASK)
      case .detached: Int16(POSIX_SPAWN_SETSIGMASK) | newSession
      }
    posix_spawnattr_setflags(&attributes, flags)
    var arguments: [UnsafeMutablePointer<CChar>?] = ([program] + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, program, &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw .notStarted(program: program, code) }
    return LocalProcess(id: id)
  }

  /// The path of the program that this very process runs.
  package static func ownProgram() throws(LocalProcessError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { throw .ownProgramUnknown(errno) }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// POSIX_SPAWN_SETSID of spawn.h, which glibc shows to GNU sources only.
  private static let newSession: Int16 = 0x80
}

// MARK: Its end

extension LocalProcess {
  /// Waits for the end: the exit status, or 128 and the signal that ended it.
  package func wait() throws(LocalProcessError) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      guard errno == EINTR else { throw .notWaitedFor(process: id, errno) }
    }
    return Self.exitStatus(status)
  }

  /// The same; `nil` if it has not ended within `patience`.
  package func wait(within patience: Duration) throws(LocalProcessError) -> Int32? {
    let deadline = ContinuousClock.now + patience
    while true {
      var status: Int32 = 0
      let ended = waitpid(id, &status, WNOHANG)
      if ended == id { return Self.exitStatus(status) }
      if ended < 0, errno != EINTR { throw .notWaitedFor(process: id, errno) }
      guard ContinuousClock.now < deadline else { return nil }
      usleep(10_000)
    }
  }

  /// The exit status of a process that `start` started here, if it has ended; takes note of the end
  /// once. `nil` while it runs, and for processes that others started.
  package static func ended(_ id: pid_t) -> Int32? {
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return nil }
    return exitStatus(status)
  }

  /// The exit status of a process that ends at this moment; waits until its last thread is gone.
  /// `nil` for processes that others started.
  package static func endStatus(_ id: pid_t) -> Int32? {
    var status: Int32 = 0
    while true {
      if waitpid(id, &status, 0) == id { return exitStatus(status) }
      guard errno == EINTR else { return nil }
    }
  }

  private static func exitStatus(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// Asks the process to end.
  package func terminate() { kill(id, SIGTERM) }

  /// Ends the process without a chance to clean up.
  package func killAtOnce() { kill(id, SIGKILL) }
}
