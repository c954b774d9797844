import Cryptography

/// SplitMix64: the same numbers from the same seed everywhere.
package struct SimulatedRandom: Sendable {
  private var numbers: SplitMix64

  package init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

  package mutating func next() -> UInt64 { numbers.next() }

  /// A number in `0..<bound`; 0 for bound 0.
  package mutating func below(_ bound: Int) -> Int {
    bound <= 0 ? 0 : Int(next() % UInt64(bound))
  }

  /// True `percent` times in a hundred.
  package mutating func chance(percent: Int) -> Bool { below(100) < percent }
}
