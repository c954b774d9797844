import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `validator list`: who votes in this epoch.
enum ValidatorCommands {
  static func list(_ source: AccessSource) -> Command {
    Command(
      "list",
      LocalizedText(
        english: "List the validators of this epoch.", chinese: "列出本纪元的验证者。")
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let now = try inquiry.networkNow()
      let asOf = try inquiry.asOf(now.head)
      try context.answer {
        JSONDocument(
          JSONSchema("validators"),
          [
            asOf.json, JSONMember("epoch", .integer(now.validators.epoch.rawValue)),
            JSONMember("quorum", .integer(now.validators.quorum)),
            JSONMember("faultLimit", .integer(now.validators.faultLimit)),
            JSONMember("validators", .array(now.validators.validators.map { json($0, now) })),
          ])
      } text: {
        text(now, asOf, context)
      }
      return .success
    }
  }

  private static func json(_ validator: Validator, _ now: NetworkNow) -> JSONValue {
    let node = now.node(of: validator.member)
    return [
      "member": .member(validator.member), "consensusKey": validator.consensusKey.json,
      "registeredKey": .optional(node, \.consensusKey.json),
      "addresses": .array(node.map { $0.addresses.map { .string($0.text) } } ?? []),
    ]
  }

  private static func text(
    _ now: NetworkNow, _ asOf: AsOf, _ context: CommandContext
  ) -> String {
    var table = Table([
      Table.Column(context.say("Validator", "验证者")),
      Table.Column(context.say("Addresses", "地址")),
      Table.Column(context.say("Consensus key", "共识密钥")),
    ])
    for validator in now.validators.validators {
      let node = now.node(of: validator.member)
      let note =
        node?.consensusKey == validator.consensusKey
        ? "" : context.say(" (another from the next change on)", "（下次变更起更换）")
      table.append([
        validator.member.text, node?.addresses.map(\.text).joined(separator: ", ") ?? "",
        ShortText.digest(validator.consensusKey.keyID) + note,
      ])
    }
    let title = context.say(
      "Validators of epoch \(now.validators.epoch.rawValue)",
      "第 \(now.validators.epoch.rawValue) 纪元的验证者")
    return
      ([Headline.text(title, asOf, context)] + context.indented(table)
      + [tolerance(now.validators)[context.language]]).joined(separator: "\n")
  }

  /// `4 validators: 3 must agree; 1 may fail or lie.`
  static func tolerance(_ set: ValidatorSet) -> LocalizedText {
    LocalizedText(
      english: "\(set.count) \(set.count == 1 ? "validator" : "validators"): \(set.quorum) must "
        + "agree; \(set.faultLimit == 0 ? "none" : "\(set.faultLimit)") may fail or lie.",
      chinese: "\(set.count) 个验证者：须 \(set.quorum) 个一致；"
        + (set.faultLimit == 0 ? "不容故障。" : "容许 \(set.faultLimit) 个故障或作恶。"))
  }
}
