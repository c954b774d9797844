import CLinux
@preconcurrency import Glibc
import Transport

/// SIGTERM and SIGINT as something that can be read, so that the loop stops between two turns.
///
/// Made before any thread is started: threads inherit that the signals are blocked, and the
/// descriptor alone gets them.
package struct TerminationSignals: ~Copyable {
  private let descriptor: Descriptor

  package init() throws(SystemError) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let number = signalfd(-1, &signals, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
    guard number >= 0 else { throw .last }
    descriptor = Descriptor(owning: number)
    // A client that goes away while it is written to is no reason to end.
    signal(SIGPIPE, SIG_IGN)
  }

  var descriptorNumber: Int32 { descriptor.number }

  /// The number of the next signal that came; `nil` if none did.
  func next() -> Int32? {
    var information = signalfd_siginfo()
    let count = withUnsafeMutableBytes(of: &information) { descriptor.read(into: $0) }
    guard case .moved(MemoryLayout<signalfd_siginfo>.size) = count else { return nil }
    return Int32(information.ssi_signo)
  }
}
