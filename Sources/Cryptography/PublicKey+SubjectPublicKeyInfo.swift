/// Keys as certificates have them (RFC 5280 section 4.1.2.7).
extension PublicKey {
  /// Takes the one DER encoding of a SubjectPublicKeyInfo that OpenSSL writes for such a key: P-256
  /// by its name with an uncompressed point (RFC 5480), or Ed25519 (RFC 8410).
  ///
  /// - Throws: `.malformedKey`, `.pointNotOnCurve` or `.smallOrderKey`.
  package init(subjectPublicKeyInfo: [UInt8]) throws(CryptographyError) {
    let (es256, edDSA) = (InfoPrefix.es256, InfoPrefix.edDSA)
    let unchecked: PublicKey
    switch subjectPublicKeyInfo.count {
    case es256.count + 65 where subjectPublicKeyInfo.starts(with: es256 + [4]):
      unchecked = PublicKey(
        uncompressedPoint: Array(subjectPublicKeyInfo.dropFirst(es256.count)))
    case edDSA.count + 32 where subjectPublicKeyInfo.starts(with: edDSA):
      unchecked = PublicKey(edwardsPoint: Array(subjectPublicKeyInfo.dropFirst(edDSA.count)))
    default: throw .malformedKey
    }
    try self.init(coseKey: unchecked.coseKey)
  }

  /// Everything before the point.
  private enum InfoPrefix {
    static let es256: [UInt8] = [
      0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08,
      0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ]
    static let edDSA: [UInt8] = [
      0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
  }
}
