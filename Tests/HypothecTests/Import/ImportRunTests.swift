import CommandInterface
import Ledger
import Node
import Synchronization
import TestSupport
import Testing

@testable import hypothec

@Suite("Import run")
struct ImportRunTests {
  private func vehicle(_ serial: Int) -> VehicleIdentificationNumber {
    try! VehicleIdentificationNumber(ImportBench.vin(serial))
  }

  /// Everything of the file is on the ledger once, and nothing was ever refused.
  private func expectWhole(
    _ ledger: ImportLedger, rows: Int, vehicles: Int, _ comment: Comment? = nil
  ) {
    #expect(ledger.state.vehicles.count == vehicles, comment)
    #expect(ledger.state.vehicles.reduce(0) { $0 + $1.valuationIDs.count } == rows, comment)
    #expect(ledger.acceptedOperations.count == rows + vehicles, comment)
    #expect(ledger.refusals == [], comment)
  }

  @Test("packs as many operations into a transaction as allowed, a row never parted")
  func packing() throws {
    let ledger = ImportLedger()
    var bench = ImportBench(csv: ImportBench.csv(rows: 23))
    bench.operationLimit = 9
    let result = try bench.run(ledger)
    #expect(ledger.transactionSizes == [8, 8, 8, 8, 8, 6])
    #expect(result.summary.transactionCount == 6)
    #expect(result.summary.rowCount == 23)
    #expect(
      result.summary.accepted == OperationCounts(registrations: 23, valuations: 23, pledges: 0))
    #expect(result.summary.height == Height(6))
    expectWhole(ledger, rows: 23, vehicles: 23)
  }

  @Test("a vehicle's second row makes only a valuation, in the same slice and in a later one")
  func secondRows() throws {
    for limit in [4, 1_000] {
      let ledger = ImportLedger()
      var bench = ImportBench(csv: ImportBench.csv(rows: 20, repeatEvery: 5))
      bench.operationLimit = limit
      let result = try bench.run(ledger)
      #expect(result.summary.accepted.registrations == 16)
      #expect(result.summary.accepted.valuations == 20)
      #expect(result.summary.alreadyThereCount == 4)
      #expect(result.summary.racedCount == 0)
      expectWhole(ledger, rows: 20, vehicles: 16)
    }
  }

  @Test("importing again without the state records nothing and counts what is there")
  func again() throws {
    let ledger = ImportLedger()
    let bench = ImportBench(csv: ImportBench.csv(rows: 12, repeatEvery: 4))
    _ = try bench.run(ledger)
    let result = try bench.run(ledger)
    #expect(result.summary.alreadyThereCount == 24)
    #expect(result.summary.transactionCount == 0)
    #expect(result.summary.rejectedCount == 0)
    expectWhole(ledger, rows: 12, vehicles: 9)
  }

  @Test("a vehicle that is registered otherwise is refused with the field and both values")
  func contradiction() throws {
    let ledger = ImportLedger()
    _ = try ImportBench(csv: ImportBench.csv(rows: 2)).run(ledger)
    let vin = ImportBench.vin(1)
    let result = try ImportBench(
      csv: "vin,model,id,value,at\n\(vin),Corolla,v-9,5,2026-01-02\n"
        + "\(vin),Camry,v-1,5,2026-01-02\n\(vin),Camry,v-8,5,2026-01-02\n"
    ).run(ledger)
    #expect(
      result.findings.map(\.code.text) == ["VEHICLE_ALREADY_REGISTERED", "VALUATION_ID_USED"])
    #expect(
      result.findings.map(\.reason.english) == [
        "vehicle.register: model is Camry on the ledger, Corolla in the file",
        "valuation.record: value is 10001.00 USD on the ledger, 5.00 USD in the file",
      ])
    #expect(result.lines == [2, 3])
    #expect(result.summary.accepted.valuations == 1)
  }

  @Test("what the ledger would refuse is left out, with what rests on it")
  func refusedByCheck() throws {
    let ledger = ImportLedger()
    let (first, second) = (ImportBench.vin(1), ImportBench.vin(2))
    let result = try ImportBench(
      csv: "vin,model,id,value,at\n\(first),Camry,v-1,5,2036-01-02\n"
        + "\(second),Camry,v-2,5,2026-01-02\n\(first),Camry,v-3,5,2026-01-02\n"
    ).run(ledger)
    #expect(result.findings.map(\.code.text) == ["VALUATION_FUTURE_DATED"])
    #expect(ledger.state.vehicle(vehicle(1))?.valuationIDs == ["v-3"])
    #expect(result.summary.accepted == OperationCounts(registrations: 2, valuations: 2, pledges: 0))
    #expect(ledger.refusals == [])
  }

  @Test("a member that may not record ends the import instead of refusing every row")
  func wrongRole() {
    var bench = ImportBench(csv: ImportBench.csv(rows: 2))
    bench.map = bench.map.replacing("\"appraiser-a\"", with: "\"court-a\"")
    #expect(throws: Problem.self) {
      do {
        _ = try bench.run(ImportLedger())
      } catch let problem as Problem {
        #expect(problem.code.text == "ROLE_NOT_AUTHORISED")
        #expect(problem.exitCode == .refused)
        throw problem
      }
    }
  }

  @Test("the loser of a race is split out, the rest is sent anew", arguments: ["Camry", "Corolla"])
  func race(model: String) throws {
    let ledger = ImportLedger()
    let other = Operation.register(vehicle(7)) {
      $0.make = try! DescriptiveText("Toyota")
      $0.model = try! DescriptiveText(model)
      $0.modelYear = 2014
    }
    ledger.beforeSubmission = { _ in
      ledger.beforeSubmission = nil
      ledger.record([other], reference: "other")
    }
    let result = try ImportBench(csv: ImportBench.csv(rows: 10)).run(ledger)
    #expect(ledger.refusals.map(\.code) == [.vehicleAlreadyRegistered])
    #expect(ledger.refusals.map(\.operationIndex) == [12])
    #expect(result.summary.racedCount == 1)
    #expect(ledger.state.vehicles.count == 10)
    #expect(result.summary.accepted.registrations == 9)
    if model == "Camry" {
      #expect(result.findings == [])
      #expect(result.summary.accepted.valuations == 10)
      #expect(result.summary.alreadyThereCount == 1)
      #expect(ledger.transactionSizes == [1, 12, 1, 6])
    } else {
      #expect(result.findings.map(\.code.text) == ["VEHICLE_ALREADY_REGISTERED"])
      #expect(result.lines == [8])
      #expect(result.summary.accepted.valuations == 9)
      #expect(ledger.transactionSizes == [1, 12, 6])
    }
  }

  @Test("a full queue is waited for")
  func busy() throws {
    let ledger = ImportLedger()
    ledger.turnAway = [.queueFull, .memberQuotaExceeded, .queueFull]
    let result = try ImportBench(csv: ImportBench.csv(rows: 3)).run(ledger)
    #expect(result.summary.transactionCount == 1)
    expectWhole(ledger, rows: 3, vehicles: 3)
  }

  @Test("a dry run records nothing and counts as a real one would")
  func dryRun() throws {
    let ledger = ImportLedger()
    var bench = ImportBench(csv: ImportBench.csv(rows: 20, repeatEvery: 5))
    bench.purpose = .dryRun
    bench.operationLimit = 4
    let result = try bench.run(ledger)
    #expect(ledger.outcomes == [])
    #expect(
      result.summary.accepted == OperationCounts(registrations: 16, valuations: 20, pledges: 0))
    #expect(result.summary.alreadyThereCount == 4)
    #expect(result.summary.rejectedCount == 0)
  }

  @Test("a dry run that asks in parts keeps a vehicle's rows in order")
  func dryRunInParts() throws {
    // 500 vehicles in a first slice; then valuations of them, which are asked about in halves
    // because the registrations come on top, with a new vehicle whose two rows lie in both halves.
    var csv = ImportBench.csv(rows: 500)
    let new = ImportBench.vin(9_000)
    for row in 501...998 {
      let vin = row == 510 || row == 990 ? new : ImportBench.vin(row - 500)
      csv += "\(vin),Camry,v-\(row),5,2026-01-02\n"
    }
    let ledger = ImportLedger()
    var bench = ImportBench(csv: csv)
    bench.purpose = .dryRun
    let result = try bench.run(ledger)
    #expect(result.findings == [])
    #expect(
      result.summary.accepted == OperationCounts(registrations: 501, valuations: 998, pledges: 0))
  }

  @Test(
    "a connection that breaks at any step loses nothing and does nothing twice",
    arguments: ImportFaults.Kind.allCases)
  func drops(_ kind: ImportFaults.Kind) throws {
    for step in 0..<200 {
      let ledger = ImportLedger()
      var bench = ImportBench(csv: ImportBench.csv(rows: 12, repeatEvery: 4))
      bench.operationLimit = 4
      bench.window = 3
      let faults = ImportFaults(after: step, kind, isDeath: false)
      let result = try bench.run(ledger, faults: faults)
      #expect(result.findings == [], "step \(step)")
      #expect(result.summary.accepted.valuations == 12, "step \(step)")
      #expect(result.summary.accepted.registrations == 9, "step \(step)")
      expectWhole(ledger, rows: 12, vehicles: 9, "step \(step)")
      if !faults.hasStruck { return }
    }
    Issue.record("the fault never came after the end")
  }

  @Test("Ctrl-C ends with 130 and the command that goes on")
  func interruption() throws {
    let ledger = ImportLedger()
    let storage = ImportTestStorage()
    var bench = ImportBench(csv: ImportBench.csv(rows: 12))
    bench.operationLimit = 4
    let polls = Atomic(0)
    bench.interrupt = InterruptFlag { polls.add(1, ordering: .relaxed).newValue > 9 }
    do {
      _ = try bench.run(ledger, storage: storage)
      Issue.record("the import was interrupted")
    } catch let problem as Problem {
      #expect(problem.exitCode == .interrupted)
      #expect(problem.next?.english.contains("hypothec import book.csv --map map.json") == true)
    }
    #expect(ledger.state.vehicles.count < 12)
    bench.interrupt = .never
    let result = try bench.run(ledger, storage: ImportTestStorage(storage.bytes))
    #expect(result.summary.accepted.valuations == 12)
    expectWhole(ledger, rows: 12, vehicles: 12)
  }
}
