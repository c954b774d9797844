import CBOR

/// A payload and the signatures of one or several keys under it: COSE_Sign (RFC 9052 section 4.1)
/// in the one profile that hypothec reads and writes.
///
///     98([h'', {}, payload, [+ [<<{1: alg, 4: kid}>>, {}, signature]]])
///
/// - The body has no headers. Each signature's protected header is exactly algorithm and `kid`
///   (SHA-256 of the COSE_Key), its unprotected header is empty, so every byte but the signatures
///   themselves is signed.
/// - Signed is the Sig_structure (RFC 9052 section 4.4): see `toBeSigned`. The external data, the
///   network's id, is no part of the encoding.
/// - The payload is attached, at most `payloadLimit` bytes; there are 1...16 signatures, whose
///   order has a meaning to the reader, not here.
/// - The encoding is deterministic CBOR, so one value has one encoding. Whether signatures hold,
///   and whether the keys may sign, is the reader's question: decoding checks form alone.
package struct COSESign: Hashable, Sendable {
  package static let tag: UInt64 = 98
  package static let defaultPayloadLimit = 65_536
  package static let signatureLimit = 16

  package let payload: [UInt8]
  package let signatures: [COSESignature]

  /// - Precondition: 1...16 signatures.
  package init(payload: [UInt8], signatures: [COSESignature]) {
    precondition(
      (1...COSESign.signatureLimit).contains(signatures.count), "1...16 keys sign a payload")
    self.payload = payload
    self.signatures = signatures
  }

  /// Signs `payload` with each of `keys`, in their order.
  ///
  /// - Precondition: 1...16 keys.
  /// - Throws: `.libraryFailure`.
  package static func sign(
    payload: [UInt8], externalData: [UInt8], keys: [SigningKey]
  ) throws(CryptographyError) -> COSESign {
    var signatures: [COSESignature] = []
    for key in keys {
      let (algorithm, keyID) = (key.publicKey.algorithm, key.publicKey.keyID)
      let message = toBeSigned(
        payload: payload, externalData: externalData, algorithm: algorithm, keyID: keyID)
      signatures.append(
        COSESignature(algorithm: algorithm, keyID: keyID, signature: try key.sign(message)))
    }
    return COSESign(payload: payload, signatures: signatures)
  }

  /// Whether the signature at `index` names `verifier`'s key and algorithm, and holds.
  package func isValid(signatureAt index: Int, externalData: [UInt8], verifier: Verifier) -> Bool {
    let signature = signatures[index]
    guard signature.algorithm == verifier.key.algorithm, signature.keyID == verifier.key.keyID
    else { return false }
    let message = COSESign.toBeSigned(
      payload: payload, externalData: externalData, algorithm: signature.algorithm,
      keyID: signature.keyID)
    return verifier.isValid(signature: signature.signature, message: message)
  }

  /// The bytes that a key signs: the deterministic Sig_structure with the profile's headers.
  package static func toBeSigned(
    payload: [UInt8], externalData: [UInt8], algorithm: SignatureAlgorithm, keyID: Digest
  ) -> [UInt8] {
    SignatureStructure.encode(
      bodyProtected: [],
      signProtected: COSESignature.protectedHeader(algorithm: algorithm, keyID: keyID),
      externalData: externalData, payload: payload)
  }
}

/// One key's signature in a `COSESign`.
package struct COSESignature: Hashable, Sendable {
  package let algorithm: SignatureAlgorithm
  /// `PublicKey.keyID` of the key that signed.
  package let keyID: Digest
  /// 64 bytes.
  package let signature: [UInt8]

  /// - Precondition: `signature` holds 64 bytes.
  package init(algorithm: SignatureAlgorithm, keyID: Digest, signature: [UInt8]) {
    precondition(
      signature.count == SignatureAlgorithm.signatureByteCount, "a signature has 64 bytes")
    self.algorithm = algorithm
    self.keyID = keyID
    self.signature = signature
  }

  /// {1: alg, 4: kid}: 38 bytes.
  static func protectedHeader(algorithm: SignatureAlgorithm, keyID: Digest) -> [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 40)
    encoder.map(2)
    encoder.unsigned(HeaderLabel.algorithm)
    encoder.integer(algorithm.rawValue)
    encoder.unsigned(HeaderLabel.keyID)
    encoder.digest(keyID)
    return encoder.bytes
  }
}

/// Labels of common header parameters (RFC 9052 section 3.1).
enum HeaderLabel {
  static let algorithm: UInt64 = 1
  static let keyID: UInt64 = 4
}

/// The Sig_structure of RFC 9052 section 4.4, for signatures of COSE_Sign with any headers.
package enum SignatureStructure {
  /// ["Signature", body_protected, sign_protected, external_aad, payload].
  package static func encode(
    bodyProtected: [UInt8], signProtected: [UInt8], externalData: [UInt8], payload: [UInt8]
  ) -> [UInt8] {
    let byteCount = bodyProtected.count + signProtected.count + externalData.count + payload.count
    var encoder = CBOREncoder(reservingCapacity: byteCount + 32)
    encoder.array(5)
    encoder.text("Signature")
    encoder.byteString(bodyProtected)
    encoder.byteString(signProtected)
    encoder.byteString(externalData)
    encoder.byteString(payload)
    return encoder.bytes
  }
}
