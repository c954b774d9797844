import CommandInterface
import Documents
import Ledger
import Node

/// `policy show`: the policy as the state has it.
enum PolicyCommands {
  static func noun(_ source: AccessSource) -> Command {
    Noun.policy([show(source)])
  }

  private static func show(_ source: AccessSource) -> Command {
    Command(
      "show",
      LocalizedText(
        english: "Show the policy that is in force, and the one that follows.",
        chinese: "显示现行政策及待生效政策。"),
      discussion: LocalizedText(
        english: "The first loan-to-value cap that fits a vehicle applies; where none fits there "
          + "is no limit.",
        chinese: "适用第一条匹配车辆的贷款价值比上限；均不匹配则没有上限。")
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let response = try inquiry.ask(.entries([.policy], .none))
      guard case .entries(let entries) = response.answer,
        case .policy(let schedule)? = entries.first?.entry
      else { throw .unexpectedAnswer }
      let asOf = try inquiry.asOf(response.head)
      try context.answer {
        JSONDocument(
          JSONSchema("policy"),
          [
            asOf.json, JSONMember("policy", schedule.current.json),
            JSONMember("next", .optional(schedule.next, \.json)),
          ])
      } text: {
        ([asOf.text[context.language]] + lines(schedule, context.language)).joined(separator: "\n")
      }
      return .success
    }
  }

  private static func lines(_ schedule: PolicySchedule, _ language: Language) -> [String] {
    let current = PolicyText.lines(schedule.current, language)
    guard let next = schedule.next else { return current }
    let title = LocalizedText(
      english: "From height \(next.height.rawValue) on:",
      chinese: "自高度 \(next.height.rawValue) 起：")
    return current + [title[language]] + PolicyText.lines(next.policy, language)
  }
}

extension PolicySchedule.Change {
  fileprivate var json: JSONValue { ["height": .height(height), "policy": policy.json] }
}
