import Cryptography
import Ledger
import Storage

/// Compares an index, row by row, with one that an audit made of the same blocks.
struct IndexComparison {
  private static let batchCount = 512
  private static let findingLimit = 100

  let index: any StoreReader
  let audited: any StoreReader
  let head: HeaderChain

  func run() throws(ChainError) -> [AuditFinding] {
    do throws(StorageError) {
      let position = try index.position()
      let expected = StatePosition(
        height: head.header.height, stateRoot: head.header.stateRoot)
      guard position == expected else { return [.index(.otherHeight(position?.height))] }
      let wrong = try keys(of: audited, whoseValuesDifferIn: index)
      let surplus = try keys(of: index, absentIn: audited)
      return wrong.map { .index(.wrongRow(key: Hexadecimal.encode($0))) }
        + surplus.map { .index(.surplusRow(key: Hexadecimal.encode($0))) }
    } catch {
      guard case .indexUnusable(let reason) = error else { throw .storage(error) }
      return [.index(.unreadable(reason))]
    }
  }

  private func keys(
    of first: any StoreReader, whoseValuesDifferIn second: any StoreReader
  ) throws(StorageError) -> [[UInt8]] {
    var found: [[UInt8]] = []
    try visit(first) { (rows) throws(StorageError) in
      let values = try second.values(of: rows.map(\.key))
      for (row, value) in zip(rows, values) where row.value != value { found.append(row.key) }
      return found.count < IndexComparison.findingLimit ? .next : .stop
    }
    return found
  }

  private func keys(
    of first: any StoreReader, absentIn second: any StoreReader
  ) throws(StorageError) -> [[UInt8]] {
    var found: [[UInt8]] = []
    try visit(first) { (rows) throws(StorageError) in
      let values = try second.values(of: rows.map(\.key))
      for (row, value) in zip(rows, values) where value == nil { found.append(row.key) }
      return found.count < IndexComparison.findingLimit ? .next : .stop
    }
    return found
  }

  /// Calls `body` with all rows of a store, some hundred at a time.
  private func visit(
    _ store: any StoreReader,
    _ body: ([(key: [UInt8], value: [UInt8])]) throws(StorageError) -> ScanStep
  ) throws(StorageError) {
    // A key that begins with zero is the store's own.
    var from: [UInt8] = [1]
    while true {
      var rows: [(key: [UInt8], value: [UInt8])] = []
      try store.scan(KeyRange(from: from, upTo: nil), .ascending) { key, value in
        // An audit makes no certificates, and any quorum's will do.
        if !key.elementsEqual(IndexSchema.head) { rows.append((Array(key), Array(value))) }
        return rows.count < IndexComparison.batchCount ? .next : .stop
      }
      guard let last = rows.last, try body(rows) == .next else { return }
      from = last.key + [0]
    }
  }
}
