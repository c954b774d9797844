import CommandInterface
import Cryptography
import Documents
import Ledger

/// Puts a template and the identities of its members together to a network file.
///
/// Everything that is missing or does not fit is told at once, so that the coordinator asks each
/// member one time.
struct NetworkAssembly {
  let template: NetworkTemplate
  let genesisTime: Timestamp
  let identities: [MemberIdentity]

  func file() throws(Problem) -> NetworkFile {
    let findings = JSONFindings()
    check(findings)
    guard findings.findings.isEmpty else { throw .incomplete(findings.findings) }
    let file = NetworkFile(
      name: template.name, genesisTime: genesisTime, members: members,
      validators: template.validators.compactMap(node),
      followers: template.followers.compactMap(node),
      governors: template.governors.compactMap { member in
        identity(of: member)?.governorKey.map { Governor(member: member, key: $0) }
      }, governorThreshold: template.governorThreshold, policy: template.policy)
    do throws(NetworkFileError) {
      try file.check()
    } catch {
      throw Problem(error, networkFile: "\(template.name)")
    }
    return file
  }

  private var members: [GenesisMember] {
    template.members.compactMap { member in
      identity(of: member.id).map {
        GenesisMember(
          id: member.id, name: member.name, roles: member.roles, keys: $0.keys,
          entities: member.entities)
      }
    }
  }

  private func node(_ node: NetworkTemplate.Node) -> NodeIdentity? {
    identity(of: node.member)?.node.map {
      NodeIdentity(
        member: node.member, consensusKey: $0.consensus, transportKey: $0.transport,
        addresses: node.addresses)
    }
  }

  private func identity(of member: MemberID) -> MemberIdentity? {
    identities.first { $0.member == member }
  }

  // MARK: Checks

  private func check(_ findings: JSONFindings) {
    for member in template.members { check(member.id, findings) }
    for (index, identity) in identities.enumerated() {
      let path = "identity of \(identity.member)"
      if !template.members.contains(where: { $0.id == identity.member }) {
        findings.add(
          path, line: nil,
          LocalizedText(
            english: "\(identity.member) is not among the template's members",
            chinese: "\(identity.member) 不在模板的成员中"))
      }
      if identities[..<index].contains(where: { $0.member == identity.member }) {
        findings.add(
          path, line: nil, LocalizedText(english: "it is given twice", chinese: "重复给出"))
      }
    }
  }

  private func check(_ member: MemberID, _ findings: JSONFindings) {
    func add(_ english: String, _ chinese: String) {
      findings.add(
        "identity of \(member)", line: nil, LocalizedText(english: english, chinese: chinese))
    }
    guard let identity = identity(of: member) else {
      return add(
        "it is missing; \(member) makes it: hypothec node identity --as \(member)",
        "缺少；由 \(member) 生成：hypothec node identity --as \(member)")
    }
    if identity.network != template.name {
      add("it is for the network \(identity.network)", "属于网络 \(identity.network)")
    }
    if identity.genesisTime != genesisTime {
      let time = identity.genesisTime.wallTime.text
      add("it is for the genesis time \(time)", "对应的创世时间为 \(time)")
    }
    if template.nodes.contains(where: { $0.member == member }), identity.node == nil {
      add("its node's keys are missing", "缺少节点密钥")
    }
    if template.governors.contains(member), identity.governorKey == nil {
      add("its governor key is missing", "缺少治理密钥")
    }
  }
}

extension ProblemCode {
  static let networkIncomplete = ProblemCode("NETWORK_INCOMPLETE")
}

extension Problem {
  fileprivate static func incomplete(_ findings: [JSONFindings.Finding]) -> Problem {
    Problem(
      .networkIncomplete, .configurationError,
      what: LocalizedText(
        english: "the network cannot be put together yet.", chinese: "尚无法组成网络。"),
      why: LocalizedText(
        english: findings.map { $0.sentence(.english) }.joined(separator: "\n"),
        chinese: findings.map { $0.sentence(.chinese) }.joined(separator: "\n")),
      next: LocalizedText(
        english: "give every member's identity with --identity FILE, or --keys DIRECTORY to make "
          + "the keys of all members here.",
        chinese: "用 --identity 文件 给出每个成员的身份文件，或用 --keys 目录 在此生成所有成员的密钥。"),
      details: ["findings": .array(findings.map(\.json))])
  }
}
