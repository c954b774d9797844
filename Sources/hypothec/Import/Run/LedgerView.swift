import CommandInterface
import Ledger
import Node

/// What an import or a reconciliation asks the ledger about vehicles, with a memory for one slice.
struct LedgerView {
  typealias Ask = (NodeRequest) throws(Problem) -> NodeResponse

  /// A vehicle's record may be long, and an answer is bounded.
  private static let entriesPerQuestion = 250

  private let ask: Ask
  private(set) var vehicles: [VehicleIdentificationNumber: VehicleState] = [:]
  private(set) var head: ChainHead?
  private var valuations: [VehicleIdentificationNumber: [Identifier: ValuationRecording]] = [:]
  private var pledges: [VehicleIdentificationNumber: [Identifier: PledgeCreation]] = [:]

  /// Asks for the state of `vins`.
  init(
    of vins: [VehicleIdentificationNumber], _ ask: @escaping Ask
  ) throws(Problem) {
    self.ask = ask
    var rest = vins[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(Self.entriesPerQuestion))
      rest = rest.dropFirst(part.count)
      let response = try ask(.entries(part.map { .vehicle($0) }, .none))
      guard case .entries(let answers) = response.answer, answers.count == part.count else {
        throw .unexpectedAnswer(response.answer)
      }
      head = response.head
      for (vin, answer) in zip(part, answers) {
        if case .vehicle(let vehicle)? = answer.entry { vehicles[vin] = vehicle }
      }
    }
  }

  /// The valuation with this id, from the vehicle's history; `nil` if there is none.
  mutating func valuation(
    _ id: Identifier, of vin: VehicleIdentificationNumber
  ) throws(Problem) -> ValuationRecording? {
    guard vehicles[vin]?.valuationIDs.contains(id) == true else { return nil }
    if valuations[vin] == nil { try readHistory(of: vin) }
    return valuations[vin]?[id]
  }

  /// The pledge with this id, whether it lives or has ended; `nil` if there is none.
  mutating func pledge(
    _ id: Identifier, of vin: VehicleIdentificationNumber
  ) throws(Problem) -> PledgeCreation? {
    guard let vehicle = vehicles[vin], vehicle.isPledgeIDUsed(id) else { return nil }
    if let live = vehicle.pledge, live.id == id { return live.creation }
    if pledges[vin] == nil { try readHistory(of: vin) }
    return pledges[vin]?[id]
  }

  private mutating func readHistory(of vin: VehicleIdentificationNumber) throws(Problem) {
    valuations[vin] = [:]
    pledges[vin] = [:]
    var next: UInt64 = 0
    while next < vehicles[vin]?.history.count ?? 0 {
      let response = try ask(.history(vin, from: next))
      guard case .history(let items) = response.answer else {
        throw .unexpectedAnswer(response.answer)
      }
      guard let last = items.last, last.number >= next else { return }
      for item in items where item.entry.outcome == .accepted { take(item.operation, vin) }
      next = last.number + 1
    }
  }

  private mutating func take(_ operation: Operation, _ vin: VehicleIdentificationNumber) {
    switch operation.body {
    case .recordValuation(let valuation): valuations[vin]?[valuation.id] = valuation
    case .createPledge(let pledge): pledges[vin]?[pledge.id] = pledge
    case .registerVehicle, .releasePledge, .releasePledgeByOrder, .registerModel, .governance:
      break
    }
  }
}

extension Problem {
  static func unexpectedAnswer(_ answer: NodeAnswer) -> Problem {
    guard case .failed(let failure) = answer else {
      return Problem(
        .softwareFault, .softwareError,
        what: LocalizedText(
          english: "the node answered another question.", chinese: "节点的回答与问题不符。"))
    }
    let reason: String
    switch failure {
    case .badRequest(let text): reason = text
    case .unavailable(let text): reason = text
    case .damaged(let text): reason = text
    }
    return Problem(
      .importNodeUnavailable, .unreachable,
      what: LocalizedText(
        english: "the node cannot answer: \(reason).", chinese: "节点无法回答：\(reason)。"),
      next: LocalizedText(
        english: "see hypothec doctor and the node's log, then run the command again.",
        chinese: "请查看 hypothec doctor 和节点日志，然后重试。"))
  }
}
