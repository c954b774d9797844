import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `validator propose`: the first step to other validators, a file for them to attest.
struct ValidatorPropose {
  private static let set = Option.optional(
    "set", .members,
    LocalizedText(
      english: "All validators of the next epoch: a,b,c.", chinese: "下一纪元的全部验证者：a,b,c。"))

  private static let add = Option.repeated(
    "add", .member,
    LocalizedText(
      english: "A member whose node joins the validators; once for each.",
      chinese: "节点加入验证集合的成员；每个一次。"))

  private static let remove = Option.repeated(
    "remove", .member,
    LocalizedText(
      english: "A member whose node leaves them; once for each.", chinese: "节点退出验证集合的成员；每个一次。"))

  private static let keep = Flag(
    "keep",
    LocalizedText(
      english: "The same members, with the keys that their nodes have now.",
      chinese: "成员不变，采用其节点现有密钥。"))

  private static let output = Option.required(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(
      english: "The file for the validators to attest.", chinese: "供验证者声明的文件。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "propose",
      LocalizedText(
        english: "Propose the validators of the next epoch, for them to attest.",
        chinese: "提出下一纪元的验证集合，供各验证者声明就绪。"),
      discussion: LocalizedText(
        english: """
          The way to other validators: 'propose' makes a file; each new validator says with \
          'ready' that its node runs and follows; when enough have, 'draft' makes the change of \
          it that governors sign. Of n validators, max(1, n/3) may change at a time.
          """,
        chinese:
          "变更验证者的步骤：'propose' 生成文件；各新验证者用 'ready' 声明其节点已运行并跟上；足够后用 'draft' 起草供治理成员签署。n 个验证者中每次最多变更 max(1, n/3) 个。"
      ),
      options: [set, add, remove, keep, output],
      examples: [
        Command.Example(
          "hypothec validator propose --add bank-b -o validators.json",
          LocalizedText(english: "Let bank-b validate too:", chinese: "让 bank-b 也参与验证："))
      ]
    ) { context throws(Problem) in
      try ValidatorPropose(context, source).run()
    }
  }

  private let context: CommandContext
  private let source: AccessSource

  init(_ context: CommandContext, _ source: AccessSource) {
    self.context = context
    self.source = source
  }

  func run() throws(Problem) -> ExitCode {
    let inquiry = Inquiry(context, try source.open(context, .reading))
    let now = try inquiry.networkNow()
    var validators: [Validator] = []
    for id in try members(now.validators) { validators.append(try validator(id, now)) }
    guard let set = ValidatorSet(epoch: now.validators.epoch.next, validators: validators) else {
      throw context.misuse(
        LocalizedText(
          english: "a network has 1 to \(ValidatorSet.limit) validators",
          chinese: "验证者为 1 至 \(ValidatorSet.limit) 个"))
    }
    try requireSmall(set, now.validators)
    let proposal = ValidatorProposal(network: try inquiry.network().id, set: set)
    let path = context[Self.output]
    try proposal.write(to: path, .kept)
    return try ValidatorProposalReport(context).present(proposal, path, before: now.validators)
  }

  private func members(_ before: ValidatorSet) throws(Problem) -> [MemberID] {
    let (added, removed) = (context[Self.add], context[Self.remove])
    let current = before.validators.map(\.member)
    switch (context[Self.set], context[Self.keep], added.isEmpty && removed.isEmpty) {
    case (let set?, false, true): return set
    case (nil, true, true): return current
    case (nil, false, false):
      for member in removed where !current.contains(member) { throw notValidator(member) }
      let kept = current.filter { !removed.contains($0) }
      return kept + added.filter { !kept.contains($0) }
    default:
      throw context.misuse(
        LocalizedText(
          english: "say --set a,b,c, or --add and --remove, or --keep",
          chinese: "请给出 --set a,b,c，或 --add 与 --remove，或 --keep"))
    }
  }

  private func validator(_ id: MemberID, _ now: NetworkNow) throws(Problem) -> Validator {
    let member = try now.requireMember(id)
    // Who is suspended may stay: a set that cannot drop two at once must still be able to change.
    guard member.standing == .active || now.validator(id) != nil else {
      throw .refusal(
        .memberSuspended,
        what: LocalizedText(
          english: "\(id) is suspended and cannot become a validator.",
          chinese: "\(id) 已被暂停，不能成为验证者。"),
        details: ["member": .member(id)])
    }
    return Validator(member: id, consensusKey: try now.requireNode(of: id).consensusKey)
  }

  private func requireSmall(_ set: ValidatorSet, _ before: ValidatorSet) throws(Problem) {
    let (count, limit) = (set.changeCount(from: before), before.changeLimit)
    guard count > limit else { return }
    throw .refusal(
      .validatorSetChangeTooLarge,
      what: LocalizedText(
        english: "\(count) of \(before.count) validators would change; \(limit) may at a time.",
        chinese: "\(before.count) 个验证者将变更 \(count) 个，每次最多 \(limit) 个。"),
      details: ["changes": .integer(count), "limit": .integer(limit)])
  }

  private func notValidator(_ member: MemberID) -> Problem {
    Problem(
      .usage, .usage,
      what: LocalizedText(
        english: "\(member) is no validator, so it cannot be removed.",
        chinese: "\(member) 不是验证者，无法移除。"),
      next: LocalizedText(
        english: "see who is: hypothec validator list", chinese: "查看：hypothec validator list"))
  }
}

extension ValueType where Value == [MemberID] {
  /// `bank-a,bank-b`.
  static var members: ValueType {
    ValueType("members") { text throws(InvalidValue) in
      var members: [MemberID] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let member = try ValueType<MemberID>.member.parse(String(part))
        guard !members.contains(member) else {
          throw InvalidValue(
            english: "\(member) stands in the list twice", chinese: "列表中 \(member) 重复")
        }
        members.append(member)
      }
      return members
    }
  }
}

/// A proposal of validators as people read it.
struct ValidatorProposalReport {
  private let context: CommandContext

  init(_ context: CommandContext) { self.context = context }

  func present(
    _ proposal: ValidatorProposal, _ path: String, before: ValidatorSet? = nil
  ) throws(Problem) -> ExitCode {
    try context.answer {
      JSONDocument(
        JSONSchema("validator-proposal"),
        [
          JSONMember("file", .string(path)), JSONMember("proposal", proposal.json),
          JSONMember("quorum", .integer(proposal.set.quorum)),
          JSONMember("ready", .boolean(proposal.isReady)),
        ])
    } text: {
      text(proposal, path, before)
    }
    return .success
  }

  private func text(
    _ proposal: ValidatorProposal, _ path: String, _ before: ValidatorSet?
  ) -> String {
    var facts = FactList()
    for (index, validator) in proposal.set.validators.enumerated() {
      let isReady = !proposal.missing.contains(validator.member)
      facts.append(
        index == 0 ? context.say("Validators", "验证者") : "",
        "\(validator.member): "
          + (isReady ? context.say("ready", "已就绪") : context.say("has not attested", "未声明")))
    }
    if let before {
      facts.append(
        context.say("Changes", "变化"), proposal.set.difference(from: before)[context.language])
    }
    facts.append(
      context.say("Then", "变更后"),
      ValidatorCommands.tolerance(proposal.set)[context.language])
    let title = context.say(
      "Validators of epoch \(proposal.set.epoch.rawValue): \(path)",
      "第 \(proposal.set.epoch.rawValue) 纪元的验证者：\(path)")
    return ([title] + facts.lines(context) + [next(proposal, path)]).joined(separator: "\n")
  }

  private func next(_ proposal: ValidatorProposal, _ path: String) -> String {
    guard proposal.isReady else {
      let missing = proposal.missing.map(\.text).joined(separator: ", ")
      let count = proposal.set.quorum - proposal.attestations.count
      return context.say(
        "\(count) more must attest. Next, at the node of \(missing): "
          + "hypothec validator ready \(path)",
        "还须 \(count) 个声明。下一步，在 \(missing) 的节点：hypothec validator ready \(path)")
    }
    return context.say(
      "Enough are ready. Next: hypothec validator draft \(path) -o validators.draft",
      "已足够。下一步：hypothec validator draft \(path) -o validators.draft")
  }
}

extension ValidatorSet {
  /// `comes: bank-b; goes: dealer`.
  func difference(from before: ValidatorSet) -> LocalizedText {
    let old = before.validators.map(\.member)
    let new = validators.map(\.member)
    let come = new.filter { !old.contains($0) }.map(\.text).joined(separator: ", ")
    let gone = old.filter { !new.contains($0) }.map(\.text).joined(separator: ", ")
    let changed = validators.filter { validator in
      before.validators.contains {
        $0.member == validator.member && $0.consensusKey != validator.consensusKey
      }
    }.map(\.member.text).joined(separator: ", ")
    var english: [String] = []
    var chinese: [String] = []
    if !come.isEmpty {
      english.append("comes: \(come)")
      chinese.append("加入：\(come)")
    }
    if !gone.isEmpty {
      english.append("goes: \(gone)")
      chinese.append("退出：\(gone)")
    }
    if !changed.isEmpty {
      english.append("with another key: \(changed)")
      chinese.append("更换密钥：\(changed)")
    }
    guard !english.isEmpty else { return LocalizedText(english: "nothing", chinese: "无") }
    return LocalizedText(
      english: english.joined(separator: "; "), chinese: chinese.joined(separator: "；"))
  }
}
