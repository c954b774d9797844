import CBOR
import Cryptography
import Ledger
import Merkle
import Storage

// The values of the index that are CBOR (docs/formats/index.md).

/// The place of an operation: the value of a history row.
struct OperationPlace: Hashable {
  let place: TransactionPlace
  let operationIndex: Int

  init(_ entry: HistoryEntry) {
    place = entry.place
    operationIndex = entry.operationIndex
  }

  /// `[height, transaction index, operation index]`.
  var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 16)
    encoder.array(3)
    encoder.height(place.height)
    encoder.unsigned(UInt64(place.transactionIndex))
    encoder.unsigned(UInt64(operationIndex))
    return encoder.bytes
  }

  init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 3)
    let height = try reader.height()
    let index = try reader.unsigned(through: UInt64(Block.transactionLimit))
    place = TransactionPlace(height: height, transactionIndex: Int(index))
    operationIndex = Int(try reader.unsigned(through: UInt64(TransactionPayload.operationLimit)))
    try reader.finish()
  }
}

extension TransactionPlace {
  /// `[height, transaction index]`: the value of a transaction row.
  var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 16)
    encoder.array(2)
    encoder.height(height)
    encoder.unsigned(UInt64(transactionIndex))
    return encoder.bytes
  }

  init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 2)
    let height = try reader.height()
    let index = try reader.unsigned(through: UInt64(Block.transactionLimit))
    self.init(height: height, transactionIndex: Int(index))
    try reader.finish()
  }
}

/// A used reference: the value of an expiry row, `[submitter, reference]`.
enum ExpiryValue {
  static func encoded(_ submitter: MemberID, _ reference: Identifier) -> [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 48)
    encoder.array(2)
    encoder.memberID(submitter)
    encoder.identifier(reference)
    return encoder.bytes
  }

  static func id(_ bytes: [UInt8]) throws(LedgerError) -> StateID {
    var reader = LedgerReader(bytes)
    try reader.array(count: 2)
    let submitter = try reader.memberID()
    let reference = try reader.identifier()
    try reader.finish()
    return .reference(submitter: submitter, reference)
  }
}

/// What the chain holds since genesis.
package struct ChainTotals: Hashable, Sendable {
  package internal(set) var vehicles: UInt64 = 0
  package internal(set) var transactions: UInt64 = 0
  package internal(set) var operations: UInt64 = 0
}

/// The one row that says what the index is and where it stands.
struct IndexMeta: Hashable {
  var history: MerkleFrontier
  var totals: ChainTotals
  /// The number of entries of the state.
  var entryCount: UInt64
  /// The last block that closed an epoch.
  var epochOpening: Height

  /// `[version, [count, [* peak]], vehicles, transactions, operations, entries, epoch opening]`.
  var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(7)
    encoder.unsigned(IndexSchema.version)
    history.encode(to: &encoder)
    encoder.unsigned(totals.vehicles)
    encoder.unsigned(totals.transactions)
    encoder.unsigned(totals.operations)
    encoder.unsigned(entryCount)
    encoder.height(epochOpening)
    return encoder.bytes
  }

  /// `nil` unless `bytes` are of this version.
  init?(_ bytes: [UInt8]) {
    var decoder = CBORDecoder(bytes)
    do {
      try decoder.array(count: 7)
      guard try decoder.unsigned() == IndexSchema.version else { return nil }
      history = try MerkleFrontier(from: &decoder)
      totals = ChainTotals(
        vehicles: try decoder.unsigned(), transactions: try decoder.unsigned(),
        operations: try decoder.unsigned())
      entryCount = try decoder.unsigned(through: UInt64(Int64.max))
      epochOpening = try decoder.height()
      try decoder.finish()
    } catch {
      return nil
    }
  }

  init(
    history: MerkleFrontier, totals: ChainTotals, entryCount: UInt64, epochOpening: Height
  ) {
    self.history = history
    self.totals = totals
    self.entryCount = entryCount
    self.epochOpening = epochOpening
  }
}
