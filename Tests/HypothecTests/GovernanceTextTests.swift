import CommandInterface
import Cryptography
import Documents
import Ledger
import Testing

@testable import hypothec

@Suite("A change of the network in words")
struct GovernanceTextTests {
  private static let languages: [Language] = [.english, .chinese]

  private func text(_ action: GovernanceAction, _ language: Language) -> String {
    GovernanceChange(sequence: 1, action: action).text(language)
  }

  private func key(_ algorithm: SignatureAlgorithm = .es256) throws -> PublicKey {
    try SigningKey.generate(algorithm).publicKey
  }

  private func proven() throws -> ProvenKey { ProvenKey(key: try key(), proof: [1]) }

  @Test("names every role, code and key of a new member", arguments: languages)
  func admission(_ language: Language) throws {
    let member = GenesisMember(
      id: try MemberID("bank-c"), name: try DescriptiveText("Bank C"), roles: [.lender, .dealer],
      keys: [try key(), try key(.edDSA)],
      entities: [
        try LegalEntity("91110000600037341L"), try LegalEntity("5493001KJTIIGC8Y1R12"),
      ])
    let text = text(.admitMember(member), language)
    for part in ["bank-c", "Bank C", "lender", "dealer"] { #expect(text.contains(part)) }
    #expect(text.contains("uscc:91110000600037341L"))
    #expect(text.contains("lei:5493001KJTIIGC8Y1R12"))
    for key in member.keys { #expect(text.contains(key.keyID.description)) }
  }

  @Test("gives ids of keys in full", arguments: languages)
  func keys(_ language: Language) throws {
    let member = try MemberID("bank-a")
    let added = try proven()
    let id = added.key.keyID
    #expect(text(.addKey(member, .governor, added), language).contains(id.description))
    #expect(text(.retireKey(member, .member, keyID: id), language).contains(id.description))
    let node = NodeIdentity(
      member: member, consensusKey: try proven(), transportKey: try proven(),
      addresses: [try NodeAddress("bank-a.example:7100"), try NodeAddress("[2001:db8::1]:7100")])
    let shown = text(.setNode(node), language)
    #expect(shown.contains(node.consensusKey.key.keyID.description))
    #expect(shown.contains(node.transportKey.key.keyID.description))
    for address in node.addresses { #expect(shown.contains(address.text)) }
  }

  @Test("differs whatever differs in a policy", arguments: languages)
  func policy(_ language: Language) throws {
    let standard = Policy.standard
    var others = [standard]
    func change(_ body: (inout Policy) throws -> Void) rethrows {
      var policy = standard
      try body(&policy)
      others.append(policy)
    }
    change { $0.newVehicleDays += 1 }
    change { $0.valuationFreshnessDays += 1 }
    change { $0.valuationLifeDays += 1 }
    change { $0.valuationEnd = $0.valuationEnd == .value ? .low : .value }
    change { $0.refusalsPerHour += 1 }
    change {
      $0.holderDisclosure = $0.holderDisclosure == .pledgeNamed ? .pledgeWithheld : .pledgeNamed
    }
    change { $0.utcOffsetMinutes += 1 }
    change { $0.loanToValueCaps.removeLast() }
    change { $0.loanToValueCaps.reverse() }
    change { $0.loanToValueCaps[0].use = $0.loanToValueCaps[0].use == .own ? .commercial : .own }
    change { $0.loanToValueCaps[0].energy = $0.loanToValueCaps[0].energy == nil ? .newEnergy : nil }
    change { $0.loanToValueCaps[0].age = $0.loanToValueCaps[0].age == nil ? .used : nil }
    change { $0.loanToValueCaps[0].cap = $0.loanToValueCaps[1].cap }
    change { $0.yellowFall = $0.redFall }
    change { $0.redFall = $0.yellowFall }
    #expect(Set(others).count == others.count, "each is another policy")
    let texts = others.map {
      text(.setPolicy(PolicySchedule.Change(policy: $0, height: Height(7))), language)
    }
    #expect(Set(texts).count == texts.count)
    let later = PolicySchedule.Change(policy: standard, height: Height(8))
    #expect(!texts.contains(text(.setPolicy(later), language)))
  }

  @Test("is another for every kind of change, in both languages")
  func kinds() throws {
    let member = try MemberID("bank-a")
    let actions: [GovernanceAction] = [
      .setStanding(member, .active), .setStanding(member, .suspended), .advanceEpoch,
      .setThreshold(2), .setThreshold(3),
      .setValidators(ValidatorChange(members: [member], attestations: [])),
    ]
    for language in Self.languages {
      #expect(Set(actions.map { text($0, language) }).count == actions.count)
    }
  }
}
