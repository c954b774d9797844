import Glibc
import Synchronization

/// Why an output stream takes no more bytes.
package enum OutputFailure: Error, Hashable, Sendable {
  /// The reader went away (EPIPE): nobody is left to be told.
  case closed
  /// The disk or the quota is full (ENOSPC, EDQUOT).
  case full
  /// Any other error number of write(2).
  case failed(errorNumber: Int32)
}

/// Where bytes leave the process. Tests catch them instead.
package struct ByteSink: Sendable {
  /// Writes all bytes or throws.
  package let write: @Sendable ([UInt8]) throws(OutputFailure) -> Void

  package init(write: @escaping @Sendable ([UInt8]) throws(OutputFailure) -> Void) {
    self.write = write
  }

  /// A descriptor of this process, which outlives the sink. The process ignores SIGPIPE
  /// (`Interrupt.ignoreBrokenPipes`), otherwise a closed reader ends it here.
  package static func descriptor(_ descriptor: Int32) -> ByteSink {
    ByteSink { bytes throws(OutputFailure) in
      var offset = 0
      while offset < bytes.count {
        // Glibc's `write` is named in full, because the property has the same name.
        let count = bytes.withUnsafeBytes { buffer in
          Glibc.write(
            descriptor, UnsafeRawBufferPointer(rebasing: buffer[offset...]).baseAddress,
            buffer.count - offset)
        }
        if count >= 0 {
          offset += count
        } else {
          try waitOrThrow(errno, descriptor)
        }
      }
    }
  }

  private static func waitOrThrow(
    _ errorNumber: Int32, _ descriptor: Int32
  ) throws(OutputFailure) {
    switch errorNumber {
    case EINTR: return
    case EAGAIN:
      var interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&interest, 1, -1)
    case EPIPE: throw .closed
    case ENOSPC, EDQUOT: throw .full
    default: throw .failed(errorNumber: errorNumber)
    }
  }
}

/// A sink for tests: keeps what was written, or refuses it.
package final class CapturedBytes: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var failure: OutputFailure?
  }

  private let state: Mutex<State>

  /// With a `failure`, every write is refused with it.
  package init(failure: OutputFailure? = nil) {
    state = Mutex(State(failure: failure))
  }

  package var sink: ByteSink {
    ByteSink { bytes throws(OutputFailure) in
      let failure = self.state.withLock { state in
        if state.failure == nil { state.bytes += bytes }
        return state.failure
      }
      if let failure { throw failure }
    }
  }

  /// What was written so far; bytes that are not UTF-8 show as replacement characters.
  package var text: String {
    state.withLock { String(decoding: $0.bytes, as: UTF8.self) }
  }
}
