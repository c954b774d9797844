import Ledger
import Node

/// Blocks hold what clients submitted, each transaction once; and what a node told a client is what
/// the chain says.
struct TransactionChecker: Checker {
  private var submitted: Set<TransactionID> = []
  private var submittedCounts: [MemberID: UInt32] = [:]
  private var places: [TransactionID: (place: TransactionPlace, outcome: Outcome)] = [:]
  private var turnedAway: [TransactionID: RefusalCode] = [:]
  private var seenHeight = Height.genesis

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .submitted(let request):
      guard let transaction = request.transaction, submitted.insert(transaction.id).inserted
      else { return }
      submittedCounts[transaction.payload.submitter, default: 0] += 1
    case .final(_, let final): try see(final)
    case .answered(let node, let request, let response, let settlement):
      guard case .submitted(let result) = response.answer, let transaction = request.transaction
      else { return }
      try see(result, of: transaction, settlement, from: node)
      if settlement == .forNow { try seeQuota(of: transaction, in: world) }
    default: break
    }
  }

  private mutating func see(_ final: FinalBlock) throws(Violation) {
    guard final.height > seenHeight else { return }
    seenHeight = final.height
    for (index, transaction) in final.block.transactions.enumerated() {
      let place = TransactionPlace(height: final.height, transactionIndex: index)
      guard submitted.contains(transaction.id) else {
        throw Violation("transactions", "\(place) holds a transaction that nobody submitted")
      }
      guard places[transaction.id] == nil else {
        throw Violation("transactions", "\(place) holds a transaction for the second time")
      }
      if let code = turnedAway[transaction.id] {
        throw Violation(
          "transactions", "\(place) holds a transaction that was turned away for good: \(code)")
      }
      places[transaction.id] = (place, final.block.outcomes[index])
    }
  }

  private mutating func see(
    _ result: SubmissionResult, of transaction: Transaction,
    _ settlement: ClientRequest.Settlement, from node: SimulatedNode
  ) throws(Violation) {
    let id = transaction.id
    switch result {
    case .final(let answered, let place, _, let outcome):
      guard answered == id, let known = places[id], known.place == place, known.outcome == outcome
      else {
        throw Violation(
          "transactions", "node \(node.index) says \(id) is at \(place), \(outcome)")
      }
    case .turnedAway(let code) where settlement == .forGood:
      guard places[id] == nil else {
        throw Violation(
          "transactions", "node \(node.index) turns a final transaction away: \(code)")
      }
      turnedAway[id] = code
    case .turnedAway: break
    case .malformed(let reason):
      throw Violation("transactions", "node \(node.index) finds \(id) malformed: \(reason)")
    }
  }

  /// So many refusals are of so many other transactions. Nothing keeps this one out of a later block;
  /// that it is not refused there beyond the quota is `ContractChecker`'s to see.
  private func seeQuota(of transaction: Transaction, in world: World) throws(Violation) {
    let submitter = transaction.payload.submitter
    let quota = world.membership.genesis.networkFile.policy.refusalsPerHour
    guard let count = submittedCounts[submitter], count > quota else {
      throw Violation(
        "transactions", "\(submitter) is said to have had \(quota) refusals, which it has not")
    }
  }
}
