import CBOR
import Cryptography
import Merkle

/// What the signers of a transaction sign (docs/formats/transactions.md).
///
/// The payload names its signers, so nobody can strip or add a signature; it commits to the
/// operations by the root of an RFC 9162 tree, so that one operation of a thousand can be proved
/// without showing the others.
package struct TransactionPayload: Hashable, Sendable {
  package static let version: UInt64 = 1
  package static let signerLimit = 16
  package static let operationLimit = 1_000
  package static let byteLimit = 1_024

  /// 1 to 16 different members; the first is the submitter.
  package let signers: [MemberID]
  /// Chosen by the submitter; used once by this submitter until `validUntil`.
  package let reference: Identifier
  package let validUntil: Timestamp
  /// 1...1,000.
  package let operationCount: Int
  package let operationsRoot: Digest

  package var submitter: MemberID { signers[0] }

  /// - Precondition: 1 to 16 different signers, 1 to 1,000 operations.
  package init(
    signers: [MemberID], reference: Identifier, validUntil: Timestamp, operationHashes: [Digest]
  ) {
    precondition((1...TransactionPayload.signerLimit).contains(signers.count), "1 to 16 signers")
    precondition(Set(signers).count == signers.count, "signers differ")
    precondition(
      (1...TransactionPayload.operationLimit).contains(operationHashes.count),
      "1 to 1,000 operations")
    self.signers = signers
    self.reference = reference
    self.validUntil = validUntil
    self.operationCount = operationHashes.count
    self.operationsRoot = MerkleTree.root(ofLeaves: operationHashes)
  }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encoder.map(6)
    encoder.unsigned(1)
    encoder.unsigned(TransactionPayload.version)
    encoder.unsigned(2)
    encoder.array(signers.count)
    for signer in signers { encoder.memberID(signer) }
    encoder.unsigned(3)
    encoder.identifier(reference)
    encoder.unsigned(4)
    encoder.timestamp(validUntil)
    encoder.unsigned(5)
    encoder.unsigned(UInt64(operationCount))
    encoder.unsigned(6)
    encoder.digest(operationsRoot)
    return encoder.bytes
  }

  package init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    var map = try reader.map(limit: 6)
    try reader.require(1, in: &map)
    let start = reader.offset
    guard try reader.unsigned() == TransactionPayload.version else {
      throw .malformed(.invalidValue(offset: start))
    }
    try reader.require(2, in: &map)
    let signersStart = reader.offset
    signers = try reader.list(1...TransactionPayload.signerLimit) {
      reader throws(LedgerError) in try reader.memberID()
    }
    guard Set(signers).count == signers.count else {
      throw .malformed(.invalidValue(offset: signersStart))
    }
    try reader.require(3, in: &map)
    reference = try reader.identifier()
    try reader.require(4, in: &map)
    validUntil = try reader.timestamp()
    try reader.require(5, in: &map)
    let count = try reader.number(1...UInt64(TransactionPayload.operationLimit))
    operationCount = Int(count)
    try reader.require(6, in: &map)
    operationsRoot = try reader.digest()
    try reader.end(map)
    try reader.finish()
  }
}

/// The name of a transaction: the hash of what was signed, never of the signatures.
package struct TransactionID: Hashable, Comparable, Sendable, CustomStringConvertible {
  private static let domain = Domain("hypothec/transaction/1")

  package let digest: Digest

  package init(_ digest: Digest) { self.digest = digest }

  /// SHA-256(domain, network id, payload).
  package init(network: NetworkID, payload: [UInt8]) {
    var hasher = TransactionID.domain.hasher()
    hasher.update(network.digest)
    hasher.update(payload)
    digest = hasher.finish()
  }

  package var description: String { digest.description }

  package static func < (left: TransactionID, right: TransactionID) -> Bool {
    left.digest < right.digest
  }
}
