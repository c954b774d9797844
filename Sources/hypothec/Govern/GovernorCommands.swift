import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `governor list` and `governor require`: who may change the network, and how many of them must.
/// Who governs changes with the keys: `key rotate` and `key retire` with `--purpose governor`.
enum GovernorCommands {
  static func list(_ source: AccessSource) -> Command {
    Command(
      "list",
      LocalizedText(
        english: "List the governors and their keys.", chinese: "列出治理成员及其密钥。")
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let now = try inquiry.networkNow()
      let asOf = try inquiry.asOf(now.head)
      try context.answer {
        JSONDocument(
          JSONSchema("governors"),
          [
            asOf.json, JSONMember("threshold", .integer(now.governance.threshold)),
            JSONMember("nextSequence", .integer(now.governance.nextSequence)),
            JSONMember(
              "governors",
              .array(
                now.governance.members.map { member in
                  [
                    "member": .member(member),
                    "keys": .array(now.governance.keys(of: member).map(\.json)),
                  ]
                })),
          ])
      } text: {
        text(now, asOf, context)
      }
      return .success
    }
  }

  private static func text(
    _ now: NetworkNow, _ asOf: AsOf, _ context: CommandContext
  ) -> String {
    var table = Table([
      Table.Column(context.say("Governor", "治理成员")), Table.Column(context.say("Key", "密钥")),
    ])
    for governor in now.governance.governors {
      table.append([governor.member.text, governor.key.description])
    }
    return
      ([Headline.text(context.say("Governors", "治理成员"), asOf, context)]
      + context.indented(table) + [thresholdText(now)[context.language]])
      .joined(separator: "\n")
  }

  static func thresholdText(_ now: NetworkNow) -> LocalizedText {
    let (count, threshold) = (now.governance.members.count, now.governance.threshold)
    let changes = now.governance.nextSequence - Genesis.firstGovernanceSequence
    return LocalizedText(
      english: "A change of the network needs \(threshold) of \(count) governors; "
        + (changes == 1 ? "there was 1 so far." : "there were \(changes) so far."),
      chinese: "变更网络须 \(count) 名治理成员中的 \(threshold) 名签署；迄今 \(changes) 次变更。")
  }

  private static let count = Argument.required(
    "count", .integer(1...TransactionPayload.signerLimit),
    LocalizedText(english: "How many must sign a change.", chinese: "变更须签署的人数。"))

  static func require(_ source: AccessSource) -> Command {
    Command(
      "require",
      LocalizedText(
        english: "Draft how many governors must sign a change.", chinese: "起草变更治理门限。"),
      arguments: [count], options: ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec governor require 2 -o threshold.draft",
          LocalizedText(
            english: "Once there are three governors, let two decide:",
            chinese: "有三名治理成员后改为两名即可决定："))
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      return try ChangeDraft(inquiry).make([.setThreshold(context[count])])
    }
  }
}
