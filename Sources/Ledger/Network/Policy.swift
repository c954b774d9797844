import CBOR

/// The network's rules that are numbers (CONTRACT section 4.2): one record in the state, set by the
/// network file and changed by `policy.set`.
package struct Policy: Hashable, Sendable {
  package static let capLimit = 64

  /// The first that fits applies; where none fits there is no limit.
  package var loanToValueCaps: [LoanToValueCap]
  /// A vehicle counts as new for this many days after its first registration.
  package var newVehicleDays: UInt16
  /// How old a valuation may be when a pledge is created.
  package var valuationFreshnessDays: UInt16
  /// How old a valuation may become while the pledge lives.
  package var valuationLifeDays: UInt16
  package var valuationEnd: ValuationEnd
  /// The fall of the value since the pledge from which its light is yellow, and red.
  package var yellowFall: BasisPoints
  package var redFall: BasisPoints
  /// How many refusals a member may have recorded in an hour.
  package var refusalsPerHour: UInt32
  package var holderDisclosure: HolderDisclosure
  /// The offset from UTC at which calendar days begin, -720...840 minutes.
  package var utcOffsetMinutes: Int16

  package init(
    loanToValueCaps: [LoanToValueCap], newVehicleDays: UInt16, valuationFreshnessDays: UInt16,
    valuationLifeDays: UInt16, valuationEnd: ValuationEnd, yellowFall: BasisPoints,
    redFall: BasisPoints, refusalsPerHour: UInt32, holderDisclosure: HolderDisclosure,
    utcOffsetMinutes: Int16
  ) {
    self.loanToValueCaps = loanToValueCaps
    self.newVehicleDays = newVehicleDays
    self.valuationFreshnessDays = valuationFreshnessDays
    self.valuationLifeDays = valuationLifeDays
    self.valuationEnd = valuationEnd
    self.yellowFall = yellowFall
    self.redFall = redFall
    self.refusalsPerHour = refusalsPerHour
    self.holderDisclosure = holderDisclosure
    self.utcOffsetMinutes = utcOffsetMinutes
  }

  package func encode(into encoder: inout CBOREncoder) {
    encoder.array(10)
    encoder.array(loanToValueCaps.count)
    for cap in loanToValueCaps { cap.encode(into: &encoder) }
    encoder.unsigned(UInt64(newVehicleDays))
    encoder.unsigned(UInt64(valuationFreshnessDays))
    encoder.unsigned(UInt64(valuationLifeDays))
    encoder.unsigned(valuationEnd.rawValue)
    encoder.unsigned(UInt64(yellowFall.rawValue))
    encoder.unsigned(UInt64(redFall.rawValue))
    encoder.unsigned(UInt64(refusalsPerHour))
    encoder.unsigned(holderDisclosure.rawValue)
    encoder.integer(Int64(utcOffsetMinutes))
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 10)
    loanToValueCaps = try reader.list(0...Policy.capLimit) {
      reader throws(LedgerError) in try LoanToValueCap(from: &reader)
    }
    newVehicleDays = UInt16(try reader.number(0...36_600))
    valuationFreshnessDays = UInt16(try reader.number(1...36_600))
    valuationLifeDays = UInt16(try reader.number(1...36_600))
    valuationEnd = try reader.enumeration(ValuationEnd.self)
    yellowFall = try reader.basisPoints()
    redFall = try reader.basisPoints()
    refusalsPerHour = UInt32(try reader.number(1...1_000_000))
    holderDisclosure = try reader.enumeration(HolderDisclosure.self)
    let offset = try reader.integer()
    guard (-720...840).contains(offset) else { throw .refused(.valueOutOfRange) }
    utcOffsetMinutes = Int16(offset)
  }
}

/// A limit of the principal as a part of the vehicle's value. A property that is `nil` fits all.
package struct LoanToValueCap: Hashable, Sendable {
  package var use: UseNature?
  package var energy: EnergyClass?
  package var age: VehicleAge?
  package var cap: BasisPoints

  package init(use: UseNature?, energy: EnergyClass?, age: VehicleAge?, cap: BasisPoints) {
    self.use = use
    self.energy = energy
    self.age = age
    self.cap = cap
  }

  package func fits(use: UseNature, energy: EnergyClass, age: VehicleAge) -> Bool {
    (self.use ?? use) == use && (self.energy ?? energy) == energy && (self.age ?? age) == age
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(4)
    encoder.unsigned(use?.rawValue ?? 0)
    encoder.unsigned(energy?.rawValue ?? 0)
    encoder.unsigned(age?.rawValue ?? 0)
    encoder.unsigned(UInt64(cap.rawValue))
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 4)
    use = try reader.wildcard(UseNature.self)
    energy = try reader.wildcard(EnergyClass.self)
    age = try reader.wildcard(VehicleAge.self)
    cap = try reader.basisPoints()
  }
}

extension LedgerReader {
  /// One of the raw values of `type`, or 0 for any of them.
  fileprivate mutating func wildcard<Value: RawRepresentable>(
    _ type: Value.Type
  ) throws(LedgerError) -> Value? where Value.RawValue == UInt64 {
    let start = offset
    let raw = try unsigned()
    guard raw != 0 else { return nil }
    guard let value = Value(rawValue: raw) else { throw invalidValue(at: start) }
    return value
  }
}

package enum EnergyClass: UInt64, CaseIterable, Sendable {
  case conventional = 1
  case newEnergy = 2

  package init(_ energy: Energy) {
    switch energy {
    case .internalCombustion: self = .conventional
    case .batteryElectric, .plugInHybrid, .fuelCell: self = .newEnergy
    }
  }
}

package enum VehicleAge: UInt64, CaseIterable, Sendable {
  case new = 1
  case used = 2
}

/// Which end of a valuation's band the loan is measured against.
package enum ValuationEnd: UInt64, CaseIterable, Sendable {
  case value = 1
  /// Prudent mode: the low end, where a band was given.
  case low = 2
}

/// Whether a refusal names the pledge that stands in the way.
package enum HolderDisclosure: UInt64, CaseIterable, Sendable {
  case pledgeNamed = 1
  case pledgeWithheld = 2
}
