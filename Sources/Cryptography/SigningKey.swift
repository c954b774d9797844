import COpenSSL

/// A private key. It lives in OpenSSL's memory, which OpenSSL overwrites when it frees it; no
/// property shows it, and only `pem(passphrase:)` writes it out.
package final class SigningKey: Sendable {
  package let publicKey: PublicKey

  // Safety: set once, before the key can be shared, and freed when nobody holds it. It leads to an
  // EC_KEY (ES256) or an EVP_PKEY (Ed25519) that signing only reads: ECDSA_do_sign keeps its nonce
  // and numbers to itself and draws from a generator of the thread; EVP_DigestSignInit counts
  // references to the key, atomically, and the EVP_MD_CTX belongs to the call.
  nonisolated(unsafe) let privateKey: OpaquePointer

  /// Takes over an EC_KEY of P-256 with both parts.
  init(owningECKey key: OpaquePointer) {
    publicKey = PublicKey(uncompressedPoint: P256.uncompressedPoint(of: key))
    privateKey = key
  }

  /// Takes over an EVP_PKEY of Ed25519 with both parts.
  init(owningEd25519Key key: OpaquePointer) {
    var count = 32
    let point = [UInt8](unsafeUninitializedCapacity: 32) { buffer, filled in
      precondition(
        EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &count) == 1 && count == 32,
        "an Ed25519 key has a public part of 32 bytes")
      filled = count
    }
    publicKey = PublicKey(edwardsPoint: point)
    privateKey = key
  }

  deinit {
    switch publicKey.algorithm {
    case .es256: EC_KEY_free(privateKey)
    case .edDSA: EVP_PKEY_free(privateKey)
    }
  }

  /// A new key from the operating system's randomness.
  package static func generate(
    _ algorithm: SignatureAlgorithm
  ) throws(CryptographyError) -> SigningKey {
    switch algorithm {
    case .es256: SigningKey(owningECKey: try generatedECKey())
    case .edDSA: SigningKey(owningEd25519Key: try generatedEd25519Key())
    }
  }

  /// The Ed25519 key whose private part is `seed` (RFC 8032 section 5.1.5): for simulations, whose keys
  /// are functions of names and secret to nobody.
  package static func ed25519(seed: Digest) -> SigningKey {
    guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed.bytes, 32) else {
      preconditionFailure("any 32 bytes are a private key of Ed25519")
    }
    return SigningKey(owningEd25519Key: key)
  }

  /// A signature of 64 bytes: r and low s with a fresh nonce (ES256), or R and S (Ed25519).
  ///
  /// - Throws: `.libraryFailure`.
  package func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let signature =
      switch publicKey.algorithm {
      case .es256: es256Signature(of: SHA256.hash(message))
      case .edDSA: ed25519Signature(of: message)
      }
    guard let signature else { throw .lastLibraryFailure() }
    return signature
  }

  private func es256Signature(of digest: Digest) -> [UInt8]? {
    let pointer = digest.withUnsafeBytes { digest in
      let bytes = digest.assumingMemoryBound(to: UInt8.self)
      return ECDSA_do_sign(bytes.baseAddress, Int32(bytes.count), privateKey)
    }
    guard let pointer else { return nil }
    return ECDSASignature(owning: pointer).normalisedBytes()
  }

  private func ed25519Signature(of message: [UInt8]) -> [UInt8]? {
    guard let context = EVP_MD_CTX_new() else { return nil }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestSignInit(context, nil, nil, nil, privateKey) == 1 else { return nil }
    var count = SignatureAlgorithm.signatureByteCount
    var signature = [UInt8](repeating: 0, count: count)
    let isSigned = EVP_DigestSign(context, &signature, &count, message, message.count) == 1
    return isSigned && count == signature.count ? signature : nil
  }

  private static func generatedECKey() throws(CryptographyError) -> OpaquePointer {
    guard let key = EC_KEY_new() else { throw .lastLibraryFailure() }
    guard EC_KEY_set_group(key, P256.group) == 1, EC_KEY_generate_key(key) == 1 else {
      EC_KEY_free(key)
      throw .lastLibraryFailure()
    }
    return key
  }

  private static func generatedEd25519Key() throws(CryptographyError) -> OpaquePointer {
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil) else {
      throw .lastLibraryFailure()
    }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_keygen(context, &key) == 1, let key else {
      throw .lastLibraryFailure()
    }
    return key
  }
}

extension CryptographyError {
  /// The newest of OpenSSL's errors on this thread, whose queue this empties.
  static func lastLibraryFailure() -> CryptographyError {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    return .libraryFailure(code: code)
  }
}
