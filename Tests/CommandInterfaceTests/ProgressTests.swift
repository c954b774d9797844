import CommandInterface
import Synchronization
import Testing

@Suite("Progress")
struct ProgressTests {
  /// A clock that the test moves.
  final class Hand: Sendable {
    private let milliseconds = Mutex(0)
    var clock: MonotonicClock {
      MonotonicClock { .milliseconds(self.milliseconds.withLock { $0 }) }
    }
    func advance(_ amount: Int) { milliseconds.withLock { $0 += amount } }
  }

  let hand = Hand()
  let captured = CapturedBytes()

  func progress(
    _ presentation: Progress.Presentation, total: UInt64? = 48_213, initial: UInt64 = 0,
    columnCount: Int = 100, _ language: Language = .english
  ) -> Progress {
    Progress(
      LocalizedText(english: "Auditing", chinese: "审计"),
      unit: LocalizedText(english: "blocks", chinese: "区块"), total: total, initial: initial,
      presentation, language,
      OutputStream(captured.sink, Terminal(kind: .terminal, columnCount: columnCount)), hand.clock)
  }

  @Test("draws a bar with rate and time left, ten times a second at most")
  func bar() {
    let progress = progress(.bar)
    hand.advance(1000)
    progress.update(4821)
    #expect(
      captured.text
        == "\rAuditing [#...................]   9%  4,821/48,213 blocks  4,821/s  9 s left\u{1B}[K")
    let before = captured.text
    hand.advance(99)
    progress.update(5000)
    #expect(captured.text == before)
    hand.advance(1)
    progress.update(5302)
    #expect(captured.text != before)
    hand.advance(8900)
    progress.update(48_213)
    progress.finish()
    progress.finish()
    progress.update(1)
    #expect(captured.text.hasSuffix("\rAuditing: 48,213 blocks in 10 s (4,821/s)\u{1B}[K\n"))
  }

  @Test("writes a line every 30 seconds into a pipe")
  func lines() {
    let progress = progress(.lines)
    hand.advance(29_999)
    progress.update(100)
    #expect(captured.text == "")
    hand.advance(1)
    progress.update(24_000)
    #expect(captured.text == "Auditing 49%  24,000/48,213 blocks  800/s  30 s left\n")
    progress.finish()
    #expect(captured.text.hasSuffix("left\nAuditing: 24,000 blocks in 30 s (800/s)\n"))
  }

  @Test("counts only this run's work for the rate when it resumes")
  func resumed() {
    let progress = progress(.lines, total: 1000, initial: 400)
    hand.advance(30_000)
    progress.update(700)
    #expect(captured.text == "Auditing 70%  700/1,000 blocks  10/s  30 s left\n")
  }

  @Test("counts without an end if the total is not known, in Chinese too")
  func openEnded() {
    let progress = progress(.lines, total: nil, .chinese)
    hand.advance(30_000)
    progress.update(3000)
    #expect(captured.text == "审计 3,000 区块  100/s\n")
  }

  @Test("fits the terminal's width, and says nothing when it is silent")
  func fits() {
    let narrow = progress(.bar, columnCount: 30)
    hand.advance(1000)
    narrow.update(10)
    #expect(captured.text.split(separator: "\u{1B}")[0].dropFirst().count <= 29)
    let before = captured.text
    let silent = progress(.silent)
    hand.advance(60_000)
    silent.update(5)
    silent.finish()
    silent.abandon()
    #expect(captured.text == before)
    narrow.abandon()
    #expect(captured.text == before + "\r\u{1B}[K")
  }

  @Test("never traps, whatever the counts are")
  func extremes() {
    for total in [0, 1, UInt64.max] {
      let progress = progress(.bar, total: total, initial: 3)
      for completed in [0, 1, 3, 4, UInt64.max - 1, .max] {
        hand.advance(100)
        progress.update(completed)
      }
      progress.finish()
    }
    #expect(captured.text.contains("100%"))
  }
}
