import CommandInterface
import Ledger

/// An operation in one line, for receipts, drafts and streams: what is done, to what, by whom.
struct OperationText {
  let language: Language
  let network: KnownNetwork?

  func line(_ operation: Operation) -> String {
    let name = network?.name(of: operation.by) ?? operation.by.text
    let subject = subject(operation.body)
    switch language {
    case .english: return "\(operation.body.kind.name) \(subject), by \(name)"
    case .chinese: return "\(operation.body.kind.name) \(subject)，\(name)"
    }
  }

  private func subject(_ body: OperationBody) -> String {
    let comma = language == .english ? ", " : "，"
    switch body {
    case .registerVehicle(let registration):
      return [registration.vin.text, "\(registration.make) \(registration.model)"]
        .joined(separator: comma)
    case .recordValuation(let valuation):
      return [valuation.vin.text, valuation.id.text, valuation.value.groupedText]
        .joined(separator: comma)
    case .createPledge(let pledge):
      return [pledge.vin.text, pledge.id.text, pledge.principal.groupedText]
        .joined(separator: comma)
    case .releasePledge(let release):
      return [release.vin.text, release.id.text, release.reason.spoken[language]]
        .joined(separator: comma)
    case .releasePledgeByOrder(let release):
      return [release.vin.text, release.id.text].joined(separator: comma)
    case .registerModel(let registration):
      return "\(registration.model.id) \(registration.model.version)"
    case .governance(let change):
      return "#\(change.sequence): \(change.text(language))"
    }
  }
}
