import CBOR
import Cryptography

/// A transaction on its way between its signers: the file that `transaction draft` writes, `sign`
/// adds to and `submit` sends.
package struct TransactionDraft: Sendable {
  package static let version: UInt64 = 1

  package let network: NetworkID
  package let payload: TransactionPayload
  package let payloadBytes: [UInt8]
  package let salt: Digest
  package let operations: [Operation]
  /// One place for each of the payload's signers, in order; `nil` until that member has signed.
  package private(set) var signatures: [COSESignature?]

  package var id: TransactionID { TransactionID(network: network, payload: payloadBytes) }

  /// - Precondition: as `TransactionPayload.init`; `salt` is 32 fresh random bytes.
  package init(
    network: NetworkID, signers: [MemberID], reference: Identifier, validUntil: Timestamp,
    salt: Digest, operations: [Operation]
  ) {
    self.network = network
    self.salt = salt
    self.operations = operations
    payload = TransactionPayload(
      signers: signers, reference: reference, validUntil: validUntil,
      operationHashes: TransactionDraft.hashes(of: operations, salt: salt))
    payloadBytes = payload.encoded
    signatures = Array(repeating: nil, count: signers.count)
  }

  /// The members who have not signed yet, in order.
  package var missingSigners: [MemberID] {
    zip(payload.signers, signatures).filter { $0.1 == nil }.map(\.0)
  }

  /// Adds the signature of `member`.
  ///
  /// - Throws: `signerMissing` if the draft does not list the member.
  package mutating func sign(as member: MemberID, with key: SigningKey) throws(DraftError) {
    guard let index = payload.signers.firstIndex(of: member) else { throw .notASigner(member) }
    let toBeSigned = COSESign.toBeSigned(
      payload: payloadBytes, externalData: network.digest.bytes,
      algorithm: key.publicKey.algorithm, keyID: key.publicKey.keyID)
    do throws(CryptographyError) {
      signatures[index] = COSESignature(
        algorithm: key.publicKey.algorithm, keyID: key.publicKey.keyID,
        signature: try key.sign(toBeSigned))
    } catch {
      throw .cryptography(error)
    }
  }

  /// The transaction, once everybody has signed.
  package func transaction() throws(DraftError) -> Transaction {
    guard missingSigners.isEmpty else { throw .signaturesMissing(missingSigners) }
    do throws(LedgerError) {
      return try Transaction(
        payload: payloadBytes, signatures: signatures.compactMap { $0 }, salt: salt,
        operations: operations, network: network)
    } catch {
      throw .invalid(error)
    }
  }

  private static func hashes(of operations: [Operation], salt: Digest) -> [Digest] {
    operations.enumerated().map { index, operation in
      var encoder = CBOREncoder()
      operation.encodePublicPart(into: &encoder)
      let publicCount = encoder.bytes.count
      operation.encodePrivatePart(into: &encoder)
      let privateDigest = OperationHash.privateDigest(
        salt: OperationHash.salt(transactionSalt: salt, index: index),
        privatePart: encoder.bytes[publicCount...])
      return OperationHash.hash(
        publicPart: encoder.bytes[..<publicCount], privateDigest: privateDigest)
    }
  }
}

/// Why a draft cannot be signed, read or finished.
package enum DraftError: Error, Hashable, Sendable {
  case notASigner(MemberID)
  case signaturesMissing([MemberID])
  case invalid(LedgerError)
  case cryptography(CryptographyError)
}

extension TransactionDraft {
  package var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(6)
    encoder.unsigned(TransactionDraft.version)
    encoder.digest(network.digest)
    encoder.byteString(payloadBytes)
    encoder.digest(salt)
    encoder.array(operations.count)
    for operation in operations { operation.encode(into: &encoder) }
    encoder.array(signatures.count)
    for signature in signatures {
      if let signature {
        encoder.array(3)
        encoder.integer(signature.algorithm.rawValue)
        encoder.digest(signature.keyID)
        encoder.byteString(signature.signature)
      } else {
        encoder.null()
      }
    }
    return encoder.bytes
  }

  /// Reads a draft file; refuses one whose operations are not those of its payload.
  package init(_ bytes: [UInt8]) throws(LedgerError) {
    guard bytes.count <= Transaction.byteLimit else { throw .refused(.transactionTooLarge) }
    var reader = LedgerReader(bytes)
    try reader.array(count: 6)
    guard try reader.unsigned() == TransactionDraft.version else {
      throw .malformed(.invalidValue(offset: 1))
    }
    network = NetworkID(try reader.digest())
    payloadBytes = try reader.byteString(limit: TransactionPayload.byteLimit)
    payload = try TransactionPayload(payloadBytes)
    let salt = try reader.digest()
    self.salt = salt
    operations = try reader.list(1...TransactionPayload.operationLimit) {
      reader throws(LedgerError) in
      try Operation(from: &reader)
    }
    signatures = try reader.list(1...TransactionPayload.signerLimit) {
      reader throws(LedgerError) in try reader.optionalSignature()
    }
    try reader.finish()
    let rebuilt = TransactionPayload(
      signers: payload.signers, reference: payload.reference, validUntil: payload.validUntil,
      operationHashes: TransactionDraft.hashes(of: operations, salt: salt))
    guard rebuilt == payload, signatures.count == payload.signers.count else {
      throw .refused(.signatureInvalid)
    }
    do throws(RefusalCode) { try operations.checkTogether() } catch { throw .refused(error) }
  }
}

extension LedgerReader {
  /// `[algorithm, key id, signature]`, or null.
  fileprivate mutating func optionalSignature() throws(LedgerError) -> COSESignature? {
    if acceptNull() { return nil }
    try array(count: 3)
    let start = offset
    guard let algorithm = SignatureAlgorithm(rawValue: try integer()) else {
      throw .malformed(.invalidValue(offset: start))
    }
    let keyID = try digest()
    return COSESignature(algorithm: algorithm, keyID: keyID, signature: try signature())
  }
}
