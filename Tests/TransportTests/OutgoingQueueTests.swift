import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Transport

@Suite("An outgoing queue")
struct OutgoingQueueTests {
  static let start = Instant(microseconds: 1_000_000)

  @Test("gives the bytes of its frames in order, however they are taken", arguments: 1...20)
  func keepsOrder(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var queue = OutgoingQueue()
    var expected: [UInt8] = []
    var found: [UInt8] = []
    for step in 0..<2_000 {
      if Int.random(in: 0..<3, using: &random) == 0 {
        let size = [0, 3, 200, 16_383, 16_384, 70_000][Int.random(in: 0..<6, using: &random)]
        let body = [UInt8](repeating: UInt8(truncatingIfNeeded: step), count: size)
        queue.append(body, at: Self.start)
        expected += Frame.encode(body)
      } else {
        let count = queue.withNext { next in
          let count = min(next.count, Int.random(in: 1...20_000, using: &random))
          found += next.prefix(count)
          return count
        }
        queue.removeFirst(count, at: Self.start)
      }
      #expect(queue.byteCount == expected.count - found.count)
    }
    while !queue.isEmpty {
      let count = queue.withNext { next in
        found += next
        return next.count
      }
      #expect(count > 0)
      queue.removeFirst(count, at: Self.start)
    }
    #expect(found == expected, "seed \(seed)")
    #expect(queue.oldest == nil)
  }

  @Test("joins small frames, so that they leave together")
  func joins() {
    var queue = OutgoingQueue()
    for _ in 0..<60 { queue.append([UInt8](repeating: 1, count: 256), at: Self.start) }
    #expect(queue.withNext(\.count) == 60 * 260)
  }

  @Test("knows how old what waits is, and when it last moved")
  func knowsAge() {
    var queue = OutgoingQueue()
    let later = Self.start.advanced(byMicroseconds: 3_000_000)
    #expect(queue.oldest == nil)
    queue.append([1], at: Self.start)
    queue.append([2], at: later)
    #expect(queue.oldest == Self.start && queue.lastMoved == Self.start)
    queue.removeFirst(4, at: later)
    #expect(queue.oldest == Self.start && queue.lastMoved == later)
    queue.removeFirst(1, at: later)
    #expect(queue.oldest == later)
    queue.removeFirst(5, at: later)
    #expect(queue.oldest == nil)
  }
}
