import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("pledge.release")
struct ReleasePledgeTests {
  private let vin = TestLedger.vin

  @Test(
    "frees the slot, and keeps the pledge among those that ended", arguments: ReleaseReason.allCases
  )
  func accepted(reason: ReleaseReason) throws {
    var ledger = try TestLedger.pledged()
    try ledger.accept(.release(vin, "p1", reason: reason, paidOn: "2026-03-10"))
    #expect(ledger.vehicle.pledge == nil)
    let ended = EndedPledge(id: "p1", pledgee: ContractNetwork.bankA.id, endedAt: ledger.height)
    #expect(ledger.vehicle.endedPledges == [ended])
    #expect(ledger.vehicle.lastChange == ledger.height)
  }

  @Test("is the pledgee's even while it is suspended")
  func suspendedPledgee() throws {
    var ledger = try TestLedger.pledged()
    ledger.setStanding(.suspended, of: ContractNetwork.bankA)
    #expect(try ledger.code(.release(vin, "p1")) == nil)
  }

  @Test("is the pledgee's even if it lends no more")
  func formerLender() throws {
    var ledger = try TestLedger.pledged()
    var member = ContractNetwork.bankA
    member.roles = [.insurer]
    ledger.state.set(.member(member.id), to: .member(MemberState(member: member)))
    #expect(try ledger.code(.release(vin, "p1")) == nil)
  }

  @Test(
    "is nobody else's",
    arguments: [
      (ContractNetwork.bankB, RefusalCode.releaseNotByPledgee),
      (ContractNetwork.registry, .roleNotAuthorised), (ContractNetwork.court, .roleNotAuthorised),
    ])
  func others(member: GenesisMember, expected: RefusalCode) throws {
    var ledger = try TestLedger.pledged()
    #expect(try ledger.code(.release(vin, "p1", by: member)) == expected)
    #expect(ledger.vehicle.pledge?.id == "p1")
  }

  @Test("refuses a vehicle that is unknown")
  func unknownVehicle() throws {
    var ledger = try TestLedger.pledged()
    #expect(try ledger.code(.release(TestLedger.otherVIN, "p1")) == .vehicleUnknown)
  }

  @Test("tells a pledge that never was from one that ended")
  func unknownPledge() throws {
    var ledger = try TestLedger.pledged()
    #expect(try ledger.code(.release(vin, "p9")) == .pledgeUnknown)
    try ledger.accept(.release(vin, "p1"))
    #expect(try ledger.code(.release(vin, "p1")) == .pledgeNotActive)
    #expect(try ledger.code(.release(vin, "p9")) == .pledgeUnknown)
  }

  @Test(
    "waits for a seizure by a court and for an open disposal, not for other flags",
    arguments: [
      (VehicleFlags.seizedByCourt, RefusalCode.releaseBlockedBySeizure),
      (.underDisposal, .releaseBlockedByDisposal), (.stolen, nil), (.totalLoss, nil),
      (.onWatchList, nil),
    ] as [(VehicleFlags, RefusalCode?)])
  func flags(flags: VehicleFlags, expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledged()
    ledger.setFlags(flags)
    #expect(try ledger.code(.release(vin, "p1")) == expected)
  }

  @Test(
    "takes a day of payment that is past, and not before the vehicle's first registration",
    arguments: [
      ("2026-03-10", nil), ("2026-03-11", RefusalCode.timeInFuture), ("2026-01-10", nil),
      ("2026-01-09", .timeBeforeRegistration), (nil, nil),
    ] as [(CalendarDate?, RefusalCode?)])
  func paidOn(date: CalendarDate?, expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledged()
    #expect(try ledger.code(.release(vin, "p1", paidOn: date)) == expected)
  }

  @Test("is not due at maturity: the slot stays taken")
  func maturity() throws {
    var ledger = try TestLedger.pledged()
    ledger.wait(until: .inChina("2040-01-01"))
    try ledger.accept(.value(vin, "v2", asOf: ledger.time))
    let operation = Operation.pledge(vin, "p2", basis: ledger.search("v2"))
    #expect(try ledger.code(operation) == .pledgeAlreadyActive)
  }
}

@Suite("pledge.release-by-order")
struct ReleasePledgeByOrderTests {
  private let vin = TestLedger.vin

  @Test("frees the slot")
  func accepted() throws {
    var ledger = try TestLedger.pledged()
    try ledger.accept(.releaseByOrder(vin, "p1"))
    #expect(ledger.vehicle.pledge == nil)
    #expect(ledger.vehicle.endedPledges.map(\.pledgee) == [ContractNetwork.bankA.id])
    #expect(ledger.vehicle.lastChange == ledger.height)
  }

  @Test("frees a seized vehicle's slot too")
  func seized() throws {
    var ledger = try TestLedger.pledged()
    ledger.setFlags([.seizedByCourt, .underDisposal])
    #expect(try ledger.code(.releaseByOrder(vin, "p1")) == nil)
  }

  @Test("is a court's alone")
  func role() throws {
    var ledger = try TestLedger.pledged()
    let byBank = Operation.releaseByOrder(vin, "p1", by: ContractNetwork.bankA)
    #expect(try ledger.code(byBank) == .roleNotAuthorised)
    ledger.setStanding(.suspended, of: ContractNetwork.court)
    #expect(try ledger.code(.releaseByOrder(vin, "p1")) == .memberSuspended)
  }

  @Test("refuses an unknown vehicle, an unknown pledge, and one that ended")
  func unknown() throws {
    var ledger = try TestLedger.pledged()
    #expect(try ledger.code(.releaseByOrder(TestLedger.otherVIN, "p1")) == .vehicleUnknown)
    #expect(try ledger.code(.releaseByOrder(vin, "p9")) == .pledgeUnknown)
    try ledger.accept(.releaseByOrder(vin, "p1"))
    #expect(try ledger.code(.releaseByOrder(vin, "p1")) == .pledgeNotActive)
  }
}
