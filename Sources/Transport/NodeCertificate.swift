import COpenSSL
import Cryptography

/// The certificate that a node shows: self-signed, made anew at every start, and nothing but a case
/// for its public key, which is all that the other side looks at (docs/decisions/0008).
struct NodeCertificate: ~Copyable {
  // Safety: an X509 that this value owns alone; freed in `deinit`.
  let certificate: OpaquePointer
  // Safety: an EVP_PKEY, counted by OpenSSL; freed in `deinit`.
  let privateKey: OpaquePointer

  init(_ key: SigningKey) throws(TransportError) {
    guard let privateKey = key.evpKey() else { throw .lastTLSFailure() }
    guard let certificate = X509_new() else {
      EVP_PKEY_free(privateKey)
      throw .lastTLSFailure()
    }
    guard NodeCertificate.fill(certificate, privateKey),
      NodeCertificate.sign(certificate, privateKey, key.publicKey.algorithm)
    else {
      X509_free(certificate)
      EVP_PKEY_free(privateKey)
      throw .lastTLSFailure()
    }
    self.certificate = certificate
    self.privateKey = privateKey
  }

  deinit {
    X509_free(certificate)
    EVP_PKEY_free(privateKey)
  }

  /// Valid from 1970 without end (RFC 5280 section 4.1.2.5): no clock decides who is in a network.
  private static func fill(_ certificate: OpaquePointer, _ key: OpaquePointer) -> Bool {
    let name = Array("hypothec node".utf8)
    guard X509_set_version(certificate, Int(X509_VERSION_3)) == 1,
      ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1,
      ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "19700101000000Z") == 1,
      ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z") == 1,
      X509_set_pubkey(certificate, key) == 1,
      let subject = X509_get_subject_name(certificate)
    else { return false }
    return X509_NAME_add_entry_by_txt(
      subject, "CN", MBSTRING_FLAG | 1, name, Int32(name.count), -1, 0) == 1
      && X509_set_issuer_name(certificate, subject) == 1
  }

  private static func sign(
    _ certificate: OpaquePointer, _ key: OpaquePointer, _ algorithm: SignatureAlgorithm
  ) -> Bool {
    // Ed25519 has its digest inside and refuses another.
    let digest =
      switch algorithm {
      case .es256: EVP_sha256()
      case .edDSA: nil as OpaquePointer?
      }
    return X509_sign(certificate, key, digest) > 0
  }

  /// The public key in a certificate; `nil` if it is none that a member's node can have.
  static func publicKey(of certificate: OpaquePointer) -> PublicKey? {
    guard let information = X509_get_X509_PUBKEY(certificate) else { return nil }
    let byteCount = i2d_X509_PUBKEY(information, nil)
    // Longer than that of any supported key; `PublicKey` judges the rest.
    guard byteCount > 0, byteCount <= 128 else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(byteCount)) { buffer, count in
      var end = buffer.baseAddress
      count = Int(max(0, i2d_X509_PUBKEY(information, &end)))
    }
    return try? PublicKey(subjectPublicKeyInfo: bytes)
  }
}

extension TransportError {
  /// The oldest of OpenSSL's errors on this thread, which names the cause; this empties the queue.
  static func lastTLSFailure() -> TransportError { .tls(TLSFailure.lastReason()) }
}
