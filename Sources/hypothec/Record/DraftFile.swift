import CommandInterface
import Cryptography
import Documents
import Ledger

/// Drafts as files that travel between their signers.
///
/// A draft shows every field of its operations, so its file is its owner's alone (0600); whoever is
/// to sign it may be sent a copy.
enum DraftFile {
  static func read(_ path: FilePath) throws(Problem) -> TransactionDraft {
    let bytes = try LocalFile.read(path, limit: Transaction.byteLimit)
    do throws(LedgerError) {
      return try TransactionDraft(bytes)
    } catch {
      throw notADraft(path, error)
    }
  }

  static func write(
    _ draft: TransactionDraft, to path: String, _ existing: LocalFile.Existing
  ) throws(Problem) {
    try LocalFile.write(draft.encoded, to: path, .owner, existing)
  }

  static func notADraft(_ path: FilePath, _ error: LedgerError) -> Problem {
    Problem(
      .draftInvalid, .dataError,
      what: LocalizedText(
        english: "\(path.shown) is no draft of a transaction: \(error).",
        chinese: "\(path.shown) 不是交易草稿：\(error)。"),
      why: LocalizedText(
        english: "it is another file, or it was changed after it was drafted.",
        chinese: "文件有误，或起草后被改动。"),
      next: LocalizedText(
        english: "ask for the draft again, or draft anew: hypothec transaction draft",
        chinese: "请重新索取草稿，或重新起草：hypothec transaction draft"),
      details: ["path": .string(path.shown)])
  }
}

extension FilePath {
  /// The path as it was typed.
  var shown: String {
    switch self {
    case .standardStream: "-"
    case .path(let path): path
    }
  }
}

extension ProblemCode {
  static let draftInvalid = ProblemCode("DRAFT_INVALID")
  static let signaturesMissing = ProblemCode("SIGNATURES_MISSING")
  static let notASigner = ProblemCode("NOT_A_SIGNER")
}

extension TransactionDraft {
  /// Throws WRONG_NETWORK, exit status 23.
  func requireNetwork(_ id: NetworkID) throws(Problem) {
    guard network != id else { return }
    throw .refusal(
      .wrongNetwork,
      what: LocalizedText(
        english: "the draft is for the network \(ShortText.digest(network.digest)), this node is "
          + "in \(ShortText.digest(id.digest)).",
        chinese: "草稿属于网络 \(ShortText.digest(network.digest))，本节点属于 "
          + "\(ShortText.digest(id.digest))。"),
      details: ["draft": .string(network.description), "node": .string(id.description)])
  }

  /// Throws TRANSACTION_EXPIRED.
  func requireTime(_ context: CommandContext) throws(Problem) {
    guard try context.ledgerNow() > payload.validUntil else { return }
    throw .refusal(
      .transactionExpired,
      what: LocalizedText(
        english: "the draft expired at \(context.local(payload.validUntil)); it can never be "
          + "accepted any more.",
        chinese: "草稿已于 \(context.local(payload.validUntil)) 过期，不可能再被接受。"),
      details: ["validUntil": .time(payload.validUntil)])
  }
}

extension Problem {
  init(_ error: DraftError) {
    switch error {
    case .invalid(let error): self.init(error)
    case .cryptography(let error): self.init(error)
    case .notASigner(let member):
      self.init(
        .notASigner, .usage,
        what: LocalizedText(
          english: "\(member) is not among the members who sign this draft.",
          chinese: "\(member) 不在此草稿的签署人之列。"),
        next: LocalizedText(
          english: "see who is: hypothec transaction show FILE; sign as one of them with --as.",
          chinese: "查看签署人：hypothec transaction show 文件；并用 --as 以其身份签署。"),
        details: ["member": .member(member)])
    case .signaturesMissing(let members):
      let list = members.map(\.text).joined(separator: ", ")
      self.init(
        .signaturesMissing, .dataError,
        what: LocalizedText(
          english: "not everybody has signed: \(list) must still sign.",
          chinese: "签署不全：尚缺 \(list)。"),
        why: LocalizedText(
          english: "a transaction is accepted only with the signatures of all whom it lists.",
          chinese: "交易须由列明的全部成员签署才会被接受。"),
        next: LocalizedText(
          english: "send them the file; they run: hypothec transaction sign FILE --as MEMBER "
            + "--key KEY",
          chinese: "将文件发给对方执行：hypothec transaction sign 文件 --as 成员 --key 密钥"),
        details: ["missing": .array(members.map(JSONValue.member))])
    }
  }
}
