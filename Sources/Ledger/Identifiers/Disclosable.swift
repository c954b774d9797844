import Cryptography

/// A value about parties, money or documents, which its author shows or only commits to.
///
/// The ledger forgets nothing, so what is committed to is purged by deleting the salt that opens
/// it. Two forms are equal only if they are the same form: whether a commitment holds a value that
/// is shown elsewhere is nothing that a node can know.
package enum Disclosable<Value: Hashable & Sendable>: Hashable, Sendable {
  case disclosed(Value)
  case committed(Commitment)
}

/// Who owns, pledges, lends or owes: a legal entity in the clear, or a commitment. Natural persons
/// and sole traders are always commitments.
package typealias Party = Disclosable<LegalEntity>

/// The SHA-256 of a document's bytes, where the document itself stays with its owner.
package struct DocumentHash: Hashable, Comparable, Sendable {
  package let digest: Digest

  package init(_ digest: Digest) {
    self.digest = digest
  }

  package static func < (left: DocumentHash, right: DocumentHash) -> Bool {
    left.digest < right.digest
  }
}
