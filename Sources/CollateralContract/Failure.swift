import Ledger

/// Why an operation was not applied, inside the module: a rule refused it, or the state could not
/// be read.
enum Failure: Error {
  case refused(RefusalCode, conflict: Conflict? = nil)
  case fault(StateFault)

  /// The refusal of the operation at `index`; throws the fault if it is one.
  func refusal(of index: Int) throws(StateFault) -> Refusal {
    switch self {
    case .refused(let code, let conflict):
      Refusal(code: code, operationIndex: index, conflict: conflict)
    case .fault(let fault): throw fault
    }
  }
}
