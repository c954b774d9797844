import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("valuation.record")
struct RecordValuationTests {
  private let vin = TestLedger.vin

  private func registered() throws -> TestLedger {
    var ledger = TestLedger()
    try ledger.accept(.register(vin))
    return ledger
  }

  @Test("keeps an appraiser's valuation, and does not count as a change of title")
  func accepted() throws {
    var ledger = try registered()
    let asOf = ledger.time
    try ledger.accept(
      .value(vin, "v1", .yuan(90_000), asOf: asOf) { $0.low = .yuan(80_000) })
    let expected = ValuationHead(
      author: ContractNetwork.appraiser.id, authority: .appraiser, id: "v1", asOf: asOf,
      value: .yuan(90_000), low: .yuan(80_000), order: 0)
    #expect(ledger.vehicle.valuations == [expected])
    #expect(ledger.vehicle.lastChange == Height(11))
  }

  @Test(
    "takes a lender's as its own, and an appraiser's as such even if it lends too",
    arguments: [
      (ContractNetwork.bankA, ValuationAuthority.lender), (ContractNetwork.bankC, .appraiser),
    ] as [(GenesisMember, ValuationAuthority)])
  func authority(member: GenesisMember, expected: ValuationAuthority) throws {
    var ledger = try registered()
    try ledger.accept(.value(vin, "v1", asOf: ledger.time, by: member))
    #expect(ledger.vehicle.valuations.map(\.authority) == [expected])
  }

  @Test("keeps of each author the newest as-of date, whatever the order of recording")
  func newest() throws {
    var ledger = try registered()
    let (early, late) = (ledger.time, ledger.nextTime)
    try ledger.accept(.value(vin, "v2", asOf: late))
    try ledger.accept(.value(vin, "v1", asOf: early))
    try ledger.accept(.value(vin, "v0", asOf: early, by: ContractNetwork.bankA))
    #expect(ledger.vehicle.valuations.map(\.id) == ["v2", "v0"])
    #expect(ledger.vehicle.currentValuation?.id == "v2")
    #expect(ledger.vehicle.valuationIDs == ["v0", "v1", "v2"])
    try ledger.accept(.value(vin, "v3", asOf: late))
    #expect(ledger.vehicle.currentValuation?.id == "v3", "of two as of one time, the later")
  }

  @Test("refuses who neither appraises nor lends")
  func role() throws {
    var ledger = try registered()
    let operation = Operation.value(vin, "v1", asOf: ledger.time, by: ContractNetwork.dealer)
    #expect(try ledger.code(operation) == .roleNotAuthorised)
  }

  @Test("refuses a vehicle that is unknown, or deregistered")
  func vehicle() throws {
    var ledger = try registered()
    let unknown = Operation.value(TestLedger.otherVIN, "v1", asOf: ledger.time)
    #expect(try ledger.code(unknown) == .vehicleUnknown)
    ledger.setFlags(.deregistered)
    #expect(try ledger.code(.value(vin, "v1", asOf: ledger.time)) == .vehicleDeregistered)
  }

  @Test("refuses an id used for the same vehicle, by whomever, and takes it for another")
  func ids() throws {
    var ledger = try registered()
    try ledger.accept(.value(vin, "v1", asOf: ledger.time))
    let again = Operation.value(vin, "v1", asOf: ledger.time, by: ContractNetwork.bankA)
    #expect(try ledger.code(again) == .valuationIDUsed)
    try ledger.accept(.register(TestLedger.otherVIN))
    #expect(try ledger.code(.value(TestLedger.otherVIN, "v1", asOf: ledger.time)) == nil)
  }

  @Test("refuses more valuations than a record holds")
  func full() throws {
    var ledger = try registered()
    var vehicle = ledger.vehicle
    vehicle.valuationIDs = (0..<VehicleState.valuationLimit).map { "full-\($0)" }.sorted()
    ledger.state.set(.vehicle(vin), to: .vehicle(vehicle))
    #expect(try ledger.code(.value(vin, "v1", asOf: ledger.time)) == .vehicleRecordFull)
  }

  @Test(
    "takes low <= value <= high in one currency",
    arguments: [
      (Money.yuan(100), Money.yuan(100), nil), (nil, .yuan(100), nil), (.yuan(1), nil, nil),
      (.fen(10_001), nil, RefusalCode.valuationBandInvalid),
      (nil, .fen(9_999), .valuationBandInvalid),
      (.yuan(101), .yuan(102), .valuationBandInvalid),
      (.fen(1, "USD"), nil, .valuationCurrencyMismatch),
      (nil, .fen(20_000, "USD"), .valuationCurrencyMismatch),
    ] as [(Money?, Money?, RefusalCode?)])
  func band(low: Money?, high: Money?, expected: RefusalCode?) throws {
    var ledger = try registered()
    let operation = Operation.value(vin, "v1", .yuan(100), asOf: ledger.time) {
      ($0.low, $0.high) = (low, high)
    }
    #expect(try ledger.code(operation) == expected)
  }

  @Test(
    "takes an as-of time up to 120 s after the block's",
    arguments: [(Int64(120_000), nil), (120_001, RefusalCode.valuationFutureDated)]
      as [(Int64, RefusalCode?)])
  func future(offset: Int64, expected: RefusalCode?) throws {
    var ledger = try registered()
    let asOf = ledger.nextTime.moved(byMilliseconds: offset)
    #expect(try ledger.code(.value(vin, "v1", asOf: asOf)) == expected)
  }

  @Test("takes a model's valuation up to the day of the next calibration")
  func model() throws {
    var ledger = try registered()
    func valuation(_ id: Identifier, _ version: Identifier) -> Operation {
      .value(vin, id, asOf: ledger.time) {
        ($0.method, $0.model) = (.model, ModelReference(id: "model", version: version))
      }
    }
    #expect(try ledger.code(valuation("v1", "1")) == .modelNotRegistered)
    try ledger.accept(.registerModel("1", nextCalibration: "2026-03-20"))
    #expect(try ledger.code(valuation("v1", "2")) == .modelNotRegistered)
    ledger.wait(until: .inChina("2026-03-20", milliseconds: 23 * Timestamp.hour - 1))
    #expect(try ledger.code(valuation("v1", "1")) == nil, "the day itself")
    ledger.wait(until: .inChina("2026-03-20", milliseconds: 23 * Timestamp.hour))
    #expect(try ledger.code(valuation("v2", "1")) == .modelCalibrationOverdue)
  }
}

@Suite("model.register")
struct RegisterModelTests {
  @Test(
    "is an appraiser's or an operator's",
    arguments: [
      (ContractNetwork.appraiser, nil), (ContractNetwork.operatorA, nil),
      (ContractNetwork.bankA, RefusalCode.roleNotAuthorised),
      (ContractNetwork.suspendedBank, .memberSuspended),
    ] as [(GenesisMember, RefusalCode?)])
  func role(member: GenesisMember, expected: RefusalCode?) throws {
    var ledger = TestLedger()
    #expect(try ledger.code(.registerModel("1", by: member)) == expected)
  }

  @Test("registers a version once")
  func once() throws {
    var ledger = TestLedger()
    try ledger.accept(.registerModel("1"))
    #expect(try ledger.code(.registerModel("1")) == .modelVersionUsed)
    #expect(try ledger.code(.registerModel("2")) == nil)
    #expect(ledger.history.isEmpty, "models have no vehicle whose history they enter")
  }

  @Test(
    "has its next calibration 1 to 92 days after the last, which is past",
    arguments: [
      ("2026-02-01", "2026-05-04", nil), ("2026-02-01", "2026-02-02", nil),
      ("2026-02-01", "2026-05-05", RefusalCode.calibrationTooFar),
      ("2026-02-01", "2026-02-01", .calibrationTooFar),
      ("2026-02-01", "2026-01-31", .calibrationTooFar), ("2026-03-10", "2026-04-01", nil),
      ("2026-03-11", "2026-04-01", .timeInFuture),
    ] as [(CalendarDate, CalendarDate, RefusalCode?)])
  func calibration(on: CalendarDate, next: CalendarDate, expected: RefusalCode?) throws {
    var ledger = TestLedger()
    let operation = Operation.registerModel("1", calibratedOn: on, nextCalibration: next)
    #expect(try ledger.code(operation) == expected)
  }
}
