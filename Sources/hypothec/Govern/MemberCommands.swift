import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `member list` and `member show`: who is in the network now.
enum MemberCommands {
  static func list(_ source: AccessSource) -> Command {
    Command(
      "list",
      LocalizedText(
        english: "List the members, their standing, nodes and offices.",
        chinese: "列出成员及其状态、节点和职责。"),
      discussion: LocalizedText(
        english: "As the ledger has them now; 'network show' tells how the network began.",
        chinese: "以账本现状为准；'network show' 显示网络初始状态。")
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let now = try inquiry.networkNow()
      let asOf = try inquiry.asOf(now.head)
      try context.answer {
        JSONDocument(
          JSONSchema("members"),
          [
            asOf.json, JSONMember("threshold", .integer(now.governance.threshold)),
            JSONMember("members", .array(now.members.map { json($0, now) })),
          ])
      } text: {
        text(now, asOf, context)
      }
      return .success
    }
  }

  private static let member = Argument.required(
    "member", .member, LocalizedText(english: "The member's id.", chinese: "成员编号。"))

  static func show(_ source: AccessSource) -> Command {
    Command(
      "show",
      LocalizedText(
        english: "Show a member with its keys and its node.", chinese: "显示成员及其密钥和节点。"),
      arguments: [member]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let now = try inquiry.networkNow()
      let state = try now.requireMember(context[member])
      let asOf = try inquiry.asOf(now.head)
      try context.answer {
        JSONDocument(JSONSchema("member"), [asOf.json, JSONMember("member", json(state, now))])
      } text: {
        ([Headline.text("\(state.member.name) (\(state.member.id))", asOf, context)]
          + facts(state, now, context).lines(context)).joined(separator: "\n")
      }
      return .success
    }
  }

  // MARK: JSON

  private static func json(_ state: MemberState, _ now: NetworkNow) -> JSONValue {
    let member = state.member
    return [
      "id": .member(member.id), "name": .string(member.name.text),
      "roles": .array(member.roles.map(\.json)),
      "entities": .array(member.entities.map { .string($0.text) }),
      "standing": state.standing.json, "keys": .array(member.keys.map(\.json)),
      "node": .optional(now.node(of: member.id), json),
      "validates": .boolean(now.validator(member.id) != nil),
      "governorKeys": .array(now.governance.keys(of: member.id).map(\.json)),
    ]
  }

  private static func json(_ node: NodeState) -> JSONValue {
    [
      "addresses": .array(node.addresses.map { .string($0.text) }),
      "consensusKey": node.consensusKey.json,
      "transportKeys": .array(node.transportKeys.map(\.json)),
    ]
  }

  // MARK: Text

  private static func text(
    _ now: NetworkNow, _ asOf: AsOf, _ context: CommandContext
  ) -> String {
    let titles = [
      context.say("Member", "成员"), context.say("Name", "名称"), context.say("Roles", "角色"),
      context.say("Standing", "状态"), context.say("Node", "节点"), context.say("Governs", "治理"),
    ]
    var table = Table(titles.map { Table.Column($0) })
    for state in now.members {
      let id = state.member.id
      table.append([
        id.text, state.member.name.text, state.member.roles.map(\.name).joined(separator: ", "),
        state.standing.spoken[context.language], part(of: id, now)[context.language],
        now.governance.members.contains(id) ? context.say("yes", "是") : "",
      ])
    }
    let title = context.say(
      "\(now.members.count) members", "\(now.members.count) 个成员")
    return
      ([Headline.text(title, asOf, context)] + context.indented(table)
      + [GovernorCommands.thresholdText(now)[context.language]]).joined(separator: "\n")
  }

  private static func part(of member: MemberID, _ now: NetworkNow) -> LocalizedText {
    if now.validator(member) != nil {
      return LocalizedText(english: "validator", chinese: "验证")
    }
    return now.node(of: member) == nil
      ? LocalizedText(verbatim: "") : LocalizedText(english: "follower", chinese: "跟随")
  }

  private static func facts(
    _ state: MemberState, _ now: NetworkNow, _ context: CommandContext
  ) -> FactList {
    let member = state.member
    var facts = FactList()
    facts.append(context.say("Standing", "状态"), state.standing.spoken[context.language])
    facts.append(
      context.say("Roles", "角色"), member.roles.map(\.name).joined(separator: ", "))
    if !member.entities.isEmpty {
      facts.append(
        context.say("Codes", "机构代码"), member.entities.map(\.text).joined(separator: ", "))
    }
    for (index, key) in member.keys.enumerated() {
      facts.append(index == 0 ? context.say("Signs with", "签名密钥") : "", key.description)
    }
    guard let node = now.node(of: member.id) else {
      facts.append(context.say("Node", "节点"), context.say("none", "无"))
      return appendingGovernor(member.id, now, context, facts)
    }
    facts.append(context.say("Node", "节点"), part(of: member.id, now)[context.language])
    facts.append(
      context.say("Reached at", "地址"),
      node.addresses.isEmpty
        ? context.say("no address", "无") : node.addresses.map(\.text).joined(separator: ", "))
    facts.append(context.say("Votes with", "共识密钥"), node.consensusKey.description)
    if let voting = now.validator(member.id)?.consensusKey, voting != node.consensusKey {
      facts.append(
        "", context.say("in this epoch still with \(voting)", "本纪元仍用 \(voting)"))
    }
    for (index, key) in node.transportKeys.enumerated() {
      facts.append(index == 0 ? context.say("Known by", "传输密钥") : "", key.description)
    }
    return appendingGovernor(member.id, now, context, facts)
  }

  private static func appendingGovernor(
    _ member: MemberID, _ now: NetworkNow, _ context: CommandContext, _ facts: FactList
  ) -> FactList {
    var facts = facts
    for (index, key) in now.governance.keys(of: member).enumerated() {
      facts.append(index == 0 ? context.say("Governs with", "治理密钥") : "", key.description)
    }
    return facts
  }
}

extension MemberStanding: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .active: LocalizedText(english: "active", chinese: "正常")
    case .suspended: LocalizedText(english: "suspended", chinese: "暂停")
    }
  }
}
