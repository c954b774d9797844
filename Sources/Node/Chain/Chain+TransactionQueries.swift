import Cryptography
import Ledger
import Storage

extension Chain {
  /// Blocks that one answer looks into; the list ends where it would need another.
  static let blockReadLimit = 64

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
        try places(IndexSchema.refusals, before: before, limit: limit)
      case (nil, .any): try allPlaces(before: before, limit: limit)
      }
    var items: [TransactionItem] = []
    items.reserveCapacity(places.count)
    var directory: BlockDirectory?
    for place in places {
      if directory?.view.header.height != place.height {
        directory = try BlockDirectory(try view(at: place.height))
      }
      guard let item = try directory?.item(place.transactionIndex) else {
        throw .storage(.indexUnusable("a row leads to no transaction"))
      }
      items.append(item)
    }
    return items
  }

  /// The places that the lists with a prefix name, backwards.
  private func places(
    _ prefix: [UInt8], before: TransactionPlace?, limit: Int
  ) throws(ChainError) -> [TransactionPlace] {
    try places(prefix, before: before, limit: limit) { IndexSchema.indices(ofList: $0) }
  }

  /// The places of all transactions, backwards from block to block; their rows say how many each
  /// has.
  private func allPlaces(
    before: TransactionPlace?, limit: Int
  ) throws(ChainError) -> [TransactionPlace] {
    try places(IndexSchema.Table.block.prefix, before: before, limit: limit) {
      Array(0..<IndexSchema.transactionCount(ofValue: Array($0)))
    }
  }

  /// The places in rows whose keys are a prefix and a height, backwards.
  private func places(
    _ prefix: [UInt8], before: TransactionPlace?, limit: Int,
    _ indices: (UnsafeRawBufferPointer) -> [Int]
  ) throws(ChainError) -> [TransactionPlace] {
    guard limit > 0 else { return [] }
    var range = KeyRange(prefix: prefix)
    if let before, before.height < head.header.height {
      range = KeyRange(prefix: prefix, upTo: IndexSchema.list(prefix, at: before.height.next))
    }
    var places: [TransactionPlace] = []
    var blockCount = 0
    try stored { () throws(StorageError) in
      try state.store.scan(range, .descending) { key, value in
        let height = IndexSchema.height(of: key)
        let end = before.flatMap { $0.height == height ? $0.transactionIndex : nil } ?? Int.max
        let found = indices(value).reversed().lazy.filter { $0 < end }
          .prefix(limit - places.count)
        let count = places.count
        for index in found {
          places.append(TransactionPlace(height: height, transactionIndex: index))
        }
        if places.count > count { blockCount += 1 }
        return places.count < limit && blockCount < Chain.blockReadLimit ? .next : .stop
      }
    }
    return places
  }
}

extension BlockDirectory {
  /// A transaction as lists have it.
  fileprivate func item(_ index: Int) throws(ChainError) -> TransactionItem? {
    guard let payload = try payload(index), let outcome = try outcome(index) else { return nil }
    let header = view.header
    return TransactionItem(
      id: TransactionID(network: header.network, payload: payload.encoded),
      place: TransactionPlace(height: header.height, transactionIndex: index),
      time: header.time, submitter: payload.submitter, reference: payload.reference,
      operationCount: payload.operationCount, outcome: outcome)
  }
}
