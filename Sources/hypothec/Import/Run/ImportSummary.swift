import CommandInterface
import Ledger

/// What an import did, over all its runs.
struct ImportSummary: Hashable, Sendable {
  var rowCount = 0
  var accepted = OperationCounts()
  var alreadyThereCount = 0
  var rejectedCount = 0
  var warningCount = 0
  /// Accepted transactions.
  var transactionCount = 0
  /// Transactions that lost a race, and were split and sent anew.
  var racedCount = 0
  /// Of the last accepted transaction.
  var height: Height?
  /// Operations that this run submitted.
  var submittedCount = 0
}
