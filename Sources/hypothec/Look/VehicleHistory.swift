import CommandInterface
import Ledger
import Node

/// A vehicle's history of which nothing is missing: its entries make the hash chain whose head the
/// proven leaf has, and each entry's operation is the one that was signed.
struct VehicleHistory {
  let vin: VehicleIdentificationNumber
  let vehicle: VehicleState
  let items: [HistoryItem]
  let proven: ProvenEntries

  /// The items up to and with `height`: a prefix of the chain, as complete as the whole.
  func items(through height: Height?) -> [HistoryItem] {
    guard let height else { return items }
    return items.filter { $0.entry.place.height <= height }
  }

  /// The pledge that held the slot after `items`, folded from the accepted operations.
  static func slot(after items: [HistoryItem]) -> HistoryItem? {
    var slot: HistoryItem?
    for item in items where item.entry.outcome == .accepted {
      switch item.operation.body {
      case .createPledge: slot = item
      case .releasePledge, .releasePledgeByOrder: slot = nil
      case .registerVehicle, .recordValuation, .registerModel, .governance: break
      }
    }
    return slot
  }
}

extension Inquiry {
  /// Asks for a vehicle's whole history and checks it. Throws VEHICLE_NOT_FOUND if the vehicle is
  /// proven to be unknown, PROOF_INVALID if an entry is missing, added or altered.
  func history(of vin: VehicleIdentificationNumber) throws(Problem) -> VehicleHistory {
    let proven = try provenEntries([.vehicle(vin)])
    guard let vehicle = try proven.vehicle(at: 0) else { throw .vehicleNotFound(vin) }
    let items = try historyItems(of: vin, count: vehicle.history.count)
    try checkChain(items, of: vehicle)
    try checkOperations(items)
    return VehicleHistory(vin: vin, vehicle: vehicle, items: items, proven: proven)
  }

  /// The first `count` entries; the node may have more by now.
  private func historyItems(
    of vin: VehicleIdentificationNumber, count: UInt64
  ) throws(Problem) -> [HistoryItem] {
    var items: [HistoryItem] = []
    while UInt64(items.count) < count {
      let response = try ask(.history(vin, from: UInt64(items.count)))
      guard case .history(let part) = response.answer else { throw .unexpectedAnswer }
      if part.isEmpty { break }
      items += part
    }
    return Array(items.prefix(Int(clamping: count)))
  }

  private func checkChain(
    _ items: [HistoryItem], of vehicle: VehicleState
  ) throws(Problem) {
    let head = items.reduce(HistoryHead(of: vehicle.vin)) { $0.appending($1.entry) }
    guard head == vehicle.history else {
      throw .proofInvalid(
        LocalizedText(
          english: "the history of \(vehicle.vin) is not complete: its \(items.count) entries do "
            + "not make the chain of \(vehicle.history.count) that the state proves.",
          chinese: "\(vehicle.vin) 的历史不完整：所给 \(items.count) 条与状态证明的 "
            + "\(vehicle.history.count) 条链不符。"))
    }
  }

  /// An entry holds its operation's hash; the signed transaction shows whether the operation that
  /// was answered is the one.
  private func checkOperations(_ items: [HistoryItem]) throws(Problem) {
    var known: (id: TransactionID, transaction: Transaction)?
    for item in items {
      let id = item.entry.transaction
      if known?.id != id { known = (id, try signedTransaction(id)) }
      guard let transaction = known?.transaction,
        transaction.operations.indices.contains(item.entry.operationIndex),
        transaction.operationHashes[item.entry.operationIndex] == item.entry.operationHash,
        transaction.operations[item.entry.operationIndex] == item.operation,
        transaction.payload.signers == item.signers
      else {
        throw .proofInvalid(
          LocalizedText(
            english: "entry \(item.number + 1) of the history shows another operation than the "
              + "one that was signed.",
            chinese: "历史第 \(item.number + 1) 条显示的操作与所签内容不符。"))
      }
    }
  }

  /// A final transaction by its id, decoded; its bytes are those of the id.
  func signedTransaction(_ id: TransactionID) throws(Problem) -> Transaction {
    let response = try ask(.transaction(id))
    guard case .transaction(.final(let final)) = response.answer else { throw .unexpectedAnswer }
    return try decoded(final, id, response.head.network)
  }

  func decoded(
    _ final: FinalTransaction, _ id: TransactionID, _ network: NetworkID
  ) throws(Problem) -> Transaction {
    let transaction: Transaction
    do throws(LedgerError) {
      transaction = try Transaction(final.bytes, network: network)
    } catch {
      throw .proofInvalid(
        LocalizedText(
          english: "transaction \(id) is malformed as it was answered: \(error).",
          chinese: "返回的交易 \(id) 格式有误：\(error)。"))
    }
    guard transaction.id == id else {
      throw .proofInvalid(
        LocalizedText(
          english: "another transaction was answered than \(id).", chinese: "返回的交易不是 \(id)。"))
    }
    return transaction
  }
}
