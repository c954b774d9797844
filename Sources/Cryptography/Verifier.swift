import COpenSSL

/// A public key prepared for verification.
///
/// Make it once for a key and share it: preparing costs more than a hash, verifying costs the
/// signature alone. One rule holds on every node:
///
/// - ES256: 64 bytes r and s, r in 1..<n, s in 1...(n - 1) / 2. A high s is refused, so that
///   nobody can write a second valid signature from a first one.
/// - Ed25519: OpenSSL's rule, RFC 8032 section 5.1.7 without the cofactor: S below the group's
///   order, and R equal byte for byte to the canonical encoding of [S]B - [k]A.
package final class Verifier: Sendable {
  /// What to spend on a key beforehand.
  package enum Preparation: Hashable, Sendable, CaseIterable {
    /// About 4 microseconds and 3 KiB.
    case light
    /// For ES256 about 25 ms and 150 KiB more, after which a verification takes about half as
    /// long: worth it from a thousand signatures on. Ed25519 has no such table in OpenSSL.
    case table
  }

  package let key: PublicKey
  private let memo: SignatureMemo?

  // Safety: the pointer is set once, before the verifier can be shared, and freed when nobody
  // holds it. It leads to an EC_KEY (ES256) or an EVP_PKEY (Ed25519) that no call below writes:
  // ECDSA_do_verify reads the key's group and point and keeps its intermediate numbers in a
  // context of its own; EVP_DigestVerifyInit only counts references to the key, atomically, and
  // the EVP_MD_CTX belongs to the call.
  nonisolated(unsafe) private let prepared: OpaquePointer
  // Safety: set once, likewise; the const functions that use it read the group and its table and
  // write to numbers and points that belong to the call.
  nonisolated(unsafe) private let table: P256Table?

  /// - Parameter memo: where verdicts are looked up before anything is verified.
  package init(
    _ key: PublicKey, preparation: Preparation = .light, memo: SignatureMemo? = nil
  ) {
    self.key = key
    self.memo = memo
    let prepared =
      switch key.algorithm {
      case .es256: P256.key(uncompressedPoint: key.uncompressedPoint)
      case .edDSA: EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key.edwardsPoint, 32)
      }
    guard let prepared else { preconditionFailure("a public key was validated when it was made") }
    self.prepared = prepared
    switch (key.algorithm, preparation) {
    case (.es256, .table): table = P256Table(uncompressedPoint: key.uncompressedPoint)
    case (.es256, .light), (.edDSA, _): table = nil
    }
  }

  deinit {
    switch key.algorithm {
    case .es256: EC_KEY_free(prepared)
    case .edDSA: EVP_PKEY_free(prepared)
    }
  }

  /// Whether `signature` is `key`'s signature of `message`; `false` for anything malformed.
  package func isValid(signature: [UInt8], message: [UInt8]) -> Bool {
    guard signature.count == SignatureAlgorithm.signatureByteCount else { return false }
    guard let memo else { return verify(signature, message) }
    return memo.verdict(of: signature, under: key, message) { verify(signature, message) }
  }

  private func verify(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
    let isValid =
      switch key.algorithm {
      case .es256: isValidES256(signature: signature, digest: SHA256.hash(message))
      case .edDSA: isValidEd25519(signature: signature, message: message)
      }
    if !isValid { ERR_clear_error() }
    return isValid
  }

  private func isValidES256(signature: [UInt8], digest: Digest) -> Bool {
    guard let pair = ECDSASignature(bytes: signature), pair.hasLowS else { return false }
    if let isValid = table?.isValid(pair, digest: digest) { return isValid }
    return digest.withUnsafeBytes { digest in
      let bytes = digest.assumingMemoryBound(to: UInt8.self)
      return ECDSA_do_verify(bytes.baseAddress, Int32(bytes.count), pair.pointer, prepared) == 1
    }
  }

  private func isValidEd25519(signature: [UInt8], message: [UInt8]) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerifyInit(context, nil, nil, nil, prepared) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}
