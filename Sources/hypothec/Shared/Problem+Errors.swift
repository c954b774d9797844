import CommandInterface
import Cryptography
import Documents
import Ledger

// The errors of the modules below as what a user sees.

extension ProblemCode {
  init(_ code: RefusalCode) { self.init(code.name) }
}

extension Problem {
  /// A refusal in the words of `explain`. `what` replaces the general sentence where the command
  /// knows the vehicle, the pledge and the time; `details` are members for `--json`.
  static func refusal(
    _ code: RefusalCode, what: LocalizedText? = nil, next: LocalizedText? = nil,
    details: KeyValuePairs<String, JSONValue> = [:]
  ) -> Problem {
    let text = code.text
    return Problem(
      ProblemCode(code), code.exitCode, what: what ?? text.what.asSentenceAfterColon,
      why: text.why.asSentenceAfterColon, next: next ?? text.next.asSentenceAfterColon,
      details: details)
  }

  init(_ error: LedgerError) {
    switch error {
    case .refused(let code): self = .refusal(code)
    case .malformed(let cause):
      self.init(
        .dataMalformed, .dataError,
        what: LocalizedText(
          english: "the bytes are not of the expected format: \(cause).",
          chinese: "数据格式不符：\(cause)。"),
        next: LocalizedText(
          english: "check that the right file is named and that it is complete.",
          chinese: "请确认文件正确且完整。"))
    }
  }

  /// A failure that no input explains.
  init(_ error: CryptographyError) {
    self.init(
      .softwareFault, .softwareError,
      what: LocalizedText(english: "\(error).", chinese: "密码库报错：\(error)。"),
      next: LocalizedText(
        english: "run the command again; if it fails again, run: hypothec doctor",
        chinese: "请重试；如仍失败，请运行：hypothec doctor"))
  }

  init(_ error: CryptographyError, keyFile path: String) {
    switch error {
    case .missingPassphrase:
      self.init(
        .keyPassphraseNeeded, .usage,
        what: LocalizedText(
          english: "the key in \(path) is encrypted.", chinese: "\(path) 中的密钥已加密。"),
        next: LocalizedText(
          english: "give its passphrase from a file or standard input: --passphrase-file FILE|-",
          chinese: "请由文件或标准输入给出口令：--passphrase-file 文件|-"),
        details: ["path": .string(path)])
    case .wrongPassphrase:
      self.init(
        .keyPassphraseWrong, .dataError,
        what: LocalizedText(
          english: "the passphrase does not open the key in \(path).",
          chinese: "口令无法打开 \(path) 中的密钥。"),
        why: LocalizedText(
          english: "it is not the passphrase, or the file is damaged.",
          chinese: "口令有误，或文件已损坏。"),
        details: ["path": .string(path)])
    case .notPEM, .unsupportedKeyType, .malformedPrivateKey, .malformedKey, .pointNotOnCurve,
      .smallOrderKey, .encoding, .saltByteCount:
      self.init(
        .keyFileInvalid, .dataError,
        what: LocalizedText(
          english: "\(path) holds no usable key: \(error).",
          chinese: "\(path) 中没有可用的密钥：\(error)。"),
        next: LocalizedText(
          english: "keys are PKCS#8 PEM of P-256 or Ed25519; make one: hypothec key new FILE",
          chinese: "密钥为 P-256 或 Ed25519 的 PKCS#8 PEM；生成：hypothec key new 文件"),
        details: ["path": .string(path)])
    case .randomnessUnavailable, .libraryFailure: self.init(error)
    }
  }
}

extension ProblemCode {
  static let dataMalformed = ProblemCode("DATA_MALFORMED")
  static let keyFilePermissions = ProblemCode("KEY_FILE_PERMISSIONS")
  static let keyFileInvalid = ProblemCode("KEY_FILE_INVALID")
  static let keyPassphraseNeeded = ProblemCode("KEY_PASSPHRASE_NEEDED")
  static let keyPassphraseWrong = ProblemCode("KEY_PASSPHRASE_WRONG")
  static let keyNotGiven = ProblemCode("KEY_NOT_GIVEN")
  static let softwareFault = ProblemCode("SOFTWARE_FAULT")
}

extension RefusalCode {
  /// The exit status of a command whose transaction met this code.
  var exitCode: ExitCode {
    switch self {
    case .wrongNetwork: .otherNetwork
    case .queueFull, .nodeNotWriting: .unreachable
    case .vinLength, .vinCharacter, .vinCheckDigit, .vinDegenerate, .usccInvalid, .leiInvalid,
      .currencyUnknown, .amountNotPositive, .fieldTooLong, .notCanonical, .identifierInvalid,
      .regionInvalid, .plateInvalid, .personalDataSuspected, .valueOutOfRange,
      .transactionTooLarge, .soleTraderDisclosed:
      .dataError
    default: .refused
    }
  }
}

extension LocalizedText {
  /// `The VIN ...` as `the VIN ...`: what stands after `Error:` begins in lower case, unless the
  /// word is an abbreviation.
  var asSentenceAfterColon: LocalizedText {
    let second = english.dropFirst().first
    guard let first = english.first, first.isUppercase, second?.isUppercase != true else {
      return self
    }
    return LocalizedText(
      english: first.lowercased() + english.dropFirst(), chinese: chinese)
  }
}
