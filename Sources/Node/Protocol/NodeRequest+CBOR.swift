import CBOR
import Cryptography
import Ledger

extension NodeRequest {
  /// The number in front of each request. Part of the format.
  private enum Kind: UInt64 {
    case status = 0
    case networkFile = 1
    case entries = 2
    case history = 3
    case search = 4
    case pledges = 5
    case transaction = 6
    case transactions = 7
    case blocks = 8
    case check = 9
    case submit = 10
    case drain = 11

    /// How many items follow.
    var argumentCount: Int {
      switch self {
      case .status, .networkFile, .drain: 0
      case .transaction, .submit: 1
      case .entries, .history, .search, .blocks, .check: 2
      case .pledges: 3
      case .transactions: 4
      }
    }
  }

  /// `[kind, argument ...]`.
  package func encode(into encoder: inout CBOREncoder) {
    switch self {
    case .status: begin(.status, &encoder)
    case .networkFile: begin(.networkFile, &encoder)
    case .entries(let ids, let demand):
      begin(.entries, &encoder)
      encoder.list(ids) { $0.stateID($1) }
      encoder.unsigned(demand.rawValue)
    case .history(let vin, let from):
      begin(.history, &encoder)
      encoder.vin(vin)
      encoder.unsigned(from)
    case .search(let search, let limit):
      begin(.search, &encoder)
      search.encode(into: &encoder)
      encoder.unsigned(UInt64(limit))
    case .pledges(let filter, let after, let limit):
      begin(.pledges, &encoder)
      filter.encode(into: &encoder)
      encoder.optional(after) { $0.vin($1.vin) }
      encoder.unsigned(UInt64(limit))
    case .transaction(let id):
      begin(.transaction, &encoder)
      encoder.digest(id.digest)
    case .transactions(let filter, let before, let limit):
      begin(.transactions, &encoder)
      encoder.optional(filter.submitter) { $0.memberID($1) }
      encoder.unsigned(filter.outcome.rawValue)
      encoder.optional(before) { $0.transactionPlace($1) }
      encoder.unsigned(UInt64(limit))
    case .blocks(let from, let waitMilliseconds):
      begin(.blocks, &encoder)
      encoder.height(from)
      encoder.unsigned(waitMilliseconds)
    case .check(let signers, let operations):
      begin(.check, &encoder)
      encoder.list(signers) { $0.memberID($1) }
      encoder.list(operations) { $1.encode(into: &$0) }
    case .drain: begin(.drain, &encoder)
    case .submit(let transaction):
      begin(.submit, &encoder)
      encoder.byteString(transaction)
    }
  }

  private func begin(_ kind: Kind, _ encoder: inout CBOREncoder) {
    encoder.array(1 + kind.argumentCount)
    encoder.unsigned(kind.rawValue)
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    let count = try reader.array(limit: 5)
    let kind = try reader.choice(Kind.self)
    guard count == 1 + kind.argumentCount else { throw reader.invalidValue(at: start) }
    self = try NodeRequest.arguments(of: kind, from: &reader)
  }

  private static func arguments(
    of kind: Kind, from reader: inout LedgerReader
  ) throws(LedgerError) -> NodeRequest {
    switch kind {
    case .status: return .status
    case .networkFile: return .networkFile
    case .entries:
      let ids = try reader.items(limit: entryLimit) { reader throws(LedgerError) in
        try reader.stateID()
      }
      return .entries(ids, try reader.choice(ProofDemand.self))
    case .history:
      let vin = try reader.vin()
      return .history(vin, from: try reader.unsigned(through: UInt64(Int64.max)))
    case .search:
      let search = try VehicleSearch(from: &reader)
      return .search(search, limit: try listLimit(from: &reader))
    case .pledges:
      let filter = try PledgeFilter(from: &reader)
      let after = try reader.optional { reader throws(LedgerError) in
        PledgeCursor(vin: try reader.vin())
      }
      return .pledges(filter, after: after, limit: try listLimit(from: &reader))
    case .transaction: return .transaction(try reader.transactionID())
    case .transactions:
      let submitter = try reader.optional { reader throws(LedgerError) in try reader.memberID() }
      let outcome = try reader.choice(OutcomeFilter.self)
      let before = try reader.optional { reader throws(LedgerError) in
        try reader.transactionPlace()
      }
      let filter = TransactionFilter(submitter: submitter, outcome: outcome)
      return .transactions(filter, before: before, limit: try listLimit(from: &reader))
    case .blocks:
      let from = try reader.height()
      return .blocks(from: from, waitMilliseconds: try reader.unsigned())
    case .check: return try check(from: &reader)
    case .drain: return .drain
    case .submit:
      return .submit(transaction: try reader.byteString(limit: NodeLimits.requestByteLimit))
    }
  }

  private static func listLimit(from reader: inout LedgerReader) throws(LedgerError) -> Int {
    try reader.integer(in: 1...listLimit)
  }

  private static func check(from reader: inout LedgerReader) throws(LedgerError) -> NodeRequest {
    let start = reader.offset
    let signers = try reader.items(limit: TransactionPayload.signerLimit) {
      reader throws(LedgerError) in try reader.memberID()
    }
    let operations = try reader.items(limit: TransactionPayload.operationLimit) {
      reader throws(LedgerError) in try Operation(from: &reader)
    }
    guard !signers.isEmpty, Set(signers).count == signers.count, !operations.isEmpty else {
      throw reader.invalidValue(at: start)
    }
    return .check(signers: signers, operations)
  }
}

extension VehicleSearch {
  /// A VIN has 17 characters; a few more are read so that the search itself can say so.
  private static let textLimit = 64

  /// `[0, prefix]` or `[1, text]`.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    switch self {
    case .prefix(let text):
      encoder.unsigned(0)
      encoder.text(text)
    case .similar(let text):
      encoder.unsigned(1)
      encoder.text(text)
    }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    let isSimilar = try reader.unsigned(through: 1) == 1
    let text = try reader.text(limit: VehicleSearch.textLimit)
    self = isSimilar ? .similar(text) : .prefix(text)
  }
}

extension PledgeFilter {
  /// `[0, pledgee]` or `[1, pledge id]`.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    switch self {
    case .livePledges(let member):
      encoder.unsigned(0)
      encoder.memberID(member)
    case .id(let id):
      encoder.unsigned(1)
      encoder.identifier(id)
    }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    if try reader.unsigned(through: 1) == 0 {
      self = .livePledges(of: try reader.memberID())
    } else {
      self = .id(try reader.identifier())
    }
  }
}
