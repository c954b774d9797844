import CommandInterface
import Cryptography
import Ledger
import Node

/// `member vote`: shows a change of the network in words and, with a governor's key, signs it.
struct MemberVote {
  static func command(_ source: AccessSource) -> Command {
    Command(
      "vote",
      LocalizedText(
        english: "Read a change of the network and, with --key, sign it as a governor.",
        chinese: "查看网络变更；给出 --key 时以治理成员身份签署。"),
      discussion: LocalizedText(
        english: """
          Without --key nothing is signed: read what the change does, and against what is so now. \
          With the governor's key it adds the signature, as 'transaction sign' does. To vote \
          against a change, do not sign it; drafts expire.
          """,
        chinese: "不给 --key 时只显示变更内容及其与现状的差别；给出治理密钥则添加签名，同 'transaction sign'。反对即不签署，草稿会过期。"),
      arguments: [TransactionSignCommand.draft],
      options: [TransactionSignCommand.output, TransactionSignCommand.offline]
        + SigningOptions.all,
      examples: [
        Command.Example(
          "hypothec member vote admit.draft --as bank-a --key governor.pem",
          LocalizedText(english: "Sign as bank-a:", chinese: "以 bank-a 身份签署："))
      ]
    ) { context throws(Problem) in
      try MemberVote(context, source).run()
    }
  }

  private let context: CommandContext
  private let source: AccessSource

  init(_ context: CommandContext, _ source: AccessSource) {
    self.context = context
    self.source = source
  }

  func run() throws(Problem) -> ExitCode {
    let path = context[TransactionSignCommand.draft]
    let draft = try DraftFile.read(path)
    guard draft.operations.authority == .governors else { throw notAChange(path) }
    let inquiry =
      context[TransactionSignCommand.offline]
      ? nil : Inquiry(context, try source.open(context, .reading))
    let ballot = Ballot(
      draft,
      try inquiry.map { inquiry throws(Problem) in
        try draft.requireNetwork(try inquiry.network().id)
        return try inquiry.networkNow()
      })
    let facts = ballot.facts(context)
    guard context[SigningOptions.keys].isEmpty else {
      return try TransactionSignCommand(context, source).run(facts)
    }
    return try DraftReport(context, try inquiry?.network()).present(draft, path.shown, facts)
  }

  private func notAChange(_ path: FilePath) -> Problem {
    Problem(
      .notAChange, .dataError,
      what: LocalizedText(
        english: "\(path.shown) changes nothing of the network.", chinese: "\(path.shown) 不是网络变更。"),
      why: LocalizedText(
        english: "its operations are business, which members sign with their own keys.",
        chinese: "其操作为业务操作，由成员用自己的密钥签署。"),
      next: LocalizedText(
        english: "sign it with: hypothec transaction sign \(path.shown)",
        chinese: "请用：hypothec transaction sign \(path.shown)"))
  }
}

/// What a governor should know of a change before signing it: against what is so now.
struct Ballot {
  private let draft: TransactionDraft
  /// `nil` where no node is asked.
  private let now: NetworkNow?

  init(_ draft: TransactionDraft, _ now: NetworkNow?) {
    self.draft = draft
    self.now = now
  }

  func facts(_ context: CommandContext) -> [DraftReport.Fact] {
    var lines: [LocalizedText] = []
    for operation in draft.operations {
      guard case .governance(let change) = operation.body else { continue }
      lines += details(of: change.action)
    }
    if let now, case .governance(let first)? = draft.operations.first?.body,
      first.sequence != now.governance.nextSequence
    {
      lines.append(
        LocalizedText(
          english: "It would be refused: its number is \(first.sequence), the next is "
            + "\(now.governance.nextSequence). Draft it anew.",
          chinese: "将被拒绝：其序号为 \(first.sequence)，下一个应为 \(now.governance.nextSequence)。请重新起草。"))
    }
    return lines.enumerated().map { index, line in
      DraftReport.Fact(
        nil, label: index == 0 ? context.say("In detail", "详情") : "",
        value: line[context.language])
    }
  }

  private func details(of action: GovernanceAction) -> [LocalizedText] {
    switch action {
    case .setNode(let node): return details(of: node)
    case .setValidators(let change): return details(of: change)
    case .setPolicy(let change):
      guard let now else { return [] }
      let current = now.policy.policy(at: now.head.height.next)
      let differences = current.differences(to: change.policy)
      return
        (differences.isEmpty
        ? [LocalizedText(english: "the policy stays as it is", chinese: "政策不变")]
        : differences.map { LocalizedText(verbatim: $0) })
        + [
          LocalizedText(
            english: "the ledger is at height \(now.head.height.rawValue)",
            chinese: "账本现高度 \(now.head.height.rawValue)")
        ]
    case .admitMember, .setStanding, .addKey, .retireKey, .advanceEpoch, .setThreshold: return []
    }
  }

  private func details(of node: NodeIdentity) -> [LocalizedText] {
    guard let before = now?.node(of: node.member) else { return [] }
    var lines: [LocalizedText] = []
    if before.addresses != node.addresses {
      let old = before.addresses.map(\.text).joined(separator: ", ")
      lines.append(
        LocalizedText(
          english: "\(node.member) was reached at \(old.isEmpty ? "no address" : old)",
          chinese: "\(node.member) 原地址 \(old.isEmpty ? "无" : old)"))
    }
    if before.consensusKey != node.consensusKey.key {
      lines.append(
        LocalizedText(
          english: "\(node.member)'s consensus key changes for later sets of validators",
          chinese: "\(node.member) 的共识密钥将在以后的验证集合中更换"))
    }
    return lines
  }

  private func details(of change: ValidatorChange) -> [LocalizedText] {
    guard let now else { return [] }
    let validators = change.members.compactMap { member in
      now.node(of: member).map { Validator(member: member, consensusKey: $0.consensusKey) }
    }
    guard
      let set = ValidatorSet(epoch: now.validators.epoch.next, validators: validators),
      set.count == change.members.count
    else { return [] }
    return [
      set.difference(from: now.validators), ValidatorCommands.tolerance(set),
      LocalizedText(
        english: "the block that accepts it closes epoch \(now.validators.epoch.rawValue)",
        chinese: "接受它的区块将结束第 \(now.validators.epoch.rawValue) 纪元"),
    ]
  }
}

extension ProblemCode {
  static let notAChange = ProblemCode("NOT_A_CHANGE")
}
