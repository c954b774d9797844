import CommandInterface
import Cryptography
import Ledger
import Node

/// One run of an import: reads rows, plans them in slices, and keeps several signed transactions
/// under way.
///
/// Order: transactions that concern the same vehicle are never under way at once, so none can
/// overtake another that it rests on. Everything else goes side by side.
final class ImportRun {
  /// What does not change during a run.
  struct Settings {
    let fileDigest: Digest
    let network: NetworkID
    let purpose: ImportPlanner.Purpose
    /// 1...1,000.
    var operationLimit = TransactionPayload.operationLimit
    /// Of the operations of one transaction: leaves room below the 512 KiB that a node takes.
    var byteLimit = 400 * 1024
    /// Transactions under way at once.
    var window = 8
    /// How long a signed transaction may wait for its block.
    var validity = Duration.seconds(24 * 3_600)
    let keys: [MemberID: SigningKey]
    /// The command that goes on with the import after an interruption.
    let resumeCommand: String
  }

  /// The outside; tests make one up.
  struct Surroundings {
    let open: () throws(NodeAccessError) -> any ImportConnection
    let now: () -> WallTime
    let salt: () throws(Problem) -> Digest
    /// Waits, before asking a busy node again.
    let pause: () -> Void
    let interrupt: InterruptFlag
    let report: (RowFinding, _ line: Int, _ original: String) throws(Problem) -> Void
    let progress: (_ rowCount: Int) -> Void
  }

  let settings: Settings
  let surroundings: Surroundings
  let state: ImportStateLog?
  var planner: ImportPlanner
  var summary = ImportSummary()

  // What is under way.
  var connection: (any ImportConnection)?
  /// Signed, stored and not sent, the next one first.
  var ready: [ImportAttempt] = []
  var underWay: [UInt64: ImportAttempt] = [:]
  var nextAttempt: UInt64 = 1
  /// Failures of the connection, or refusals to queue, since something was last answered.
  var setbackCount = 0
  var wasConnected = false

  private var table: ImportTable
  private let converter: RowConverter
  private var recovered: ImportStateLog.Recovered
  private var isCaughtUp = false
  /// Converted rows of transactions that an earlier run left open.
  private var openRows: [Int: ConvertedRow] = [:]
  private var slice: [ConvertedRow] = []
  private var sliceOperationCount = 0
  private var sliceByteCount = 0

  /// - Parameter state: `nil` in a dry run, which leaves no trace.
  init(
    _ settings: Settings, _ surroundings: Surroundings, table: ImportTable,
    converter: RowConverter, planner: ImportPlanner,
    state: (log: ImportStateLog, recovered: ImportStateLog.Recovered)?
  ) {
    self.settings = settings
    self.surroundings = surroundings
    self.table = table
    self.converter = converter
    self.planner = planner
    self.state = state?.log
    recovered = state?.recovered ?? ImportStateLog.Recovered()
    nextAttempt = recovered.nextAttempt
    summary.accepted = recovered.accepted
    summary.alreadyThereCount = recovered.alreadyThereCount
    summary.transactionCount = recovered.transactionCount
    summary.racedCount = recovered.replacedCount
    summary.height = recovered.height
  }

  /// Reads the file to its end.
  func run() throws(Problem) -> ImportSummary {
    let openNumbers = Set(recovered.pending.flatMap { $0.rows.map(\.row) })
    while let (number, record) = try table.next() {
      try stopIfAsked()
      summary.rowCount = number
      let conversion = converter.convert(record, row: number)
      try report(conversion, record)
      if case .operations(let operations) = conversion.result, !operations.isEmpty {
        let row = ConvertedRow(
          number: number, line: record.line, original: record.originalText, operations: operations)
        if number <= recovered.plannedRow {
          try passPlanned(row, isOpen: openNumbers.contains(number))
        } else {
          try catchUp()
          try take(row)
        }
      }
      surroundings.progress(number)
    }
    try catchUp()
    try planSlice()
    try work(while: { self.isUnderWay })
    if let state, !recovered.isComplete {
      try state.append(.complete)
      try state.sync()
    }
    return summary
  }

  private func report(
    _ conversion: RowConverter.Conversion, _ record: CSVRecord
  ) throws(Problem) {
    for warning in conversion.warnings {
      summary.warningCount += 1
      try surroundings.report(warning, record.line, record.originalText)
    }
    if case .rejected(let finding) = conversion.result {
      summary.rejectedCount += 1
      try surroundings.report(finding, record.line, record.originalText)
    }
  }

  func reject(_ row: ConvertedRow, _ finding: RowFinding) throws(Problem) {
    summary.rejectedCount += 1
    try surroundings.report(finding, row.line, row.original)
  }

  // MARK: Rows of an earlier run

  private func passPlanned(_ row: ConvertedRow, isOpen: Bool) throws(Problem) {
    if let finding = recovered.rejections[row.number] {
      try reject(row, finding)
    } else if isOpen {
      openRows[row.number] = row
    }
  }

  /// Puts the transactions that an earlier run left open first, once all their rows were read.
  private func catchUp() throws(Problem) {
    guard !isCaughtUp else { return }
    isCaughtUp = true
    for stored in recovered.pending {
      ready.append(try ImportAttempt(stored, network: settings.network) { openRows[$0] })
    }
    openRows = [:]
    recovered.pending = []
    try work(while: { !self.ready.isEmpty })
  }

  // MARK: New rows

  private func take(_ row: ConvertedRow) throws(Problem) {
    let byteCount = row.operations.reduce(0) { $0 + $1.encoded.count }
    let isFull =
      sliceOperationCount + row.operations.count > settings.operationLimit
      || sliceByteCount + byteCount > settings.byteLimit
    if isFull { try planSlice() }
    slice.append(row)
    sliceOperationCount += row.operations.count
    sliceByteCount += byteCount
  }

  private func planSlice() throws(Problem) {
    guard let first = slice.first, let last = slice.last else { return }
    let rows = slice
    slice = []
    (sliceOperationCount, sliceByteCount) = (0, 0)
    let vehicles = Set(rows.flatMap(\.vehicles))
    try work(while: { self.isUnderWay(any: vehicles) })
    let planned = try planner.plan(rows) { request throws(Problem) in try self.ask(request) }
    if !isUnderWay { setbackCount = 0 }
    try record(planned, rows: first.number...last.number, replaces: nil) { () throws(Problem) in
      guard !planned.rows.isEmpty else { return [] }
      return [try attempt(planned.rows, generation: 0)]
    }
    try work(while: { !self.ready.isEmpty || self.underWay.count >= self.settings.window })
  }

  /// Stores a plan with its signed transactions, and only then lets them go.
  func record(
    _ planned: PlannedSlice, rows: ClosedRange<Int>, replaces: UInt64?,
    _ make: () throws(Problem) -> [ImportAttempt]
  ) throws(Problem) {
    summary.alreadyThereCount += planned.alreadyThereCount
    for (row, finding) in planned.rejections { try reject(row, finding) }
    guard let state else {
      for operation in planned.rows.flatMap(\.operations) { summary.accepted.add(operation) }
      return
    }
    let attempts = try make()
    try state.append(
      .plan(
        ImportPlan(
          replaces: replaces, rows: rows, alreadyThereCount: planned.alreadyThereCount,
          rejections: planned.rejections.map {
            StoredRejection(row: $0.row.number, finding: $0.finding)
          }, attempts: attempts.map(\.stored))))
    if !attempts.isEmpty { try state.sync() }
    ready.insert(contentsOf: attempts, at: replaces == nil ? ready.endIndex : 0)
  }
}
