import Ledger

/// What a transaction did to the state.
package struct ExecutedTransaction: Hashable, Sendable {
  package let outcome: Outcome
  /// The entries that vehicles' histories gained, in the order of the operations.
  package let history: [VehicleHistoryRecord]

  package init(outcome: Outcome, history: [VehicleHistoryRecord]) {
    self.outcome = outcome
    self.history = history
  }
}

/// An entry with its place in its vehicle's history.
package struct VehicleHistoryRecord: Hashable, Sendable {
  package let vin: VehicleIdentificationNumber
  /// 1 for the first: the count of the vehicle's history head with this entry.
  package let number: UInt64
  package let entry: HistoryEntry

  package init(vin: VehicleIdentificationNumber, number: UInt64, entry: HistoryEntry) {
    self.vin = vin
    self.number = number
    self.entry = entry
  }
}

/// Whether a block may hold a transaction, and with what outcome.
package enum Attempt: Hashable, Sendable {
  case included(Outcome)
  /// The transaction has no place in this block, and nothing changed: a proposer leaves it out, and
  /// a block that holds it is invalid.
  case leftOut(RefusalCode)
}

/// What would become of operations that are not part of a transaction yet.
package enum OperationsCheck: Hashable, Sendable {
  /// For each operation why it would be refused, or `nil`.
  case judged([Refusal?])
  case leftOut(RefusalCode)
}
