import COpenSSL

/// SHA-256 (FIPS 180-4) over bytes that arrive in parts.
///
/// Uses OpenSSL's low-level functions with the context in place: for the short inputs of a ledger
/// they are two to four times as fast as the EVP interface and never contend between threads.
package struct SHA256 {
  private var context = SHA256_CTX()

  package init() {
    SHA256_Init(&context)
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  package mutating func update(_ digest: Digest) {
    digest.withUnsafeBytes { update($0) }
  }

  package mutating func update(byte: UInt8) {
    withUnsafeBytes(of: byte) { update($0) }
  }

  package mutating func finish() -> Digest {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &words) { buffer in
      SHA256_Final(buffer.baseAddress, &context)
      return Digest(UnsafeRawBufferPointer(buffer))
    }
  }

  /// SHA-256 of `bytes` alone, without a domain tag: for formats that other standards define.
  package static func hash(_ bytes: [UInt8]) -> Digest {
    var hasher = SHA256()
    hasher.update(bytes)
    return hasher.finish()
  }
}
