import Cryptography
import Ledger
import Storage

extension Chain {
  /// Transactions, the newest first.
  func transactions(
    _ filter: TransactionFilter, before: TransactionPlace?, limit: Int
  ) throws(ChainError) -> [TransactionItem] {
    let places =
      switch (filter.submitter, filter.outcome) {
      case (let member?, .any):
        try places(IndexSchema.memberTransactions(member), before: before, limit: limit)
      case (let member?, .refusedOnly):
        try places(IndexSchema.memberRefusals(member), before: before, limit: limit)
      case (nil, .refusedOnly):
        try places(IndexSchema.Table.refusedTransaction.prefix, before: before, limit: limit)
      case (nil, .any): try allPlaces(before: before, limit: limit)
      }
    var items: [TransactionItem] = []
    items.reserveCapacity(places.count)
    for place in places { items.append(try item(at: place)) }
    return items
  }

  /// The places that the keys with a prefix end with, backwards.
  private func places(
    _ prefix: [UInt8], before: TransactionPlace?, limit: Int
  ) throws(ChainError) -> [TransactionPlace] {
    guard limit > 0 else { return [] }
    var range = KeyRange(prefix: prefix)
    if let before {
      var end = prefix
      end.place(before.clamped)
      range = KeyRange(prefix: prefix, upTo: end)
    }
    var places: [TransactionPlace] = []
    try stored { () throws(StorageError) in
      try state.store.scan(range, .descending) { key, _ in
        places.append(IndexSchema.place(of: key))
        return places.count < limit ? .next : .stop
      }
    }
    return places
  }

  /// The places of all transactions, backwards from block to block; their rows say how many each
  /// has.
  private func allPlaces(
    before: TransactionPlace?, limit: Int
  ) throws(ChainError) -> [TransactionPlace] {
    guard limit > 0 else { return [] }
    let prefix = IndexSchema.Table.block.prefix
    var range = KeyRange(prefix: prefix)
    if let before, before.height < head.header.height {
      range = KeyRange(prefix: prefix, upTo: IndexSchema.block(before.height.next))
    }
    var places: [TransactionPlace] = []
    try stored { () throws(StorageError) in
      try state.store.scan(range, .descending) { key, value in
        let height = Height(key.bigEndian(at: 1))
        var end = IndexSchema.transactionCount(ofValue: Array(value))
        if let before, before.height == height { end = min(end, before.transactionIndex) }
        for index in (0..<end).reversed() where places.count < limit {
          places.append(TransactionPlace(height: height, transactionIndex: index))
        }
        return places.count < limit ? .next : .stop
      }
    }
    return places
  }

  private func item(at place: TransactionPlace) throws(ChainError) -> TransactionItem {
    let view = try view(at: place.height)
    guard let payload = try view.payload(place.transactionIndex),
      let outcome = try view.outcome(place.transactionIndex)
    else { throw .storage(.indexUnusable("a row leads to no transaction")) }
    return TransactionItem(
      id: TransactionID(network: network, payload: payload.encoded), place: place,
      time: view.header.time, submitter: payload.submitter, reference: payload.reference,
      operationCount: payload.operationCount, outcome: outcome)
  }
}

extension TransactionPlace {
  /// With an index that a key can hold: no block has as many transactions.
  fileprivate var clamped: TransactionPlace {
    TransactionPlace(
      height: height, transactionIndex: min(max(transactionIndex, 0), Int(UInt16.max)))
  }
}
