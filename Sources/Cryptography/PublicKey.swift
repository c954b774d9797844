import COpenSSL

/// A public key as the ledger knows it: its algorithm and its canonical COSE_Key (RFC 9052
/// section 7, RFC 9053 section 7), which nobody can write in a second way.
///
///     ES256    {1: 2, 3: -7, -1: 1, -2: x, -3: y}   77 bytes
///     Ed25519  {1: 1, 3: -8, -1: 6, -2: x}          42 bytes
///
/// Keys of the map are in the order of their encoded bytes, so the negative ones come last; x and
/// y are byte strings of 32 bytes. Each form is therefore a template with 64 or 32 free bytes.
///
/// A value of this type is a key that may be registered: the point is on its curve, its encoding
/// is the reduced one, and an Ed25519 point is not of small order. Libraries differ about such
/// keys; a ledger in which nodes could differ about them would split.
package struct PublicKey: Sendable {
  package let algorithm: SignatureAlgorithm
  /// The deterministic CBOR of the COSE_Key.
  package let coseKey: [UInt8]
  /// The `kid`: SHA-256 of `coseKey`, without a domain tag.
  package let keyID: Digest

  /// Takes the exact canonical encoding and nothing else.
  ///
  /// - Throws: `.malformedKey`, `.pointNotOnCurve` or `.smallOrderKey`.
  package init(coseKey: [UInt8]) throws(CryptographyError) {
    guard let algorithm = Template.algorithm(of: coseKey) else { throw .malformedKey }
    self.init(algorithm: algorithm, checkedCOSEKey: coseKey)
    switch algorithm {
    case .es256:
      guard let key = P256.key(uncompressedPoint: uncompressedPoint) else {
        throw .pointNotOnCurve
      }
      EC_KEY_free(key)
    case .edDSA:
      try Edwards25519.validate(encodedPoint: edwardsPoint)
    }
  }

  /// The key of a point that OpenSSL computed from a private key: 0x04, x, y.
  init(uncompressedPoint point: [UInt8]) {
    precondition(point.count == 65 && point[0] == 4, "an uncompressed point is 65 bytes")
    let (prefix, middle) = (Template.es256Prefix, Template.es256Middle)
    self.init(algorithm: .es256, checkedCOSEKey: prefix + point[1...32] + middle + point[33...])
  }

  /// The key of a point that OpenSSL computed from a private key, in RFC 8032's encoding.
  init(edwardsPoint point: [UInt8]) {
    precondition(point.count == 32, "an encoded Edwards point is 32 bytes")
    self.init(algorithm: .edDSA, checkedCOSEKey: Template.edDSAPrefix + point)
  }

  private init(algorithm: SignatureAlgorithm, checkedCOSEKey: [UInt8]) {
    self.algorithm = algorithm
    self.coseKey = checkedCOSEKey
    self.keyID = SHA256.hash(checkedCOSEKey)
  }

  /// 0x04, x, y of an ES256 key.
  var uncompressedPoint: [UInt8] {
    precondition(algorithm == .es256, "only an ES256 key has an uncompressed point")
    return [4] + coseKey[10..<42] + coseKey[45..<77]
  }

  /// RFC 8032's 32 bytes of an EdDSA key.
  var edwardsPoint: [UInt8] {
    precondition(algorithm == .edDSA, "only an EdDSA key has an Edwards point")
    return Array(coseKey[10..<42])
  }

  /// The fixed bytes of the two canonical encodings.
  private enum Template {
    static let es256Prefix: [UInt8] = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]
    static let es256Middle: [UInt8] = [0x22, 0x58, 0x20]
    static let edDSAPrefix: [UInt8] = [0xA4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]

    static func algorithm(of coseKey: [UInt8]) -> SignatureAlgorithm? {
      if coseKey.count == 77, coseKey.starts(with: es256Prefix),
        coseKey[42...].starts(with: es256Middle)
      {
        return .es256
      }
      if coseKey.count == 42, coseKey.starts(with: edDSAPrefix) { return .edDSA }
      return nil
    }
  }
}

extension PublicKey: Hashable {
  /// The COSE_Key determines the other two fields.
  package static func == (left: PublicKey, right: PublicKey) -> Bool {
    left.coseKey == right.coseKey
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(keyID)
  }
}

extension PublicKey: CustomStringConvertible {
  /// The `kid` in hexadecimal.
  package var description: String { keyID.description }
}
