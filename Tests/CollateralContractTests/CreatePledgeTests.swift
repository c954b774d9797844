import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("pledge.create")
struct CreatePledgeTests {
  private let vin = TestLedger.vin

  @Test("takes the slot")
  func accepted() throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search())
    try ledger.accept(operation)
    let live = try #require(ledger.vehicle.pledge)
    #expect(live.id == "p1")
    #expect(live.pledgee == ContractNetwork.bankA.id)
    #expect(live.acceptedAt == LedgerMoment(height: Height(13), time: ledger.time))
    #expect(operation.body == .createPledge(live.creation))
    #expect(ledger.vehicle.lastChange == Height(13))
    #expect(ledger.vehicle.history.count == 3)
  }

  // MARK: Role and vehicle

  @Test(
    "is a lender's",
    arguments: [
      (ContractNetwork.registry, RefusalCode.roleNotAuthorised),
      (ContractNetwork.suspendedBank, .memberSuspended), (ContractNetwork.bankD, nil),
    ] as [(GenesisMember, RefusalCode?)])
  func role(member: GenesisMember, expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search(), by: member)
    #expect(try ledger.code(operation) == expected)
  }

  @Test("refuses a vehicle that is not registered")
  func unknown() throws {
    var ledger = TestLedger()
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == .vehicleUnknown)
  }

  @Test(
    "refuses a vehicle that a flag blocks",
    arguments: [
      (VehicleFlags.deregistered, RefusalCode.vehicleDeregistered), (.stolen, .vehicleBlocked),
      (.customs, .vehicleBlocked), (.seizedByPolice, .vehicleBlocked),
      (.scrapped, .vehicleBlocked), (.totalLoss, .vehicleBlocked),
      (.seizedByCourt, .vehicleBlocked), (.underDisposal, .vehicleBlocked),
      (.onWatchList, .vehicleOnWatchList), ([.onWatchList, .stolen], .vehicleBlocked),
    ] as [(VehicleFlags, RefusalCode)])
  func flags(flags: VehicleFlags, expected: RefusalCode) throws {
    var ledger = try TestLedger.pledgeable()
    ledger.setFlags(flags)
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == expected)
  }

  @Test("refuses a vehicle of which something needed is unstated", arguments: 0..<5)
  func unstated(field: Int) throws {
    var ledger = try TestLedger.pledgeable {
      switch field {
      case 0: $0.owners = nil
      case 1: $0.region = nil
      case 2: $0.certificate = nil
      case 3: $0.use = nil
      default: $0.energy = nil
      }
    }
    #expect(
      try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == .vehicleTitleUnstated)
  }

  // MARK: Slot and ids

  @Test("refuses a second pledge on a pledged vehicle, and says who won")
  func alreadyPledged() throws {
    var ledger = try TestLedger.pledged()
    let height = ledger.height
    let outcome = try ledger.run([
      .pledge(vin, "p2", basis: ledger.search(), by: ContractNetwork.bankB)
    ])
    #expect(
      outcome
        == .refused(
          Refusal(
            code: .pledgeAlreadyActive, operationIndex: 0,
            conflict: Conflict(id: "p1", height: height))))
    #expect(ledger.vehicle.pledge?.id == "p1")
    #expect(ledger.vehicle.attemptedDoublePledges == 1)
    #expect(ledger.vehicle.history.count == 4)
  }

  @Test("names no winner where the policy withholds it")
  func withheld() throws {
    var ledger = try TestLedger.pledgeable(policy: { $0.holderDisclosure = .pledgeWithheld })
    try ledger.accept(.pledge(vin, "p1", basis: ledger.search()))
    let outcome = try ledger.run([
      .pledge(vin, "p2", basis: ledger.search(), by: ContractNetwork.bankB)
    ])
    #expect(outcome == .refused(Refusal(code: .pledgeAlreadyActive, operationIndex: 0)))
    #expect(ledger.vehicle.attemptedDoublePledges == 1)
  }

  @Test("counts an attempted double pledge only with another pledgee or contract")
  func attempts() throws {
    var ledger = try TestLedger.pledged()
    let contract = ledger.vehicle.pledge!.creation.contract
    _ = try ledger.code(.pledge(vin, "p2", basis: ledger.search()) { $0.contract = contract })
    #expect(ledger.vehicle.attemptedDoublePledges == 0, "a repetition by the pledgee")
    _ = try ledger.code(.pledge(vin, "p3", basis: ledger.search()))
    #expect(ledger.vehicle.attemptedDoublePledges == 1, "another contract")
    let other = Operation.pledge(vin, "p4", basis: ledger.search(), by: ContractNetwork.bankB) {
      $0.contract = contract
    }
    _ = try ledger.code(other)
    #expect(ledger.vehicle.attemptedDoublePledges == 2, "another pledgee")
  }

  @Test("refuses a vehicle twice in one transaction, which names nothing and is no attempt")
  func twiceAtOnce() throws {
    var ledger = try TestLedger.pledgeable()
    let outcome = try ledger.run([
      .pledge(vin, "p1", basis: ledger.search()), .pledge(vin, "p2", basis: ledger.search()),
    ])
    #expect(outcome == .refused(Refusal(code: .pledgeAlreadyActive, operationIndex: 1)))
    #expect(ledger.vehicle.pledge == nil)
    #expect(ledger.vehicle.attemptedDoublePledges == 0)
  }

  @Test("admits the first of two in one block, and tells the second who won")
  func race() throws {
    var ledger = try TestLedger.pledgeable()
    let search = ledger.search()
    let attempts = try ledger.commit([
      ledger.make([.pledge(vin, "p1", basis: search)]),
      ledger.make([.pledge(vin, "p2", basis: search, by: ContractNetwork.bankB)]),
    ])
    let conflict = Conflict(id: "p1", height: ledger.height)
    #expect(
      attempts == [
        .included(.accepted),
        .included(
          .refused(
            Refusal(code: .pledgeAlreadyActive, operationIndex: 0, conflict: conflict))),
      ])
  }

  @Test("refuses the id of a pledge that ended")
  func usedID() throws {
    var ledger = try TestLedger.pledged()
    try ledger.accept(.release(vin, "p1"))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == .pledgeIDUsed)
    #expect(try ledger.code(.pledge(vin, "p2", basis: ledger.search())) == nil)
  }

  @Test("refuses more pledges than a record holds")
  func full() throws {
    var ledger = try TestLedger.pledgeable()
    var vehicle = ledger.vehicle
    vehicle.endedPledges = (0..<VehicleState.endedPledgeLimit).map {
      EndedPledge(id: "full-\($0)", pledgee: ContractNetwork.bankA.id, endedAt: Height(5))
    }
    ledger.state.set(.vehicle(vin), to: .vehicle(vehicle))
    #expect(try ledger.code(.pledge(vin, "p1", basis: ledger.search())) == .vehicleRecordFull)
  }

  // MARK: Amounts

  @Test(
    "takes a maximum secured of at least the principal",
    arguments: [
      (Money.yuan(70_000), nil), (.yuan(80_000), nil),
      (.fen(6_999_999), RefusalCode.maximumBelowPrincipal),
      (.fen(9_000_000, "USD"), .maximumBelowPrincipal),
    ] as [(Money, RefusalCode?)])
  func maximum(maximum: Money, expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      $0.maximumSecured = maximum
    }
    #expect(try ledger.code(operation) == expected)
  }

  // MARK: Terms

  @Test(
    "takes a term of 1 to 360 months, clamped to the month's end",
    arguments: [
      ("2026-01-31", "2026-02-28", nil),
      ("2026-01-31", "2026-02-27", RefusalCode.termOutOfRange),
      ("2024-01-31", "2024-02-29", nil), ("2024-01-31", "2024-02-28", .termOutOfRange),
      ("2026-01-30", "2026-02-28", nil), ("2024-02-29", "2054-02-28", nil),
      ("2024-02-29", "2054-03-01", .termOutOfRange), ("2026-02-01", "2056-02-01", nil),
      ("2026-02-01", "2056-02-02", .termOutOfRange),
      ("2026-02-01", "2026-02-01", .maturityBeforeStart),
      ("2026-02-01", "2026-01-31", .maturityBeforeStart),
      // A contract that is older than the vehicle's first registration, or that begins next year.
      ("2025-12-01", "2027-12-01", nil), ("2027-01-01", "2028-01-01", nil),
    ] as [(CalendarDate, CalendarDate, RefusalCode?)])
  func term(start: CalendarDate, maturity: CalendarDate, expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      ($0.start, $0.maturity) = (start, maturity)
    }
    #expect(try ledger.code(operation) == expected)
  }

  @Test("refuses what is said to occur after the block's time plus 120 s")
  func occurredAt() throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search())
      .with(occurredAt: ledger.nextTime.moved(byMilliseconds: 120_001))
    #expect(try ledger.code(operation) == .timeInFuture)
  }
}
