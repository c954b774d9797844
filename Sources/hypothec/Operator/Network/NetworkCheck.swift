import CommandInterface
import Ledger

/// `network check`: whether a network file is whole, and what its members should know about it.
enum NetworkCheck {
  static let command = Command(
    "check", LocalizedText(english: "Check a network file.", chinese: "检查网络文件。"),
    discussion: LocalizedText(
      english: """
        Verifies the form, the id, that no key or code stands in two places, every proof of \
        possession and the governors' threshold; then says what is allowed but not advisable.
        """,
      chinese: "检查格式、编号、密钥和代码是否重复、每个持有证明和治理门限；并指出允许但不建议的设置。"),
    arguments: [NetworkShow.file]
  ) { context throws(Problem) in
    let network = try NetworkShow.load(context)
    return try InspectionFindings(list: good(network) + notices(network)).answer(
      JSONSchema("network-check"), context)
  }

  private static func good(_ network: NetworkFile) -> [InspectionFinding] {
    let keys =
      network.members.flatMap(\.keys).count + network.governors.count
      + 2 * (network.validators.count + network.followers.count)
    return [
      .good(Subject.network, LocalizedText(verbatim: "\(network.name)  \(network.id)")),
      .good(
        Subject.keys,
        LocalizedText(
          english: "\(keys) keys, all different; every proof of possession is valid",
          chinese: "\(keys) 个密钥，互不相同；持有证明均有效")),
    ]
  }

  // MARK: Notices

  private static func notices(_ network: NetworkFile) -> [InspectionFinding] {
    [validators(network), governors(network), addresses(network), roles(network)]
      .compactMap { $0 }
  }

  private static func validators(_ network: NetworkFile) -> InspectionFinding? {
    let count = network.validators.count
    guard count < 4 else { return nil }
    return .notice(
      Subject.validators,
      LocalizedText(
        english: "\(count) of 4: the network stops when one fails, and one that lies is not found "
          + "out by the others",
        chinese: "\(count) 个，少于 4 个：任何一个故障都会使网络停止，且无法抵御作恶者"),
      mend: LocalizedText(
        english: "4 validators withstand one that fails or lies, 7 withstand two",
        chinese: "4 个验证者可容忍 1 个故障或作恶，7 个可容忍 2 个"))
  }

  private static func governors(_ network: NetworkFile) -> InspectionFinding? {
    guard network.governorThreshold * 2 <= network.governors.count || network.governors.count == 1
    else { return nil }
    return .notice(
      Subject.governors,
      LocalizedText(
        english: "\(network.governorThreshold) of \(network.governors.count) governors can change "
          + "the network",
        chinese: "\(network.governors.count) 个治理成员中 \(network.governorThreshold) 个即可变更网络"),
      mend: LocalizedText(
        english: "a threshold of more than half keeps a minority from taking over",
        chinese: "门限应过半，以防少数成员控制网络"))
  }

  private static func addresses(_ network: NetworkFile) -> InspectionFinding? {
    let silent = network.validators.filter(\.addresses.isEmpty).map(\.member.text)
    guard network.validators.count > 1, !silent.isEmpty else { return nil }
    let list = silent.joined(separator: ", ")
    return .notice(
      Subject.addresses,
      LocalizedText(
        english: "no address is given for \(list)", chinese: "未给出地址：\(list)"),
      mend: LocalizedText(
        english: "the others cannot reach a validator without an address",
        chinese: "没有地址的验证者无法被其他节点连接"))
  }

  private static func roles(_ network: NetworkFile) -> InspectionFinding? {
    let needed: [Role] = [.registry, .lender, .appraiser]
    let missing = needed.filter { role in
      !network.members.contains { $0.roles.contains(role) }
    }
    guard !missing.isEmpty else { return nil }
    let list = missing.map(\.name).joined(separator: ", ")
    return .notice(
      Subject.roles,
      LocalizedText(english: "no member is \(list)", chinese: "没有成员担任 \(list)"),
      mend: LocalizedText(
        english: "registries register, lenders pledge, and appraisers value; a lender's own "
          + "valuation counts for that lender only",
        chinese: "登记机关登记车辆，贷款人设立抵押，评估机构评估；贷款人自己的评估只对其本身有效"))
  }

  private enum Subject {
    static let network = LocalizedText(english: "network", chinese: "网络")
    static let keys = LocalizedText(english: "keys", chinese: "密钥")
    static let validators = LocalizedText(english: "validators", chinese: "验证者")
    static let governors = LocalizedText(english: "governors", chinese: "治理")
    static let addresses = LocalizedText(english: "addresses", chinese: "地址")
    static let roles = LocalizedText(english: "roles", chinese: "角色")
  }
}
