import Glibc
import Synchronization

/// Whether the user asked to stop, for long work to poll. Tests make one up.
package struct InterruptFlag: Sendable {
  /// From now on the first SIGINT or SIGTERM only sets the flag. Commands that never poll must
  /// not call it: they would not stop.
  package let arm: @Sendable () -> Void
  private let poll: @Sendable () -> Bool

  package init(arm: @escaping @Sendable () -> Void = {}, poll: @escaping @Sendable () -> Bool) {
    self.arm = arm
    self.poll = poll
  }

  package var isRequested: Bool { poll() }

  package static let process = InterruptFlag(arm: Interrupt.arm) { Interrupt.isRequested }
  package static let never = InterruptFlag { false }

  /// Throws the problem that ends the command with exit status 130 and names the command that
  /// continues the work.
  package func throwIfRequested(resume: String?) throws(Problem) {
    if isRequested { throw .interrupted(resume: resume) }
  }
}

/// The signals of the process.
package enum Interrupt {
  private static let signalCount = Atomic<Int>(0)
  private static let wakeDescriptor = Atomic<Int32>(-1)

  /// Whether SIGINT or SIGTERM came since `arm`.
  package static var isRequested: Bool { signalCount.load(ordering: .acquiring) > 0 }

  /// Catches SIGINT and SIGTERM: the first sets `isRequested`, the second ends the process at
  /// once with status 130. Blocking calls are restarted; `poll`, `epoll_wait` and sleeps are not
  /// (signal(7)), so a loop around them sees the flag.
  package static func arm() {
    // Touched before a handler can run: the first use initialises the globals under a lock.
    _ = isRequested
    _ = wakeDescriptor.load(ordering: .acquiring)
    for signal in [SIGINT, SIGTERM] {
      var action = sigaction()
      // Safety: the handler only uses atomics that exist by now, write(2) and _exit(2), all
      // async-signal-safe, and keeps errno.
      action.__sigaction_handler.sa_handler = { _ in Interrupt.handleSignal() }
      action.sa_flags = SA_RESTART
      sigaction(signal, &action, nil)
    }
  }

  /// The first signal also adds 1 to this eventfd, or writes 8 bytes to this pipe, so that an
  /// event loop on another thread wakes. The descriptor stays open until the process ends.
  package static func wake(descriptor: Int32) {
    wakeDescriptor.store(descriptor, ordering: .releasing)
  }

  /// A reader that goes away is an error of `write`, not the end of the process. First thing in
  /// every executable.
  package static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  private static func handleSignal() {
    let savedErrorNumber = errno
    let earlier = signalCount.add(1, ordering: .acquiringAndReleasing).oldValue
    if earlier > 0 { _exit(ExitCode.interrupted.rawValue) }
    let descriptor = wakeDescriptor.load(ordering: .acquiring)
    if descriptor >= 0 {
      var one: UInt64 = 1
      _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }
    errno = savedErrorNumber
  }
}
