import Cryptography
import Ledger

/// A small network for tests of the contract: its members, its policy, a few vehicles.
package enum ContractNetwork {
  package static let id = NetworkID(SHA256.hash(Array("contract tests".utf8)))

  // MARK: Members

  package static let registry = member("registry-a", [.registry])
  package static let bankA = member("bank-a", [.lender], entity: "91110000600037341L")
  package static let bankB = member("bank-b", [.lender], entity: "91100000100003962T")
  /// Both lender and appraiser.
  package static let bankC = member("bank-c", [.appraiser, .lender])
  /// Both lender and registry.
  package static let bankD = member("bank-d", [.lender, .registry])
  package static let appraiser = member("appraiser-a", [.appraiser])
  package static let court = member("court-a", [.court])
  package static let operatorA = member("operator-a", [.operator])
  /// A dealer, which owns vehicles.
  package static let dealer = member("dealer-a", [.dealer], entity: "911000001000013428")
  package static let suspendedBank = member("bank-x", [.lender])
  package static let suspendedRegistry = member("registry-x", [.registry])
  package static let suspendedDealer = member(
    "dealer-x", [.dealer], entity: "911100001000044477")

  package static let members = [
    registry, bankA, bankB, bankC, bankD, appraiser, court, operatorA, dealer, suspendedBank,
    suspendedRegistry, suspendedDealer,
  ]
  package static let suspended: Set<MemberID> = [
    suspendedBank.id, suspendedRegistry.id, suspendedDealer.id,
  ]

  /// The base point of P-256, which stands for every member's key: nothing here verifies signatures.
  private static let key = try! PublicKey(
    coseKey: Hexadecimal.decode(
      "a5010203262001215820"
        + "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" + "225820"
        + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")!)

  private static func member(
    _ id: String, _ roles: [Role], entity: String? = nil
  ) -> GenesisMember {
    GenesisMember(
      id: try! MemberID(id), name: try! DescriptiveText(id), roles: roles, keys: [key],
      entities: entity.map { [try! LegalEntity($0)] } ?? [])
  }

  // MARK: Policy and state

  /// The defaults of CONTRACT section 4.2, in China.
  package static let policy = Policy(
    loanToValueCaps: [
      LoanToValueCap(use: nil, energy: nil, age: .used, cap: basisPoints(7_000)),
      LoanToValueCap(use: .own, energy: .newEnergy, age: nil, cap: basisPoints(8_500)),
      LoanToValueCap(use: .commercial, energy: .newEnergy, age: nil, cap: basisPoints(7_500)),
      LoanToValueCap(use: .own, energy: nil, age: nil, cap: basisPoints(8_000)),
      LoanToValueCap(use: .commercial, energy: nil, age: nil, cap: basisPoints(7_000)),
    ],
    newVehicleDays: 180, valuationFreshnessDays: 30, valuationLifeDays: 92, valuationEnd: .value,
    yellowFall: basisPoints(500), redFall: basisPoints(1_500), refusalsPerHour: 100,
    holderDisclosure: .pledgeNamed, utcOffsetMinutes: 480)

  package static func basisPoints(_ value: UInt32) -> BasisPoints { try! BasisPoints(value) }

  /// The state after genesis: members, their codes, the policy.
  package static func state(policy: Policy = policy) -> MemoryState {
    var entries: [StateID: StateEntry] = [
      .policy: .policy(PolicySchedule(current: policy))
    ]
    for member in members {
      entries[.member(member.id)] = .member(
        MemberState(
          member: member, standing: suspended.contains(member.id) ? .suspended : .active))
      for entity in member.entities { entries[.entity(entity)] = .entity(member.id) }
    }
    return MemoryState(entries)
  }

  // MARK: Vehicles and parties

  package static let vehicles = [
    "LFWADRJF011002346", "LZPTCAP2561500278", "LJSKA3BF3CD820005", "LFV2A21K0G4053021",
  ].map { try! VehicleIdentificationNumber($0) }

  /// An owner who is nobody's business.
  package static let person = Party.committed(
    Commitment(digest: SHA256.hash(Array("a person".utf8))))
  package static let otherPerson = Party.committed(
    Commitment(digest: SHA256.hash(Array("another person".utf8))))

  package static func party(_ member: GenesisMember) -> Party { .disclosed(member.entities[0]) }

  package static func document(_ name: String) -> Document {
    .disclosed(DocumentHash(SHA256.hash(Array(name.utf8))))
  }
}
