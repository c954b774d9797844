import CBOR

/// Why key material, a signed structure or a cryptographic operation was refused.
package enum CryptographyError: Error, Hashable, Sendable {
  /// The bytes are not the deterministic CBOR of the structure.
  case encoding(CBORError)
  /// Not one of the two canonical COSE_Key encodings: another key type, curve or algorithm, more
  /// or fewer parameters, another order, private parts, or bytes before or after.
  case malformedKey
  /// The coordinates are not those of a point on the curve, or are not reduced.
  case pointNotOnCurve
  /// An Ed25519 point of order 1, 2, 4 or 8, under which signatures hold for any message.
  case smallOrderKey
  /// A salt that is not 32 bytes.
  case saltByteCount(Int)
  /// No PEM block (RFC 7468).
  case notPEM
  /// A PEM block, but none of PKCS#8 (RFC 5958), or a key that is neither P-256 nor Ed25519.
  case unsupportedKeyType
  /// The PKCS#8 structure is damaged, or its private and public parts do not belong together.
  case malformedPrivateKey
  /// The key is encrypted and no passphrase was given.
  case missingPassphrase
  /// The passphrase does not open the key, or the encrypted bytes are damaged: the two cannot be
  /// told apart.
  case wrongPassphrase
  /// The operating system or OpenSSL could not supply random bytes.
  case randomnessUnavailable
  /// OpenSSL failed at something that fails only for want of memory; `code` is its error code.
  case libraryFailure(code: UInt)
}

extension CryptographyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .encoding(let error): "not deterministic CBOR of the structure: \(error)"
    case .malformedKey: "not a canonical COSE_Key of P-256 (ES256) or Ed25519 (EdDSA)"
    case .pointNotOnCurve: "the public key is not a point on its curve"
    case .smallOrderKey: "the public key has small order and would sign anything"
    case .saltByteCount(let count): "a salt is 32 bytes, not \(count)"
    case .notPEM: "no PEM block found; give a PKCS#8 PEM file"
    case .unsupportedKeyType: "not a PKCS#8 private key of P-256 or Ed25519"
    case .malformedPrivateKey: "the private key is damaged"
    case .missingPassphrase: "the private key is encrypted; give its passphrase"
    case .wrongPassphrase: "the passphrase does not open the private key, or the file is damaged"
    case .randomnessUnavailable: "the operating system supplies no random bytes"
    case .libraryFailure(let code): "OpenSSL failed with error code \(code)"
    }
  }
}
