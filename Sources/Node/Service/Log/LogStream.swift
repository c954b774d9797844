import Consensus
@preconcurrency import Glibc
import Ledger

/// Writes events to a file descriptor, each with one `write`, so that lines never mix.
package enum LogStream {
  /// A log to standard error.
  package static func standardError(threshold: LogLevel, format: LogFormat?) -> Log {
    let format =
      format ?? .fitting(environment: environmentValue, isTerminal: isatty(STDERR_FILENO) == 1)
    return Log(threshold: threshold) { event in
      let line = format.line(event, at: SystemClock.now.wallClock)
      var bytes = Array(line.utf8)[...]
      while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        // Nobody can be told that the log cannot be written.
        guard count > 0 else { return }
        bytes = bytes.dropFirst(count)
      }
    }
  }

  static func environmentValue(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    return String(cString: value)
  }
}
