import SimulatedMachine
import Storage
import TestSupport
import Testing

/// Runs a workload once to count the operations of the disk, then once for each of them with a
/// fault there, and lets it recover and come to its end.
@Suite("Storage whose disk fails")
struct StorageFaultTests {
  struct Scenario: CustomTestStringConvertible, Sendable {
    let fault: SimulatedDisk.Fault
    let survival: SimulatedDisk.Survival

    var testDescription: String { "\(fault), keeping \(survival)" }
  }

  static let scenarios: [Scenario] = {
    let survivals: [SimulatedDisk.Survival] = [
      .synced, .everything, .some(seed: 1), .some(seed: 2),
    ]
    let cuts = survivals.map { Scenario(fault: .powerCut(perMille: 500), survival: $0) }
    let cutsBetween = [0, 1000].map {
      Scenario(fault: .powerCut(perMille: $0), survival: .everything)
    }
    let failures: [SimulatedDisk.Fault] = [
      .fail(.io), .failPartly(perMille: 1000, .io), .fail(.noSpace),
      .failPartly(perMille: 700, .noSpace), .fail(.tooManyOpenFiles),
    ]
    return cuts + cutsBetween + failures.map { Scenario(fault: $0, survival: .everything) }
      + [Scenario(fault: .fail(.io), survival: .synced)]
  }()

  @Test("keeps what it acknowledged, byte for byte, and goes on", arguments: scenarios)
  func everyOperation(_ scenario: Scenario) throws {
    let reference = SimulatedDisk()
    var workload = StorageWorkload(reference)
    try workload.run()
    let count = reference.operationCount
    let segments = StorageWorkload.segments(of: reference)
    #expect(count > 150)
    #expect(segments.count > 6)
    for index in 0..<count {
      let disk = SimulatedDisk()
      do {
        try runWithFault(scenario, at: index, disk)
      } catch {
        Issue.record("operation \(index) of \(count): \(error)")
        continue
      }
      #expect(StorageWorkload.segments(of: disk) == segments, "operation \(index)")
    }
  }

  private func runWithFault(
    _ scenario: Scenario, at index: Int, _ disk: SimulatedDisk
  ) throws {
    var workload = StorageWorkload(disk)
    disk.inject(scenario.fault, at: index)
    do {
      try workload.run()
    } catch is StorageError {
      disk.restart(scenario.survival)
      try workload.run()
    }
    // What it built on must be on the disk by now.
    disk.restart(.synced)
    try workload.run()
    let damages = try BlockLog.verify(on: disk, StorageSample.configuration)
    guard damages.isEmpty else { throw StorageWorkload.Violation(description: "\(damages)") }
  }

  @Test("keeps its word when recovery itself is cut short", arguments: [1, 2] as [UInt64])
  func everyOperationOfRecovery(_ seed: UInt64) throws {
    let reference = SimulatedDisk()
    var workload = StorageWorkload(reference)
    try workload.run()
    for index in stride(from: 0, to: reference.operationCount, by: 3) {
      for recoveryIndex in stride(from: 0, to: 60, by: 4) {
        let disk = SimulatedDisk()
        var workload = StorageWorkload(disk)
        disk.inject(.powerCut(perMille: 600), at: index)
        #expect(throws: StorageError.self) { try workload.run() }
        disk.restart(.some(seed: seed &+ UInt64(index)))
        disk.inject(.powerCut(perMille: 300), at: disk.operationCount + recoveryIndex)
        do {
          do {
            try workload.run()
          } catch is StorageError {
            disk.restart(.some(seed: seed &+ UInt64(recoveryIndex)))
            try workload.run()
          }
        } catch {
          Issue.record("operation \(index), then \(recoveryIndex), seed \(seed): \(error)")
        }
      }
    }
  }
}
