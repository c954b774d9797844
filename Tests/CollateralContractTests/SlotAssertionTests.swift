import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("The assertion at commit")
struct SlotAssertionTests {
  private let vin = TestLedger.vin

  private func check(
    _ ledger: TestLedger, _ change: (inout VehicleState) -> Void
  ) throws {
    var vehicle = ledger.vehicle
    vehicle.history = HistoryHead(count: vehicle.history.count + 1, hash: vehicle.history.hash)
    change(&vehicle)
    let id = StateID.vehicle(vin)
    let changes = [StateChange(key: id.key, id: id, entry: .vehicle(vehicle))]
    try SlotAssertion.check(changes, over: ledger.state)
  }

  private func fault(_ invariant: String) -> StateFault {
    StateFault(reason: "broken: vehicle \(vin) \(invariant)")
  }

  private let bank = ContractNetwork.bankA.id

  @Test("passes what the contract does")
  func passes() throws {
    let ledger = try TestLedger.pledged()
    try check(ledger) { _ in }
    try check(ledger) {
      $0.pledge = nil
      $0.endedPledges.append(EndedPledge(id: "p1", pledgee: bank, endedAt: Height(99)))
    }
  }

  @Test("stops a live pledge that is among those that ended")
  func liveAndEnded() throws {
    let ledger = try TestLedger.pledged()
    #expect(throws: fault("has a live pledge that has not ended")) {
      try check(ledger) {
        $0.endedPledges.append(EndedPledge(id: "p1", pledgee: bank, endedAt: Height(9)))
      }
    }
  }

  @Test("stops a second pledge in the place of the first")
  func replaced() throws {
    let ledger = try TestLedger.pledged()
    let broken = fault("frees its slot only by ending the pledge that holds it")
    #expect(throws: broken) { try check(ledger) { $0.pledge?.id = "p2" } }
    #expect(throws: broken) { try check(ledger) { $0.pledge = nil } }
    #expect(throws: broken) {
      try check(ledger) {
        $0.pledge = nil
        let other = ContractNetwork.bankB.id
        $0.endedPledges.append(EndedPledge(id: "p1", pledgee: other, endedAt: Height(9)))
      }
    }
  }

  @Test("stops a live pledge that changed hands")
  func changed() throws {
    let ledger = try TestLedger.pledged()
    #expect(throws: fault("keeps the live pledge as it was made")) {
      try check(ledger) { $0.pledge?.pledgee = ContractNetwork.bankB.id }
    }
  }

  @Test("stops what was recorded and disappears")
  func disappears() throws {
    var ledger = try TestLedger.pledged()
    try ledger.accept(.release(vin, "p1"))
    #expect(throws: fault("keeps the pledges that ended")) {
      try check(ledger) { $0.endedPledges = [] }
    }
    #expect(throws: fault("keeps its valuation ids")) {
      try check(ledger) { $0.valuationIDs = ["v2"] }
    }
    #expect(throws: fault("has a longer history")) {
      try check(ledger) { $0.history = ledger.vehicle.history }
    }
    #expect(throws: fault("is never removed")) {
      let id = StateID.vehicle(vin)
      try SlotAssertion.check(
        [StateChange(key: id.key, id: id, entry: nil)], over: ledger.state)
    }
  }

  @Test("stops ids that were used twice, and a vehicle under another's number")
  func twice() throws {
    let ledger = try TestLedger.pledgeable()
    #expect(throws: fault("has valuation ids used once")) {
      try check(ledger) { $0.valuationIDs = ["v1", "v1"] }
    }
    #expect(throws: fault("has one newest valuation an author")) {
      try check(ledger) { $0.valuations += $0.valuations }
    }
    #expect(throws: fault("has pledges that end once")) {
      try check(ledger) {
        let ended = EndedPledge(id: "p1", pledgee: bank, endedAt: Height(9))
        $0.endedPledges = [ended, ended]
      }
    }
    #expect(throws: fault("lies under its own number")) {
      try check(ledger) { $0.registration.vin = TestLedger.otherVIN }
    }
  }
}
