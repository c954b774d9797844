import CommandInterface
import Cryptography
import Documents
import Ledger

/// Recovery records as files that travel between governors and operators: the record's own bytes.
/// Nothing in them is secret.
enum RecoveryFile {
  static let argument = Argument.required(
    "record", .file,
    LocalizedText(english: "The recovery record's file.", chinese: "恢复记录文件。"))

  /// Throws RECOVERY_RECORD_INVALID.
  static func read(_ path: FilePath) throws(Problem) -> RecoveryRecord {
    let bytes = try LocalFile.read(path, limit: RecoveryRecord.byteLimit)
    do throws(LedgerError) {
      return try RecoveryRecord(bytes)
    } catch {
      throw Problem(
        .recoveryRecordInvalid, .dataError,
        what: LocalizedText(
          english: "\(path.shown) is no recovery record: \(error).",
          chinese: "\(path.shown) 不是恢复记录：\(error)。"),
        why: LocalizedText(
          english: "it is another file, or it was changed after it was written.",
          chinese: "文件有误，或写入后被改动。"),
        next: LocalizedText(
          english: "ask for the record again.", chinese: "请重新索取该记录。"),
        details: ["path": .string(path.shown)])
    }
  }

  static func write(
    _ record: RecoveryRecord, to path: String, _ existing: LocalFile.Existing
  ) throws(Problem) {
    try LocalFile.write(record.encoded, to: path, .everybody, existing)
  }
}

extension RecoveryRecord {
  /// Throws WRONG_NETWORK.
  func requireNetwork(_ id: NetworkID) throws(Problem) {
    guard network != id else { return }
    throw .refusal(
      .wrongNetwork,
      what: LocalizedText(
        english: "the record is for the network \(ShortText.digest(network.digest)), this is "
          + "\(ShortText.digest(id.digest)).",
        chinese: "该记录属于网络 \(ShortText.digest(network.digest))，本网络为 "
          + "\(ShortText.digest(id.digest))。"))
  }
}

/// A recovery record as people read it.
struct RecoveryReport {
  private let context: CommandContext
  /// For the signers' names; `nil` where no node is asked.
  private let governance: GovernanceState?

  init(_ context: CommandContext, _ governance: GovernanceState?) {
    self.context = context
    self.governance = governance
  }

  /// Whose signatures there are, by member where that is known.
  private func signer(_ signature: RecoverySignature) -> MemberID? {
    governance?.governors.first { $0.key.keyID == signature.keyID }?.member
  }

  func json(_ record: RecoveryRecord) -> [JSONMember] {
    [
      JSONMember("record", .string(record.hash.description)),
      JSONMember("networkId", .string(record.network.description)),
      JSONMember("height", .height(record.height)),
      JSONMember("block", .string(record.block.description)),
      JSONMember("time", .time(record.time)),
      JSONMember("epoch", .integer(record.epoch.rawValue)),
      JSONMember("validators", .array(record.validators.validators.map { .member($0.member) })),
      JSONMember("quorum", .integer(record.validators.quorum)),
      JSONMember("nodes", .array(record.nodes.map(\.json))),
      JSONMember(
        "signatures",
        .array(
          record.signatures.map { signature in
            [
              "kid": .string(signature.keyID.description),
              "member": .optional(signer(signature), JSONValue.member),
            ]
          })),
    ]
  }

  func lines(_ record: RecoveryRecord) -> [String] {
    var facts = FactList()
    facts.append(context.say("Record", "记录"), record.hash.description)
    facts.append(
      context.say("Last block", "最后区块"),
      context.say("height ", "高度 ") + NumberText.grouped(record.height.rawValue)
        + ", \(record.block)")
    facts.append(context.say("Made", "制定时间"), context.local(record.time))
    facts.append(context.say("Epoch", "纪元"), "\(record.epoch.rawValue)")
    for (index, validator) in record.validators.validators.enumerated() {
      let isNew = record.nodes.contains { $0.member == validator.member }
      facts.append(
        index == 0 ? context.say("Validators", "验证者") : "",
        validator.member.text + (isNew ? context.say(", with a new node", "，新节点") : ""))
    }
    facts.append(
      context.say("Then", "变更后"),
      ValidatorCommands.tolerance(record.validators)[context.language])
    for (index, signature) in record.signatures.enumerated() {
      facts.append(
        index == 0 ? context.say("Signed by", "签署") : "",
        (signer(signature)?.text ?? context.say("the key", "密钥")) + " "
          + ShortText.digest(signature.keyID))
    }
    return facts.lines(context)
  }

  func present(_ record: RecoveryRecord, _ path: String, _ next: String) throws(Problem) {
    try context.answer {
      JSONDocument(JSONSchema("recovery"), [JSONMember("file", .string(path))] + json(record))
    } text: {
      ([context.say("Recovery record \(path)", "恢复记录 \(path)")] + lines(record) + [next])
        .joined(separator: "\n")
    }
  }
}

extension ProblemCode {
  static let recoveryRecordInvalid = ProblemCode("RECOVERY_RECORD_INVALID")
}
