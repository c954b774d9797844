import CollateralContract
import Cryptography
import Ledger

/// The contract once more, written from CONTRACT.md as plainly as possible.
///
/// It keeps what was accepted and what was refused as two lists, and works everything out from the
/// beginning each time it is asked. Of an operation it collects every rule that is broken, each with
/// the step to which it belongs, and takes the first: the real contract's guards are in that order
/// by hand. Slow, and meant to be.
///
/// Of business alone: changes of the network have a twin of their own, `NaiveRegistry`.
package final class NaiveContract {
  let members: [MemberID: GenesisMember]
  let policy: Policy
  package var suspended: Set<MemberID>
  package var flags: [VehicleIdentificationNumber: VehicleFlags] = [:]

  /// An operation that was accepted.
  final class Accepted {
    let operation: Operation
    let place: TransactionPlace
    let time: Timestamp
    let salt: Digest

    init(_ operation: Operation, place: TransactionPlace, time: Timestamp, salt: Digest) {
      self.operation = operation
      self.place = place
      self.time = time
      self.salt = salt
    }
  }

  /// A transaction that was refused.
  struct Refused {
    let submitter: MemberID
    let time: Timestamp
    /// The vehicle for which it was an attempted double pledge.
    let attempt: VehicleIdentificationNumber?
  }

  struct Used {
    let submitter: MemberID
    let reference: Identifier
    let state: ReferenceState
  }

  var accepted: [Accepted] = []
  var refused: [Refused] = []
  var used: [Used] = []
  package private(set) var history: [VehicleHistoryRecord] = []
  var now: Timestamp?

  package init(members: [GenesisMember], suspended: Set<MemberID>, policy: Policy) {
    self.members = Dictionary(uniqueKeysWithValues: members.map { ($0.id, $0) })
    self.suspended = suspended
    self.policy = policy
  }

  // MARK: Transactions

  /// References expire in a block without transactions too.
  package func beginBlock(at time: Timestamp) { now = time }

  package func attempt(_ transaction: Transaction, context: BlockContext, index: Int) -> Attempt {
    let payload = transaction.payload
    let (now, until) = (context.time.milliseconds, payload.validUntil.milliseconds)
    self.now = context.time
    if until < now { return .leftOut(.transactionExpired) }
    if until - now > 7 * 86_400_000 { return .leftOut(.validityTooLong) }
    let isReused = used.contains {
      $0.submitter == payload.submitter && $0.reference == payload.reference
        && $0.state.validUntil.milliseconds >= now
    }
    if isReused { return .leftOut(.referenceReused) }
    if payload.signers.contains(where: { members[$0] == nil }) { return .leftOut(.memberUnknown) }

    let place = TransactionPlace(height: context.height, transactionIndex: index)
    guard let refusal = firstRefusal(of: transaction, at: place, time: context.time) else {
      accept(transaction, at: place, time: context.time)
      use(transaction)
      return .included(.accepted)
    }
    let hour = now / 3_600_000
    let refusals = refused.count {
      $0.submitter == payload.submitter && $0.time.milliseconds / 3_600_000 == hour
    }
    if refusals >= Int(policy.refusalsPerHour) { return .leftOut(.refusalQuotaExceeded) }
    record(refusal.refusal, of: transaction, at: place, isAttempt: refusal.isAttempt, context.time)
    use(transaction)
    return .included(.refused(refusal.refusal))
  }

  /// Takes note of a transaction that is in a block and whose operations another twin has judged: its
  /// reference is used, and its refusal counts.
  package func passOver(_ transaction: Transaction, _ outcome: Outcome, context: BlockContext) {
    now = context.time
    use(transaction)
    if case .refused = outcome {
      refused.append(
        Refused(submitter: transaction.payload.submitter, time: context.time, attempt: nil))
    }
  }

  private func firstRefusal(
    of transaction: Transaction, at place: TransactionPlace, time: Timestamp
  ) -> (refusal: Refusal, isAttempt: Bool)? {
    var earlier: [Accepted] = []
    for (index, operation) in transaction.operations.enumerated() {
      let judgement = NaiveJudgement(
        contract: self, records: accepted + earlier, place: place, time: time,
        signers: transaction.payload.signers, operation: operation)
      if let broken = judgement.firstBroken {
        let conflict = broken == .pledgeAlreadyActive ? judgement.conflict : nil
        return (
          Refusal(code: broken, operationIndex: index, conflict: conflict),
          broken == .pledgeAlreadyActive && judgement.isAttempt
        )
      }
      earlier.append(Accepted(operation, place: place, time: time, salt: .zero))
    }
    return nil
  }

  private func accept(_ transaction: Transaction, at place: TransactionPlace, time: Timestamp) {
    for (index, operation) in transaction.operations.enumerated() {
      let salt = OperationHash.salt(transactionSalt: transaction.salt, index: index)
      accepted.append(Accepted(operation, place: place, time: time, salt: salt))
      enterHistory(transaction, index, at: place, .accepted)
    }
  }

  private func record(
    _ refusal: Refusal, of transaction: Transaction, at place: TransactionPlace, isAttempt: Bool,
    _ time: Timestamp
  ) {
    let vin = transaction.operations[refusal.operationIndex].body.vehicle
    refused.append(
      Refused(
        submitter: transaction.payload.submitter, time: time, attempt: isAttempt ? vin : nil))
    switch refusal.code {
    case .roleNotAuthorised, .memberSuspended, .vehicleUnknown: return
    default: break
    }
    guard let vin, isRegistered(vin) else { return }
    enterHistory(transaction, refusal.operationIndex, at: place, .refused(refusal))
  }

  private func enterHistory(
    _ transaction: Transaction, _ index: Int, at place: TransactionPlace, _ outcome: Outcome
  ) {
    guard let vin = transaction.operations[index].body.vehicle else { return }
    let number = history.count { $0.vin == vin } + 1
    history.append(
      VehicleHistoryRecord(
        vin: vin, number: UInt64(number),
        entry: HistoryEntry(
          place: place, operationIndex: index, transaction: transaction.id,
          operationHash: transaction.operationHashes[index], outcome: outcome)))
  }

  private func use(_ transaction: Transaction) {
    let payload = transaction.payload
    used.append(
      Used(
        submitter: payload.submitter, reference: payload.reference,
        state: ReferenceState(transaction: transaction.id, validUntil: payload.validUntil)))
  }

  private func isRegistered(_ vin: VehicleIdentificationNumber) -> Bool {
    accepted.contains { record in
      if case .registerVehicle(let body) = record.operation.body { body.vin == vin } else { false }
    }
  }
}
