import Ledger
import Node

/// What a client wants of the network, until it has an answer.
struct ClientRequest {
  enum Wish {
    case submit(Transaction)
    case prove([StateID])
  }

  let number: Int
  let wish: Wish
  /// Whether nobody had submitted the transaction before.
  let isNew: Bool
  /// The node that was asked last, and the number it was asked under.
  var node: Int?
  var asked: RequestNumber?
  var answer: NodeAnswer?
  /// Microseconds since the start.
  var askedAt: UInt64?
  var answeredAt: UInt64?

  var transaction: Transaction? {
    guard case .submit(let transaction) = wish else { return nil }
    return transaction
  }

  var request: NodeRequest {
    switch wish {
    case .submit(let transaction): .submit(transaction: transaction.bytes)
    case .prove(let ids): .entries(ids, .proof)
    }
  }

  /// Whether an answer settles the matter: what became of the transaction, or a refusal that no other
  /// node and no other time would take back.
  static func isSettled(by response: NodeResponse, _ wish: Wish) -> Bool {
    switch (wish, response.answer) {
    case (_, .submitted(.final)), (_, .submitted(.malformed)), (.prove, .entries): true
    case (.submit(let transaction), .submitted(.turnedAway(.transactionExpired))):
      // A node that is behind, or whose clock is ahead, says so of what may be final elsewhere.
      response.head.time > transaction.payload.validUntil
    case (_, .submitted(.turnedAway(let code))):
      switch code {
      case .queueFull, .memberQuotaExceeded, .refusalQuotaExceeded, .nodeNotWriting, .epochClosing,
        .validityTooLong:
        false
      default: true
      }
    default: false
    }
  }
}
