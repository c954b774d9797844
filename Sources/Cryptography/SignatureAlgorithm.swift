/// The signature algorithms that keys carry, by their COSE numbers (RFC 9053 section 2).
package enum SignatureAlgorithm: Int64, Hashable, Sendable, CaseIterable {
  /// ECDSA on P-256 with SHA-256: the default. Signatures are r and s, 32 bytes each, with low s.
  case es256 = -7
  /// EdDSA, here on edwards25519 alone (RFC 8032, Ed25519).
  case edDSA = -8

  /// Of either algorithm.
  package static let signatureByteCount = 64
}
