import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `key retire`: drafts that a key signs nothing any more.
enum KeyRetire {
  private static let kid = Argument.required(
    "kid", .text,
    LocalizedText(
      english: "The key's id, or its first 8 digits or more ('member show' lists them).",
      chinese: "密钥编号，或其前 8 位以上（'member show' 可查）。"))

  private static let purpose = Option.required(
    "purpose", .word(of: RotatingPurpose.self, "purpose"),
    LocalizedText(
      english: "What the key is for: member, transport or governor.",
      chinese: "密钥用途：member、transport 或 governor。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "retire",
      LocalizedText(english: "Draft that a key is valid no more.", chinese: "起草停用密钥。"),
      discussion: LocalizedText(
        english: """
          A retired key signs nothing from the next block on, and never comes back. The last key \
          of a member or a node cannot be retired; a governor whose last key is retired governs no \
          more.
          """,
        chinese: "停用的密钥自下一区块起失效，且不可再用。成员或节点的最后一个密钥不能停用；治理成员的最后一个密钥停用后即不再治理。"),
      arguments: [kid], options: [purpose, ChangeOptions.holder] + ChangeOptions.all,
      examples: [
        Command.Example(
          "hypothec key retire 3f09c2a8 --purpose member --as bank-a -o retire.draft",
          LocalizedText(english: "bank-a's old key:", chinese: "停用 bank-a 的旧密钥："))
      ]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      let draft = try ChangeDraft(inquiry)
      let member = try draft.now.requireMember(try context.actorOfKey()).member.id
      let purpose = context[purpose]
      let key = try key(context[kid], draft.now.keys(of: member, for: purpose), member, purpose)
      return try draft.make([.retireKey(member, purpose, keyID: key.keyID)])
    }
  }

  private static func key(
    _ text: String, _ keys: [PublicKey], _ member: MemberID, _ purpose: RotatingPurpose
  ) throws(Problem) -> PublicKey {
    let digits = text.lowercased()
    let found = keys.filter { digits.count >= 8 && $0.description.hasPrefix(digits) }
    if found.count == 1 { return found[0] }
    let list = keys.map(\.description).joined(separator: "\n")
    throw .refusal(
      .keyNotHeld,
      what: LocalizedText(
        english: "\(text) is none of \(member)'s \(purpose.word) keys.",
        chinese: "\(text) 不是 \(member) 的 \(purpose.word) 密钥。"),
      next: keys.isEmpty
        ? LocalizedText(english: "it has none.", chinese: "其没有此类密钥。")
        : LocalizedText(english: "they are:\n\(list)", chinese: "其密钥为：\n\(list)"),
      details: ["member": .member(member), "kid": .string(text)])
  }
}

extension CommandContext {
  /// Whose key a command is about: `--as`, else the data directory's member.
  func actorOfKey() throws(Problem) -> MemberID {
    if let member = self[ChangeOptions.holder] { return member }
    if let configured = try NodeConfiguration.loadIfPresent(dataDirectory) {
      return configured.member
    }
    throw misuse(
      LocalizedText(english: "say whose key it is: --as MEMBER", chinese: "请说明密钥属于谁：--as 成员"))
  }
}
