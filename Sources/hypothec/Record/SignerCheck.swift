import CommandInterface
import Cryptography
import Ledger
import Node

/// Whether keys are those that the ledger has for their members: a wrong key is told before anything
/// is sent.
struct SignerCheck {
  private let inquiry: Inquiry

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func check(_ signers: [Signer]) throws(Problem) {
    for signer in signers { try check(signer.key.publicKey, of: signer.member) }
  }

  /// Throws MEMBER_UNKNOWN or KEY_UNKNOWN.
  private func check(_ key: PublicKey, of member: MemberID) throws(Problem) {
    guard let state = try inquiry.member(member) else {
      throw .refusal(
        .memberUnknown,
        what: LocalizedText(
          english: "\(member) is not a member of this network; nothing was sent.",
          chinese: "\(member) 不是本网络成员；未发送任何内容。"))
    }
    guard state.key(key.keyID) == nil else { return }
    let holder = try inquiry.network().file.members.first { other in
      other.keys.contains { $0.keyID == key.keyID }
    }
    let whose =
      holder.map {
        LocalizedText(english: "it is \($0.id)'s", chinese: "它属于 \($0.id)")
      }
      ?? LocalizedText(
        english: "it is nobody's on this network", chinese: "它在本网络不属于任何成员")
    throw .refusal(
      .keyUnknown,
      what: LocalizedText(
        english: "the key \(ShortText.digest(key.keyID)) is not registered for \(member): "
          + "\(whose.english); nothing was sent.",
        chinese: "密钥 \(ShortText.digest(key.keyID)) 未登记在 \(member) 名下：\(whose.chinese)；"
          + "未发送任何内容。"),
      details: ["member": .member(member), "keyId": .string(key.keyID.description)])
  }
}

extension Inquiry {
  /// The member as the ledger has it; `nil` if it has none.
  func member(_ id: MemberID) throws(Problem) -> MemberState? {
    let response = try ask(.entries([.member(id)], .none))
    guard case .entries(let answers) = response.answer, answers.count == 1 else {
      throw .unexpectedAnswer
    }
    switch answers[0].entry {
    case nil: return nil
    case .member(let state): return state
    case .some: throw .unexpectedAnswer
    }
  }
}
