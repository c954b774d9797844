import CommandInterface
import Ledger

extension Policy {
  /// What a network has if its file says nothing else (CONTRACT section 4.2). The rule for used
  /// vehicles stands first, because the first cap that fits applies.
  package static let standard = Policy(
    loanToValueCaps: [
      LoanToValueCap(use: nil, energy: nil, age: .used, cap: hundredths(7_000)),
      LoanToValueCap(use: .own, energy: .newEnergy, age: nil, cap: hundredths(8_500)),
      LoanToValueCap(use: .commercial, energy: .newEnergy, age: nil, cap: hundredths(7_500)),
      LoanToValueCap(use: .own, energy: nil, age: nil, cap: hundredths(8_000)),
      LoanToValueCap(use: .commercial, energy: nil, age: nil, cap: hundredths(7_000)),
    ],
    newVehicleDays: 365, valuationFreshnessDays: 30, valuationLifeDays: 92, valuationEnd: .value,
    yellowFall: hundredths(500), redFall: hundredths(1_500), refusalsPerHour: 1_000,
    holderDisclosure: .pledgeNamed, utcOffsetMinutes: 480)

  private static func hundredths(_ number: UInt32) -> BasisPoints {
    do throws(RefusalCode) {
      return try BasisPoints(number)
    } catch {
      preconditionFailure("the standard policy's ratios are in range")
    }
  }

  package var json: JSONValue {
    [
      "loanToValueCaps": .array(loanToValueCaps.map(\.json)),
      "newVehicleDays": .integer(newVehicleDays),
      "valuationFreshnessDays": .integer(valuationFreshnessDays),
      "valuationLifeDays": .integer(valuationLifeDays), "valuationEnd": valuationEnd.json,
      "yellowFall": .string(yellowFall.percentText), "redFall": .string(redFall.percentText),
      "refusalsPerHour": .integer(refusalsPerHour), "holderDisclosure": holderDisclosure.json,
      "utcOffsetMinutes": .integer(utcOffsetMinutes),
    ]
  }

  /// What is missing is as in `base`; `nil` if something is wrong, which is then noted.
  package init?(_ field: JSONField, over base: Policy = .standard) {
    var policy = base
    let isWhole: Bool? = field.object { members in policy.take(members) }
    guard isWhole == true else { return nil }
    self = policy
  }

  private mutating func take(_ members: JSONMembers) -> Bool {
    let caps = members.optional("loanToValueCaps")
    if let list = caps?.list(0...Policy.capLimit, LoanToValueCap.init) { loanToValueCaps = list }
    take(members.optional("newVehicleDays")?.number(0...36_600), \.newVehicleDays)
    take(members.optional("valuationFreshnessDays")?.number(1...36_600), \.valuationFreshnessDays)
    take(members.optional("valuationLifeDays")?.number(1...36_600), \.valuationLifeDays)
    take(members.optional("refusalsPerHour")?.number(1...1_000_000), \.refusalsPerHour)
    take(members.optional("utcOffsetMinutes")?.number(-720...840), \.utcOffsetMinutes)
    let end = members.optional("valuationEnd")
    valuationEnd = end?.value(.word(of: ValuationEnd.self, "end")) ?? valuationEnd
    let disclosure = members.optional("holderDisclosure")
    holderDisclosure =
      disclosure?.value(.word(of: HolderDisclosure.self, "disclosure")) ?? holderDisclosure
    yellowFall = members.optional("yellowFall")?.value(.percent) ?? yellowFall
    redFall = members.optional("redFall")?.value(.percent) ?? redFall
    return true
  }

  private mutating func take<Number: FixedWidthInteger>(
    _ number: Int?, _ property: WritableKeyPath<Policy, Number>
  ) {
    if let number { self[keyPath: property] = Number(number) }
  }
}

extension LoanToValueCap {
  var json: JSONValue {
    var members: [JSONMember] = []
    if let use { members.append(JSONMember("use", use.json)) }
    if let energy { members.append(JSONMember("energy", energy.json)) }
    if let age { members.append(JSONMember("age", age.json)) }
    members.append(JSONMember("cap", .string(cap.percentText)))
    return .object(members)
  }

  /// What is missing fits all.
  init?(_ field: JSONField) {
    let read: LoanToValueCap? = field.object { members in
      let use = members.optional("use")?.value(.word(of: UseNature.self, "use"))
      let energy = members.optional("energy")?.value(.word(of: EnergyClass.self, "energy"))
      let age = members.optional("age")?.value(.word(of: VehicleAge.self, "age"))
      guard let cap = members.required("cap")?.value(.percent) else { return nil }
      return LoanToValueCap(use: use, energy: energy, age: age, cap: cap)
    }
    guard let read else { return nil }
    self = read
  }
}
