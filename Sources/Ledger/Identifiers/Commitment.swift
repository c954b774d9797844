import Cryptography

/// SHA-256 over a domain tag, a salt and a value.
package struct Commitment: Hashable, Sendable {
  package let digest: Digest

  package init(digest: Digest) {
    self.digest = digest
  }
}
