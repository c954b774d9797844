import CBOR
import Cryptography
import Ledger
import Merkle
import Storage

// The values of the index that are CBOR (docs/formats/index.md).

/// A transaction of a block: the value of a transaction row and, with the index of an operation, of a
/// history row.
struct PlaceValue: Hashable {
  let place: TransactionPlace
  /// 0 in a transaction row.
  let operationIndex: Int
  /// Where the transaction's bytes begin in the encoded block.
  let offset: Int
  let outcome: Outcome

  /// `[height, transaction index, operation index, offset, outcome]`.
  var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 24)
    encoder.array(5)
    encoder.height(place.height)
    encoder.unsigned(UInt64(place.transactionIndex))
    encoder.unsigned(UInt64(operationIndex))
    encoder.unsigned(UInt64(offset))
    outcome.encode(into: &encoder)
    return encoder.bytes
  }

  init(place: TransactionPlace, operationIndex: Int = 0, offset: Int, outcome: Outcome) {
    self.place = place
    self.operationIndex = operationIndex
    self.offset = offset
    self.outcome = outcome
  }

  init(_ bytes: [UInt8]) throws(ChainError) {
    do {
      try self.init(reading: bytes)
    } catch {
      throw .storage(.indexUnusable("the place of a transaction does not decode: \(error)"))
    }
  }

  private init(reading bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 5)
    let height = try reader.height()
    let index = try reader.unsigned(through: UInt64(Block.transactionLimit))
    place = TransactionPlace(height: height, transactionIndex: Int(index))
    operationIndex = Int(try reader.unsigned(through: UInt64(TransactionPayload.operationLimit)))
    offset = Int(try reader.unsigned(through: UInt64(Block.byteLimit)))
    outcome = try Outcome(from: &reader)
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
  /// That of the last block that closed an epoch, or of the genesis block: a node whose log lost the
  /// block knows by it when the present epoch began.
  var epochOpening: BlockHeader

  /// `[version, [count, [* peak]], vehicles, transactions, operations, entries, header]`.
  var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(7)
    encoder.unsigned(IndexSchema.version)
    history.encode(to: &encoder)
    encoder.unsigned(totals.vehicles)
    encoder.unsigned(totals.transactions)
    encoder.unsigned(totals.operations)
    encoder.unsigned(entryCount)
    encoder.byteString(epochOpening.encoded)
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
      var reader = LedgerReader(try decoder.byteString(limit: 4 * 1_024))
      epochOpening = try BlockHeader(from: &reader)
      try reader.finish()
      try decoder.finish()
    } catch {
      return nil
    }
  }

  init(
    history: MerkleFrontier, totals: ChainTotals, entryCount: UInt64, epochOpening: BlockHeader
  ) {
    self.history = history
    self.totals = totals
    self.entryCount = entryCount
    self.epochOpening = epochOpening
  }
}
