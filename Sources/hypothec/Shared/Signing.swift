import CommandInterface
import Cryptography
import Documents
import Ledger

/// A member with its key, ready to sign.
struct Signer: Sendable {
  let member: MemberID
  let key: SigningKey
}

/// `--key FILE` or `--key MEMBER=FILE`.
struct KeyArgument: Hashable, Sendable {
  let member: MemberID?
  let path: String
}

extension ValueType where Value == KeyArgument {
  static var key: ValueType {
    ValueType("key-file", completion: .file) { text throws(InvalidValue) in
      if let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
        let path = String(text[text.index(after: equals)...])
        let member = try ValueType<MemberID>.member.parse(String(text[..<equals]))
        guard !path.isEmpty else { throw empty }
        return KeyArgument(member: member, path: path)
      }
      guard !text.isEmpty else { throw empty }
      return KeyArgument(member: nil, path: text)
    }
  }

  private static var empty: InvalidValue {
    InvalidValue(
      english: "the key file is empty: write FILE or MEMBER=FILE",
      chinese: "密钥文件为空：请写 文件 或 成员=文件")
  }
}

/// What commands that sign accept. List `SigningOptions.all` among a command's options.
enum SigningOptions {
  static let member = Option.optional(
    "as", .member,
    LocalizedText(
      english: "The member who acts; else the one of the data directory.",
      chinese: "以哪个成员的身份操作；默认为数据目录中的成员。"))

  static let keys = Option.repeated(
    "key", short: "k", .key,
    LocalizedText(
      english: "A signer's key; once for each signer, as MEMBER=FILE if there are several.",
      chinese: "签名人的密钥；多个签名人时每人一个，写作 成员=文件。"))

  static let passphraseFile = Option.optional(
    "passphrase-file", .file,
    LocalizedText(
      english: "Where the first line is the keys' passphrase; - for standard input.",
      chinese: "第一行为密钥口令的文件；- 表示标准输入。"))

  static let all: [any OptionDeclaring] = [member, keys, passphraseFile]
}

extension CommandContext {
  /// Who signs, the submitter first: the members of `--key` in the order given, the one of `--as`
  /// first; without `--key`, the member of the data directory with the key of its configuration.
  /// Precondition: the command lists `SigningOptions.all`.
  func signers() throws(Problem) -> [Signer] {
    let passphrase: Passphrase? =
      if let source = self[SigningOptions.passphraseFile] { try Passphrase(from: source) } else {
        nil
      }
    let configured = try NodeConfiguration.loadIfPresent(dataDirectory)
    let keys = self[SigningOptions.keys]
    let first = self[SigningOptions.member] ?? configured?.member
    let named = try keys.isEmpty ? [configuredKey(configured, first)] : named(keys, first)
    var signers: [Signer] = []
    for (member, path) in named {
      signers.append(Signer(member: member, key: try KeyFile.load(path, passphrase: passphrase)))
    }
    return signers
  }

  private func configuredKey(
    _ configured: NodeConfiguration?, _ member: MemberID?
  ) throws(Problem) -> (MemberID, String) {
    guard let configured, let path = configured.memberKey, let member,
      member == configured.member
    else { throw Self.keyNotGiven }
    return (member, LocalPath.joined(dataDirectory, path))
  }

  private func named(
    _ keys: [KeyArgument], _ first: MemberID?
  ) throws(Problem) -> [(MemberID, String)] {
    var named: [(MemberID, String)] = []
    for key in keys {
      guard let member = key.member ?? (keys.count == 1 ? first : nil) else {
        throw misuse(
          LocalizedText(
            english: "say whose key \(key.path) is: --key MEMBER=\(key.path), or --as MEMBER",
            chinese: "请说明 \(key.path) 是谁的密钥：--key 成员=\(key.path) 或 --as 成员"))
      }
      guard !named.contains(where: { $0.0 == member }) else {
        throw misuse(
          LocalizedText(
            english: "two keys are given for \(member); a member signs once",
            chinese: "为 \(member) 给出了两个密钥；每个成员只签一次"))
      }
      named.append((member, key.path))
    }
    guard let asked = self[SigningOptions.member] else { return named }
    guard let index = named.firstIndex(where: { $0.0 == asked }) else {
      throw misuse(
        LocalizedText(
          english: "--as names \(asked), but no --key is \(asked)'s",
          chinese: "--as 指定了 \(asked)，但没有它的 --key"))
    }
    named.insert(named.remove(at: index), at: 0)
    return named
  }

  private static var keyNotGiven: Problem {
    Problem(
      .keyNotGiven, .usage,
      what: LocalizedText(english: "no key was given to sign with.", chinese: "未给出签名密钥。"),
      why: LocalizedText(
        english: "what is recorded is signed by the members who act, and the data directory "
          + "names no key of this member.",
        chinese: "登记内容须由操作成员签名，而数据目录未配置该成员的密钥。"),
      next: LocalizedText(
        english: "give it: --as MEMBER --key FILE", chinese: "请给出：--as 成员 --key 文件"))
  }
}
