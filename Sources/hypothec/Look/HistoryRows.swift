import CommandInterface
import Documents
import Ledger
import Node

/// The rows of a history for people: when, what, which, by whom, where; a refusal's reason below it.
struct HistoryRows {
  let context: CommandContext
  let network: KnownNetwork

  func lines(_ items: [HistoryItem]) -> [String] {
    var table = Table([
      Table.Column(), Table.Column(), Table.Column(), Table.Column(),
      Table.Column("", .right),
    ])
    let style = context.rowStyle(items.map(\.time)).style
    for item in items {
      table.append([
        context.local(item.time, style), event(item), subject(item.operation),
        network.name(of: item.operation.by), context.text(item.entry.place.height),
      ])
    }
    return zip(items, context.indented(table)).flatMap { item, row in
      [row] + (remark(item).map { ["   \($0)"] } ?? [])
    }
  }

  private func event(_ item: HistoryItem) -> String {
    switch item.entry.outcome {
    case .accepted: item.operation.body.kind.spoken[context.language]
    case .refused: context.say("refused", "被拒")
    }
  }

  /// The pledge, or what a valuation says.
  private func subject(_ operation: Operation) -> String {
    switch operation.body {
    case .registerVehicle, .registerModel, .governance: ""
    case .recordValuation(let valuation): valuation.value.groupedText
    case .createPledge(let pledge): pledge.id.text
    case .releasePledge(let release): release.id.text
    case .releasePledgeByOrder(let release): release.id.text
    }
  }

  /// Why it was refused; that it was ordered by a court, or copied from a register.
  private func remark(_ item: HistoryItem) -> String? {
    if case .refused(let refusal) = item.entry.outcome { return remark(refusal, item) }
    switch item.operation.body {
    case .releasePledgeByOrder(let release):
      let number = DisplayWidth.visible(release.caseNumber.typedText)
      return context.say("by a court's order, case \(number)", "依法院裁定，案号 \(number)")
    case .createPledge(let pledge):
      guard case .transcribed(let since, _) = pledge.basis else { return nil }
      return context.say(
        "transcribed: exists since \(context.local(since))", "转录：设立于 \(context.local(since))")
    case .registerVehicle, .recordValuation, .releasePledge, .registerModel, .governance:
      return nil
    }
  }

  private func remark(_ refusal: Refusal, _ item: HistoryItem) -> String {
    let attempt = item.operation.body.kind.name
    let conflict = refusal.conflict.map {
      context.say(
        ": \($0.id) since \(context.text($0.height))",
        "：\($0.id)，\(context.text($0.height))")
    }
    return "\(attempt): \(refusal.code.name)\(conflict ?? "")"
  }
}
