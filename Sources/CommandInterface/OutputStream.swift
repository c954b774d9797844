import Synchronization

/// One of the two streams of a command: stdout carries the answer, stderr everything else.
///
/// Bytes are buffered up to `flushByteCount`, and on a terminal to the end of each line. The
/// first failure stays: every later write throws it again, so that a loop that streams ends.
/// May be used from any thread; each call's bytes stay together.
package final class OutputStream: Sendable {
  private struct State {
    var buffer: [UInt8] = []
    var failure: OutputFailure?
  }

  private static let flushByteCount = 64 * 1024

  package let terminal: Terminal
  private let sink: ByteSink
  private let state = Mutex(State())

  package init(_ sink: ByteSink, _ terminal: Terminal) {
    self.sink = sink
    self.terminal = terminal
  }

  /// Appends `text` and a line feed. Throws a problem that ends the command: silent if the
  /// reader went away, OUTPUT_FULL or OUTPUT_FAILED (exit 74) otherwise.
  package func line(_ text: String = "") throws(Problem) {
    try self.text(text + "\n")
  }

  /// Appends `text` as it is.
  package func text(_ text: String) throws(Problem) {
    do throws(OutputFailure) {
      try append(text)
    } catch {
      throw Problem(error)
    }
  }

  /// Appends one JSON document on one line: the one answer, or one line of JSON Lines.
  package func document(_ document: JSONDocument) throws(Problem) {
    try line(document.text)
  }

  /// Hands everything to the system: after each line of a stream that somebody follows.
  package func flush() throws(Problem) {
    do throws(OutputFailure) {
      try flushOrFail()
    } catch {
      throw Problem(error)
    }
  }

  func append(_ text: String) throws(OutputFailure) {
    try change { state throws(OutputFailure) in
      state.buffer += text.utf8
      let isLineEnd = terminal.isPerson && text.utf8.last == UInt8(ascii: "\n")
      if isLineEnd || state.buffer.count >= Self.flushByteCount {
        try send(&state)
      }
    }
  }

  func flushOrFail() throws(OutputFailure) {
    try change { state throws(OutputFailure) in try send(&state) }
  }

  private func change(
    _ body: (inout State) throws(OutputFailure) -> Void
  ) throws(OutputFailure) {
    try state.withLock { state throws(OutputFailure) in
      if let failure = state.failure { throw failure }
      do throws(OutputFailure) {
        try body(&state)
      } catch {
        state.failure = error
        throw error
      }
    }
  }

  private func send(_ state: inout State) throws(OutputFailure) {
    guard !state.buffer.isEmpty else { return }
    let bytes = state.buffer
    state.buffer.removeAll(keepingCapacity: true)
    try sink.write(bytes)
  }
}
