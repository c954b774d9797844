import CommandInterface
import Documents
import Ledger
import Node

/// What commands that draft a change of the network accept besides what they change.
enum ChangeOptions {
  static let output = Option.optional(
    "output", short: "o", ValueType<String>.path,
    LocalizedText(english: "Where to write the draft.", chinese: "草稿写入的文件。"))

  static let addTo = Option.optional(
    "add-to", ValueType<String>.path,
    LocalizedText(
      english: "Add the change to this draft: it is made with the others or not at all.",
      chinese: "加入此草稿：与其他变更一起生效或都不生效。"))

  static let signers = Option.repeated(
    "signer", .member,
    LocalizedText(
      english: "A governor who will sign; once for each. Not needed if all of them must.",
      chinese: "将签署的治理成员；每个一次。须全部签署时可省略。"))

  /// Below the limit of 7 days, which counts from the time of the block: that of a validator whose
  /// clock is a little behind.
  static let validFor = Option.defaulted(
    "valid-for", .validity, to: "6d",
    LocalizedText(
      english: "How long the governors have to sign, at most 7d.", chinese: "治理成员签署的时限，最多 7d。"))

  /// Whose key or node a change is about.
  static let holder = Option.optional(
    "as", .member,
    LocalizedText(
      english: "Whose key it is; else the data directory's member's.",
      chinese: "密钥属于哪个成员；默认为数据目录中的成员。"))

  static let all: [any OptionDeclaring] = [
    output, addTo, signers, validFor, RecordOptions.reference, RecordOptions.dryRun,
  ]
}

/// Makes a draft of changes of the network: numbers them, names who signs, writes the file; or only
/// tries them (`--dry-run`).
struct ChangeDraft {
  let inquiry: Inquiry
  let now: NetworkNow
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) throws(Problem) {
    self.inquiry = inquiry
    now = try inquiry.networkNow()
  }

  /// What else the answer tells, such as the file of a new key.
  typealias Fact = DraftReport.Fact

  func make(_ actions: [GovernanceAction], _ facts: [Fact] = []) throws(Problem) -> ExitCode {
    let isDry = context[RecordOptions.dryRun]
    switch (context[ChangeOptions.output], context[ChangeOptions.addTo], isDry) {
    case (_, nil, true):
      let signers = try signers()
      return try DryRun(inquiry).run(numbered(actions, by: signers[0]), signers)
    case (let path?, nil, false): return try write(actions, to: path, facts)
    case (nil, let path?, false): return try add(actions, to: path, facts)
    case (nil, nil, false):
      throw context.misuse(
        LocalizedText(
          english: "say where to write the draft: --output FILE, or --add-to FILE",
          chinese: "请给出草稿写入位置：--output 文件 或 --add-to 文件"))
    default:
      throw context.misuse(
        LocalizedText(
          english: "--add-to excludes --output and --dry-run",
          chinese: "--add-to 与 --output、--dry-run 互相排斥"))
    }
  }

  private func write(
    _ actions: [GovernanceAction], to path: String, _ facts: [Fact]
  ) throws(Problem) -> ExitCode {
    let signers = try signers()
    let reference =
      if let reference = context[RecordOptions.reference] { reference } else {
        try FormSurroundings.newIdentifier("G")
      }
    let draft = TransactionDraft(
      network: try inquiry.network().id, signers: signers, reference: reference,
      validUntil: try validUntil(), salt: try Randomness.digest(),
      operations: try checked(numbered(actions, by: signers[0])))
    try DraftFile.write(draft, to: path, .kept)
    return try DraftReport(context, try inquiry.network()).present(draft, path, facts)
  }

  private func add(
    _ actions: [GovernanceAction], to path: String, _ facts: [Fact]
  ) throws(Problem) -> ExitCode {
    let old = try DraftFile.read(.path(path))
    try old.requireNetwork(try inquiry.network().id)
    let earlier = old.operations.compactMap { operation -> GovernanceAction? in
      guard case .governance(let change) = operation.body else { return nil }
      return change.action
    }
    guard earlier.count == old.operations.count else { throw .refusal(.authorityMixed) }
    if old.signatures.contains(where: { $0 != nil }) {
      context.note(
        LocalizedText(
          english: "The draft had signatures; they do not cover the new change and are dropped.",
          chinese: "草稿原有签名不包含新增变更，已去除。"))
    }
    let draft = TransactionDraft(
      network: old.network, signers: old.payload.signers, reference: old.payload.reference,
      validUntil: old.payload.validUntil, salt: try Randomness.digest(),
      operations: try checked(numbered(earlier + actions, by: old.payload.submitter)))
    try DraftFile.write(draft, to: path, .replaced)
    return try DraftReport(context, try inquiry.network()).present(draft, path, facts)
  }

  // MARK: Parts

  private func numbered(_ actions: [GovernanceAction], by member: MemberID) -> [Operation] {
    actions.enumerated().map { index, action in
      Operation(
        by: member,
        body: .governance(
          GovernanceChange(
            sequence: now.governance.nextSequence + UInt64(index), action: action)))
    }
  }

  private func checked(_ operations: [Operation]) throws(Problem) -> [Operation] {
    do throws(RefusalCode) {
      try operations.checkTogether()
    } catch {
      throw .refusal(error)
    }
    return operations
  }

  private func validUntil() throws(Problem) -> Timestamp {
    let seconds = context[ChangeOptions.validFor].components.seconds
    return try context.ledgerNow().advanced(byMilliseconds: UInt64(max(1, seconds)) * 1_000)
  }

  /// Who signs: those of `--signer`; else all governors, if the threshold asks for all; else the
  /// data directory's member, if it governs and is enough. The member of the data directory, if it is
  /// among them, comes first.
  private func signers() throws(Problem) -> [MemberID] {
    let governors = now.governance.members
    let threshold = now.governance.threshold
    let own = try NodeConfiguration.loadIfPresent(context.dataDirectory)?.member
    var signers = context[ChangeOptions.signers]
    if signers.isEmpty {
      if governors.count == threshold {
        signers = governors
      } else if threshold == 1, let own, governors.contains(own) {
        signers = [own]
      }
    }
    for signer in signers where !governors.contains(signer) { throw notAGovernor(signer) }
    guard Set(signers).count == signers.count, signers.count >= threshold else {
      throw tooFew(signers.count)
    }
    if let own, let index = signers.firstIndex(of: own) {
      signers.insert(signers.remove(at: index), at: 0)
    }
    return signers
  }

  private var governorList: String {
    now.governance.members.map(\.text).joined(separator: ", ")
  }

  private func notAGovernor(_ member: MemberID) -> Problem {
    Problem(
      .notAGovernor, .usage,
      what: LocalizedText(
        english: "\(member) does not govern this network.", chinese: "\(member) 不是本网络的治理成员。"),
      why: LocalizedText(
        english: "changes are signed by governors alone, with their offline keys.",
        chinese: "网络变更仅由治理成员用离线密钥签署。"),
      next: LocalizedText(
        english: "name governors with --signer: \(governorList).",
        chinese: "请用 --signer 给出治理成员：\(governorList)。"),
      details: ["member": .member(member)])
  }

  private func tooFew(_ count: Int) -> Problem {
    let threshold = now.governance.threshold
    return .refusal(
      .quorumMissing,
      what: LocalizedText(
        english: "\(threshold) governors must sign a change; "
          + (count == 0 ? "none was named." : "\(count) different ones were named."),
        chinese: "变更须 \(threshold) 名治理成员签署；"
          + (count == 0 ? "尚未指定。" : "现仅指定 \(count) 名。")),
      next: LocalizedText(
        english:
          "name those who will sign, once each: --signer MEMBER. Governors: \(governorList).",
        chinese: "请逐个指定将签署者：--signer 成员。治理成员：\(governorList)。"),
      details: [
        "threshold": .integer(threshold),
        "governors": .array(now.governance.members.map(JSONValue.member)),
      ])
  }
}

extension ProblemCode {
  static let notAGovernor = ProblemCode("NOT_A_GOVERNOR")
}
