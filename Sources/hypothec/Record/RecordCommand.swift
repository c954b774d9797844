import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// A verb that records one operation: states it, signs it, sends it and waits until it is final; or
/// only tries it (`--dry-run`), or writes it into a draft (`--draft`, `--add-to`).
///
/// The command is safe to repeat with an explicit `--reference`. Before anything is sent, the signed
/// bytes are in the outbox, and they stay there until their fate is known; a repeated command sends
/// those same bytes again. Where the outbox does not have them, the ledger is asked what it has
/// under that reference.
struct RecordCommand {
  static func command(
    _ name: String, _ overview: LocalizedText, _ form: OperationForm, _ source: AccessSource,
    examples: [Command.Example] = []
  ) -> Command {
    Command(
      name, overview,
      discussion: LocalizedText(
        english: """
          Waits until the outcome is final. Exit status 0: accepted. 12: refused, on the record. \
          13: not known yet; repeat the same command with --reference.
          """,
        chinese: "等待结果最终确定。退出码 0：已接受。12：被拒绝并记录在案。13：尚未确定；请用 --reference 重复同一命令。"),
      arguments: form.arguments, options: form.options + RecordOptions.all, examples: examples
    ) { context throws(Problem) in
      try RecordCommand(context, form, source).run()
    }
  }

  private let context: CommandContext
  private let form: OperationForm
  private let source: AccessSource

  init(_ context: CommandContext, _ form: OperationForm, _ source: AccessSource) {
    self.context = context
    self.form = form
    self.source = source
  }

  func run() throws(Problem) -> ExitCode {
    let isDry = context[RecordOptions.dryRun]
    switch (context[RecordOptions.draft], context[RecordOptions.addTo], isDry) {
    case (nil, nil, false): return try submit()
    case (nil, nil, true): return try tryOut()
    case (let path?, nil, false): return try draft(path)
    case (nil, let path?, false): return try add(to: path)
    default:
      throw context.misuse(
        LocalizedText(
          english: "--dry-run, --draft and --add-to exclude each other",
          chinese: "--dry-run、--draft 与 --add-to 互相排斥"))
    }
  }

  // MARK: Sending

  private func submit() throws(Problem) -> ExitCode {
    guard context[RecordOptions.signers].isEmpty else {
      throw context.misuse(
        LocalizedText(
          english: "with --signer others must sign first: write a draft with --draft FILE",
          chinese: "使用 --signer 时须他人先签署：请用 --draft 文件 写成草稿"))
    }
    let signers = try context.signers()
    let inquiry = Inquiry(context, try source.open(context, .submitting))
    try SignerCheck(inquiry).check(signers, .members)
    let submission = Submission(inquiry)
    let earlier = try context[RecordOptions.reference].map { reference throws(Problem) in
      try submission.earlier(signers[0].member, reference)
    }
    if let earlier = earlier ?? nil { return try again(earlier, signers, inquiry, submission) }
    let operation = try operation(by: signers[0].member, inquiry, recorded: nil)
    var draft = try newDraft([operation], signers.map(\.member), inquiry)
    try draft.sign(signers)
    return try submission.send(try draft.finished(), .first)
  }

  /// The reference was used before: for this very operation, or for another one.
  private func again(
    _ earlier: EarlierSubmission, _ signers: [Signer], _ inquiry: Inquiry,
    _ submission: Submission
  ) throws(Problem) -> ExitCode {
    let recorded = earlier.transaction.operations.first
    let operation = try operation(
      by: signers[0].member, inquiry,
      recorded: recorded?.body.kind == form.kind ? recorded?.body : nil)
    guard earlier.transaction.operations == [operation] else {
      throw .referenceReused(earlier.transaction)
    }
    return try submission.settle(earlier)
  }

  // MARK: Trying

  private func tryOut() throws(Problem) -> ExitCode {
    let inquiry = Inquiry(context, try source.open(context, .reading))
    let operation = try operation(by: try context.actor(), inquiry, recorded: nil)
    return try DryRun(inquiry).run([operation], try signers(besides: operation.by))
  }

  // MARK: Drafting

  private func draft(_ path: String) throws(Problem) -> ExitCode {
    let inquiry = Inquiry(context, try source.open(context, .reading))
    let operation = try operation(by: try context.actor(), inquiry, recorded: nil)
    var draft = try newDraft([operation], try signers(besides: operation.by), inquiry)
    try signIfKeysAreGiven(&draft)
    try DraftFile.write(draft, to: path, .kept)
    return try DraftReport(context, try inquiry.network()).present(draft, path)
  }

  private func add(to path: String) throws(Problem) -> ExitCode {
    let old = try DraftFile.read(.path(path))
    guard old.operations.authority == .members else { throw .refusal(.authorityMixed) }
    let inquiry = Inquiry(context, try source.open(context, .reading))
    try old.requireNetwork(try inquiry.network().id)
    let operation = try operation(by: try context.actor(), inquiry, recorded: nil)
    if !old.signatures.allSatisfy({ $0 == nil }) {
      context.note(
        LocalizedText(
          english: "The draft had signatures; they do not cover the new operation and are dropped.",
          chinese: "草稿原有签名不包含新增操作，已去除。"))
    }
    let added = try signers(besides: operation.by).filter { !old.payload.signers.contains($0) }
    var draft = TransactionDraft(
      network: old.network, signers: old.payload.signers + added,
      reference: old.payload.reference, validUntil: old.payload.validUntil,
      salt: try Randomness.digest(), operations: old.operations + [operation])
    try signIfKeysAreGiven(&draft)
    try DraftFile.write(draft, to: path, .replaced)
    return try DraftReport(context, try inquiry.network()).present(draft, path)
  }

  private func signIfKeysAreGiven(_ draft: inout TransactionDraft) throws(Problem) {
    guard !context[SigningOptions.keys].isEmpty else { return }
    try draft.sign(try context.signers())
  }

  // MARK: Parts

  private func operation(
    by member: MemberID, _ inquiry: Inquiry, recorded: OperationBody?
  ) throws(Problem) -> Operation {
    let surroundings = FormSurroundings(
      by: member, inquiry: inquiry, recorded: recorded, now: try context.ledgerNow())
    return Operation(
      by: member, occurredAt: context[RecordOptions.occurredAt],
      body: try form.build(.commandLine(context), surroundings))
  }

  /// The actor first, then `--signer` and the members of `--key`.
  private func signers(besides actor: MemberID) throws(Problem) -> [MemberID] {
    var members = [actor]
    let others = context[RecordOptions.signers] + context[SigningOptions.keys].compactMap(\.member)
    for member in others where !members.contains(member) { members.append(member) }
    return members
  }

  private func newDraft(
    _ operations: [Operation], _ signers: [MemberID], _ inquiry: Inquiry
  ) throws(Problem) -> TransactionDraft {
    try .new(
      context, network: try inquiry.network().id, signers: signers, operations: operations)
  }
}

extension TransactionDraft {
  /// A draft with a fresh salt, the reference of `--reference` or a new one, and the validity of
  /// `--valid-for`.
  static func new(
    _ context: CommandContext, network: NetworkID, signers: [MemberID], operations: [Operation]
  ) throws(Problem) -> TransactionDraft {
    guard (1...TransactionPayload.signerLimit).contains(signers.count) else {
      throw context.misuse(
        LocalizedText(
          english: "at most \(TransactionPayload.signerLimit) members sign a transaction",
          chinese: "一笔交易最多 \(TransactionPayload.signerLimit) 个签署人"))
    }
    let reference =
      if let reference = context[RecordOptions.reference] { reference } else {
        try FormSurroundings.newIdentifier("R")
      }
    return TransactionDraft(
      network: network, signers: signers, reference: reference,
      validUntil: try context.validUntil(), salt: try Randomness.digest(), operations: operations)
  }

  mutating func sign(_ signers: [Signer]) throws(Problem) {
    for signer in signers {
      do throws(DraftError) {
        try sign(as: signer.member, with: signer.key)
      } catch {
        throw Problem(error)
      }
    }
  }

  /// The transaction, if everybody has signed.
  func finished() throws(Problem) -> Transaction {
    do throws(DraftError) {
      return try transaction()
    } catch {
      throw Problem(error)
    }
  }
}
