@preconcurrency import Glibc
import Transport

/// A thread of the operating system that runs one closure.
package final class WorkerThread: Sendable {
  private let handle: pthread_t

  /// - Throws: the system's refusal to start a thread.
  package init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let start = Unmanaged.passRetained(ThreadStart(body))
    var handle = pthread_t()
    let code = pthread_create(&handle, nil, runThread, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw SystemError(code: code)
    }
    self.handle = handle
  }

  /// Waits for the closure to return. Called once.
  package func join() {
    pthread_join(handle, nil)
  }
}

private final class ThreadStart: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runThread(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let start else { preconditionFailure("a thread is given what it runs") }
  // Safety: `start` is the retained `ThreadStart` of `WorkerThread.init`, consumed here, once.
  Unmanaged<ThreadStart>.fromOpaque(start).takeRetainedValue().body()
  return nil
}
