import CBOR
import Cryptography

/// One thing that a member does, as a transaction carries it.
///
/// Encoded as two maps, a public and a private part: a vehicle's history shows the public part and
/// a salted digest of the private one, so that proving an entry opens nothing.
package struct Operation: Hashable, Sendable {
  /// The signer who acts.
  package var by: MemberID
  /// When it happened by the submitter's account; the ledger's order does not depend on it.
  package var occurredAt: Timestamp?
  package var body: OperationBody

  package init(by: MemberID, occurredAt: Timestamp? = nil, body: OperationBody) {
    self.by = by
    self.occurredAt = occurredAt
    self.body = body
  }

  package func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encodePublicPart(into: &encoder)
    encodePrivatePart(into: &encoder)
  }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encode(into: &encoder)
    return encoder.bytes
  }
}

/// The hash of an operation: what the operations root and a vehicle's history are made of.
package enum OperationHash {
  private static let operationDomain = Domain("hypothec/operation/1")
  private static let privateDomain = Domain("hypothec/operation-private/1")
  private static let saltDomain = Domain("hypothec/operation-salt/1")

  /// The salt of the operation at `index`, from the transaction's own: 32 bytes that may be shown
  /// for one operation without opening another.
  package static func salt(transactionSalt: Digest, index: Int) -> Digest {
    var hasher = saltDomain.hasher()
    hasher.update(transactionSalt)
    withUnsafeBytes(of: UInt64(index).bigEndian) { hasher.update($0) }
    return hasher.finish()
  }

  /// SHA-256(domain, salt, private part).
  package static func privateDigest(salt: Digest, privatePart: ArraySlice<UInt8>) -> Digest {
    var hasher = privateDomain.hasher()
    hasher.update(salt)
    privatePart.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }

  /// SHA-256(domain, public part, private digest).
  package static func hash(publicPart: ArraySlice<UInt8>, privateDigest: Digest) -> Digest {
    var hasher = operationDomain.hasher()
    publicPart.withUnsafeBytes { hasher.update($0) }
    hasher.update(privateDigest)
    return hasher.finish()
  }
}
