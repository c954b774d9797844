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
