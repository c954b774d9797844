import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("vehicle.register")
struct RegisterVehicleTests {
  private let vin = TestLedger.vin

  @Test("opens a title")
  func accepted() throws {
    var ledger = TestLedger()
    let operation = Operation.register(vin)
    try ledger.accept(operation)
    #expect(operation.body == .registerVehicle(ledger.vehicle.registration))
    #expect(ledger.vehicle.registeredBy == ContractNetwork.registry.id)
    #expect(ledger.vehicle.registeredAt == LedgerMoment(height: Height(11), time: ledger.time))
    #expect(ledger.vehicle.lastChange == Height(11))
    #expect(ledger.vehicle.history.count == 1)
  }

  @Test("takes a vehicle of which little is stated")
  func unstated() throws {
    var ledger = TestLedger()
    try ledger.accept(
      .register(vin) {
        ($0.owners, $0.use, $0.energy) = (nil, nil, nil)
        ($0.firstRegistered, $0.region, $0.certificate) = (nil, nil, nil)
      })
    #expect(ledger.vehicle.registration.owners == nil)
  }

  @Test("refuses who is no registry", arguments: [ContractNetwork.bankA, ContractNetwork.dealer])
  func role(member: GenesisMember) throws {
    var ledger = TestLedger()
    #expect(try ledger.code(.register(vin, by: member)) == .roleNotAuthorised)
  }

  @Test("refuses a suspended registry")
  func suspended() throws {
    var ledger = TestLedger()
    let operation = Operation.register(vin, by: ContractNetwork.suspendedRegistry)
    #expect(try ledger.code(operation) == .memberSuspended)
  }

  @Test("refuses a vehicle that is known, and names no id")
  func known() throws {
    var ledger = TestLedger()
    try ledger.accept(.register(vin))
    let outcome = try ledger.run([.register(vin)])
    #expect(
      outcome == .refused(Refusal(code: .vehicleAlreadyRegistered, operationIndex: 0)))
    #expect(ledger.vehicle.history.count == 2)
  }

  @Test("refuses a vehicle twice in one transaction")
  func twice() throws {
    var ledger = TestLedger()
    let outcome = try ledger.run([.register(vin), .register(vin)])
    #expect(
      outcome == .refused(Refusal(code: .vehicleAlreadyRegistered, operationIndex: 1)))
    #expect(ledger.state.vehicle(vin) == nil)
  }

  @Test(
    "takes a first registration up to today, by the policy's calendar",
    arguments: [("2026-03-10", nil), ("2026-03-11", RefusalCode.timeInFuture)]
      as [(CalendarDate, RefusalCode?)])
  func firstRegistration(date: CalendarDate, expected: RefusalCode?) throws {
    var ledger = TestLedger()
    #expect(try ledger.code(.register(vin) { $0.firstRegistered = date }) == expected)
  }

  @Test("counts a day as begun 120 s before it begins by the block's time")
  func dayBegins() throws {
    let midnight = Timestamp.inChina("2026-03-11")
    for (early, expected) in [(Int64(120_000), nil), (120_001, RefusalCode.timeInFuture)] {
      var ledger = TestLedger()
      ledger.wait(until: midnight.moved(byMilliseconds: -early - Int64(Timestamp.hour)))
      #expect(try ledger.code(.register(vin) { $0.firstRegistered = "2026-03-11" }) == expected)
    }
  }

  @Test(
    "takes what occurred up to 120 s after the block's time",
    arguments: [(Int64(120_000), nil), (120_001, RefusalCode.timeInFuture), (-1_000_000, nil)]
      as [(Int64, RefusalCode?)])
  func occurredAt(offset: Int64, expected: RefusalCode?) throws {
    var ledger = TestLedger()
    let moment = ledger.nextTime.moved(byMilliseconds: offset)
    #expect(try ledger.code(.register(vin, occurredAt: moment)) == expected)
  }
}
