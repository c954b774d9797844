import Cryptography
import Ledger
import Storage

extension Chain {
  /// A vehicle's history from an entry on, 0 being the first; at most `historyLimit` entries.
  func history(
    of vin: VehicleIdentificationNumber, from: UInt64
  ) throws(ChainError) -> [HistoryItem] {
    guard from < UInt64(Int64.max) else { return [] }
    // Rows count from 1: the history head's count with the entry.
    let range = KeyRange(
      from: IndexSchema.history(vin, from + 1), upTo: IndexSchema.history(vin, .max))
    var rows: [(number: UInt64, value: [UInt8])] = []
    try stored { () throws(StorageError) in
      try state.store.scan(range, .ascending) { key, value in
        rows.append((key.bigEndian(at: key.count - 8), Array(value)))
        return rows.count < Chain.historyLimit ? .next : .stop
      }
    }
    var items: [HistoryItem] = []
    for row in rows { items.append(try historyItem(row.number - 1, row.value)) }
    return items
  }

  private func historyItem(
    _ number: UInt64, _ value: [UInt8]
  ) throws(ChainError) -> HistoryItem {
    let row = try PlaceValue(value)
    let view = try view(at: row.place.height)
    guard let found = try view.operation(row.operationIndex, at: row.offset) else {
      throw .storage(.indexUnusable("a history row leads to no operation"))
    }
    let entry = HistoryEntry(
      place: row.place, operationIndex: row.operationIndex, transaction: found.transaction,
      operationHash: found.hash, outcome: row.outcome)
    return HistoryItem(
      number: number, entry: entry, time: view.header.time, signers: found.payload.signers,
      operation: found.operation)
  }

  // MARK: Search

  func vehicles(_ search: VehicleSearch, limit: Int) throws(ChainError) -> NodeAnswer {
    switch search {
    case .prefix(let text):
      return .vehicles(
        try vehicles(prefix: VehicleIdentificationNumber.canonical(from: text), limit: limit))
    case .similar(let text):
      guard let key = VehicleIdentificationNumber.SimilarityKey(of: text) else {
        return .failed(.badRequest("a search for similar numbers needs six letters or digits"))
      }
      return .vehicles(try vehicles(similarTo: key, limit: limit))
    }
  }

  /// Every vehicle has a history, and its rows are in the order of the numbers: one seek a vehicle.
  private func vehicles(
    prefix: String, limit: Int
  ) throws(ChainError) -> [VehicleIdentificationNumber] {
    let rows = IndexSchema.history(vinPrefix: prefix)
    var found: [VehicleIdentificationNumber] = []
    var range = KeyRange(prefix: rows)
    while found.count < limit {
      var next: VehicleIdentificationNumber?
      try stored { () throws(StorageError) in
        try state.store.scan(range, .ascending) { key, _ in
          next = IndexSchema.vin(of: key, after: 8)
          return .stop
        }
      }
      guard let next else { break }
      found.append(next)
      range = KeyRange(prefix: rows, from: IndexSchema.history(next, .max))
    }
    return found
  }

  private func vehicles(
    similarTo key: VehicleIdentificationNumber.SimilarityKey, limit: Int
  ) throws(ChainError) -> [VehicleIdentificationNumber] {
    try vehicles(in: KeyRange(prefix: IndexSchema.similar(key)), limit: limit).map(\.vin)
  }

  // MARK: Pledges

  func pledges(
    _ filter: PledgeFilter, after cursor: PledgeCursor?, limit: Int
  ) throws(ChainError) -> [PledgeItem] {
    switch filter {
    case .livePledges(let pledgee):
      let rows = try vehicles(
        in: KeyRange(IndexSchema.livePledges(pledgee), after: cursor), limit: limit)
      var items: [PledgeItem] = []
      for row in rows {
        do throws(RefusalCode) {
          let id = try Identifier(String(decoding: row.value, as: UTF8.self))
          items.append(PledgeItem(id: id, vin: row.vin))
        } catch {
          throw IndexSchema.defect(.refused(error))
        }
      }
      return items
    case .id(let id):
      return try vehicles(in: KeyRange(IndexSchema.pledges(id), after: cursor), limit: limit)
        .map { PledgeItem(id: id, vin: $0.vin) }
    }
  }

  /// The vehicles that the keys of a range end with, and the values there.
  private func vehicles(
    in range: KeyRange, limit: Int
  ) throws(ChainError) -> [(vin: VehicleIdentificationNumber, value: [UInt8])] {
    guard limit > 0 else { return [] }
    var rows: [(vin: VehicleIdentificationNumber, value: [UInt8])] = []
    var isDefective = false
    try stored { () throws(StorageError) in
      try state.store.scan(range, .ascending) { key, value in
        guard let vin = IndexSchema.vin(of: key) else {
          isDefective = true
          return .stop
        }
        rows.append((vin, Array(value)))
        return rows.count < limit ? .next : .stop
      }
    }
    guard !isDefective else { throw .storage(.indexUnusable("a key names no vehicle")) }
    return rows
  }
}

extension KeyRange {
  fileprivate init(_ prefix: [UInt8], after cursor: PledgeCursor?) {
    guard let cursor else {
      self.init(prefix: prefix)
      return
    }
    self.init(prefix: prefix, from: prefix + Array(cursor.vin.text.utf8) + [0])
  }
}
