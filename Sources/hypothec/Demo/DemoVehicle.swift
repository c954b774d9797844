import Ledger

/// A vehicle as it could stand on a dealer's yard: a real manufacturer's code, a VIN whose check
/// digit is right, and a price that follows the usual residual curve.
struct DemoVehicle {
  let vin: VehicleIdentificationNumber
  let model: DemoModel
  let modelYear: Int
  let ageInMonths: Int
  let kilometres: UInt32
  let marketValue: Money

  /// One vehicle on a day in `year`; vehicles with different `serial` have different VINs.
  init(serial: Int, year: Int, randomness: inout DemoRandomness) throws(RefusalCode) {
    model = randomness.pick(DemoModel.all)
    ageInMonths = randomness.happens(40) ? 0 : randomness.number(1...84)
    modelYear = year - ageInMonths / 12
    kilometres = UInt32(ageInMonths * randomness.number(700...1_900) + randomness.number(5...60))
    marketValue = try DemoVehicle.value(
      newPrice: model.newPrice, ageInMonths: ageInMonths, spread: randomness.number(-6...6))
    vin = try DemoVehicle.vin(
      prefix: model.vinPrefix, modelYear: modelYear, plant: randomness.pick(Array("ABCDEFGHJK")),
      serial: serial)
  }

  /// Residual values by year of age in per cent of the new price, straight lines between them.
  private static let residuals = [100, 81, 71, 62, 54, 47, 41, 36]

  private static func value(
    newPrice: Int, ageInMonths: Int, spread: Int
  ) throws(RefusalCode) -> Money {
    let year = ageInMonths / 12
    let (from, to) = (residuals[year], residuals[min(year + 1, residuals.count - 1)])
    let permille = 10 * from - 10 * (from - to) * (ageInMonths % 12) / 12
    let yuan = newPrice * permille / 1_000 * (100 + spread) / 100
    return try Money(minorUnits: Int64(yuan / 100 * 100) * 100, currency: Currency("CNY"))
  }

  /// Positions 1 to 8 as given, 9 the check digit, 10 the model year, 11 the plant, 12 to 17 serial.
  private static func vin(
    prefix: String, modelYear: Int, plant: Character, serial: Int
  ) throws(RefusalCode) -> VehicleIdentificationNumber {
    let years = Array("ABCDEFGHJKLMNPRSTVWXY123456789")
    let digits = String(serial % 1_000_000)
    let tail =
      String(years[(modelYear - 2010) % 30]) + String(plant)
      + String(repeating: "0", count: 6 - digits.count) + digits
    for checkDigit in "0123456789X" {
      let vin = try VehicleIdentificationNumber(prefix + String(checkDigit) + tail)
      if vin.checkDigit == .valid { return vin }
    }
    throw .vinCheckDigit
  }
}

/// A model that is on the road in numbers: manufacturer's code and vehicle descriptor (positions 1
/// to 8 of the VIN), names, kind of energy, and the price of a new one in yuan.
struct DemoModel {
  let vinPrefix: String
  let make: String
  let model: String
  let energy: Energy
  let newPrice: Int

  static let all = [
    DemoModel("LFV2A21K", "FAW-Volkswagen", "Sagitar", .internalCombustion, 148_900),
    DemoModel("LSVNV2C2", "SAIC Volkswagen", "Passat", .internalCombustion, 199_900),
    DemoModel("LVGBM51K", "GAC Toyota", "Camry", .internalCombustion, 206_800),
    DemoModel("LFMAP86C", "FAW Toyota", "Corolla", .internalCombustion, 129_800),
    DemoModel("LHGCV165", "GAC Honda", "Accord", .internalCombustion, 185_800),
    DemoModel("LVHRW283", "Dongfeng Honda", "CR-V", .internalCombustion, 198_900),
    DemoModel("LGBH52E0", "Dongfeng Nissan", "Sylphy", .internalCombustion, 119_900),
    DemoModel("LBV21AA0", "BMW Brilliance", "3 Series", .internalCombustion, 319_900),
    DemoModel("LE4WG4CB", "Beijing Benz", "C-Class", .internalCombustion, 341_900),
    DemoModel("LRW3E7EK", "Tesla", "Model 3", .batteryElectric, 245_900),
    DemoModel("LC0CE4CB", "BYD", "Han EV", .batteryElectric, 229_800),
    DemoModel("LC0C76C4", "BYD", "Qin Plus DM-i", .plugInHybrid, 109_800),
  ]

  private init(
    _ vinPrefix: String, _ make: String, _ model: String, _ energy: Energy, _ newPrice: Int
  ) {
    self.vinPrefix = vinPrefix
    self.make = make
    self.model = model
    self.energy = energy
    self.newPrice = newPrice
  }
}
