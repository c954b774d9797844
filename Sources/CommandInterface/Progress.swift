import Synchronization

/// Tells on stderr how far long work is.
///
/// On a terminal one line is redrawn at most ten times a second; into a pipe, or on a terminal
/// that cannot redraw, a line is written every 30 s; under `--json` or `--quiet` nothing is.
/// May be updated from any thread. Failures to write are dropped: progress is not the answer.
package final class Progress: Sendable {
  package enum Presentation: Hashable, Sendable {
    case bar
    case lines
    case silent
  }

  private struct State {
    var completed: UInt64
    var lastShown: Duration?
    var isFinished = false
  }

  private static let redrawInterval = Duration.milliseconds(100)
  private static let lineInterval = Duration.seconds(30)
  private static let barColumnCount = 20

  private let title: String
  private let unit: String
  private let total: UInt64?
  private let initial: UInt64
  private let start: Duration
  private let presentation: Presentation
  private let language: Language
  private let stream: OutputStream
  private let clock: MonotonicClock
  private let state: Mutex<State>

  /// - Parameters:
  ///   - title: what is done: `Auditing`.
  ///   - unit: what is counted: `blocks`.
  ///   - total: how many there are, if that is known.
  ///   - initial: how many were done before this run; they do not count for the rate.
  package init(
    _ title: LocalizedText, unit: LocalizedText, total: UInt64?, initial: UInt64 = 0,
    _ presentation: Presentation, _ language: Language, _ stream: OutputStream,
    _ clock: MonotonicClock
  ) {
    self.title = title[language]
    self.unit = unit[language]
    self.total = total
    self.initial = initial
    self.presentation = presentation
    self.language = language
    self.stream = stream
    self.clock = clock
    start = clock.now()
    state = Mutex(State(completed: initial))
  }

  /// Says that `completed` of `total` are done. Cheap enough for every item: it reads the clock.
  package func update(_ completed: UInt64) {
    guard presentation != .silent else { return }
    state.withLock { state in
      guard !state.isFinished else { return }
      state.completed = completed
      let now = clock.now()
      guard isDue(state, now) else { return }
      state.lastShown = now
      show(status(completed, now))
    }
  }

  /// Ends the line with what was done in which time; on a terminal the bar gives way to it.
  package func finish() {
    guard presentation != .silent else { return }
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      let text = "\(title): \(summary(state.completed, clock.now() - start))"
      write(presentation == .bar ? "\r\(text)\u{1B}[K\n" : text + "\n")
    }
  }

  /// Removes the bar without a summary: before an error is shown.
  package func abandon() {
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      if presentation == .bar && state.lastShown != nil { write("\r\u{1B}[K") }
    }
  }

  private func isDue(_ state: State, _ now: Duration) -> Bool {
    switch presentation {
    case .bar: state.lastShown.map { now - $0 >= Self.redrawInterval } ?? true
    case .lines: now - (state.lastShown ?? start) >= Self.lineInterval
    case .silent: false
    }
  }

  private func show(_ status: String) {
    switch presentation {
    case .bar:
      let width = stream.terminal.columnCount - 1
      write("\r\(DisplayWidth.truncate(status, to: width))\u{1B}[K")
    case .lines: write(status + "\n")
    case .silent: break
    }
  }

  private func status(_ completed: UInt64, _ now: Duration) -> String {
    let rate = perSecond(completed, now - start)
    var parts = ["\(title) "]
    if let total {
      parts[0] += presentation == .bar ? bar(completed, total) : percentage(completed, total)
      parts.append("\(NumberText.grouped(completed))/\(NumberText.grouped(total)) \(unit)")
    } else {
      parts[0] += "\(NumberText.grouped(completed)) \(unit)"
    }
    if rate > 0 { parts.append("\(NumberText.grouped(rate))/s") }
    if let left = timeLeft(completed, now - start) { parts.append(left) }
    return parts.joined(separator: "  ")
  }

  private func bar(_ completed: UInt64, _ total: UInt64) -> String {
    let filled = Int(share(completed, total, of: UInt64(Self.barColumnCount)))
    let marks = String(repeating: "#", count: filled)
    let rest = String(repeating: ".", count: Self.barColumnCount - filled)
    let percent = DisplayWidth.pad(percentage(completed, total), to: 4, .right)
    return "[\(marks)\(rest)] \(percent)"
  }

  private func percentage(_ completed: UInt64, _ total: UInt64) -> String {
    "\(share(completed, total, of: 100))%"
  }

  /// How much of `whole` is done, rounded down; all of it if there was nothing to do.
  private func share(_ completed: UInt64, _ total: UInt64, of whole: UInt64) -> UInt64 {
    guard total > 0, completed < total else { return whole }
    let product = completed.multipliedFullWidth(by: whole)
    return total.dividingFullWidth(product).quotient
  }

  private func perSecond(_ completed: UInt64, _ elapsed: Duration) -> UInt64 {
    let milliseconds = elapsed.wholeMilliseconds
    guard milliseconds > 0, completed > initial else { return 0 }
    let (rate, overflow) = (completed - initial).multipliedReportingOverflow(by: 1000)
    return overflow ? 0 : rate / milliseconds
  }

  private func timeLeft(_ completed: UInt64, _ elapsed: Duration) -> String? {
    guard let total, completed > initial, completed < total else { return nil }
    let product = elapsed.wholeMilliseconds.multipliedFullWidth(by: total - completed)
    guard product.high < completed - initial else { return nil }
    let milliseconds = (completed - initial).dividingFullWidth(product).quotient
    let left = DurationText.short(.milliseconds(Int64(clamping: milliseconds)), language)
    return language == .english ? "\(left) left" : "剩余 \(left)"
  }

  private func summary(_ completed: UInt64, _ elapsed: Duration) -> String {
    let count = "\(NumberText.grouped(completed - min(initial, completed))) \(unit)"
    let time = DurationText.short(elapsed, language)
    let rate = NumberText.grouped(perSecond(completed, elapsed))
    switch language {
    case .english: return "\(count) in \(time) (\(rate)/s)"
    case .chinese: return "\(count)，用时 \(time) (\(rate)/s)"
    }
  }

  private func write(_ text: String) {
    do throws(OutputFailure) {
      try stream.append(text)
      try stream.flushOrFail()
    } catch {
      // Nobody reads stderr any more; the work goes on without telling.
    }
  }
}

extension Duration {
  /// Milliseconds, rounded down; zero for negative durations.
  fileprivate var wholeMilliseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(seconds) * 1000 + UInt64(attoseconds / 1_000_000_000_000_000)
  }
}
