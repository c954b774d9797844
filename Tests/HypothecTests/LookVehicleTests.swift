import CommandInterface
import Testing

@testable import hypothec

@Suite("Looking at a vehicle")
struct LookVehicleTests {
  private let machine: RecordTestMachine

  init() throws {
    machine = try RecordTestMachine(try RecordTestLedger())
    try machine.liveSampleLife()
  }

  @Test("shows a history, proven complete")
  func history() {
    let run = machine.run("vehicle history \(RecordTestMachine.vin)")
    #expect(run.diagnostics.isEmpty)
    #expect(run.exitCode == .success)
    #expect(run.output == "")
  }

  @Test("shows a history in Chinese")
  func historyInChinese() {
    let run = machine.run("vehicle history \(RecordTestMachine.vin)", .chinese)
    #expect(run.output == "")
  }

  @Test("checks a pledged vehicle: exit status 11")
  func checkPledged() {
    let run = machine.run("vehicle check \(RecordTestMachine.vin)")
    #expect(run.exitCode == .encumbered)
    #expect(run.output == "")
  }

  @Test("checks a pledged vehicle in Chinese")
  func checkInChinese() {
    #expect(machine.run("vehicle check \(RecordTestMachine.vin)", .chinese).output == "")
  }

  @Test("shows all of a vehicle")
  func show() {
    let run = machine.run("vehicle show \(RecordTestMachine.vin)")
    #expect(run.output == "")
    #expect(machine.run("vehicle show \(RecordTestMachine.vin)", .chinese).output == "")
  }

  @Test("refused")
  func refused() {
    machine.ledger.clock = RecordTestNetwork.time("2026-09-20T02:00:00Z")
    let run = machine.pledge("bank-a", "P-0001")
    #expect(run.diagnostics == "")
    #expect(machine.run(as: "bank-a", machine.pledgeLine("P-0001"), .chinese).diagnostics == "")
  }
}
