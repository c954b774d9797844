import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// Whether keys are those that the ledger has for their members: a wrong key is told before anything
/// is sent.
struct SignerCheck {
  private let inquiry: Inquiry

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func check(_ signers: [Signer], _ authority: Authority) throws(Problem) {
    for signer in signers { try check(signer.key.publicKey, of: signer.member, authority) }
  }

  /// Throws MEMBER_UNKNOWN or KEY_UNKNOWN.
  private func check(
    _ key: PublicKey, of member: MemberID, _ authority: Authority
  ) throws(Problem) {
    guard let state = try inquiry.member(member) else {
      throw .refusal(
        .memberUnknown,
        what: LocalizedText(
          english: "\(member) is not a member of this network; nothing was sent.",
          chinese: "\(member) 不是本网络成员；未发送任何内容。"))
    }
    switch authority {
    case .members:
      if state.key(key.keyID) != nil { return }
    case .governors:
      let keys = try inquiry.governance().keys(of: member)
      if keys.contains(key) { return }
      throw notGovernorKey(key, of: member, keys)
    }
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

extension SignerCheck {
  /// Throws QUORUM_MISSING if a change names fewer governors than it needs now, as it may after the
  /// threshold rose or a governor left: whoever signs it would sign in vain.
  func requireQuorum(_ operations: [Operation], _ signers: [MemberID]) throws(Problem) {
    guard operations.authority == .governors else { return }
    let governance = try inquiry.governance()
    let governors = governance.members
    let count = signers.count { governors.contains($0) }
    guard count < governance.threshold else { return }
    throw .refusal(
      .quorumMissing,
      what: LocalizedText(
        english: "\(governance.threshold) governors must sign a change; of those whom this one "
          + "names, \(count) \(count == 1 ? "governs" : "govern") now.",
        chinese: "变更须 \(governance.threshold) 名治理成员签署；其中列明者现有 \(count) 名是治理成员。"),
      next: LocalizedText(
        english: "draft it anew with more governors (--signer); see who governs: "
          + "hypothec governor list",
        chinese: "请列出更多治理成员（--signer）重新起草；查看：hypothec governor list"),
      details: [
        "threshold": .integer(governance.threshold),
        "governors": .array(governors.map(JSONValue.member)),
      ])
  }

  private func notGovernorKey(
    _ key: PublicKey, of member: MemberID, _ keys: [PublicKey]
  ) -> Problem {
    let why =
      keys.isEmpty
      ? LocalizedText(english: "it does not govern", chinese: "它不是治理成员")
      : LocalizedText(
        english: "it governs with "
          + keys.map { ShortText.digest($0.keyID) }.joined(separator: ", "),
        chinese: "其治理密钥为 " + keys.map { ShortText.digest($0.keyID) }.joined(separator: "、"))
    return .refusal(
      .keyUnknown,
      what: LocalizedText(
        english: "the key \(ShortText.digest(key.keyID)) is no governor's key of \(member): "
          + "\(why.english); nothing was signed.",
        chinese: "密钥 \(ShortText.digest(key.keyID)) 不是 \(member) 的治理密钥：\(why.chinese)；未签署。"),
      next: LocalizedText(
        english: "give the governor's key with --key; see who governs: hypothec governor list",
        chinese: "请用 --key 给出治理密钥；查看治理成员：hypothec governor list"),
      details: ["member": .member(member), "keyId": .string(key.keyID.description)])
  }
}

extension Inquiry {
  func governance() throws(Problem) -> GovernanceState {
    let response = try ask(.entries([.governance], .none))
    guard case .entries(let answers) = response.answer,
      case .governance(let governance)? = answers.first?.entry
    else { throw .unexpectedAnswer }
    return governance
  }

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
