import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("The search before a pledge")
struct PledgeSearchTests {
  private let vin = TestLedger.vin

  @Test("is at the parent block or before, and not before the vehicle's last change")
  func bounds() throws {
    // Registered at 11, valued at 12; the pledge stands in block 13, or 14 after a refusal.
    var ledger = try TestLedger.pledgeable()
    let early = Operation.pledge(vin, "p1", basis: ledger.search(at: Height(10)))
    #expect(try ledger.code(early) == .searchOutdated)
    let late = Operation.pledge(vin, "p1", basis: ledger.search(at: Height(14)))
    #expect(try ledger.code(late) == .searchOutdated)
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search(at: Height(11)))) == nil)
  }

  @Test("may be at the parent block's height")
  func parentHeight() throws {
    var ledger = try TestLedger.pledgeable()
    let parent = ledger.height
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search(at: parent))) == nil)
  }

  @Test("is outdated by a pledge and by its release, not by a valuation or a refusal")
  func changes() throws {
    var ledger = try TestLedger.pledged()
    let pledged = ledger.height
    try ledger.accept(.release(vin, "p1"))
    let released = ledger.height
    try ledger.accept(.value(vin, "v2", asOf: ledger.time))
    let before = Operation.pledge(vin, "p2", basis: ledger.search("v2", at: pledged))
    #expect(try ledger.code(before) == .searchOutdated)
    let after = Operation.pledge(vin, "p2", basis: ledger.search("v2", at: released))
    #expect(try ledger.code(after) == nil)
  }

  @Test("is outdated by a change in the same block, before it")
  func sameBlock() throws {
    var ledger = try TestLedger.pledged()
    let search = ledger.search()
    let attempts = try ledger.commit([
      ledger.make([.release(vin, "p1")]),
      ledger.make([.pledge(vin, "p2", basis: search, by: ContractNetwork.bankB)]),
    ])
    #expect(
      attempts == [
        .included(.accepted),
        .included(.refused(Refusal(code: .searchOutdated, operationIndex: 0))),
      ])
  }

  @Test("is not outdated by a release in the same transaction: a refinancing")
  func refinancing() throws {
    var ledger = try TestLedger.pledged()
    try ledger.accept(
      .release(vin, "p1", reason: .refinanced),
      .pledge(vin, "p2", basis: ledger.search(), by: ContractNetwork.bankB))
    #expect(ledger.vehicle.pledge?.pledgee == ContractNetwork.bankB.id)
    #expect(ledger.vehicle.endedPledges.map(\.id) == ["p1"])
    #expect(ledger.vehicle.lastChange == ledger.height)
  }

  @Test("of a refinancing is still bound to changes before it")
  func refinancingOutdated() throws {
    var ledger = try TestLedger.pledged()
    let outcome = try ledger.run([
      .release(vin, "p1", reason: .refinanced),
      .pledge(vin, "p2", basis: ledger.search(at: Height(12)), by: ContractNetwork.bankB),
    ])
    #expect(outcome == .refused(Refusal(code: .searchOutdated, operationIndex: 1)))
    #expect(ledger.vehicle.pledge?.id == "p1", "the release is undone")
  }

  @Test("may precede a registration in the same transaction")
  func registration() throws {
    var ledger = TestLedger()
    let search = ledger.search(at: Height(0))
    try ledger.accept(
      .register(vin), .value(vin, "v1", asOf: ledger.time), .pledge(vin, "p1", basis: search))
    #expect(ledger.vehicle.pledge?.id == "p1")
    #expect(ledger.vehicle.history.count == 3)
  }
}

@Suite("The valuation under a pledge")
struct PledgeValuationTests {
  private let vin = TestLedger.vin

  @Test("is there")
  func missing() throws {
    var ledger = TestLedger()
    try ledger.accept(.register(vin))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == .valuationMissing)
    try ledger.accept(.value(vin, "v1", asOf: ledger.time))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search("v9"))) == .valuationMissing)
  }

  @Test("is the newest by an appraiser or the pledgee")
  func newest() throws {
    var ledger = try TestLedger.pledgeable()
    try ledger.accept(.value(vin, "v2", asOf: ledger.time))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search("v1"))) == .valuationMissing)
    try ledger.accept(.value(vin, "v3", asOf: ledger.time, by: ContractNetwork.bankA))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search("v2"))) == .valuationMissing)
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search("v3"))) == nil)
  }

  @Test("is not another lender's own, which neither counts nor hides what does")
  func otherLender() throws {
    var ledger = try TestLedger.pledgeable()
    try ledger.accept(.value(vin, "v2", asOf: ledger.time, by: ContractNetwork.bankB))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search("v2"))) == .valuationMissing)
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search("v1"))) == nil)
  }

  @Test("of nobody but another lender is missing")
  func onlyOtherLender() throws {
    var ledger = TestLedger()
    try ledger.accept(.register(vin))
    try ledger.accept(.value(vin, "v1", asOf: ledger.time, by: ContractNetwork.bankB))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == .valuationMissing)
  }

  @Test(
    "is at most 30 calendar days old, however many hours that are",
    arguments: [
      (CalendarDate("2026-04-09"), UInt64(24) * Timestamp.hour - 1, nil),
      ("2026-04-10", 0, RefusalCode.valuationStale),
    ] as [(CalendarDate, UInt64, RefusalCode?)])
  func fresh(day: CalendarDate, offset: UInt64, expected: RefusalCode?) throws {
    var ledger = TestLedger()
    try ledger.accept(.register(vin))
    // The first millisecond of 10 March in China is still 9 March in UTC.
    try ledger.accept(.value(vin, "v1", asOf: .inChina("2026-03-10")))
    let time = Timestamp.inChina(day, milliseconds: offset)
    ledger.wait(until: time.moved(byMilliseconds: -Int64(Timestamp.hour)))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == expected)
  }

  @Test("is in the loan's currency")
  func currency() throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(
      vin, "p1", principal: .fen(100, "USD"), basis: ledger.search())
    #expect(try ledger.code(operation) == .valuationCurrencyMismatch)
  }

  @Test(
    "bounds the principal by the first cap that fits",
    arguments: [
      (UseNature.own, Energy.internalCombustion, "2026-01-10", Int64(8_000_000)),
      (.own, .batteryElectric, "2026-01-10", 8_500_000),
      (.own, .plugInHybrid, "2026-01-10", 8_500_000),
      (.commercial, .fuelCell, "2026-01-10", 7_500_000),
      (.commercial, .internalCombustion, "2026-01-10", 7_000_000),
      // New up to 180 days after the first registration: 11 September 2025 to 10 March 2026.
      (.own, .batteryElectric, "2025-09-11", 8_500_000),
      (.own, .batteryElectric, "2025-09-10", 7_000_000),
      (.own, .batteryElectric, nil, 7_000_000),
    ] as [(UseNature, Energy, String?, Int64)])
  func caps(use: UseNature, energy: Energy, first: String?, limit: Int64) throws {
    let date = try first.map { try CalendarDate($0) }
    for (amount, expected) in [(limit, nil), (limit + 1, RefusalCode.loanToValueExceeded)] {
      var ledger = try TestLedger.pledgeable {
        ($0.use, $0.energy, $0.firstRegistered) = (use, energy, date)
      }
      let operation = Operation.pledge(
        vin, "p1", principal: .fen(amount), basis: ledger.search())
      #expect(try ledger.code(operation) == expected)
    }
  }

  @Test("bounds nothing where no cap fits")
  func noCap() throws {
    var ledger = try TestLedger.pledgeable(policy: { $0.loanToValueCaps = [] })
    let operation = Operation.pledge(
      vin, "p1", principal: .fen(.max), basis: ledger.search())
    #expect(try ledger.code(operation) == nil)
  }

  @Test("is computed beyond 64 bits")
  func largeAmounts() throws {
    // 80 % of 2^63 - 1, rounded down; times 10,000 it overflows 64 bits.
    let limit = Int64.max / 10_000 * 8_000 + (Int64.max % 10_000) * 8_000 / 10_000
    for (amount, expected) in [(limit, nil), (limit + 1, RefusalCode.loanToValueExceeded)] {
      var ledger = TestLedger()
      try ledger.accept(.register(vin))
      try ledger.accept(.value(vin, "v1", .fen(.max), asOf: ledger.time))
      let operation = Operation.pledge(
        vin, "p1", principal: .fen(amount), basis: ledger.search())
      #expect(try ledger.code(operation) == expected)
    }
  }

  @Test("is taken at the low end of its band in prudent mode")
  func prudent() throws {
    for (end, limit) in [(ValuationEnd.value, Int64(8_000_000)), (.low, 7_200_000)] {
      var ledger = TestLedger { $0.valuationEnd = end }
      try ledger.accept(.register(vin))
      try ledger.accept(.value(vin, "v1", asOf: ledger.time) { $0.low = .yuan(90_000) })
      let above = Operation.pledge(
        vin, "p1", principal: .fen(limit + 1), basis: ledger.search())
      #expect(try ledger.code(above) == .loanToValueExceeded)
      let at = Operation.pledge(vin, "p1", principal: .fen(limit), basis: ledger.search())
      #expect(try ledger.code(at) == nil)
    }
  }

  @Test("without a band is taken at its value in prudent mode too")
  func prudentWithoutBand() throws {
    var ledger = try TestLedger.pledgeable(policy: { $0.valuationEnd = .low })
    let operation = Operation.pledge(
      vin, "p1", principal: .yuan(80_000), basis: ledger.search())
    #expect(try ledger.code(operation) == nil)
  }
}

@Suite("A transcribed pledge")
struct TranscribedPledgeTests {
  private let vin = TestLedger.vin
  private let since = Timestamp.inChina("2026-01-15")

  private func basis(_ since: Timestamp) -> PledgeBasis {
    .transcribed(since: since, annotation: ContractNetwork.document("annotation"))
  }

  @Test("needs no search, no valuation and no cap, and only the owners stated")
  func accepted() throws {
    var ledger = TestLedger()
    try ledger.accept(
      .register(vin) { ($0.region, $0.certificate, $0.use, $0.energy) = (nil, nil, nil, nil) })
    let operation = Operation.pledge(
      vin, "p1", principal: .yuan(1_000_000), basis: basis(since))
    try ledger.accept(operation, signers: [ContractNetwork.bankA, ContractNetwork.registry])
    let pledge = try #require(ledger.vehicle.pledge)
    #expect(PledgeSlot(pledge).transcribedSince == since)
    #expect(pledge.acceptedAt.height == ledger.height, "its place in the order is the ledger's")
  }

  @Test("needs the owners")
  func owners() throws {
    var ledger = TestLedger()
    try ledger.accept(.register(vin) { $0.owners = nil })
    let operation = Operation.pledge(vin, "p1", basis: basis(since))
    let code = try ledger.code(
      operation, signers: [ContractNetwork.bankA, ContractNetwork.registry])
    #expect(code == .vehicleTitleUnstated)
  }

  @Test(
    "is co-signed by a registry other than the pledgee",
    arguments: [
      ([ContractNetwork.bankA], RefusalCode.signerMissing),
      ([ContractNetwork.bankA, ContractNetwork.appraiser], .signerMissing),
      ([ContractNetwork.bankA, ContractNetwork.suspendedRegistry], .memberSuspended),
      (
        [ContractNetwork.bankA, ContractNetwork.suspendedRegistry, ContractNetwork.registry],
        nil
      ),
      ([ContractNetwork.registry, ContractNetwork.bankA], nil),
    ] as [([GenesisMember], RefusalCode?)])
  func registry(signers: [GenesisMember], expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: basis(since))
    #expect(try ledger.code(operation, signers: signers) == expected)
  }

  @Test("of a lender that is a registry too needs another registry")
  func ownRegistry() throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: basis(since), by: ContractNetwork.bankD)
    #expect(try ledger.code(operation) == .signerMissing)
  }

  @Test("meets the one slot like any other")
  func slot() throws {
    var ledger = try TestLedger.pledged()
    let operation = Operation.pledge(vin, "p2", basis: basis(since), by: ContractNetwork.bankB)
    let code = try ledger.code(
      operation, signers: [ContractNetwork.bankB, ContractNetwork.registry])
    #expect(code == .pledgeAlreadyActive)
  }

  @Test("was annotated in the past, and not before the vehicle's first registration")
  func annotation() throws {
    // First registered on 10 January 2026.
    let first = Timestamp.inChina("2026-01-10")
    for (since, expected) in [
      (first, nil), (first.moved(byMilliseconds: -1), RefusalCode.timeBeforeRegistration),
    ] {
      var ledger = try TestLedger.pledgeable()
      let operation = Operation.pledge(vin, "p1", basis: basis(since))
      let signers = [ContractNetwork.bankA, ContractNetwork.registry]
      #expect(try ledger.code(operation, signers: signers) == expected)
    }
    var ledger = try TestLedger.pledgeable()
    let future = ledger.nextTime.moved(byMilliseconds: 120_001)
    let operation = Operation.pledge(vin, "p1", basis: basis(future))
    let signers = [ContractNetwork.bankA, ContractNetwork.registry]
    #expect(try ledger.code(operation, signers: signers) == .timeInFuture)
  }

  @Test("keeps the rules of amounts and terms")
  func amountsAndTerms() throws {
    var ledger = try TestLedger.pledgeable()
    let signers = [ContractNetwork.bankA, ContractNetwork.registry]
    let maximum = Operation.pledge(vin, "p1", basis: basis(since)) {
      $0.maximumSecured = .yuan(1)
    }
    #expect(try ledger.code(maximum, signers: signers) == .maximumBelowPrincipal)
    let maturity = Operation.pledge(vin, "p1", basis: basis(since)) { $0.maturity = $0.start }
    #expect(try ledger.code(maturity, signers: signers) == .maturityBeforeStart)
  }
}
