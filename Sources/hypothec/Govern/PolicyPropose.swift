import CommandInterface
import Documents
import Ledger
import Node

/// `policy propose`: drafts another policy from a height on.
enum PolicyPropose {
  private static let file = Argument.required(
    "file", .file,
    LocalizedText(
      english: "JSON with what is to change, under the names of 'policy show --json'.",
      chinese: "含变更项的 JSON，名称同 'policy show --json'。"))

  private static let effective = Option.required(
    "effective", .height,
    LocalizedText(
      english: "The height of the first block that it applies to.", chinese: "开始适用的区块高度。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "propose",
      LocalizedText(
        english: "Draft another policy, from a height on.", chinese: "起草自某高度起的新政策。"),
      discussion: LocalizedText(
        english: """
          What the file does not name stays as it is now; loanToValueCaps is replaced whole. The \
          height must be above that of the block which accepts the change. A policy that still \
          waits for its height is dropped.
          """,
        chinese: "文件未列出的各项保持现状；loanToValueCaps 整体替换。高度须大于接受该变更的区块。尚待生效的政策会被取代。"),
      arguments: [file], options: [effective] + ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec policy propose prudent.json --effective 60000 -o policy.draft",
          LocalizedText(english: "From height 60,000 on:", chinese: "自高度 60,000 起："))
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let draft = try ChangeDraft(inquiry)
      let current = draft.now.policy.policy(at: draft.now.head.height.next)
      let policy = try load(context[file], current)
      let height = context[effective]
      guard height > draft.now.head.height.next else { throw tooEarly(height, draft.now.head) }
      let changes = current.differences(to: policy).map { difference in
        DraftReport.Fact(nil, label: "", value: difference)
      }
      return try draft.make(
        [.setPolicy(PolicySchedule.Change(policy: policy, height: height))], changes)
    }
  }

  private static func load(_ path: FilePath, _ current: Policy) throws(Problem) -> Policy {
    let bytes = try LocalFile.read(path, limit: NetworkFile.byteLimit)
    return try JSONFile.read(bytes, path.shown, .policyInvalid) { field in
      Policy(field, over: current)
    }
  }

  private static func tooEarly(_ height: Height, _ head: ChainHead) -> Problem {
    .refusal(
      .policyRetroactive,
      what: LocalizedText(
        english: "height \(height.rawValue) is too early: the ledger is at "
          + "\(head.height.rawValue), and the change must be accepted before.",
        chinese: "高度 \(height.rawValue) 过早：账本已到 \(head.height.rawValue)，变更须先被接受。"),
      details: ["head": .height(head.height)])
  }
}

extension Policy {
  /// What differs, one line a member: `refusalsPerHour: 100 → 90`.
  func differences(to other: Policy) -> [String] {
    guard case .object(let old) = json, case .object(let new) = other.json else { return [] }
    return zip(old, new).filter { $0.value != $1.value }.map { old, new in
      "\(old.name): \(old.value.text) → \(new.value.text)"
    }
  }
}

extension ProblemCode {
  static let policyInvalid = ProblemCode("POLICY_INVALID")
}
