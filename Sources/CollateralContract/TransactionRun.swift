import Cryptography
import Ledger

/// A transaction while it is applied: begun, then kept whole or undone and recorded as refused.
struct TransactionRun {
  private let transaction: Transaction
  private let place: TransactionPlace
  private var rules: Rules
  private var history: [VehicleHistoryRecord] = []

  init(_ transaction: Transaction, at place: TransactionPlace, rules: Rules) {
    self.transaction = transaction
    self.place = place
    self.rules = rules
  }

  private var overlay: StateOverlay { rules.overlay }

  mutating func execute() throws(StateFault) -> CollateralContract.Execution {
    overlay.beginTransaction()
    for index in transaction.operations.indices {
      do throws(Failure) {
        try applyOperation(at: index)
      } catch {
        return try refuse(for: error, at: index)
      }
    }
    overlay.keepTransaction()
    return .done(ExecutedTransaction(outcome: .accepted, history: history))
  }

  private mutating func applyOperation(at index: Int) throws(Failure) {
    let effect = try rules.effect(of: transaction.operations[index])
    switch effect {
    case .vehicle(var vehicle):
      // Without it the record's digest could be guessed from what members know of the vehicle.
      vehicle.blinding = OperationHash.salt(transactionSalt: transaction.salt, index: index)
      history.append(append(entry(at: index, .accepted), to: &vehicle))
      overlay.set(.vehicle(vehicle))
    case .model, .network:
      overlay.set(effect)
    }
  }

  // MARK: Refusal

  private func refuse(
    for failure: Failure, at index: Int
  ) throws(StateFault) -> CollateralContract.Execution {
    let refusal: Refusal
    let isAttempt: Bool
    do {
      defer { overlay.undoTransaction() }
      refusal = try failure.refusal(of: index)
      isAttempt = try isAttemptedDoublePledge(refusal)
    }
    guard try countRefusal() else { return .leftOut(.refusalQuotaExceeded) }
    let record = try recordRefusal(refusal, isAttempt: isAttempt)
    return .done(
      ExecutedTransaction(outcome: .refused(refusal), history: record.map { [$0] } ?? []))
  }

  private func isAttemptedDoublePledge(_ refusal: Refusal) throws(StateFault) -> Bool {
    guard refusal.code == .pledgeAlreadyActive else { return false }
    do throws(Failure) {
      return try rules.isAttemptedDoublePledge(transaction.operations[refusal.operationIndex])
    } catch {
      switch error {
      case .fault(let fault): throw fault
      case .refused: return false
      }
    }
  }

  /// Adds one to the submitter's refusals; whether the policy allows one more in this hour.
  private func countRefusal() throws(StateFault) -> Bool {
    var submitter = rules.signers[0]
    let time = rules.context.time
    guard submitter.refusals.count(at: time) < rules.context.policy.refusalsPerHour else {
      return false
    }
    submitter.refusals = submitter.refusals.adding(at: time)
    overlay.set(.member(submitter.member.id), to: .member(submitter))
    return true
  }

  /// The failing operation enters its vehicle's history if the vehicle is known and the operation
  /// was its signers' to make.
  private func recordRefusal(
    _ refusal: Refusal, isAttempt: Bool
  ) throws(StateFault) -> VehicleHistoryRecord? {
    guard refusal.code.entersHistory,
      let vin = transaction.operations[refusal.operationIndex].body.vehicle,
      case .vehicle(var vehicle)? = try overlay.entry(.vehicle(vin))
    else { return nil }
    if isAttempt, vehicle.attemptedDoublePledges < .max { vehicle.attemptedDoublePledges += 1 }
    let record = append(entry(at: refusal.operationIndex, .refused(refusal)), to: &vehicle)
    overlay.set(.vehicle(vin), to: .vehicle(vehicle))
    return record
  }

  // MARK: History

  private func entry(at index: Int, _ outcome: Outcome) -> HistoryEntry {
    HistoryEntry(
      place: place, operationIndex: index, transaction: transaction.id,
      operationHash: transaction.operationHashes[index], outcome: outcome)
  }

  private func append(
    _ entry: HistoryEntry, to vehicle: inout VehicleState
  ) -> VehicleHistoryRecord {
    vehicle.history = vehicle.history.appending(entry)
    return VehicleHistoryRecord(vin: vehicle.vin, number: vehicle.history.count, entry: entry)
  }
}

extension RefusalCode {
  /// Whether the signers held the operation's role and the vehicle was known when this was the
  /// outcome.
  fileprivate var entersHistory: Bool {
    switch self {
    case .memberSuspended, .roleNotAuthorised, .vehicleUnknown: false
    default: isOutcome
    }
  }
}
