import CBOR

extension COSESign {
  /// Decodes the tagged structure; nothing may follow it.
  ///
  /// - Throws: `.encoding` with the offset of the item that is not what the profile has there.
  package init(
    decoding bytes: [UInt8], payloadLimit: Int = defaultPayloadLimit
  ) throws(CryptographyError) {
    do throws(CBORError) {
      var decoder = CBORDecoder(bytes)
      try self.init(from: &decoder, payloadLimit: payloadLimit)
      try decoder.finish()
    } catch {
      throw .encoding(error)
    }
  }

  /// Reads the tagged structure, which may be an item of a larger one.
  package init(
    from decoder: inout CBORDecoder, payloadLimit: Int = defaultPayloadLimit
  ) throws(CBORError) {
    try decoder.tag(COSESign.tag)
    try decoder.array(count: 4)
    _ = try decoder.byteStringRange(limit: 0)
    _ = try decoder.map(limit: 0)
    payload = try decoder.byteString(limit: payloadLimit)
    let start = decoder.offset
    let count = try decoder.array(limit: COSESign.signatureLimit)
    guard count > 0 else { throw .invalidValue(offset: start) }
    var signatures: [COSESignature] = []
    signatures.reserveCapacity(count)
    for _ in 0..<count { signatures.append(try COSESignature(from: &decoder)) }
    self.signatures = signatures
  }

  /// The tagged structure.
  package func encoded() -> [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: payload.count + signatures.count * 112 + 16)
    encode(into: &encoder)
    return encoder.bytes
  }

  package func encode(into encoder: inout CBOREncoder) {
    encoder.tag(COSESign.tag)
    encoder.array(4)
    encoder.byteString([])
    encoder.map(0)
    encoder.byteString(payload)
    encoder.array(signatures.count)
    for signature in signatures { signature.encode(into: &encoder) }
  }
}

extension COSESignature {
  private static let protectedHeaderLimit = 64

  fileprivate init(from decoder: inout CBORDecoder) throws(CBORError) {
    try decoder.array(count: 3)
    var header = try decoder.embedded(limit: COSESignature.protectedHeaderLimit)
    var map = try header.map(limit: 2)
    try header.require(HeaderLabel.algorithm, in: &map)
    let start = header.offset
    guard let algorithm = SignatureAlgorithm(rawValue: try header.integer()) else {
      throw .invalidValue(offset: start)
    }
    try header.require(HeaderLabel.keyID, in: &map)
    keyID = try header.digest()
    try header.end(map)
    try header.finish()
    _ = try decoder.map(limit: 0)
    self.algorithm = algorithm
    signature = try decoder.fixedByteString(count: SignatureAlgorithm.signatureByteCount) {
      Array($0)
    }
  }

  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.byteString(COSESignature.protectedHeader(algorithm: algorithm, keyID: keyID))
    encoder.map(0)
    encoder.byteString(signature)
  }
}
