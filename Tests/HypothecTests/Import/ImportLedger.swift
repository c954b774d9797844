import CollateralContract
import CommandInterface
import Cryptography
import Ledger
import Merkle
import Node
import TestSupport

@testable import hypothec

/// A ledger in memory under the real contract: every submission is a block of its own.
final class ImportLedger {
  let state: MemoryState
  private(set) var height = Height(0)
  /// 2026-11-21T00:00:00Z.
  var time = Timestamp(milliseconds: 1_795_219_200_000)!
  private(set) var finals: [TransactionID: FinalTransaction] = [:]
  /// Every recorded outcome, in order.
  private(set) var outcomes: [Outcome] = []
  private(set) var acceptedOperations: [Operation] = []
  private(set) var transactionSizes: [Int] = []
  private var histories: [VehicleIdentificationNumber: [HistoryItem]] = [:]
  /// Called before a submission is executed: for others who act at the same time.
  var beforeSubmission: ((Transaction) -> Void)?
  /// Codes to turn the next submissions away with.
  var turnAway: [RefusalCode] = []

  static let network = ContractNetwork.id

  init(policy: Policy = ContractNetwork.policy) { state = ContractNetwork.state(policy: policy) }

  var head: ChainHead {
    ChainHead(
      network: Self.network, height: height, block: BlockHash(.zero), time: time, stateRoot: .zero)
  }

  func answer(_ request: NodeRequest) -> NodeResponse {
    NodeResponse(head: head, answer: content(request))
  }

  private func content(_ request: NodeRequest) -> NodeAnswer {
    switch request {
    case .status: return .failed(.unavailable("the test has no status"))
    case .entries(let ids, _):
      return .entries(ids.map { EntryAnswer(entry: state.entries[$0], proof: nil) })
    case .history(let vin, let from):
      // A small page, so that paging is exercised.
      return .history(Array((histories[vin] ?? []).filter { $0.number >= from }.prefix(2)))
    case .check(let signers, let operations): return check(signers, operations)
    case .transaction(let id):
      return .transaction(finals[id].map { .final($0) } ?? .unknown)
    case .submit(let bytes): return .submitted(submit(bytes))
    case .pledges(.livePledges(let member), let after, let limit):
      let items = state.vehicles.filter { vehicle in
        vehicle.pledge?.pledgee == member && after.map { vehicle.vin > $0.vin } ?? true
      }.compactMap { vehicle in vehicle.pledge.map { PledgeItem(id: $0.id, vin: vehicle.vin) } }
      return .pledges(Array(items.prefix(limit)))
    default: return .failed(.badRequest("the test does not answer this"))
    }
  }

  private func check(_ signers: [MemberID], _ operations: [Operation]) -> NodeAnswer {
    let context = try! BlockContext(
      network: ContractNetwork.id, height: height.next, time: time, state: state)
    switch try! CollateralContract.check(
      operations, signers: signers, context: context, on: StateOverlay(over: state))
    {
    case .judged(let refusals): return .check(refusals)
    case .leftOut(let code): return .failed(.badRequest(code.name))
    }
  }

  private func submit(_ bytes: [UInt8]) -> SubmissionResult {
    let transaction = try! Transaction(bytes, network: Self.network)
    if let final = finals[transaction.id] {
      return .final(transaction.id, final.place, final.time, final.outcome)
    }
    if !turnAway.isEmpty { return .turnedAway(turnAway.removeFirst()) }
    beforeSubmission?(transaction)
    return execute(transaction)
  }

  /// Puts a transaction into the next block.
  @discardableResult
  func execute(_ transaction: Transaction) -> SubmissionResult {
    let context = try! BlockContext(
      network: ContractNetwork.id, height: height.next, time: time, state: state)
    let overlay = StateOverlay(over: state)
    var block = try! BlockTransition(context: context, on: overlay)
    switch try! block.attempt(transaction) {
    case .leftOut(let code): return .turnedAway(code)
    case .included(let outcome):
      height = height.next
      state.apply(block.changes)
      let place = TransactionPlace(height: height, transactionIndex: 0)
      finals[transaction.id] = FinalTransaction(
        place: place, time: time, block: BlockHash(.zero), outcome: outcome,
        bytes: transaction.bytes)
      outcomes.append(outcome)
      if outcome == .accepted {
        acceptedOperations += transaction.operations
        transactionSizes.append(transaction.operations.count)
      }
      for record in block.history {
        histories[record.vin, default: []].append(
          HistoryItem(
            number: UInt64(histories[record.vin]?.count ?? 0), entry: record.entry, time: time,
            signers: transaction.payload.signers,
            operation: transaction.operations[record.entry.operationIndex]))
      }
      return .final(transaction.id, place, time, outcome)
    }
  }

  /// The acts of somebody else.
  func record(_ operations: [Operation], reference: String) {
    var signers: [MemberID] = []
    for operation in operations where !signers.contains(operation.by) {
      signers.append(operation.by)
    }
    var draft = TransactionDraft(
      network: Self.network, signers: signers, reference: try! Identifier(reference),
      validUntil: time.advanced(byMilliseconds: 3_600_000),
      salt: SHA256.hash(Array(reference.utf8)), operations: operations)
    for signer in signers { try! draft.sign(as: signer, with: ImportBench.key) }
    execute(try! draft.transaction())
  }

  var refusals: [Refusal] {
    outcomes.compactMap { outcome in
      if case .refused(let refusal) = outcome { refusal } else { nil }
    }
  }
}

/// A connection that breaks, and a process that dies, at chosen steps.
final class ImportFaults {
  enum Kind: CaseIterable { case beforeEffect, afterEffect }

  /// Steps until the fault; negative for none.
  var stepsLeft: Int
  let kind: Kind
  private(set) var hasStruck = false
  /// Whether everything fails once the fault struck: the process is dead.
  let isDeath: Bool

  init(after steps: Int, _ kind: Kind = .beforeEffect, isDeath: Bool) {
    stepsLeft = steps
    self.kind = kind
    self.isDeath = isDeath
  }

  static var none: ImportFaults { ImportFaults(after: -1, isDeath: false) }

  /// Whether the fault strikes now.
  func strikes() -> Bool {
    if hasStruck { return isDeath }
    if stepsLeft == 0 {
      hasStruck = true
      return true
    }
    stepsLeft -= 1
    return false
  }
}

final class ImportTestConnection: ImportConnection {
  private let ledger: ImportLedger
  private let faults: ImportFaults
  private var answers: [(UInt64, NodeResponse)] = []
  private var next: UInt64 = 0

  init(_ ledger: ImportLedger, _ faults: ImportFaults) {
    self.ledger = ledger
    self.faults = faults
  }

  private var failure: NodeAccessError {
    faults.isDeath ? .protocolViolation("the process is dead") : .closed
  }

  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse {
    if faults.strikes() { throw failure }
    return ledger.answer(request)
  }

  func submit(_ transaction: [UInt8]) throws(NodeAccessError) -> UInt64 {
    let wasStruck = faults.hasStruck
    let isStruck = faults.strikes()
    if isStruck, wasStruck || faults.kind == .beforeEffect { throw failure }
    let response = ledger.answer(.submit(transaction: transaction))
    if isStruck { throw failure }
    next += 1
    answers.append((next, response))
    return next
  }

  func receive() throws(NodeAccessError) -> (UInt64, NodeResponse) {
    if faults.strikes() { throw failure }
    // The last first: answers come in any order.
    guard let answer = answers.popLast() else { throw .closed }
    return answer
  }
}

/// A state file in memory that knows what a power cut leaves.
final class ImportTestStorage: ImportStateStorage {
  private(set) var bytes: [UInt8]
  private var syncedCount: Int
  private let faults: ImportFaults

  init(_ bytes: [UInt8] = [], _ faults: ImportFaults = .none) {
    self.bytes = bytes
    syncedCount = bytes.count
    self.faults = faults
  }

  static let death = Problem(
    ProblemCode("TEST_DEATH"), .failure, what: LocalizedText(verbatim: "the process died."))

  var byteCount: Int { get throws(Problem) { bytes.count } }

  func read(at offset: Int, count: Int) throws(Problem) -> [UInt8] {
    Array(bytes.dropFirst(offset).prefix(count))
  }

  func append(_ new: [UInt8]) throws(Problem) {
    if faults.strikes() {
      bytes += new.prefix(faults.kind == .beforeEffect ? new.count / 2 : new.count)
      throw Self.death
    }
    bytes += new
  }

  func sync() throws(Problem) {
    let isStruck = faults.strikes()
    if !isStruck || faults.kind == .afterEffect { syncedCount = bytes.count }
    if isStruck { throw Self.death }
  }

  func truncate(to byteCount: Int) throws(Problem) {
    bytes = Array(bytes.prefix(byteCount))
    syncedCount = min(syncedCount, byteCount)
  }

  /// What stands on the disk after a power cut: what was synced, and some of the rest.
  func survivors(unsyncedPercent: Int) -> [UInt8] {
    let rest = bytes.count - syncedCount
    return Array(bytes.prefix(syncedCount + rest * unsyncedPercent / 100))
  }
}
