import CBOR
import Cryptography

/// What became of a transaction that a block holds: applied whole, or not at all.
package enum Outcome: Hashable, Sendable {
  case accepted
  case refused(Refusal)

  private static let leafDomain = Domain("hypothec/outcome-leaf/1")

  /// The leaf of the block's outcomes tree: SHA-256(domain, transaction id, outcome).
  package func leaf(of transaction: TransactionID) -> Digest {
    var encoder = CBOREncoder(reservingCapacity: 96)
    encode(into: &encoder)
    var hasher = Outcome.leafDomain.hasher()
    hasher.update(transaction.digest)
    hasher.update(encoder.bytes)
    return hasher.finish()
  }

  package func encode(into encoder: inout CBOREncoder) {
    switch self {
    case .accepted: encoder.array(0)
    case .refused(let refusal):
      encoder.array(4)
      encoder.unsigned(UInt64(refusal.code.rawValue))
      encoder.unsigned(UInt64(refusal.operationIndex))
      if let conflict = refusal.conflict {
        encoder.identifier(conflict.id)
        encoder.height(conflict.height)
      } else {
        encoder.null()
        encoder.null()
      }
    }
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    let count = try reader.array(limit: 4)
    guard count == 4 else {
      guard count == 0 else { throw .malformed(.invalidValue(offset: start)) }
      self = .accepted
      return
    }
    let raw = try reader.unsigned(through: UInt64(UInt16.max))
    guard let code = RefusalCode(rawValue: UInt16(raw)), code.isOutcome else {
      throw .malformed(.invalidValue(offset: start))
    }
    let index = try reader.unsigned(through: UInt64(TransactionPayload.operationLimit - 1))
    var conflict: Conflict?
    if reader.acceptNull() {
      guard reader.acceptNull() else { throw .malformed(.invalidValue(offset: start)) }
    } else {
      let id = try reader.identifier()
      conflict = Conflict(id: id, height: try reader.height())
    }
    self = .refused(Refusal(code: code, operationIndex: Int(index), conflict: conflict))
  }
}

/// Why a transaction was refused, and by which of its operations.
package struct Refusal: Error, Hashable, Sendable {
  package let code: RefusalCode
  /// 0..<1,000: the first operation that broke a rule.
  package let operationIndex: Int
  /// What stood in the way: the live pledge, the earlier registration.
  package let conflict: Conflict?

  /// - Precondition: the code is one that blocks record.
  package init(code: RefusalCode, operationIndex: Int, conflict: Conflict? = nil) {
    precondition(code.isOutcome, "a recorded refusal has a code of the contract")
    self.code = code
    self.operationIndex = operationIndex
    self.conflict = conflict
  }
}

/// A record that an operation collides with, and the height at which it entered the ledger.
package struct Conflict: Hashable, Sendable {
  package let id: Identifier
  package let height: Height

  package init(id: Identifier, height: Height) {
    self.id = id
    self.height = height
  }
}
