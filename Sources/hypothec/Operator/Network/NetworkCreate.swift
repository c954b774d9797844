import CommandInterface
import Cryptography
import Documents
import Ledger

/// `network create`: from a template or from flags, with identities or with keys made here.
enum NetworkCreate {
  private static let template = Option.optional(
    "template", .file,
    LocalizedText(
      english: "What the members agreed on (see network-configs/).",
      chinese: "成员约定的模板（见 network-configs/）。"))

  private static let name = Option.optional(
    "name", ValueType<MemberID>.member.named("name"),
    LocalizedText(
      english: "Without a template: the network's name.", chinese: "不用模板时：网络名称。"))

  private static let members = Option.repeated(
    "member", .templateMember,
    LocalizedText(
      english: "Without a template: a member, its roles and its name.",
      chinese: "不用模板时：成员、角色和名称。"))

  private static let validators = Option.repeated(
    "validator", .templateNode,
    LocalizedText(
      english: "Without a template: who validates, at which address; else the first member.",
      chinese: "不用模板时：验证者及其地址；默认为第一个成员。"))

  private static let identities = Option.repeated(
    "identity", short: "i", .file,
    LocalizedText(
      english: "A member's identity file, made by 'node identity'.",
      chinese: "成员的身份文件，由 'node identity' 生成。"))

  private static let keys = Option.optional(
    "keys", .directory,
    LocalizedText(
      english: "Make the keys of members without an identity here, in DIRECTORY/MEMBER.",
      chinese: "在 目录/成员 中为没有身份文件的成员生成密钥。"))

  private static let output = Option.defaulted(
    "out", short: "o", .path,
    to: "network.json",
    LocalizedText(english: "The network file to write.", chinese: "要写入的网络文件。"))

  static let command = Command(
    "create", LocalizedText(english: "Create a network file.", chinese: "创建网络文件。"),
    discussion: LocalizedText(
      english: """
        A network file says who is in the network, who validates, who governs, and by which \
        numbers. Every member and everybody who verifies anything needs the same file; its id is \
        what tells the network from all others.
        Several organisations: agree on a template with a genesisTime; each makes its keys and an \
        identity file with 'node identity'; one of you puts them together here. Private keys stay \
        where they were made.
        To try things out: --keys makes the keys of all members on this machine.
        """,
      chinese: """
        网络文件规定谁是成员、谁验证、谁治理以及各项参数。每个成员和每个核验者都需要同一文件，其编号将该网络与其他网络区分开。
        多家机构：先约定含 genesisTime 的模板；各自用 'node identity' 生成密钥和身份文件；由一家在此合并。私钥始终留在生成处。
        试用：--keys 在本机为所有成员生成密钥。
        """),
    options: [template, name, members, validators, identities, keys, output],
    examples: [
      .init(
        "hypothec network create --template network-configs/demo.json --keys keys",
        LocalizedText(english: "A network to try things out:", chinese: "试用网络：")),
      .init(
        "hypothec network create --name my-net --member bank-a:lender,appraiser:Bank_A "
          + "--member office:registry --keys keys",
        LocalizedText(english: "The same without a template:", chinese: "不用模板：")),
      .init(
        "hypothec network create --template agreed.json -i bank-a.identity.json "
          + "-i bank-b.identity.json",
        LocalizedText(english: "Between organisations:", chinese: "多家机构之间：")),
    ]
  ) { context throws(Problem) in
    let path = context[output]
    if LocalFile.exists(path) { throw .fileExists(path) }
    let template = try chosenTemplate(context)
    let file = try assembled(template, context)
    try LocalFile.write(Array(NetworkDocument.text(file).utf8), to: path, .everybody, .kept)
    try answer(context, file, path)
    return .success
  }

  // MARK: Template

  private static func chosenTemplate(_ context: CommandContext) throws(Problem) -> NetworkTemplate {
    let hasFlags =
      context[name] != nil || !context[members].isEmpty || !context[validators].isEmpty
    if let source = context[template] {
      guard !hasFlags else {
        throw context.misuse(
          LocalizedText(
            english: "--template already says name, members and validators",
            chinese: "--template 已包含名称、成员和验证者"))
      }
      return try load(source)
    }
    guard let name = context[name], let first = context[members].first else {
      throw context.misuse(
        LocalizedText(
          english: "give --template FILE, or --name and at least one --member",
          chinese: "请给出 --template 文件，或 --name 和至少一个 --member"))
    }
    let given = context[validators]
    let validators =
      given.isEmpty ? [NetworkTemplate.Node(member: first.id, addresses: [])] : given
    return NetworkTemplate(
      name: name, genesisTime: nil, members: context[members], validators: validators,
      followers: [], governors: validators.map(\.member),
      governorThreshold: NetworkTemplate.majority(of: validators.count), policy: .standard,
      links: nil)
  }

  static func load(_ source: FilePath) throws(Problem) -> NetworkTemplate {
    let bytes = try LocalFile.read(source, limit: NetworkFile.byteLimit)
    switch source {
    case .path(let path): return try NetworkTemplate(bytes, path)
    case .standardStream: return try NetworkTemplate(bytes, "standard input")
    }
  }

  // MARK: Identities

  private static func assembled(
    _ template: NetworkTemplate, _ context: CommandContext
  ) throws(Problem) -> NetworkFile {
    var identities: [MemberIdentity] = []
    for path in context[self.identities] { identities.append(try MemberIdentity.load(path)) }
    let time = try genesisTime(template, identities, context)
    if let directory = context[keys] {
      for member in template.members
      where !identities.contains(where: { $0.member == member.id }) {
        let keys = MemberKeys(directory: LocalPath.joined(directory, member.id.text))
        identities.append(
          try MemberIdentity.make(of: member.id, in: template, at: time, from: keys))
      }
    }
    return try NetworkAssembly(template: template, genesisTime: time, identities: identities).file()
  }

  /// The template's; else what the identities say; else now.
  private static func genesisTime(
    _ template: NetworkTemplate, _ identities: [MemberIdentity], _ context: CommandContext
  ) throws(Problem) -> Timestamp {
    if let time = template.genesisTime ?? identities.first?.genesisTime { return time }
    guard let now = Timestamp(context.now) else { throw .clockBefore1970 }
    return now
  }

  // MARK: Answer

  private static func answer(
    _ context: CommandContext, _ file: NetworkFile, _ path: String
  ) throws(Problem) {
    try context.answer {
      JSONDocument(
        JSONSchema("network-created"),
        [
          "network": .member(file.name), "networkId": .string(file.id.description),
          "file": .string(path), "members": .integer(file.members.count),
          "validators": .integer(file.validators.count),
        ])
    } text: {
      LocalizedText(
        english: """
          Network \(file.name): members \(file.members.count), validators \
          \(file.validators.count), file \(path)
          id \(file.id)
          """,
        chinese: """
          网络 \(file.name)：\(file.members.count) 个成员，\(file.validators.count) 个验证者：\(path)
          编号 \(file.id)
          """)[context.language]
    }
    if let directory = context[keys] { context.note(keysNote(file, path, directory)) }
  }

  private static func keysNote(
    _ file: NetworkFile, _ path: String, _ directory: String
  ) -> LocalizedText {
    let member = file.validators.first?.member.text ?? "MEMBER"
    let command =
      "hypothec node init --network \(path) --as \(member) --keys "
      + LocalPath.joined(directory, member)
    return LocalizedText(
      english: "Next: \(command)", chinese: "下一步：\(command)")
  }
}

extension ProblemCode {
  static let clockImplausible = ProblemCode("CLOCK_IMPLAUSIBLE")
}

extension Problem {
  static var clockBefore1970: Problem {
    Problem(
      .clockImplausible, .failure,
      what: LocalizedText(
        english: "this machine's clock stands before 1970.", chinese: "本机时钟早于 1970 年。"),
      next: LocalizedText(english: "set the clock.", chinese: "请校准时钟。"))
  }
}

extension ValueType where Value == NetworkTemplate.Member {
  /// `bank-a:lender,appraiser` or `bank-a:lender,appraiser:Bank A`.
  static var templateMember: ValueType {
    ValueType("id:roles:name") { text throws(InvalidValue) in
      let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count >= 2 else {
        throw InvalidValue(
          english: "'\(text)' is not a member with roles: write bank-a:lender,appraiser:Name",
          chinese: "'\(text)' 不是带角色的成员：请写 bank-a:lender,appraiser:名称")
      }
      let id = try ValueType<MemberID>.member.parse(String(parts[0]))
      var roles: [Role] = []
      for word in parts[1].split(separator: ",") {
        roles.append(try ValueType<Role>.word(of: Role.self, "role").parse(String(word)))
      }
      guard !roles.isEmpty, Set(roles).count == roles.count else {
        throw InvalidValue(
          english: "'\(text)' names no role, or one twice: \(Role.words.joined(separator: ", "))",
          chinese: "'\(text)' 没有角色或角色重复：\(Role.words.joined(separator: "、"))")
      }
      let name = parts.count == 3 ? String(parts[2]) : id.text
      return NetworkTemplate.Member(
        id: id, name: try ValueType<DescriptiveText>.descriptive("name").parse(name),
        roles: roles, entities: [])
    }
  }
}

extension ValueType where Value == NetworkTemplate.Node {
  /// `bank-a` or `bank-a=host:port`.
  static var templateNode: ValueType {
    ValueType("member=host:port") { text throws(InvalidValue) in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let member = try ValueType<MemberID>.member.parse(String(parts[0]))
      guard parts.count == 2 else {
        return NetworkTemplate.Node(member: member, addresses: [])
      }
      let address = try ValueType<NodeAddress>.address.parse(String(parts[1]))
      return NetworkTemplate.Node(member: member, addresses: [address])
    }
  }
}
