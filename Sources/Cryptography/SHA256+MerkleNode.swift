import COpenSSL

/// The two shapes of input that a Merkle tree hashes, both of fixed size, so that the padding is
/// known and the compression function can be run directly: no counting, no buffering.
extension SHA256 {
  /// SHA-256(prefix || left || right): 65 bytes, two blocks.
  package static func merkleNode(prefix: UInt8, _ left: Digest, _ right: Digest) -> Digest {
    let left = left.words
    let right = right.words
    let block =
      (
        (UInt64(prefix) << 56 | left.0 >> 8).bigEndian,
        (left.0 << 56 | left.1 >> 8).bigEndian,
        (left.1 << 56 | left.2 >> 8).bigEndian,
        (left.2 << 56 | left.3 >> 8).bigEndian,
        (left.3 << 56 | right.0 >> 8).bigEndian,
        (right.0 << 56 | right.1 >> 8).bigEndian,
        (right.1 << 56 | right.2 >> 8).bigEndian,
        (right.2 << 56 | right.3 >> 8).bigEndian,
        (right.3 << 56 | 0x80 << 48).bigEndian,
        UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0),
        UInt64(65 * 8).bigEndian
      )
    return withUnsafeBytes(of: block) { compress($0) }
  }

  /// SHA-256(prefix || content): 33 bytes, one block.
  package static func merkleLeaf(prefix: UInt8, _ content: Digest) -> Digest {
    let content = content.words
    let block =
      (
        (UInt64(prefix) << 56 | content.0 >> 8).bigEndian,
        (content.0 << 56 | content.1 >> 8).bigEndian,
        (content.1 << 56 | content.2 >> 8).bigEndian,
        (content.2 << 56 | content.3 >> 8).bigEndian,
        (content.3 << 56 | 0x80 << 48).bigEndian,
        UInt64(0), UInt64(0),
        UInt64(33 * 8).bigEndian
      )
    return withUnsafeBytes(of: block) { compress($0) }
  }

  /// Runs the compression function over `blocks`, a padded message of whole 64-byte blocks.
  private static func compress(_ blocks: UnsafeRawBufferPointer) -> Digest {
    var context = SHA256_CTX()
    // The initial hash value, FIPS 180-4 section 5.3.3.
    context.h = (
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
      0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
    )
    for start in stride(from: 0, to: blocks.count, by: 64) {
      SHA256_Transform(&context, blocks.baseAddress?.advanced(by: start))
    }
    let hash = context.h
    return Digest(
      words: (
        UInt64(hash.0) << 32 | UInt64(hash.1), UInt64(hash.2) << 32 | UInt64(hash.3),
        UInt64(hash.4) << 32 | UInt64(hash.5), UInt64(hash.6) << 32 | UInt64(hash.7)
      ))
  }
}
