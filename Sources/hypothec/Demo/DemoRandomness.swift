import Cryptography

/// Numbers that look random and are the same for the same seed, and choices made with them.
struct DemoRandomness: RandomNumberGenerator {
  private var numbers: SplitMix64

  init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

  mutating func next() -> UInt64 { numbers.next() }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[number(0...(elements.count - 1))]
  }

  /// Whether something happens that happens in `percent` of 100 cases.
  mutating func happens(_ percent: Int) -> Bool { number(1...100) <= percent }
}
