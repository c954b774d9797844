import CBOR
import Cryptography
import Ledger

/// A day of business on a network of a vehicle office, an appraiser, two banks and a court, wave
/// after wave: what a wave needs of the ledger, the one before has recorded.
struct DemoDay {
  let network: NetworkID
  let keys: [MemberID: SigningKey]
  let cast: Cast
  private let validUntil: Timestamp
  private var randomness: DemoRandomness
  private var references = 0
  private(set) var stock: [Holding] = []

  /// Who does what.
  struct Cast {
    let office: MemberID
    let appraiser: MemberID
    let firstBank: MemberID
    let secondBank: MemberID
    let court: MemberID

    var all: [MemberID] { [office, appraiser, firstBank, secondBank, court] }
  }

  /// A vehicle with its owner, and who holds its slot as far as the day knows.
  struct Holding {
    let vehicle: DemoVehicle
    let owner: Party
    var pledge: (id: Identifier, pledgee: MemberID)?
  }

  /// A transaction and what must become of it.
  struct Planned {
    /// Who submits it, at its own node.
    let submitter: MemberID
    let bytes: [UInt8]
    let expectation: Expectation
  }

  enum Expectation {
    case accepted
    /// Of the two transactions with this number exactly one is accepted; the other is refused and
    /// names the pledge of the winner. The pledge that this one creates.
    case race(Int, pledge: Identifier)
  }

  init(
    network: NetworkID, keys: [MemberID: SigningKey], cast: Cast, vehicleCount: Int, year: Int,
    validUntil: Timestamp, seed: UInt64
  ) throws {
    self.validUntil = validUntil
    self.network = network
    self.keys = keys
    self.cast = cast
    randomness = DemoRandomness(seed: seed)
    for serial in 0..<vehicleCount {
      let vehicle = try DemoVehicle(
        serial: 100_001 + 37 * serial, year: year, randomness: &randomness)
      stock.append(Holding(vehicle: vehicle, owner: try owner(serial), pledge: nil))
    }
  }

  /// A company in the clear, or a person as a commitment that nobody can open without its salt.
  private mutating func owner(_ serial: Int) throws -> Party {
    guard randomness.happens(70) else {
      return .disclosed(try LegalEntity(randomness.pick(DemoDay.companies)))
    }
    var encoder = CBOREncoder()
    encoder.text("owner of vehicle \(serial)")
    return .committed(Commitment.make(salt: try .random(), value: encoder.bytes))
  }

  private static let companies = [
    "91100000100003962T", "911100001000044477", "911000001000013428", "914403001922038216",
  ]

  // MARK: Waves

  /// The office opens a title for every vehicle.
  mutating func registrations(today: CalendarDate) throws -> [Planned] {
    var wave: [Planned] = []
    for holding in stock {
      let vehicle = holding.vehicle
      let registration = VehicleRegistration(
        vin: vehicle.vin, owners: [holding.owner], use: .own, energy: vehicle.model.energy,
        make: try DescriptiveText(vehicle.model.make),
        model: try DescriptiveText(vehicle.model.model), modelYear: UInt16(vehicle.modelYear),
        odometer: try Kilometres(vehicle.kilometres),
        firstRegistered: today.addingMonths(-vehicle.ageInMonths),
        region: try Region(randomness.pick(["110000", "310000", "440100", "440300", "330100"])),
        certificate: .disclosed(DemoDay.document("certificate of \(vehicle.vin)")))
      wave.append(
        try planned([Operation(by: cast.office, body: .registerVehicle(registration))]))
    }
    return wave
  }

  /// The appraiser values every vehicle.
  mutating func valuations(asOf: Timestamp) throws -> [Planned] {
    try valuations(of: stock.indices, asOf: asOf, id: valuationID)
  }

  /// The appraiser values some vehicles anew.
  mutating func revaluations(asOf: Timestamp) throws -> [Planned] {
    try valuations(of: 0..<min(12, stock.count), asOf: asOf) { try Identifier("V-\(500_000 + $0)") }
  }

  private mutating func valuations(
    of indices: Range<Int>, asOf: Timestamp, id: (Int) throws -> Identifier
  ) throws -> [Planned] {
    var wave: [Planned] = []
    for index in indices {
      let vehicle = stock[index].vehicle
      let value = vehicle.marketValue
      let valuation = ValuationRecording(
        vin: vehicle.vin, id: try id(index), method: .market, basis: .retail,
        value: value, low: try DemoDay.part(95, of: value), high: try DemoDay.part(104, of: value),
        asOf: asOf, odometer: try Kilometres(vehicle.kilometres),
        condition: UInt8(randomness.number(25...50)),
        report: .disclosed(DemoDay.document("report on \(vehicle.vin)")))
      wave.append(try planned([Operation(by: cast.appraiser, body: .recordValuation(valuation))]))
    }
    return wave
  }

  /// The banks lend against two thirds of the vehicles.
  mutating func pledges(searchHeight: Height, today: CalendarDate) throws -> [Planned] {
    var wave: [Planned] = []
    for index in stock.indices where index % 3 != 0 {
      let bank = randomness.happens(50) ? cast.firstBank : cast.secondBank
      let id = try Identifier("P-\(1_000 + index)")
      wave.append(
        try planned([
          try pledge(index, by: bank, id: id, searchHeight: searchHeight, today: today)
        ]))
      stock[index].pledge = (id, bank)
    }
    return wave
  }

  /// Both banks lend against the same vehicle at the same instant.
  mutating func race(
    _ number: Int, vehicle index: Int, searchHeight: Height, today: CalendarDate
  ) throws -> [Planned] {
    var wave: [Planned] = []
    for (bank, letter) in [(cast.firstBank, "A"), (cast.secondBank, "B")] {
      let id = try Identifier("R-\(number)-\(letter)")
      let operation = try pledge(
        index, by: bank, id: id, searchHeight: searchHeight, today: today)
      wave.append(try planned([operation], expectation: .race(number, pledge: id)))
    }
    return wave
  }

  /// Some loans are paid, some move to the other bank, one is ended by the court.
  mutating func endings(searchHeight: Height, today: CalendarDate) throws -> [Planned] {
    var wave: [Planned] = []
    var isOrderDue = true
    for index in stock.indices {
      guard let pledge = stock[index].pledge else { continue }
      let vin = stock[index].vehicle.vin
      if isOrderDue {
        isOrderDue = false
        let order = PledgeReleaseByOrder(
          vin: vin, id: pledge.id, caseNumber: .disclosed(try Identifier("2026-0101-ZX-17")),
          judgment: .disclosed(DemoDay.document("judgment")))
        wave.append(
          try planned([Operation(by: cast.court, body: .releasePledgeByOrder(order))]))
        stock[index].pledge = nil
      } else if randomness.happens(20) {
        wave.append(try planned([try release(index, pledge, .paid, today)]))
        stock[index].pledge = nil
      } else if randomness.happens(15) {
        let other = pledge.pledgee == cast.firstBank ? cast.secondBank : cast.firstBank
        let id = try Identifier("P-\(5_000 + index)")
        wave.append(
          try planned([
            try release(index, pledge, .refinanced, today),
            try self.pledge(index, by: other, id: id, searchHeight: searchHeight, today: today),
          ]))
        stock[index].pledge = (id, other)
      }
    }
    return wave
  }

  // MARK: Operations

  func valuationID(_ index: Int) throws -> Identifier { try Identifier("V-\(1_000 + index)") }

  private mutating func pledge(
    _ index: Int, by bank: MemberID, id: Identifier, searchHeight: Height, today: CalendarDate
  ) throws -> Operation {
    let holding = stock[index]
    // Below the lowest cap of the standard policy, 70 %.
    let principal = try DemoDay.part(randomness.number(35...68), of: holding.vehicle.marketValue)
    let creation = PledgeCreation(
      vin: holding.vehicle.vin, id: id, security: .mortgage, pledgor: holding.owner,
      debtor: holding.owner, principal: principal,
      contract: .disclosed(DemoDay.document("contract \(id)")), start: today,
      maturity: today.addingMonths(12 * randomness.number(1...5)),
      basis: .search(valuation: try valuationID(index), height: searchHeight))
    return Operation(by: bank, body: .createPledge(creation))
  }

  private func release(
    _ index: Int, _ pledge: (id: Identifier, pledgee: MemberID), _ reason: ReleaseReason,
    _ today: CalendarDate
  ) throws -> Operation {
    Operation(
      by: pledge.pledgee,
      body: .releasePledge(
        PledgeRelease(
          vin: stock[index].vehicle.vin, id: pledge.id, reason: reason, paidOn: today)))
  }

  /// Signs a transaction of these operations by everybody who acts in it.
  private mutating func planned(
    _ operations: [Operation], expectation: Expectation = .accepted
  ) throws -> Planned {
    references += 1
    var signers: [MemberID] = []
    for operation in operations where !signers.contains(operation.by) {
      signers.append(operation.by)
    }
    guard let salt = Digest(try SecureRandom.bytes(Digest.byteCount)) else {
      preconditionFailure("32 random bytes are a digest's")
    }
    var draft = TransactionDraft(
      network: network, signers: signers, reference: try Identifier("day-\(references)"),
      validUntil: validUntil, salt: salt, operations: operations)
    for signer in signers {
      guard let key = keys[signer] else { throw DemoError.noKey(signer) }
      try draft.sign(as: signer, with: key)
    }
    return Planned(
      submitter: operations[0].by, bytes: try draft.transaction().bytes, expectation: expectation)
  }

  private static func document(_ text: String) -> DocumentHash {
    DocumentHash(SHA256.hash(Array(text.utf8)))
  }

  private static func part(_ percent: Int, of money: Money) throws(RefusalCode) -> Money {
    try Money(
      minorUnits: money.minorUnits / 10_000 * Int64(percent) * 100, currency: money.currency)
  }
}

/// Why the day could not be played.
enum DemoError: Error {
  case noKey(MemberID)
  case noNode(MemberID)
}
