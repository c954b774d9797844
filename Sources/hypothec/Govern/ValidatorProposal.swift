import CommandInterface
import Cryptography
import Documents
import Ledger

/// A set of validators on its way to a draft (`validators.json`): who they would be, with which keys,
/// in which epoch, and who of them said to be ready. Nothing in it is secret.
///
/// Attestations are part of the signed change, so they are collected before the governors sign. Each
/// is about this set in this epoch alone.
struct ValidatorProposal: Hashable, Sendable {
  static let format = "hypothec/validators/1"
  static let byteLimit = 1024 * 1024

  let network: NetworkID
  let set: ValidatorSet
  /// In the order of the members; valid signatures of the set's validators, one each.
  private(set) var attestations: [ReadyAttestation]

  init(network: NetworkID, set: ValidatorSet, attestations: [ReadyAttestation] = []) {
    self.network = network
    self.set = set
    self.attestations = attestations
  }

  var change: ValidatorChange {
    ValidatorChange(members: set.validators.map(\.member), attestations: attestations)
  }

  /// The validators who have not said that they are ready.
  var missing: [MemberID] {
    self.set.validators.map(\.member).filter { member in
      !attestations.contains { $0.member == member }
    }
  }

  var isReady: Bool { attestations.count >= set.quorum }

  /// Takes an attestation in the place of an earlier one of the same member.
  mutating func add(_ attestation: ReadyAttestation) {
    attestations.removeAll { $0.member == attestation.member }
    attestations.append(attestation)
    attestations.sort { $0.member < $1.member }
  }

  mutating func attest(_ member: MemberID, with key: SigningKey) throws(Problem) {
    let message = ReadyAttestation.toBeSigned(network: network, set: set)
    do throws(CryptographyError) {
      add(ReadyAttestation(member: member, signature: try key.sign(message)))
    } catch {
      throw Problem(error)
    }
  }

  // MARK: The file

  var json: JSONValue {
    [
      "format": .string(Self.format), "networkId": .string(network.description),
      "epoch": .integer(set.epoch.rawValue),
      "validators": .array(
        set.validators.map {
          .object([JSONMember("member", .member($0.member))] + $0.consensusKey.jsonMembers)
        }),
      "attestations": .array(attestations.map(\.json)),
    ]
  }

  func write(to path: String, _ existing: LocalFile.Existing) throws(Problem) {
    try LocalFile.write(Array(JSONLayout.text(json).utf8), to: path, .everybody, existing)
  }

  /// Throws VALIDATOR_PROPOSAL_INVALID, also for an attestation that does not hold.
  static func load(_ path: FilePath) throws(Problem) -> ValidatorProposal {
    let bytes = try LocalFile.read(path, limit: byteLimit)
    return try JSONFile.read(bytes, path.shown, .validatorProposalInvalid) { field in
      field.object { members in read(members, field) }
    }
  }

  private static func read(_ members: JSONMembers, _ field: JSONField) -> ValidatorProposal? {
    let hasFormat = members.required("format")?.isFormat(format) ?? false
    let network = members.required("networkId")?.networkID()
    let epoch = members.required("epoch")?.number(1...Int(Int32.max))
    let validators = members.required("validators")?.list(1...ValidatorSet.limit) {
      $0.object { entry -> Validator? in
        let member = entry.required("member")?.value(.member)
        guard let key = entry.publicKey(), let member else { return nil }
        return Validator(member: member, consensusKey: key)
      }
    }
    let stated = members.optional("attestations")
    let attestations = stated == nil ? [] : stated?.list(0...ValidatorSet.limit, attestation)
    guard hasFormat, let network, let epoch, let validators, let attestations else { return nil }
    guard let set = ValidatorSet(epoch: Epoch(UInt64(epoch)), validators: validators) else {
      field.wrong("a member or a key stands in it twice", "有成员或密钥重复")
      return nil
    }
    var proposal = ValidatorProposal(network: network, set: set)
    for attestation in attestations {
      guard proposal.holds(attestation) else {
        field.wrong(
          "the attestation of \(attestation.member) is not about this set",
          "\(attestation.member) 的就绪声明并非针对此集合")
        return nil
      }
      proposal.add(attestation)
    }
    return proposal
  }

  private static func attestation(_ field: JSONField) -> ReadyAttestation? {
    field.object { entry in
      let member = entry.required("member")?.value(.member)
      let signature = entry.required("signature")?.bytes(
        count: SignatureAlgorithm.signatureByteCount)
      guard let member, let signature else { return nil }
      return ReadyAttestation(member: member, signature: signature)
    }
  }

  private func holds(_ attestation: ReadyAttestation) -> Bool {
    guard let index = set.index(of: attestation.member) else { return false }
    return Verifier(set[index].consensusKey).isValid(
      signature: attestation.signature,
      message: ReadyAttestation.toBeSigned(network: network, set: set))
  }
}

extension ValidatorProposal {
  /// Throws WRONG_NETWORK, or VALIDATOR_PROPOSAL_OUTDATED if the epoch is over or a node's key is
  /// another now: the attestations are worth nothing then.
  func requireCurrent(_ now: NetworkNow, _ network: NetworkID) throws(Problem) {
    guard self.network == network else {
      throw .refusal(
        .wrongNetwork,
        what: LocalizedText(
          english: "the proposal is for the network \(ShortText.digest(self.network.digest)).",
          chinese: "该方案属于网络 \(ShortText.digest(self.network.digest))。"))
    }
    let next = now.validators.epoch.next
    guard set.epoch == next else {
      throw outdated(
        LocalizedText(
          english: "it is about epoch \(set.epoch.rawValue), and the next one is \(next.rawValue).",
          chinese: "它针对第 \(set.epoch.rawValue) 纪元，而下一纪元为第 \(next.rawValue)。"))
    }
    for validator in set.validators
    where now.node(of: validator.member)?.consensusKey != validator.consensusKey {
      throw outdated(
        LocalizedText(
          english: "\(validator.member)'s node has another consensus key now.",
          chinese: "\(validator.member) 的节点现已更换共识密钥。"))
    }
  }

  private func outdated(_ why: LocalizedText) -> Problem {
    Problem(
      .validatorProposalOutdated, .dataError,
      what: LocalizedText(
        english: "the proposal of validators is out of date.", chinese: "验证集合方案已过时。"),
      why: why,
      next: LocalizedText(
        english: "make it anew, and let the validators attest again: hypothec validator propose",
        chinese: "请重新生成并由验证者重新声明：hypothec validator propose"))
  }
}

extension ProblemCode {
  static let validatorProposalInvalid = ProblemCode("VALIDATOR_PROPOSAL_INVALID")
  static let validatorProposalOutdated = ProblemCode("VALIDATOR_PROPOSAL_OUTDATED")
}
