import Ledger

/// What chooses a vehicle's cap.
struct VehicleClassification {
  let use: UseNature
  let energy: EnergyClass
  let age: VehicleAge

  /// `nil` where use or energy are unstated. A vehicle counts as new up to `newVehicleDays` days
  /// after its first registration, and as used where that day is unstated.
  init?(_ registration: VehicleRegistration, today: CalendarDate, newVehicleDays: UInt16) {
    guard let use = registration.use, let energy = registration.energy else { return nil }
    self.use = use
    self.energy = EnergyClass(energy)
    if let day = registration.firstRegistered, day.days(until: today) <= Int(newVehicleDays) {
      age = .new
    } else {
      age = .used
    }
  }
}

/// The limit of a loan as a part of the value: the policy's first cap that fits, if any does.
struct LoanToValue {
  private let cap: BasisPoints?
  private let end: ValuationEnd

  init(policy: Policy, classification: VehicleClassification) {
    end = policy.valuationEnd
    cap =
      policy.loanToValueCaps.first {
        $0.fits(
          use: classification.use, energy: classification.energy, age: classification.age)
      }?.cap
  }

  /// principal x 10,000 <= value x cap.
  ///
  /// - Precondition: principal and value are in one currency.
  func allows(principal: Money, against valuation: ValuationHead) -> Bool {
    precondition(principal.currency == valuation.value.currency, "one currency")
    guard let cap else { return true }
    let value: Money =
      switch end {
      case .value: valuation.value
      case .low: valuation.low ?? valuation.value
      }
    return Int128(principal.minorUnits) * 10_000 <= Int128(value.minorUnits) * Int128(cap.rawValue)
  }
}
