import CBOR
import Cryptography
import Ledger

// The items that answers are lists of.

extension HistoryItem {
  /// `[number, [place, operation index, transaction, operation hash, outcome], time, [+ signer],
  /// operation]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(5)
    encoder.unsigned(number)
    encoder.array(5)
    encoder.transactionPlace(entry.place)
    encoder.unsigned(UInt64(entry.operationIndex))
    encoder.digest(entry.transaction.digest)
    encoder.digest(entry.operationHash)
    entry.outcome.encode(into: &encoder)
    encoder.timestamp(time)
    encoder.list(signers) { $0.memberID($1) }
    operation.encode(into: &encoder)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 5)
    number = try reader.unsigned()
    entry = try HistoryItem.entry(from: &reader)
    time = try reader.timestamp()
    signers = try reader.items(limit: TransactionPayload.signerLimit) {
      reader throws(LedgerError) in try reader.memberID()
    }
    operation = try Operation(from: &reader)
  }

  private static func entry(
    from reader: inout LedgerReader
  ) throws(LedgerError) -> HistoryEntry {
    try reader.array(count: 5)
    let place = try reader.transactionPlace()
    let operationIndex = try reader.integer(in: 0...(TransactionPayload.operationLimit - 1))
    let transaction = try reader.transactionID()
    let operationHash = try reader.digest()
    return HistoryEntry(
      place: place, operationIndex: operationIndex, transaction: transaction,
      operationHash: operationHash, outcome: try reader.outcome())
  }
}

extension PledgeItem {
  /// `[pledge id, VIN]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.identifier(id)
    encoder.vin(vin)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    id = try reader.identifier()
    vin = try reader.vin()
  }
}

extension TransactionAnswer {
  /// `[0]`: unknown; `[1]`: waiting; `[2, place, time, block, outcome, bytes]`: final.
  func encode(into encoder: inout CBOREncoder) {
    switch self {
    case .unknown:
      encoder.array(1)
      encoder.unsigned(0)
    case .waiting:
      encoder.array(1)
      encoder.unsigned(1)
    case .final(let final):
      encoder.array(6)
      encoder.unsigned(2)
      encoder.transactionPlace(final.place)
      encoder.timestamp(final.time)
      encoder.digest(final.block.digest)
      final.outcome.encode(into: &encoder)
      encoder.byteString(final.bytes)
    }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    let count = try reader.array(limit: 6)
    switch (try reader.unsigned(through: 2), count) {
    case (0, 1): self = .unknown
    case (1, 1): self = .waiting
    case (2, 6):
      let place = try reader.transactionPlace()
      let time = try reader.timestamp()
      let block = try reader.blockHash()
      let outcome = try reader.outcome()
      self = .final(
        FinalTransaction(
          place: place, time: time, block: block, outcome: outcome,
          bytes: try reader.byteString(limit: Transaction.byteLimit)))
    default: throw reader.invalidValue(at: start)
    }
  }
}

extension TransactionItem {
  /// `[id, place, time, submitter, reference, operation count, outcome]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(7)
    encoder.digest(id.digest)
    encoder.transactionPlace(place)
    encoder.timestamp(time)
    encoder.memberID(submitter)
    encoder.identifier(reference)
    encoder.unsigned(UInt64(operationCount))
    outcome.encode(into: &encoder)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 7)
    id = try reader.transactionID()
    place = try reader.transactionPlace()
    time = try reader.timestamp()
    submitter = try reader.memberID()
    reference = try reader.identifier()
    operationCount = try reader.integer(in: 1...TransactionPayload.operationLimit)
    outcome = try reader.outcome()
  }
}

extension BlockItem {
  /// `[block, certificate]`, both inside byte strings.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.byteString(block)
    encoder.byteString(certificate)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    block = try reader.byteString(limit: Block.byteLimit)
    certificate = try reader.byteString(limit: 16 * 1024)
  }
}

extension SubmissionResult {
  private static let textLimit = 1_024

  /// `[0, id, place, time, outcome]`: final; `[1, code]`: turned away; `[2, text]`: malformed.
  func encode(into encoder: inout CBOREncoder) {
    switch self {
    case .final(let id, let place, let time, let outcome):
      encoder.array(5)
      encoder.unsigned(0)
      encoder.digest(id.digest)
      encoder.transactionPlace(place)
      encoder.timestamp(time)
      outcome.encode(into: &encoder)
    case .turnedAway(let code):
      encoder.array(2)
      encoder.unsigned(1)
      encoder.unsigned(UInt64(code.rawValue))
    case .malformed(let text):
      encoder.array(2)
      encoder.unsigned(2)
      encoder.text(text.prefix(byteCount: SubmissionResult.textLimit))
    }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    let count = try reader.array(limit: 5)
    switch (try reader.unsigned(through: 2), count) {
    case (0, 5):
      let id = try reader.transactionID()
      let place = try reader.transactionPlace()
      let time = try reader.timestamp()
      self = .final(id, place, time, try reader.outcome())
    case (1, 2):
      let raw = try reader.unsigned(through: UInt64(UInt16.max))
      guard let code = RefusalCode(rawValue: UInt16(raw)) else {
        throw reader.invalidValue(at: start)
      }
      self = .turnedAway(code)
    case (2, 2): self = .malformed(try reader.text(limit: SubmissionResult.textLimit))
    default: throw reader.invalidValue(at: start)
    }
  }
}
