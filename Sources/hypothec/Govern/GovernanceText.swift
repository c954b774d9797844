import CommandInterface
import Cryptography
import Ledger

extension GovernanceChange {
  /// What the change does, in words that need no manual: governors read it before they sign.
  func text(_ language: Language) -> String { action.text[language] }
}

extension GovernanceAction {
  fileprivate var text: LocalizedText {
    switch self {
    case .admitMember(let member):
      let roles = member.roles.map(\.name).joined(separator: ", ")
      return LocalizedText(
        english: "admits \(member.id) (\(member.name)) as \(roles)",
        chinese: "接纳 \(member.id)（\(member.name)），角色 \(roles)")
    case .setStanding(let member, .suspended):
      return LocalizedText(english: "suspends \(member)", chinese: "暂停 \(member)")
    case .setStanding(let member, .active):
      return LocalizedText(english: "reinstates \(member)", chinese: "恢复 \(member)")
    case .addKey(let member, let purpose, let key):
      let kid = ShortText.digest(key.key.keyID)
      return LocalizedText(
        english: "adds the \(purpose.word) key \(kid) to \(member)",
        chinese: "为 \(member) 增加 \(purpose.word) 密钥 \(kid)")
    case .retireKey(let member, let purpose, let keyID):
      let kid = ShortText.digest(keyID)
      return LocalizedText(
        english: "retires the \(purpose.word) key \(kid) of \(member)",
        chinese: "停用 \(member) 的 \(purpose.word) 密钥 \(kid)")
    case .setNode(let node):
      let addresses = node.addresses.map(\.text).joined(separator: ", ")
      return LocalizedText(
        english: "sets the node of \(node.member): "
          + (addresses.isEmpty ? "no address" : addresses)
          + ", consensus key \(ShortText.digest(node.consensusKey.key.keyID))"
          + ", transport key \(ShortText.digest(node.transportKey.key.keyID))",
        chinese: "设置 \(node.member) 的节点：" + (addresses.isEmpty ? "无地址" : addresses)
          + "，共识密钥 \(ShortText.digest(node.consensusKey.key.keyID))"
          + "，传输密钥 \(ShortText.digest(node.transportKey.key.keyID))")
    case .setValidators(let change):
      let members = change.members.map(\.text).joined(separator: ", ")
      let ready = change.attestations.map(\.member.text).joined(separator: ", ")
      return LocalizedText(
        english: "makes these the validators of the next epoch: \(members); "
          + "ready: \(ready.isEmpty ? "none" : ready)",
        chinese: "下一纪元的验证者：\(members)；已就绪：\(ready.isEmpty ? "无" : ready)")
    case .setPolicy(let change):
      return LocalizedText(
        english: "sets another policy from height \(change.height.rawValue) on",
        chinese: "自高度 \(change.height.rawValue) 起采用新政策")
    case .advanceEpoch:
      return LocalizedText(
        english: "begins the next epoch with the same validators", chinese: "以相同验证者开始下一纪元")
    case .setThreshold(let threshold):
      return LocalizedText(
        english: "lets \(threshold) governors change the network",
        chinese: "变更网络需 \(threshold) 名治理人签署")
    }
  }
}

extension GovernanceKind: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .admitMember: LocalizedText(english: "member admitted", chinese: "接纳成员")
    case .suspendMember: LocalizedText(english: "standing changed", chinese: "变更成员状态")
    case .addKey: LocalizedText(english: "key added", chinese: "增加密钥")
    case .retireKey: LocalizedText(english: "key retired", chinese: "停用密钥")
    case .setNode: LocalizedText(english: "node set", chinese: "设置节点")
    case .setValidators: LocalizedText(english: "validators set", chinese: "变更验证者")
    case .setPolicy: LocalizedText(english: "policy set", chinese: "变更政策")
    case .advanceEpoch: LocalizedText(english: "epoch advanced", chinese: "进入下一纪元")
    case .setThreshold: LocalizedText(english: "threshold set", chinese: "变更门限")
    }
  }
}
