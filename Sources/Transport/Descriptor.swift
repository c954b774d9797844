@preconcurrency import Glibc

/// A file descriptor; closed when its owner goes.
package struct Descriptor: ~Copyable {
  package let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) { self.number = number }

  deinit { _ = close(number) }

  package func setNonBlocking() {
    let flags = fcntl(number, F_GETFL)
    _ = fcntl(number, F_SETFL, flags | O_NONBLOCK)
  }

  package func setCloseOnExec() {
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
  }

  /// What a system call did that moves bytes.
  package enum Transfer: Equatable {
    case moved(Int)
    /// The other side closed (reading), or is gone (writing).
    case ended
    case wouldBlock
    case failed(SystemError)
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = Glibc.read(number, buffer.baseAddress, buffer.count)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      if let transfer = Descriptor.transfer(afterError: errno) { return transfer }
    }
  }

  /// Writes to a socket; never raises SIGPIPE.
  package func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = Glibc.send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .moved(count) }
      if let transfer = Descriptor.transfer(afterError: errno) { return transfer }
    }
  }

  /// `nil` if the call is to be repeated.
  private static func transfer(afterError code: Int32) -> Transfer? {
    switch code {
    case EINTR: nil
    case EAGAIN: .wouldBlock
    case EPIPE, ECONNRESET: .ended
    default: .failed(SystemError(code: code))
    }
  }
}

/// A failed system call's `errno`.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  package let code: Int32

  package init(code: Int32) { self.code = code }

  /// That of the call that just failed on this thread.
  package static var last: SystemError { SystemError(code: errno) }

  package var description: String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
