import CommandInterface
import Ledger

extension Problem {
  /// Why a network file cannot be used, exit status 78.
  package init(_ error: NetworkFileError, networkFile path: String) {
    self.init(
      .networkFileInvalid, .configurationError,
      what: LocalizedText(
        english: "the network in \(path) cannot run: \(error.reason.english).",
        chinese: "\(path) 中的网络无法运行：\(error.reason.chinese)。"),
      next: error.mend, details: ["path": .string(path)])
  }
}

extension NetworkFileError {
  /// A clause without a full stop.
  var reason: LocalizedText {
    switch self {
    case .malformed(let cause):
      LocalizedText(english: "its bytes are not canonical (\(cause))", chinese: "编码不规范（\(cause)）")
    case .noMembers: LocalizedText(english: "it has no members", chinese: "没有成员")
    case .memberListedTwice(let member):
      LocalizedText(english: "member \(member) is listed twice", chinese: "成员 \(member) 重复")
    case .memberWithoutRole(let member):
      LocalizedText(english: "member \(member) has no role", chinese: "成员 \(member) 没有角色")
    case .memberWithoutKey(let member):
      LocalizedText(english: "member \(member) has no key", chinese: "成员 \(member) 没有密钥")
    case .keyUsedTwice(let kid):
      LocalizedText(english: "the key \(kid) stands in two places", chinese: "密钥 \(kid) 出现两次")
    case .entityListedTwice(let entity):
      LocalizedText(
        english: "the code \(entity) stands for two members", chinese: "代码 \(entity) 属于两个成员")
    case .validatorSetInvalid:
      LocalizedText(
        english: "its validators do not make a set: 1 to \(ValidatorSet.limit), no key twice",
        chinese: "验证者集合无效：应为 1 至 \(ValidatorSet.limit) 个，密钥不重复")
    case .memberNotListed(let member):
      LocalizedText(
        english: "\(member) runs a node or governs, but is not among the members",
        chinese: "\(member) 运行节点或参与治理，但不在成员名单中")
    case .nodeListedTwice(let member):
      LocalizedText(english: "\(member) has two nodes", chinese: "\(member) 有两个节点")
    case .proofOfPossessionInvalid(let member, let purpose):
      LocalizedText(
        english: "the proof that \(member) has its \(purpose.rawValue) key is not valid",
        chinese: "\(member) 的 \(purpose.rawValue) 密钥持有证明无效")
    case .governorListedTwice(let member):
      LocalizedText(english: "\(member) governs twice", chinese: "治理成员 \(member) 重复")
    case .thresholdOutOfRange(let threshold, let governors):
      LocalizedText(
        english: "the threshold is \(threshold), but there are \(governors) governors",
        chinese: "治理门限为 \(threshold)，而治理成员有 \(governors) 个")
    }
  }

  var mend: LocalizedText {
    switch self {
    case .proofOfPossessionInvalid(let member, _):
      LocalizedText(
        english: "proofs are bound to the network's name and genesis time: if one was changed, "
          + "\(member) makes its identity again: hypothec node identity",
        chinese: "证明与网络名称和创世时间绑定：如有改动，\(member) 须重新生成身份文件：hypothec node identity")
    case .malformed:
      LocalizedText(
        english: "fetch the file again from the network's coordinator.",
        chinese: "请向网络协调方重新获取该文件。")
    case .keyUsedTwice:
      LocalizedText(
        english: "give every use and every member a key of its own: hypothec key new FILE",
        chinese: "每个用途、每个成员都须使用各自的密钥：hypothec key new 文件")
    case .noMembers, .memberListedTwice, .memberWithoutRole, .memberWithoutKey,
      .entityListedTwice, .validatorSetInvalid, .memberNotListed, .nodeListedTwice,
      .governorListedTwice, .thresholdOutOfRange:
      LocalizedText(
        english: "correct the template, and run hypothec network create again.",
        chinese: "请改正模板，然后重新运行 hypothec network create。")
    }
  }
}
