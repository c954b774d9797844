import CBOR
import Consensus
import Cryptography
import Ledger
import Storage

/// The kinds of records in the journal (docs/formats/storage.md). Part of the format.
private enum JournalRecordKind: UInt8 {
  /// A whole block.
  case block = 1
  case certificate = 2
  case vote = 3
  /// A timestamp.
  case abstention = 4
}

extension JournalRecord {
  /// The record as the journal stores it; `block` gives the bytes of a block.
  func stored(block: (BlockHash) -> [UInt8]?) -> Journal.Record {
    switch self {
    case .block(let header):
      guard let bytes = block(header.hash) else {
        preconditionFailure("the machine journals only blocks that its host has")
      }
      return Journal.Record(kind: JournalRecordKind.block.rawValue, bytes: bytes)
    case .certificate(let certificate):
      return Journal.Record(
        kind: JournalRecordKind.certificate.rawValue, bytes: certificate.encoded)
    case .vote(let vote):
      return Journal.Record(kind: JournalRecordKind.vote.rawValue, bytes: vote.encoded)
    case .abstention(let time):
      var encoder = CBOREncoder()
      encoder.timestamp(time)
      return Journal.Record(kind: JournalRecordKind.abstention.rawValue, bytes: encoder.bytes)
    }
  }
}

/// A record that was read back, with the block where it is one.
package struct RecoveredRecord: Sendable {
  package let record: JournalRecord
  package let block: Block?

  package init(_ stored: Journal.Record) throws(LedgerError) {
    switch JournalRecordKind(rawValue: stored.kind) {
    case .block:
      let block = try Block(stored.bytes)
      record = .block(block.header)
      self.block = block
    case .certificate:
      record = .certificate(try Certificate(stored.bytes))
      block = nil
    case .vote:
      record = .vote(try Vote(stored.bytes))
      block = nil
    case .abstention:
      var reader = LedgerReader(stored.bytes)
      record = .abstention(try reader.timestamp())
      try reader.finish()
      block = nil
    case nil: throw .malformed(.invalidValue(offset: 0))
    }
  }
}
