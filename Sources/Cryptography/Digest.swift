/// A SHA-256 digest: 32 bytes, held in place as four big-endian words.
///
/// Ordering is that of the bytes, so sorted digests are in the order in which a trie over their
/// bits, first bit first, has its leaves.
package struct Digest: Hashable, Sendable {
  package static let byteCount = 32
  /// 32 zero bytes: the hash of nothing, where a format defines it so.
  package static let zero = Digest(words: (0, 0, 0, 0))

  private var first, second, third, fourth: UInt64

  package init(words: (UInt64, UInt64, UInt64, UInt64)) {
    (first, second, third, fourth) = words
  }

  /// - Precondition: `bytes` holds exactly 32 bytes.
  package init(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == Digest.byteCount, "a digest is 32 bytes")
    self.init(
      words: (
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
      ))
  }

  /// `nil` unless `bytes` holds exactly 32 bytes.
  package init?(_ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Digest.byteCount else { return nil }
    self = bytes.withUnsafeBytes { Digest($0) }
  }

  package var words: (UInt64, UInt64, UInt64, UInt64) { (first, second, third, fourth) }

  package var bytes: [UInt8] {
    withUnsafeBytes { Array($0) }
  }

  /// Calls `body` with the 32 bytes, most significant first.
  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let bigEndian = (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)
    return Swift.withUnsafeBytes(of: bigEndian, body)
  }

  /// Bit `index`, counted from the most significant bit of the first byte, 0..<256.
  package func bit(_ index: Int) -> Bool {
    let word =
      switch index >> 6 {
      case 0: first
      case 1: second
      case 2: third
      default: fourth
      }
    return word >> UInt64(63 - (index & 63)) & 1 == 1
  }
}

extension Digest: Comparable {
  package static func < (left: Digest, right: Digest) -> Bool {
    if left.first != right.first { return left.first < right.first }
    if left.second != right.second { return left.second < right.second }
    if left.third != right.third { return left.third < right.third }
    return left.fourth < right.fourth
  }
}

extension Digest: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  package var description: String { Hexadecimal.encode(bytes) }

  /// `nil` unless `hexadecimal` is 64 hexadecimal digits.
  package init?(hexadecimal: String) {
    guard let bytes = Hexadecimal.decode(hexadecimal) else { return nil }
    self.init(bytes)
  }
}
