import CommandInterface
import Documents
import Ledger
import Node

/// `member propose`: drafts that a member joins, gets a node, is suspended, or is reinstated.
enum MemberPropose {
  private static let admit = Option.optional(
    "admit", .file,
    LocalizedText(
      english: "Admit who sent this application, with its node if it has one.",
      chinese: "接纳此申请的成员及其节点（如有）。"))

  private static let register = Option.optional(
    "register", .file,
    LocalizedText(
      english: "Register the node of this file, which a member made with 'node apply'.",
      chinese: "登记此文件中的节点（成员用 'node apply' 生成）。"))

  private static let suspend = Option.optional(
    "suspend", .member,
    LocalizedText(
      english: "Suspend this member: it may record nothing any more.",
      chinese: "暂停此成员：不得再登记任何内容。"))

  private static let reinstate = Option.optional(
    "reinstate", .member,
    LocalizedText(english: "Let a suspended member record again.", chinese: "恢复被暂停的成员。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "propose",
      LocalizedText(
        english: "Draft that a member joins, gets a node, is suspended or reinstated.",
        chinese: "起草接纳、暂停、恢复成员或登记其节点。"),
      discussion: LocalizedText(
        english: """
          A suspension ends what the member may record, but for releasing its pledges. What it \
          validates and governs is changed apart: 'validator propose', 'key retire'.
          """,
        chinese: "暂停后成员不得登记（解除自己的抵押除外）。其验证和治理职责另行变更：'validator propose'、'key retire'。"),
      options: [admit, register, suspend, reinstate] + ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec member propose --admit bank-c.application.json -o admit.draft",
          LocalizedText(english: "Admit a third bank:", chinese: "接纳第三家银行："))
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let draft = try ChangeDraft(inquiry)
      return try draft.make(try actions(context, draft))
    }
  }

  private static func actions(
    _ context: CommandContext, _ draft: ChangeDraft
  ) throws(Problem) -> [GovernanceAction] {
    switch (context[admit], context[register], context[suspend], context[reinstate]) {
    case (let path?, nil, nil, nil): return try admission(path, draft)
    case (nil, let path?, nil, nil): return [try registration(path, draft)]
    case (nil, nil, let member?, nil):
      return [.setStanding(try draft.now.requireMember(member).member.id, .suspended)]
    case (nil, nil, nil, let member?):
      return [.setStanding(try draft.now.requireMember(member).member.id, .active)]
    default:
      throw context.misuse(
        LocalizedText(
          english: "say one of --admit, --register, --suspend and --reinstate",
          chinese: "请给出 --admit、--register、--suspend、--reinstate 之一"))
    }
  }

  private static func application(
    _ path: FilePath, _ draft: ChangeDraft
  ) throws(Problem) -> MemberApplication {
    let application = try MemberApplication.load(path)
    let network = try draft.inquiry.network()
    guard application.network == network.id else {
      throw .refusal(
        .wrongNetwork,
        what: LocalizedText(
          english: "the application is for the network "
            + "\(ShortText.digest(application.network.digest)), this is "
            + "\(ShortText.digest(network.id.digest)).",
          chinese: "申请针对网络 \(ShortText.digest(application.network.digest))，本网络为 "
            + "\(ShortText.digest(network.id.digest))。"))
    }
    return application
  }

  private static func registration(
    _ path: FilePath, _ draft: ChangeDraft
  ) throws(Problem) -> GovernanceAction {
    let application = try application(path, draft)
    guard application.member == nil, let node = application.node else {
      throw otherUse(
        path,
        LocalizedText(
          english: "it asks for an admission: --admit \(path.shown)",
          chinese: "该文件申请加入：--admit \(path.shown)"))
    }
    _ = try draft.now.requireMember(node.member)
    try application.requireProofs()
    return .setNode(node)
  }

  private static func admission(
    _ path: FilePath, _ draft: ChangeDraft
  ) throws(Problem) -> [GovernanceAction] {
    let application = try application(path, draft)
    guard let member = application.member else {
      throw otherUse(
        path,
        LocalizedText(
          english: "it is a member's node: --register \(path.shown)",
          chinese: "该文件是成员的节点：--register \(path.shown)"))
    }
    guard draft.now.member(member.id) == nil else {
      throw .refusal(
        .memberAlreadyAdmitted,
        what: LocalizedText(
          english: "the network has a member \(member.id) already.",
          chinese: "网络中已有成员 \(member.id)。"), details: ["member": .member(member.id)])
    }
    try application.requireProofs()
    return [.admitMember(member)] + (application.node.map { [.setNode($0)] } ?? [])
  }

  private static func otherUse(_ path: FilePath, _ next: LocalizedText) -> Problem {
    Problem(
      .applicationInvalid, .dataError,
      what: LocalizedText(
        english: "\(path.shown) is an application for something else.",
        chinese: "\(path.shown) 是另一种申请。"), next: next)
  }
}
