import CollateralContract
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A transaction")
struct TransactionTests {
  private let vin = TestLedger.vin

  @Test("is refused whole, for its first operation that breaks a rule")
  func whole() throws {
    var ledger = try TestLedger.pledgeable()
    let before = ledger.vehicle
    let outcome = try ledger.run([
      .value(vin, "v2", asOf: ledger.time), .registerModel("1"),
      .release(vin, "p1"), .register(vin),
    ])
    #expect(outcome == .refused(Refusal(code: .pledgeUnknown, operationIndex: 2)))
    #expect(ledger.vehicle.valuationIDs == before.valuationIDs)
    #expect(ledger.vehicle.blinding == before.blinding)
    #expect(ledger.state.entries[.model(ModelReference(id: "model", version: "1"))] == nil)
  }

  @Test("that was refused does not use up its ids")
  func idsStayFree() throws {
    var ledger = try TestLedger.pledgeable()
    let refused = Operation.pledge(vin, "p1", principal: .yuan(99_000), basis: ledger.search())
    #expect(try ledger.code(refused) == .loanToValueExceeded)
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == nil)
  }

  @Test("sees what its earlier operations did")
  func inOrder() throws {
    var ledger = TestLedger()
    try ledger.accept(
      .register(vin), .registerModel("1"),
      .value(vin, "v1", asOf: ledger.time) {
        ($0.method, $0.model) = (.model, ModelReference(id: "model", version: "1"))
      },
      .pledge(vin, "p1", basis: ledger.search()), .release(vin, "p1"))
    #expect(ledger.vehicle.endedPledges.map(\.id) == ["p1"])
    #expect(ledger.vehicle.history.count == 4)
  }

  @Test("blinds each vehicle's record with the salt of its last operation there")
  func blinding() throws {
    var ledger = TestLedger()
    let transaction = ledger.make([
      .register(vin), .register(TestLedger.otherVIN), .value(vin, "v1", asOf: ledger.time),
    ])
    try ledger.commit([transaction])
    let expected = OperationHash.salt(transactionSalt: transaction.salt, index: 2)
    #expect(ledger.vehicle.blinding == expected)
    #expect(
      ledger.state.vehicle(TestLedger.otherVIN)?.blinding
        == OperationHash.salt(transactionSalt: transaction.salt, index: 1))
  }

  @Test("enters its vehicles' histories, one entry an operation")
  func acceptedHistory() throws {
    var ledger = TestLedger()
    let transaction = ledger.make([
      .register(vin), .register(TestLedger.otherVIN), .value(vin, "v1", asOf: ledger.time),
    ])
    try ledger.commit([transaction])
    let place = TransactionPlace(height: ledger.height, transactionIndex: 0)
    let expected = [(vin, UInt64(1), 0), (TestLedger.otherVIN, 1, 1), (vin, 2, 2)].map {
      VehicleHistoryRecord(
        vin: $0.0, number: $0.1,
        entry: HistoryEntry(
          place: place, operationIndex: $0.2, transaction: transaction.id,
          operationHash: transaction.operationHashes[$0.2], outcome: .accepted))
    }
    #expect(ledger.history == expected)
  }

  @Test("that is refused enters one history, with the operation that failed")
  func refusedHistory() throws {
    var ledger = try TestLedger.pledgeable()
    try ledger.accept(.register(TestLedger.otherVIN))
    let start = ledger.history.count
    let transaction = ledger.make([
      .value(TestLedger.otherVIN, "v1", asOf: ledger.time), .release(vin, "p1"),
    ])
    try ledger.commit([transaction])
    let refusal = Refusal(code: .pledgeUnknown, operationIndex: 1)
    let entry = HistoryEntry(
      place: TransactionPlace(height: ledger.height, transactionIndex: 0), operationIndex: 1,
      transaction: transaction.id, operationHash: transaction.operationHashes[1],
      outcome: .refused(refusal))
    #expect(
      Array(ledger.history[start...]) == [VehicleHistoryRecord(vin: vin, number: 3, entry: entry)])
  }

  @Test("enters no history where its signers did not hold the role, or the vehicle is unknown")
  func noHistory() throws {
    var ledger = try TestLedger.pledgeable()
    let start = ledger.history.count
    let (search, time) = (ledger.search(), ledger.time)
    let refused: [(Operation, RefusalCode)] = [
      (.pledge(vin, "p1", basis: search, by: ContractNetwork.court), .roleNotAuthorised),
      (.pledge(vin, "p1", basis: search, by: ContractNetwork.suspendedBank), .memberSuspended),
      (.value(TestLedger.otherVIN, "v1", asOf: time), .vehicleUnknown),
    ]
    for (operation, code) in refused { #expect(try ledger.code(operation) == code) }
    #expect(ledger.history.count == start)
    #expect(ledger.vehicle.history.count == 2)
  }

  @Test("enters no history of a vehicle that it itself would have registered")
  func noHistoryOfOwnVehicle() throws {
    var ledger = TestLedger()
    let outcome = try ledger.run([.register(vin), .release(vin, "p1")])
    #expect(outcome == .refused(Refusal(code: .pledgeUnknown, operationIndex: 1)))
    #expect(ledger.history.isEmpty)
  }

  @Test("acts for each operation's member, whoever submits")
  func submitter() throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search())
    try ledger.accept(operation, signers: [ContractNetwork.dealer, ContractNetwork.bankA])
    #expect(ledger.vehicle.pledge?.pledgee == ContractNetwork.bankA.id)
  }

  @Test("is not hindered by a suspended signer whose consent nobody needs")
  func needlessSigner() throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search())
    let signers = [ContractNetwork.bankA, ContractNetwork.suspendedDealer]
    #expect(try ledger.code(operation, signers: signers) == nil)
  }
}

/// One pledge that breaks a rule of every step. Mending the rules one after the other shows the
/// order in which they are checked (CONTRACT section 1).
@Suite("The order of checks")
struct CheckOrderTests {
  private let vin = TestLedger.vin

  @Test("is role, vehicle, slot, ids, owner, search, valuation, amounts, terms")
  func pledge() throws {
    var ledger = try TestLedger.pledged()
    try ledger.accept(.release(vin, "p1"))
    try ledger.accept(.pledge(vin, "p2", basis: ledger.search()))
    ledger.setFlags(.stolen)
    var by = ContractNetwork.court
    var id: Identifier = "p1"
    var owner = ContractNetwork.otherPerson
    var search = ledger.search("v9", at: Height(1))
    var (principal, maximum) = (Money.yuan(99_000), Money.yuan(1))
    var (maturity, occurredAt) = (
      CalendarDate("2026-01-01"), Timestamp?.some(.inChina("2030-01-01"))
    )
    func code() throws -> RefusalCode? {
      try ledger.code(
        Operation.pledge(vin, id, principal: principal, basis: search, by: by) {
          ($0.pledgor, $0.maximumSecured, $0.maturity) = (owner, maximum, maturity)
        }.with(occurredAt: occurredAt))
    }
    #expect(try code() == .roleNotAuthorised)
    by = ContractNetwork.bankB
    #expect(try code() == .vehicleBlocked)
    ledger.setFlags([])
    #expect(try code() == .pledgeAlreadyActive)
    try ledger.accept(.release(vin, "p2"))
    #expect(try code() == .pledgeIDUsed)
    id = "p3"
    #expect(try code() == .pledgorNotOwner)
    owner = ContractNetwork.person
    #expect(try code() == .searchOutdated)
    search = ledger.search("v9")
    #expect(try code() == .valuationMissing)
    search = ledger.search("v1")
    #expect(try code() == .maximumBelowPrincipal)
    maximum = principal
    #expect(try code() == .loanToValueExceeded)
    (principal, maximum) = (.yuan(70_000), .yuan(70_000))
    #expect(try code() == .maturityBeforeStart)
    maturity = "2026-02-02"
    #expect(try code() == .termOutOfRange)
    maturity = "2029-02-01"
    #expect(try code() == .timeInFuture)
    occurredAt = nil
    #expect(try code() == nil)
  }

  @Test("of a valuation is role, vehicle, ids, valuation, terms")
  func valuation() throws {
    var ledger = try TestLedger.pledgeable()
    ledger.setFlags(.deregistered)
    var (by, id) = (ContractNetwork.court, Identifier("v1"))
    var (low, asOf) = (Money.fen(20_000_000, "USD"), Timestamp.inChina("2030-01-01"))
    var (version, occurredAt) = (Identifier("9"), Timestamp?.some(.inChina("2030-01-01")))
    func code() throws -> RefusalCode? {
      try ledger.code(
        Operation.value(vin, id, asOf: asOf, by: by) {
          $0.low = low
          ($0.method, $0.model) = (.model, ModelReference(id: "model", version: version))
        }.with(occurredAt: occurredAt))
    }
    #expect(try code() == .roleNotAuthorised)
    by = ContractNetwork.appraiser
    #expect(try code() == .vehicleDeregistered)
    ledger.setFlags([])
    #expect(try code() == .valuationIDUsed)
    id = "v2"
    #expect(try code() == .valuationCurrencyMismatch)
    low = .yuan(200_000)
    #expect(try code() == .valuationBandInvalid)
    low = .yuan(90_000)
    #expect(try code() == .valuationFutureDated)
    asOf = ledger.time
    #expect(try code() == .modelNotRegistered)
    try ledger.accept(.registerModel("1"))
    version = "1"
    #expect(try code() == .timeInFuture)
    occurredAt = nil
    #expect(try code() == nil)
  }

  @Test("of a release is role, vehicle, slot, owner, terms")
  func release() throws {
    var ledger = try TestLedger.pledged()
    ledger.setFlags([.seizedByCourt, .underDisposal])
    var (by, id) = (ContractNetwork.court, Identifier("p9"))
    var paidOn: CalendarDate? = "2030-01-01"
    func code() throws -> RefusalCode? {
      try ledger.code(.release(vin, id, by: by, paidOn: paidOn))
    }
    #expect(try code() == .roleNotAuthorised)
    by = ContractNetwork.bankB
    #expect(try code() == .releaseBlockedBySeizure)
    ledger.setFlags(.underDisposal)
    #expect(try code() == .releaseBlockedByDisposal)
    ledger.setFlags([])
    #expect(try code() == .pledgeUnknown)
    id = "p1"
    #expect(try code() == .releaseNotByPledgee)
    by = ContractNetwork.bankA
    #expect(try code() == .timeInFuture)
    paidOn = nil
    #expect(try code() == nil)
  }
}
