import CommandInterface
import Documents
import Ledger

/// What every command that records accepts besides the fields of its operation.
enum RecordOptions {
  static let reference = Option.optional(
    "reference", .identifier("reference"),
    LocalizedText(
      english:
        "Your name for this transaction: repeating the command with it records nothing twice.",
      chinese: "本交易的引用号：使用同一引用号重复命令不会重复登记。"))

  static let validFor = Option.defaulted(
    "valid-for", .validity, to: "24h",
    LocalizedText(
      english: "How long it may still be accepted, at most 7d.", chinese: "可被接受的时限，最多 7d。"))

  static let occurredAt = Option.optional(
    "occurred-at", .timestamp,
    LocalizedText(
      english: "When it happened by your account; the ledger's order does not depend on it.",
      chinese: "业务发生时间；不影响账本顺序。"))

  static let dryRun = Flag(
    "dry-run",
    LocalizedText(
      english: "Say what would become of it; nothing is sent.", chinese: "只预演结果，不发送。"))

  static let draft = Option.optional(
    "draft", ValueType<String>.path,
    LocalizedText(
      english: "Write a draft for others to sign instead of sending.", chinese: "写成草稿供他人签署，不发送。"))

  static let addTo = Option.optional(
    "add-to", ValueType<String>.path,
    LocalizedText(
      english: "Add the operation to this draft instead of sending.", chinese: "加入此草稿，不发送。"))

  static let signers = Option.repeated(
    "signer", .member,
    LocalizedText(
      english: "Another member who must sign; once for each.", chinese: "其他须签署的成员；每个一次。"))

  static let all: [any OptionDeclaring] =
    SigningOptions.all + [reference, validFor, occurredAt, dryRun, draft, addTo, signers]
}

extension ValueType where Value == String {
  /// The path of a file that is written.
  static var path: ValueType {
    ValueType("file", completion: .file) { text throws(InvalidValue) in
      guard !text.isEmpty, text != "-" else {
        throw InvalidValue(
          english: "the path is empty or -: name a file", chinese: "路径为空或为 -：请给出文件名")
      }
      return text
    }
  }
}

extension ValueType where Value == Duration {
  /// More than nothing, at most seven days (CONTRACT section 1).
  static var validity: ValueType {
    ValueType("duration") { text throws(InvalidValue) in
      let duration = try ValueType<Duration>.duration.parse(text)
      guard duration > .zero, duration <= .seconds(7 * 86_400) else {
        throw InvalidValue(
          english: "'\(text)' is not between 1s and 7d", chinese: "'\(text)' 不在 1s 与 7d 之间")
      }
      return duration
    }
  }
}

extension CommandContext {
  /// Now, as the ledger counts time.
  func ledgerNow() throws(Problem) -> Timestamp {
    guard let time = Timestamp(now) else {
      throw Problem(
        .clockWrong, .configurationError,
        what: LocalizedText(
          english: "this machine's clock is before 1970.", chinese: "本机时钟早于 1970 年。"),
        next: LocalizedText(english: "set the clock.", chinese: "请校准时钟。"))
    }
    return time
  }

  /// Until when a transaction that is made now may be accepted.
  func validUntil() throws(Problem) -> Timestamp {
    let seconds = self[RecordOptions.validFor].components.seconds
    return try ledgerNow().advanced(byMilliseconds: UInt64(max(1, seconds)) * 1_000)
  }

  /// The member who acts: `--as`, else the first of `--key`, else the data directory's.
  func actor() throws(Problem) -> MemberID {
    if let member = self[SigningOptions.member] { return member }
    if let member = self[SigningOptions.keys].compactMap(\.member).first { return member }
    if let configured = try NodeConfiguration.loadIfPresent(dataDirectory) {
      return configured.member
    }
    throw misuse(
      LocalizedText(english: "say who acts: --as MEMBER", chinese: "请说明操作成员：--as 成员"))
  }
}

extension ProblemCode {
  static let clockWrong = ProblemCode("CLOCK_WRONG")
}
