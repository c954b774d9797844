/// What happened in a run: a running hash of everything, and, for who wants to read it, words.
package struct Trace {
  /// Where the words go, line by line.
  package typealias Sink = (String) -> Void

  /// Equal for equal runs.
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  private let sink: Sink?

  init(_ sink: Sink?) { self.sink = sink }

  /// FNV-1a over words.
  mutating func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x0000_0100_0000_01B3 }

  func note(_ time: UInt64, _ text: @autoclosure () -> String) {
    if let sink { sink("\(Trace.time(time)) \(text())") }
  }

  /// Microseconds as seconds: `12.345678`.
  static func time(_ microseconds: UInt64) -> String {
    let fraction = String(microseconds % 1_000_000)
    let zeros = String(repeating: "0", count: 6 - fraction.count)
    return "\(microseconds / 1_000_000).\(zeros)\(fraction)"
  }
}
