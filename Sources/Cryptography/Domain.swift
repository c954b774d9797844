/// What a hash is of. Every hash that hypothec defines begins with its domain's name and a zero
/// byte, so that no two formats ever hash the same bytes.
///
/// The nodes of Merkle trees are the exception: they begin with a single byte below 0x20
/// (RFC 9162 section 2.1.1), which no name does.
package struct Domain: Sendable {
  private let prefix: [UInt8]

  package init(_ name: StaticString) {
    prefix = name.withUTF8Buffer { Array($0) } + [0]
  }

  /// A hasher that has taken in the domain's name.
  package func hasher() -> SHA256 {
    var hasher = SHA256()
    hasher.update(prefix)
    return hasher
  }

  /// SHA-256(name, 0x00, bytes).
  package func hash(_ bytes: [UInt8]) -> Digest {
    var hasher = hasher()
    hasher.update(bytes)
    return hasher.finish()
  }
}
