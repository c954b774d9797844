import CBOR
import CommandInterface
import Cryptography
import Ledger

extension ImportStateRecord {
  private enum Kind: UInt64 {
    case header = 1
    case plan = 2
    case settled = 3
    case complete = 4
  }

  var encoded: [UInt8] {
    var encoder = CBOREncoder()
    switch self {
    case .header(let header):
      encoder.array(5)
      encoder.unsigned(Kind.header.rawValue)
      encoder.text(ImportStateHeader.format)
      encoder.digest(header.file)
      encoder.digest(header.map)
      encoder.digest(header.network.digest)
    case .plan(let plan):
      encoder.array(2)
      encoder.unsigned(Kind.plan.rawValue)
      plan.encode(into: &encoder)
    case .settled(let attempt, let settlement):
      encoder.array(6)
      encoder.unsigned(Kind.settled.rawValue)
      encoder.unsigned(attempt)
      encoder.height(settlement.height)
      encoder.unsigned(UInt64(settlement.counts.registrations))
      encoder.unsigned(UInt64(settlement.counts.valuations))
      encoder.unsigned(UInt64(settlement.counts.pledges))
    case .complete:
      encoder.array(1)
      encoder.unsigned(Kind.complete.rawValue)
    }
    return encoder.bytes
  }

  init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    let count = try reader.array(limit: 6)
    let start = reader.offset
    guard let kind = Kind(rawValue: try reader.unsigned()) else {
      throw reader.invalidValue(at: start)
    }
    switch (kind, count) {
    case (.header, 5):
      guard try reader.text(limit: 64) == ImportStateHeader.format else {
        throw reader.invalidValue(at: start)
      }
      let (file, map) = (try reader.digest(), try reader.digest())
      self = .header(
        ImportStateHeader(file: file, map: map, network: NetworkID(try reader.digest())))
    case (.plan, 2): self = .plan(try ImportPlan(from: &reader))
    case (.settled, 6):
      let attempt = try reader.unsigned()
      let height = try reader.height()
      let registrations = try reader.smallCount()
      let valuations = try reader.smallCount()
      let counts = OperationCounts(
        registrations: registrations, valuations: valuations, pledges: try reader.smallCount())
      self = .settled(attempt: attempt, Settlement(height: height, counts: counts))
    case (.complete, 1): self = .complete
    default: throw reader.invalidValue(at: start)
    }
    try reader.finish()
  }
}

extension ImportPlan {
  /// More than any plan has: 1,000 operations a transaction, a row an operation at least.
  private static let listLimit = 1_000_000

  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(6)
    if let replaces { encoder.unsigned(replaces) } else { encoder.null() }
    encoder.unsigned(UInt64(rows.lowerBound))
    encoder.unsigned(UInt64(rows.upperBound))
    encoder.unsigned(UInt64(alreadyThereCount))
    encoder.array(rejections.count)
    for rejection in rejections {
      encoder.array(5)
      encoder.unsigned(UInt64(rejection.row))
      encoder.text(rejection.finding.column)
      encoder.text(rejection.finding.code.text)
      encoder.text(rejection.finding.reason.english)
      encoder.text(rejection.finding.reason.chinese)
    }
    encoder.array(attempts.count)
    for attempt in attempts { attempt.encode(into: &encoder) }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    try reader.array(count: 6)
    replaces = reader.acceptNull() ? nil : try reader.unsigned()
    let first = try reader.smallCount()
    let last = try reader.smallCount()
    guard first <= last else { throw reader.invalidValue(at: start) }
    rows = first...last
    alreadyThereCount = try reader.smallCount()
    rejections = []
    for _ in 0..<(try reader.array(limit: Self.listLimit)) {
      rejections.append(try StoredRejection(from: &reader))
    }
    attempts = []
    for _ in 0..<(try reader.array(limit: Self.listLimit)) {
      attempts.append(try StoredAttempt(from: &reader))
    }
  }
}

extension StoredRejection {
  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 5)
    row = try reader.smallCount()
    let column = try reader.text(limit: 1 << 20)
    let start = reader.offset
    let code = try reader.text(limit: 64)
    let isCode = code.utf8.allSatisfy {
      (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
    guard isCode, code.utf8.first.map({ $0 >= 0x41 && $0 <= 0x5A }) ?? false else {
      throw reader.invalidValue(at: start)
    }
    let english = try reader.text(limit: 1 << 20)
    finding = RowFinding(
      effect: .rejected, column: column, code: ProblemCode(code),
      reason: LocalizedText(english: english, chinese: try reader.text(limit: 1 << 20)))
  }
}

extension StoredAttempt {
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(4)
    encoder.unsigned(number)
    encoder.unsigned(generation)
    encoder.array(rows.count)
    for share in rows {
      encoder.array(2)
      encoder.unsigned(UInt64(share.row))
      encoder.unsigned(UInt64(share.operationCount))
    }
    encoder.byteString(transaction)
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 4)
    number = try reader.unsigned()
    generation = try reader.unsigned()
    var rows: [Share] = []
    for _ in 0..<(try reader.array(limit: TransactionPayload.operationLimit)) {
      try reader.array(count: 2)
      let row = try reader.smallCount()
      rows.append(Share(row: row, operationCount: try reader.smallCount()))
    }
    self.rows = rows
    transaction = try reader.byteString(limit: Transaction.byteLimit)
  }
}

extension LedgerReader {
  /// A count or a row's number.
  fileprivate mutating func smallCount() throws(LedgerError) -> Int {
    Int(try unsigned(through: UInt64(Int64.max)))
  }
}
