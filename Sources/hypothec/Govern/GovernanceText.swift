import CommandInterface
import Cryptography
import Ledger

extension GovernanceChange {
  /// What the change does, in words that need no manual and leave nothing out: governors read it
  /// before they sign, and a shortened id could be another's.
  func text(_ language: Language) -> String { action.text(language)[language] }
}

extension GovernanceAction {
  fileprivate func text(_ language: Language) -> LocalizedText {
    switch self {
    case .admitMember(let member): return member.admission
    case .setStanding(let member, .suspended):
      return LocalizedText(english: "suspends \(member)", chinese: "暂停 \(member)")
    case .setStanding(let member, .active):
      return LocalizedText(english: "reinstates \(member)", chinese: "恢复 \(member)")
    case .addKey(let member, let purpose, let key):
      return LocalizedText(
        english: "adds the \(purpose.word) key \(key.key.keyID) to \(member)",
        chinese: "为 \(member) 增加 \(purpose.word) 密钥 \(key.key.keyID)")
    case .retireKey(let member, let purpose, let keyID):
      return LocalizedText(
        english: "retires the \(purpose.word) key \(keyID) of \(member)",
        chinese: "停用 \(member) 的 \(purpose.word) 密钥 \(keyID)")
    case .setNode(let node): return node.setting
    case .setValidators(let change):
      let members = change.members.map(\.text).joined(separator: ", ")
      let ready = change.attestations.map(\.member.text).joined(separator: ", ")
      return LocalizedText(
        english: "makes these the validators of the next epoch: \(members); "
          + "ready: \(ready.isEmpty ? "none" : ready)",
        chinese: "下一纪元的验证者：\(members)；已就绪：\(ready.isEmpty ? "无" : ready)")
    case .setPolicy(let change):
      let policy = PolicyText.line(change.policy, language)
      return LocalizedText(
        english: "sets another policy from height \(change.height.rawValue) on: \(policy)",
        chinese: "自高度 \(change.height.rawValue) 起采用新政策：\(policy)")
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

extension GenesisMember {
  fileprivate var admission: LocalizedText {
    let roles = self.roles.map(\.name).joined(separator: ", ")
    let codes = entities.map { Party.disclosed($0).typedText }.joined(separator: ", ")
    let keys = self.keys.map(\.keyID.description).joined(separator: ", ")
    return LocalizedText(
      english: "admits \(id) (\(name)) as \(roles); codes: \(codes.isEmpty ? "none" : codes); "
        + "keys: \(keys)",
      chinese: "接纳 \(id)（\(name)），角色 \(roles)；代码：\(codes.isEmpty ? "无" : codes)；密钥：\(keys)")
  }
}

extension NodeIdentity {
  fileprivate var setting: LocalizedText {
    let places = addresses.map(\.text).joined(separator: ", ")
    let (consensus, transport) = (consensusKey.key.keyID, transportKey.key.keyID)
    return LocalizedText(
      english: "sets the node of \(member): \(places.isEmpty ? "no address" : places), "
        + "consensus key \(consensus), transport key \(transport)",
      chinese: "设置 \(member) 的节点：\(places.isEmpty ? "无地址" : places)，共识密钥 \(consensus)，"
        + "传输密钥 \(transport)")
  }
}
