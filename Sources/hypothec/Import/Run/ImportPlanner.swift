import CommandInterface
import Documents
import Ledger
import Node

/// A row with the operations of it that the ledger does not have yet.
struct PlannedRow: Sendable {
  let row: ConvertedRow
  /// Never empty.
  let operations: [Operation]
}

/// What becomes of a slice of rows.
struct PlannedSlice: Sendable {
  var rows: [PlannedRow] = []
  var rejections: [(row: ConvertedRow, finding: RowFinding)] = []
  /// How many operations the ledger, or an earlier row, had already.
  var alreadyThereCount = 0
}

/// Compares rows with the ledger and asks it whether it would accept what is new, each row after the
/// rows before it. A row is recorded whole or not at all.
struct ImportPlanner {
  private let map: ImportMap
  /// The member of `--as`, who is the submitter wherever it acts.
  private let member: MemberID?
  /// In a dry run nothing is recorded, so earlier rows are remembered here instead.
  private var remembered: [VehicleIdentificationNumber: [Operation]]?

  enum Purpose { case submission, dryRun }

  init(_ map: ImportMap, member: MemberID?, for purpose: Purpose) {
    self.map = map
    self.member = member
    remembered = purpose == .dryRun ? [:] : nil
  }

  /// - Precondition: nothing that was planned for the rows' vehicles is still under way.
  mutating func plan(
    _ rows: [ConvertedRow], _ ask: @escaping LedgerView.Ask
  ) throws(Problem) -> PlannedSlice {
    var vehicles: [VehicleIdentificationNumber] = []
    var known: Set<VehicleIdentificationNumber> = []
    for row in rows {
      for vin in row.vehicles where known.insert(vin).inserted { vehicles.append(vin) }
    }
    var view = try LedgerView(of: vehicles, ask)
    let slice = try plan(rows, &view, ask)
    for row in slice.rows {
      for operation in row.operations {
        if let vin = operation.body.vehicle { remembered?[vin, default: []].append(operation) }
      }
    }
    return slice
  }

  /// Takes out the rows that the ledger would refuse, and looks again at the others, which may have
  /// rested on them, until none is refused.
  private func plan(
    _ rows: [ConvertedRow], _ view: inout LedgerView, _ ask: LedgerView.Ask
  ) throws(Problem) -> PlannedSlice {
    var rest = rows
    var refused: [(row: ConvertedRow, finding: RowFinding)] = []
    while true {
      var slice = try arrange(rest, &view)
      let findings = try check(slice.rows, after: remembered ?? [:], ask)
      if findings.isEmpty {
        slice.rejections += refused
        slice.rejections.sort { $0.row.number < $1.row.number }
        return slice
      }
      for row in rest {
        if let finding = findings[row.number] { refused.append((row, finding)) }
      }
      rest.removeAll { findings[$0.number] != nil }
    }
  }

  // MARK: What is new

  private func arrange(
    _ rows: [ConvertedRow], _ view: inout LedgerView
  ) throws(Problem) -> PlannedSlice {
    var slice = PlannedSlice()
    var earlier = remembered ?? [:]
    for row in rows {
      var operations: [Operation] = []
      var alreadyThereCount = 0
      var finding: RowFinding?
      for operation in row.operations where finding == nil {
        switch try disposition(of: operation, earlier, &view) {
        case .new(let operation): operations.append(operation)
        case .alreadyThere: alreadyThereCount += 1
        case .contradicted(let found): finding = found
        }
      }
      if let finding {
        slice.rejections.append((row, finding))
        continue
      }
      slice.alreadyThereCount += alreadyThereCount
      if operations.isEmpty { continue }
      slice.rows.append(PlannedRow(row: row, operations: operations))
      Self.add(operations, to: &earlier)
    }
    return slice
  }

  private enum Disposition {
    case new(Operation)
    case alreadyThere
    case contradicted(RowFinding)

    init(_ differences: [FieldDifference], _ kind: OperationKind, _ code: RefusalCode) {
      guard let first = differences.first else {
        self = .alreadyThere
        return
      }
      let text = differences.count == 1 ? first.text : first.text + Self.more(differences.count - 1)
      self = .contradicted(
        RowFinding(
          effect: .rejected, column: "", code: ProblemCode(code),
          reason: LocalizedText(verbatim: "\(kind.name): ") + text))
    }

    private static func more(_ count: Int) -> LocalizedText {
      LocalizedText(english: " (and \(count) more)", chinese: "（另有 \(count) 处）")
    }
  }

  private func disposition(
    of operation: Operation, _ earlier: [VehicleIdentificationNumber: [Operation]],
    _ view: inout LedgerView
  ) throws(Problem) -> Disposition {
    switch operation.body {
    case .registerVehicle(let registration):
      guard
        let other = view.vehicles[registration.vin]?.registration
          ?? Self.registration(in: earlier[registration.vin])
      else { return .new(operation) }
      return Disposition(
        LedgerComparison.differences(registration, other), .registerVehicle,
        .vehicleAlreadyRegistered)
    case .recordValuation(let valuation):
      let other =
        try view.valuation(valuation.id, of: valuation.vin)
        ?? Self.valuation(valuation.id, in: earlier[valuation.vin])
      guard let other else { return .new(operation) }
      return Disposition(
        LedgerComparison.differences(valuation, other), .recordValuation, .valuationIDUsed)
    case .createPledge(let pledge):
      let other =
        try view.pledge(pledge.id, of: pledge.vin)
        ?? Self.pledge(pledge.id, in: earlier[pledge.vin])
      guard let other else { return .new(searched(operation, pledge, view.head)) }
      if let ended = view.vehicles[pledge.vin]?.endedPledges.first(where: { $0.id == pledge.id }) {
        return .contradicted(
          .rejected(
            ProblemCode(.pledgeIDUsed),
            "pledge.create: the pledge ended at height \(ended.endedAt.rawValue)",
            "pledge.create：该抵押已于高度 \(ended.endedAt.rawValue) 结束"))
      }
      return Disposition(LedgerComparison.differences(pledge, other), .createPledge, .pledgeIDUsed)
    case .releasePledge, .releasePledgeByOrder, .registerModel, .governance:
      return .new(operation)
    }
  }

  /// The search is of the height at which the row was looked at.
  private func searched(
    _ operation: Operation, _ pledge: PledgeCreation, _ head: ChainHead?
  ) -> Operation {
    guard case .search(let valuation, _) = pledge.basis, let head else { return operation }
    var (operation, pledge) = (operation, pledge)
    pledge.basis = .search(valuation: valuation, height: head.height)
    operation.body = .createPledge(pledge)
    return operation
  }

  private static func registration(in operations: [Operation]?) -> VehicleRegistration? {
    for case .registerVehicle(let registration) in (operations ?? []).map(\.body) {
      return registration
    }
    return nil
  }

  private static func valuation(
    _ id: Identifier, in operations: [Operation]?
  ) -> ValuationRecording? {
    for case .recordValuation(let valuation) in (operations ?? []).map(\.body)
    where valuation.id == id {
      return valuation
    }
    return nil
  }

  private static func pledge(_ id: Identifier, in operations: [Operation]?) -> PledgeCreation? {
    for case .createPledge(let pledge) in (operations ?? []).map(\.body) where pledge.id == id {
      return pledge
    }
    return nil
  }

  // MARK: What would be refused

  /// The rows that the ledger would refuse, by number; `earlier` holds what a dry run would have
  /// recorded before. Asks in parts if that is more than fits into a question.
  private func check(
    _ rows: [PlannedRow], after earlier: [VehicleIdentificationNumber: [Operation]],
    _ ask: LedgerView.Ask
  ) throws(Problem) -> [Int: RowFinding] {
    if rows.isEmpty { return [:] }
    let operations = rows.flatMap(\.operations)
    let before = earlier.isEmpty ? [] : Self.operations(of: earlier, before: operations)
    let limit = TransactionPayload.operationLimit
    guard before.count + operations.count <= limit || rows.count == 1 else {
      let half = Array(rows[..<(rows.count / 2)])
      let first = try check(half, after: earlier, ask)
      var then = earlier
      for row in half where first[row.row.number] == nil { Self.add(row.operations, to: &then) }
      let second = try check(Array(rows[half.count...]), after: then, ask)
      return first.merging(second) { first, _ in first }
    }
    let asked = Array((before + operations).suffix(limit))
    let response = try ask(.check(signers: signers(of: asked), asked))
    guard case .check(let refusals) = response.answer, refusals.count == asked.count else {
      throw .unexpectedAnswer(response.answer)
    }
    return try findings(rows, refusals.suffix(operations.count))
  }

  private static func add(
    _ operations: [Operation], to earlier: inout [VehicleIdentificationNumber: [Operation]]
  ) {
    for operation in operations {
      if let vin = operation.body.vehicle { earlier[vin, default: []].append(operation) }
    }
  }

  /// Those of the same vehicles.
  private static func operations(
    of earlier: [VehicleIdentificationNumber: [Operation]], before operations: [Operation]
  ) -> [Operation] {
    var before: [Operation] = []
    var seen: Set<VehicleIdentificationNumber> = []
    for case let vin? in operations.map(\.body.vehicle) where seen.insert(vin).inserted {
      before += earlier[vin] ?? []
    }
    return before
  }

  private func findings(
    _ rows: [PlannedRow], _ refusals: ArraySlice<Refusal?>
  ) throws(Problem) -> [Int: RowFinding] {
    var findings: [Int: RowFinding] = [:]
    var index = refusals.startIndex
    for row in rows {
      for operation in row.operations {
        if let refusal = refusals[index] {
          // Nothing of a row: whoever acts may not, and no row would pass.
          if refusal.code == .memberSuspended || refusal.code == .roleNotAuthorised {
            throw .actorRefused(refusal.code, operation)
          }
          if findings[row.row.number] == nil {
            findings[row.row.number] = .rejected(refusal, operation.body.kind)
          }
        }
        index += 1
      }
    }
    return findings
  }

  /// Who signs: all who act, the member of `--as` first if it does, and the co-signers of the kinds.
  func signers(of operations: [Operation]) -> [MemberID] {
    var signers: [MemberID] = []
    func add(_ signer: MemberID) {
      if !signers.contains(signer) { signers.append(signer) }
    }
    if let member, operations.contains(where: { $0.by == member }) { add(member) }
    let kinds = Set(operations.map(\.body.kind))
    for operation in operations { add(operation.by) }
    for mapped in map.operations where kinds.contains(mapped.kind) { mapped.coSigners.forEach(add) }
    return signers
  }
}

extension Problem {
  static func actorRefused(_ code: RefusalCode, _ operation: Operation) -> Problem {
    let why = code.text.what
    return .refusal(
      code,
      what: LocalizedText(
        english: "\(operation.by) cannot record \(operation.body.kind.name): "
          + why.asSentenceAfterColon.english,
        chinese: "\(operation.by) 不能登记 \(operation.body.kind.name)：\(why.chinese)"),
      details: [
        "member": .member(operation.by), "operation": .string(operation.body.kind.name),
      ])
  }
}
