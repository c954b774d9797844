import CommandInterface
import Cryptography
import Ledger
import Node

/// Compares a member's own book with the ledger, row by row, and the member's live pledges on the
/// ledger with the book.
struct Reconciliation {
  private static let rowsPerSlice = 500
  private static let domain = Domain("hypothec/reconcile-pledge/1")

  private let ask: LedgerView.Ask
  private let emit: (ReconciledRow) throws(Problem) -> Void
  private(set) var counts = ReconcileCounts()
  /// The newest head that an answer was of.
  private(set) var head: ChainHead?
  /// The file's pledges, by the first 8 bytes of a digest: 8 bytes for each of many millions.
  private var pledgesInFile: Set<UInt64> = []

  init(
    _ ask: @escaping LedgerView.Ask, emit: @escaping (ReconciledRow) throws(Problem) -> Void
  ) {
    self.ask = ask
    self.emit = emit
  }

  mutating func compare(
    _ table: inout ImportTable, _ converter: RowConverter, _ interrupt: InterruptFlag,
    _ progress: (Int) -> Void
  ) throws(Problem) {
    var slice: [ConvertedRow] = []
    while let (number, record) = try table.next() {
      try interrupt.throwIfRequested(resume: nil)
      switch converter.convert(record, row: number).result {
      case .rejected(let finding):
        try tell(
          ReconciledRow(
            result: .unreadable, line: record.line, vin: nil,
            detail: LocalizedText(verbatim: "\(finding.code.text): ") + finding.reason))
      case .operations(let operations):
        slice.append(
          ConvertedRow(number: number, line: record.line, original: "", operations: operations))
      }
      if slice.count == Self.rowsPerSlice {
        try compare(slice)
        slice = []
      }
      progress(number)
    }
    try compare(slice)
  }

  /// The live pledges of `member` that the file does not have.
  mutating func findMissing(of member: MemberID) throws(Problem) {
    var cursor: PledgeCursor?
    while true {
      let response = try ask(
        .pledges(.livePledges(of: member), after: cursor, limit: NodeRequest.listLimit))
      guard case .pledges(let items) = response.answer else {
        throw .unexpectedAnswer(response.answer)
      }
      for item in items where !pledgesInFile.contains(Self.mark(item.vin, item.id)) {
        try tell(
          ReconciledRow(
            result: .notInFile, line: nil, vin: item.vin,
            detail: LocalizedText(verbatim: "pledge.create \(item.id)")))
      }
      guard items.count == NodeRequest.listLimit, let last = items.last else { return }
      cursor = PledgeCursor(vin: last.vin)
    }
  }

  private mutating func tell(_ row: ReconciledRow) throws(Problem) {
    counts.add(row.result)
    try emit(row)
  }

  private static func mark(_ vin: VehicleIdentificationNumber, _ id: Identifier) -> UInt64 {
    domain.hash(Array("\(vin) \(id)".utf8)).words.0
  }

  // MARK: Rows

  private mutating func compare(_ rows: [ConvertedRow]) throws(Problem) {
    if rows.isEmpty { return }
    var vehicles: [VehicleIdentificationNumber] = []
    var known: Set<VehicleIdentificationNumber> = []
    for vin in rows.flatMap(\.vehicles) where known.insert(vin).inserted { vehicles.append(vin) }
    var view = try LedgerView(of: vehicles, ask)
    head = view.head ?? head
    for row in rows { try tell(try reconciled(row, &view)) }
  }

  private mutating func reconciled(
    _ row: ConvertedRow, _ view: inout LedgerView
  ) throws(Problem) -> ReconciledRow {
    var differences: [FieldDifference] = []
    var missing: [String] = []
    for operation in row.operations {
      if case .createPledge(let pledge) = operation.body {
        pledgesInFile.insert(Self.mark(pledge.vin, pledge.id))
      }
      if let found = try compare(operation, &view) {
        differences += found
      } else {
        missing.append(Self.name(of: operation))
      }
    }
    let vin = row.vehicles.first
    if !missing.isEmpty {
      return ReconciledRow(
        result: .notOnLedger, line: row.line, vin: vin, differences: differences,
        detail: LocalizedText(verbatim: missing.joined(separator: ", ")))
    }
    return ReconciledRow(
      result: differences.isEmpty ? .matches : .differs, line: row.line, vin: vin,
      differences: differences)
  }

  /// `nil` if the ledger does not have what the operation records.
  private func compare(
    _ operation: Operation, _ view: inout LedgerView
  ) throws(Problem) -> [FieldDifference]? {
    switch operation.body {
    case .registerVehicle(let registration):
      return view.vehicles[registration.vin].map {
        LedgerComparison.differences(registration, $0.registration)
      }
    case .recordValuation(let valuation):
      guard let other = try view.valuation(valuation.id, of: valuation.vin) else { return nil }
      return LedgerComparison.differences(valuation, other)
    case .createPledge(let pledge):
      guard let other = try view.pledge(pledge.id, of: pledge.vin) else { return nil }
      let state = view.vehicles[pledge.vin].flatMap { Self.state(operation, pledge, $0) }
      return LedgerComparison.differences(pledge, other) + (state.map { [$0] } ?? [])
    case .releasePledge, .releasePledgeByOrder, .registerModel, .governance: return nil
    }
  }

  /// Whether the pledge has ended, or is another lender's.
  private static func state(
    _ operation: Operation, _ pledge: PledgeCreation, _ vehicle: VehicleState
  ) -> FieldDifference? {
    if let ended = vehicle.endedPledges.first(where: { $0.id == pledge.id }) {
      return FieldDifference(
        field: "state", file: "live", ledger: "ended at height \(ended.endedAt.rawValue)")
    }
    guard let live = vehicle.pledge, live.pledgee != operation.by else { return nil }
    return FieldDifference(field: "pledgee", file: operation.by.text, ledger: live.pledgee.text)
  }

  private static func name(of operation: Operation) -> String {
    let kind = operation.body.kind.name
    switch operation.body {
    case .recordValuation(let valuation): return "\(kind) \(valuation.id)"
    case .createPledge(let pledge): return "\(kind) \(pledge.id)"
    case .registerVehicle, .releasePledge, .releasePledgeByOrder, .registerModel, .governance:
      return kind
    }
  }
}
