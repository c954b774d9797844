import CBOR

/// A binding, hiding promise of a value: SHA-256("hypothec/commitment/1", 0x00, salt, value).
///
/// The value is its deterministic CBOR. The salt is 32 random bytes of its own, for without it an
/// amount or a name would be found by trying them all; having a fixed length it cannot run into
/// the value. Whoever is given salt and value makes the commitment again and compares.
package struct Commitment: Hashable, Sendable {
  package let digest: Digest

  package init(digest: Digest) {
    self.digest = digest
  }

  private static let domain = Domain("hypothec/commitment/1")

  package static func make(salt: Salt, value: [UInt8]) -> Commitment {
    var hasher = domain.hasher()
    salt.withUnsafeBytes { hasher.update($0) }
    hasher.update(value)
    return Commitment(digest: hasher.finish())
  }

  /// 32 random bytes, used for one value only.
  package struct Salt: Hashable, Sendable {
    package static let byteCount = 32
    private let content: Digest

    /// - Throws: `.saltByteCount` unless there are 32 bytes.
    package init(_ bytes: [UInt8]) throws(CryptographyError) {
      guard let content = Digest(bytes) else { throw .saltByteCount(bytes.count) }
      self.content = content
    }

    fileprivate init(content: Digest) {
      self.content = content
    }

    /// - Throws: `.randomnessUnavailable`.
    package static func random() throws(CryptographyError) -> Salt {
      try Salt(SecureRandom.bytes(byteCount))
    }

    package var bytes: [UInt8] { content.bytes }

    fileprivate func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
      content.withUnsafeBytes(body)
    }

    fileprivate func encode(into encoder: inout CBOREncoder) {
      encoder.digest(content)
    }
  }
}

extension CBOREncoder {
  package mutating func commitment(_ commitment: Commitment) {
    digest(commitment.digest)
  }

  package mutating func salt(_ salt: Commitment.Salt) {
    salt.encode(into: &self)
  }
}

extension CBORDecoder {
  /// A byte string of exactly 32 bytes.
  package mutating func commitment() throws(CBORError) -> Commitment {
    Commitment(digest: try digest())
  }

  /// A byte string of exactly 32 bytes.
  package mutating func salt() throws(CBORError) -> Commitment.Salt {
    Commitment.Salt(content: try digest())
  }
}
