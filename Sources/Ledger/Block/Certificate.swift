import CBOR
import Cryptography

/// A quorum's signatures under one ballot: a notarization, a nullification or a finalization.
///
/// One finalization proves its block and all the block's ancestors. Certificates differ from node to
/// node, since any quorum will do.
package struct Certificate: Hashable, Sendable {
  package let ballot: Ballot
  /// The signers in ascending order, each with its signature.
  package let signatures: [CertificateSignature]

  /// - Precondition: signers ascend.
  package init(ballot: Ballot, signatures: [CertificateSignature]) {
    precondition(signatures.map(\.signer).isStrictlyAscending, "signers ascend")
    self.ballot = ballot
    self.signatures = signatures
  }

  /// Whether enough of `validators` sign, in their epoch; no signature is verified.
  package func isQuorum(of validators: ValidatorSet) -> Bool {
    ballot.epoch == validators.epoch && signatures.count >= validators.quorum
      && signatures.allSatisfy { $0.signer.rawValue < validators.count }
  }

  /// Whether the certificate is a quorum of `validators`, every signature under its ballot right.
  ///
  /// Verifies as many signatures as the certificate has: at most 31.
  package func isValid(network: NetworkID, validators: ValidatorSet, keys: ValidatorKeys) -> Bool {
    guard isQuorum(of: validators) else { return false }
    let message = ballot.toBeSigned(network: network)
    return signatures.allSatisfy {
      keys[$0.signer].isValid(signature: $0.signature, message: message)
    }
  }

  package func encode(into encoder: inout CBOREncoder) {
    encoder.array(7)
    ballot.encodeFields(into: &encoder)
    encoder.byteString(signerBitmap)
    encoder.array(signatures.count)
    for signature in signatures { encoder.byteString(signature.signature) }
  }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 128 + signatures.count * 68)
    encode(into: &encoder)
    return encoder.bytes
  }

  package init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try self.init(from: &reader)
    try reader.finish()
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 7)
    ballot = try Ballot(fieldsFrom: &reader)
    let signers = try Certificate.signers(from: &reader)
    let start = reader.offset
    let values = try reader.list(1...ValidatorSet.limit) {
      reader throws(LedgerError) in try reader.signature()
    }
    guard values.count == signers.count else { throw .malformed(.invalidValue(offset: start)) }
    signatures = zip(signers, values).map { CertificateSignature(signer: $0, signature: $1) }
  }

  /// Four bytes, bit `i` of the big-endian number for validator `i`.
  private var signerBitmap: [UInt8] {
    let bits = signatures.reduce(UInt32(0)) { $0 | 1 << UInt32($1.signer.rawValue) }
    return withUnsafeBytes(of: bits.bigEndian) { Array($0) }
  }

  private static func signers(
    from reader: inout LedgerReader
  ) throws(LedgerError) -> [ValidatorIndex] {
    let start = reader.offset
    let bitmap = try reader.byteString(limit: 4)
    let bits = bitmap.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let signers = (0..<ValidatorSet.limit).filter { bits >> UInt32($0) & 1 == 1 }
    guard bitmap.count == 4, signers.count == bits.nonzeroBitCount else {
      throw .malformed(.invalidValue(offset: start))
    }
    return signers.map { ValidatorIndex(UInt8($0)) }
  }
}

/// One signature of a certificate.
package struct CertificateSignature: Hashable, Sendable {
  package let signer: ValidatorIndex
  package let signature: [UInt8]

  package init(signer: ValidatorIndex, signature: [UInt8]) {
    self.signer = signer
    self.signature = signature
  }
}
