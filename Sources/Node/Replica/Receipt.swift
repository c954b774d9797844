import Ledger

/// Where a final transaction is and what became of it.
package struct Receipt: Hashable, Sendable {
  package let transaction: TransactionID
  package let place: TransactionPlace
  package let time: Timestamp
  package let outcome: Outcome

  package var result: SubmissionResult { .final(transaction, place, time, outcome) }
}

extension Receipt {
  init(_ id: TransactionID, _ final: FinalTransaction) {
    self.init(
      transaction: id, place: final.place, time: final.time, outcome: final.outcome)
  }

  /// Those of a block's transactions, in order.
  static func receipts(of block: Block) -> [Receipt] {
    block.transactions.indices.map { index in
      Receipt(
        transaction: block.transactions[index].id,
        place: TransactionPlace(height: block.header.height, transactionIndex: index),
        time: block.header.time, outcome: block.outcomes[index])
    }
  }
}
