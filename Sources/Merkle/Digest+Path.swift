import Cryptography

/// A key as a path from the root of the state tree: its bits, the most significant first.
extension Digest {
  static let bitCount = 256

  /// The number of leading bits that both keys share, 0...256.
  func sharedBitCount(with other: Digest) -> Int {
    let (left, right) = (words, other.words)
    if left.0 != right.0 { return (left.0 ^ right.0).leadingZeroBitCount }
    if left.1 != right.1 { return 64 + (left.1 ^ right.1).leadingZeroBitCount }
    if left.2 != right.2 { return 128 + (left.2 ^ right.2).leadingZeroBitCount }
    return 192 + (left.3 ^ right.3).leadingZeroBitCount
  }

  /// All keys that share the first `depth` bits with this one.
  func keys(sharing depth: Int) -> ClosedRange<Digest> {
    func mask(_ word: Int) -> UInt64 {
      let kept = min(max(depth - 64 * word, 0), 64)
      return kept == 0 ? 0 : ~0 << UInt64(64 - kept)
    }
    let masks = (mask(0), mask(1), mask(2), mask(3))
    let lower = (words.0 & masks.0, words.1 & masks.1, words.2 & masks.2, words.3 & masks.3)
    let upper = (lower.0 | ~masks.0, lower.1 | ~masks.1, lower.2 | ~masks.2, lower.3 | ~masks.3)
    return Digest(words: lower)...Digest(words: upper)
  }

  /// The key after this one; `nil` after the last.
  var successor: Digest? {
    var next = words
    next.3 &+= 1
    if next.3 == 0 { next.2 &+= 1 }
    if next.3 == 0, next.2 == 0 { next.1 &+= 1 }
    if next.3 == 0, next.2 == 0, next.1 == 0 { next.0 &+= 1 }
    let result = Digest(words: next)
    return result == .zero ? nil : result
  }
}

/// The first 128 bits of a key: what the state tree keeps of it.
struct KeyPrefix: Hashable, Comparable, Sendable {
  static let bitCount = 128

  let high, low: UInt64

  init(_ key: Digest) {
    let words = key.words
    (high, low) = (words.0, words.1)
  }

  /// The first key with this prefix.
  var firstKey: Digest { Digest(words: (high, low, 0, 0)) }

  static func < (left: KeyPrefix, right: KeyPrefix) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}
