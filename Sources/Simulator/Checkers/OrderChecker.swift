import Ledger
import Node

/// The ledger is linearizable: what was answered before a transaction was first submitted comes
/// before it. With one order of all transactions, which `AgreementChecker` sees to, that is all of it:
/// "pledge this vehicle" is a register that the first to be ordered wins.
struct OrderChecker: Checker {
  /// The last place that any client has heard of.
  private var heard: TransactionPlace?
  /// The same when each request was first submitted; `.some(nil)` if nothing had been answered.
  private var floors: [Int: TransactionPlace?] = [:]

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .submitted(let request):
      if floors[request.number] == nil { floors[request.number] = .some(heard) }
    case .answered(_, let request, let response, _):
      guard case .submitted(.final(_, let place, _, _)) = response.answer else { return }
      if let floor = floors[request.number] ?? nil, place <= floor, request.isNew {
        throw Violation(
          "order", "\(place) was submitted after \(floor) had been answered, and is before it")
      }
      heard = max(heard ?? place, place)
    default: break
    }
  }
}
