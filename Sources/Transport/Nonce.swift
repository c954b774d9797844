import Cryptography

/// 16 random bytes: what tells one process or one link from every other.
package struct Nonce: Hashable, Sendable {
  package static let byteCount = 16

  package let bytes: [UInt8]

  /// `nil` unless there are 16.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Nonce.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Where none is known.
  static let zero = Nonce(drawn: [UInt8](repeating: 0, count: byteCount))

  private init(drawn bytes: [UInt8]) { self.bytes = bytes }

  package static func random() throws(CryptographyError) -> Nonce {
    Nonce(drawn: try SecureRandom.bytes(byteCount))
  }
}

/// Numbers that need not be secret: they keep nodes from doing the same at the same time. The same
/// seed gives the same numbers (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014).
struct JitterGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
