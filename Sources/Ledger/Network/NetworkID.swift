import Cryptography

/// What tells one network from every other: the hash of its canonical network file.
package struct NetworkID: Hashable, Sendable, CustomStringConvertible {
  package let digest: Digest

  package init(_ digest: Digest) { self.digest = digest }

  package var description: String { digest.description }
}
