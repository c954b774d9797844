import CommandInterface
import Cryptography
import Ledger
import Node
import TestSupport
import Testing

@testable import hypothec

@Suite("Import state")
struct ImportStateTests {
  private static let rows = 12
  private static let vehicles = 9

  private var bench: ImportBench {
    var bench = ImportBench(csv: ImportBench.csv(rows: Self.rows, repeatEvery: 4))
    bench.operationLimit = 4
    bench.window = 3
    return bench
  }

  private func expectWhole(_ ledger: ImportLedger, _ comment: Comment) {
    #expect(ledger.state.vehicles.count == Self.vehicles, comment)
    #expect(ledger.state.vehicles.reduce(0) { $0 + $1.valuationIDs.count } == Self.rows, comment)
    #expect(ledger.acceptedOperations.count == Self.rows + Self.vehicles, comment)
    #expect(ledger.refusals == [], comment)
  }

  @Test(
    "a process that dies at any step goes on and does nothing twice",
    arguments: ImportFaults.Kind.allCases, [0, 50, 100])
  func death(_ kind: ImportFaults.Kind, unsyncedPercent: Int) throws {
    for step in 0..<300 {
      let comment: Comment = "step \(step)"
      let ledger = ImportLedger()
      let faults = ImportFaults(after: step, kind, isDeath: true)
      let storage = ImportTestStorage([], faults)
      let result = try? bench.run(ledger, storage: storage, faults: faults)
      if !faults.hasStruck {
        #expect(result?.summary.accepted.valuations == Self.rows)
        return
      }
      #expect(result == nil, comment)
      let left = storage.survivors(unsyncedPercent: unsyncedPercent)
      let second = try bench.run(ledger, storage: ImportTestStorage(left))
      #expect(second.findings == [], comment)
      // All operations were accepted by one of the runs, or found on the ledger.
      let summary = second.summary
      #expect(
        summary.accepted.valuations + summary.accepted.registrations + summary.alreadyThereCount
          == 2 * Self.rows, comment)
      expectWhole(ledger, comment)
    }
    Issue.record("the fault never came after the end")
  }

  @Test("a state that is cut off at any length is taken up")
  func everyLength() throws {
    let ledger = ImportLedger()
    let storage = ImportTestStorage()
    _ = try bench.run(ledger, storage: storage)
    let lengths = Array(0..<400) + Array(stride(from: 400, to: storage.bytes.count, by: 41))
    for length in lengths {
      let result = try bench.run(
        ledger, storage: ImportTestStorage(Array(storage.bytes.prefix(length))))
      #expect(result.findings == [], "\(length) bytes")
      expectWhole(ledger, "\(length) bytes")
    }
  }

  @Test("transactions that expired before they were sent are made anew")
  func expiry() throws {
    let ledger = ImportLedger()
    // Dies at the first submission, with the plan on the disk.
    for step in 0..<40 {
      let faults = ImportFaults(after: step, .beforeEffect, isDeath: true)
      let storage = ImportTestStorage([], faults)
      _ = try? bench.run(ledger, storage: storage, faults: faults)
      guard ledger.outcomes.isEmpty, storage.bytes.count > 400 else { continue }
      ledger.time = ledger.time.advanced(byMilliseconds: 3 * 86_400_000)
      let result = try bench.run(ledger, storage: ImportTestStorage(storage.bytes))
      #expect(result.summary.accepted.valuations == Self.rows)
      expectWhole(ledger, "step \(step)")
      return
    }
    Issue.record("no step lies between storing and sending")
  }

  @Test("a transaction that was accepted and then expired is not made anew")
  func expiredAfterAcceptance() throws {
    let ledger = ImportLedger()
    for step in 0..<40 {
      let faults = ImportFaults(after: step, .afterEffect, isDeath: true)
      let storage = ImportTestStorage([], faults)
      _ = try? bench.run(ledger, storage: storage, faults: faults)
      guard ledger.outcomes.count == 1 else { continue }
      ledger.time = ledger.time.advanced(byMilliseconds: 3 * 86_400_000)
      _ = try bench.run(
        ledger, storage: ImportTestStorage(storage.survivors(unsyncedPercent: 0)))
      return expectWhole(ledger, "step \(step)")
    }
    Issue.record("no step lies between sending and the answer")
  }

  @Test("rows that the ledger refused are reported again by the run that goes on")
  func rejections() throws {
    let ledger = ImportLedger()
    let storage = ImportTestStorage()
    var bench = bench
    bench.csv += "\(ImportBench.vin(500)),Camry,v-x,5,2036-01-02\nrubbish\n"
    let first = try bench.run(ledger, storage: storage)
    let second = try bench.run(ledger, storage: ImportTestStorage(storage.bytes))
    #expect(first.findings.map(\.code.text) == ["CSV_CELL_COUNT", "VALUATION_FUTURE_DATED"])
    #expect(Set(second.findings) == Set(first.findings))
    var summary = second.summary
    summary.submittedCount = first.summary.submittedCount
    #expect(summary == first.summary)
  }

  @Test("the state of an unfinished import of another file or with another map is not touched")
  func otherImport() throws {
    let ledger = ImportLedger()
    let faults = ImportFaults(after: 12, .beforeEffect, isDeath: true)
    let storage = ImportTestStorage([], faults)
    _ = try? bench.run(ledger, storage: storage, faults: faults)
    var others = [bench, bench]
    others[0].csv += "\(ImportBench.vin(500)),Camry,v-x,5,2026-01-02\n"
    others[1].map += "\n"
    for other in others {
      let kept = ImportTestStorage(storage.bytes)
      do {
        _ = try other.run(ledger, storage: kept)
        Issue.record("the import was refused")
      } catch let problem as Problem {
        #expect(problem.code == .importStateOther)
      }
      #expect(kept.bytes == storage.bytes)
    }
  }

  @Test("the state of a finished import gives way to another")
  func finishedImport() throws {
    let ledger = ImportLedger()
    let storage = ImportTestStorage()
    _ = try bench.run(ledger, storage: storage)
    var other = bench
    other.csv += "\(ImportBench.vin(500)),Camry,v-x,5,2026-01-02\n"
    let result = try other.run(ledger, storage: ImportTestStorage(storage.bytes))
    #expect(result.summary.accepted == OperationCounts(registrations: 1, valuations: 1, pledges: 0))
    #expect(ledger.refusals == [])
  }

  @Test("a file that is no state is not overwritten")
  func foreignFile() throws {
    let storage = ImportTestStorage([UInt8](repeating: 0x61, count: 1_000))
    do {
      _ = try bench.run(ImportLedger(), storage: storage)
      Issue.record("the import was refused")
    } catch let problem as Problem {
      #expect(problem.code == .importStateInvalid)
    }
    #expect(storage.bytes.count == 1_000)
  }

  @Test("records read back as they were written")
  func roundTrip() throws {
    let finding = RowFinding.rejected(.cellEmpty, column: "Wert", "leer", "空")
    let records: [ImportStateRecord] = [
      .header(
        ImportStateHeader(
          file: SHA256.hash([1]), map: SHA256.hash([2]), network: ImportLedger.network)),
      .plan(
        ImportPlan(
          replaces: 7, rows: 3...9, alreadyThereCount: 2,
          rejections: [StoredRejection(row: 4, finding: finding)],
          attempts: [
            StoredAttempt(
              number: 8, generation: 1,
              rows: [StoredAttempt.Share(row: 5, operationCount: 2)], transaction: [1, 2, 3])
          ])),
      .settled(
        attempt: 8,
        Settlement(
          height: Height(5), counts: OperationCounts(registrations: 1, valuations: 2, pledges: 3))),
      .complete,
    ]
    for record in records { #expect(try ImportStateRecord(record.encoded) == record) }
  }
}
