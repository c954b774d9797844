import CBOR
import Cryptography

/// The end of a vehicle's own hash chain: how many entries it has, and the hash of the last.
///
/// Every accepted operation on the vehicle and every refused one by a member who held its role is an
/// entry, so whoever has this head and the entries knows that none is missing.
package struct HistoryHead: Hashable, Sendable {
  private static let originDomain = Domain("hypothec/history-origin/1")
  private static let entryDomain = Domain("hypothec/history-entry/1")

  package let count: UInt64
  package let hash: Digest

  package init(count: UInt64, hash: Digest) {
    self.count = count
    self.hash = hash
  }

  /// The head of a vehicle without entries: SHA-256(domain, VIN).
  package init(of vin: VehicleIdentificationNumber) {
    self.init(count: 0, hash: HistoryHead.originDomain.hash(Array(vin.text.utf8)))
  }

  /// The head after one more entry: SHA-256(domain, [previous head, height, transaction index,
  /// operation index, transaction id, operation hash, outcome]).
  package func appending(_ entry: HistoryEntry) -> HistoryHead {
    var encoder = CBOREncoder(reservingCapacity: 160)
    encoder.array(7)
    encoder.digest(hash)
    encoder.height(entry.place.height)
    encoder.unsigned(UInt64(entry.place.transactionIndex))
    encoder.unsigned(UInt64(entry.operationIndex))
    encoder.digest(entry.transaction.digest)
    encoder.digest(entry.operationHash)
    entry.outcome.encode(into: &encoder)
    return HistoryHead(count: count + 1, hash: HistoryHead.entryDomain.hash(encoder.bytes))
  }
}

/// One entry of a vehicle's history.
package struct HistoryEntry: Hashable, Sendable {
  package let place: TransactionPlace
  package let operationIndex: Int
  package let transaction: TransactionID
  package let operationHash: Digest
  package let outcome: Outcome

  package init(
    place: TransactionPlace, operationIndex: Int, transaction: TransactionID,
    operationHash: Digest, outcome: Outcome
  ) {
    self.place = place
    self.operationIndex = operationIndex
    self.transaction = transaction
    self.operationHash = operationHash
    self.outcome = outcome
  }
}

/// Where the ledger holds a transaction.
package struct TransactionPlace: Hashable, Comparable, Sendable {
  package let height: Height
  /// The transaction's index in its block.
  package let transactionIndex: Int

  package init(height: Height, transactionIndex: Int) {
    self.height = height
    self.transactionIndex = transactionIndex
  }

  package static func < (left: TransactionPlace, right: TransactionPlace) -> Bool {
    (left.height, left.transactionIndex) < (right.height, right.transactionIndex)
  }
}
