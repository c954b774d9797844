import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("A chain whose disk fails")
struct ChainFaultTests {
  @Test(
    "has after a power cut at any operation what was logged, and goes on",
    arguments: [SimulatedDisk.Survival.synced, .everything, .some(seed: 3)])
  func everyOperation(_ survival: SimulatedDisk.Survival) throws {
    let reference = try ChainDriver(seed: 30)
    let start = reference.disk.operationCount
    try run(reference)
    let count = reference.disk.operationCount
    #expect(count - start > 30)
    for index in start..<count {
      let driver = try ChainDriver(seed: 30)
      driver.disk.inject(.powerCut(perMille: 400), at: index)
      #expect(throws: ChainError.self) { try run(driver) }
      let logged =
        driver.chain.head.header.height.rawValue
        - UInt64(driver.chain.unlogged.map { _ in driver.chain.unloggedBlocks.all.count } ?? 0)
      driver.disk.removeFaults()
      driver.disk.restart(survival)
      driver.store.crash()
      try driver.reopen()
      let height = driver.chain.head.header.height.rawValue
      #expect(height >= logged, "operation \(index)")
      let hash = driver.chain.head.hash
      let known =
        height == 0 ? driver.network.genesis.hash : driver.blocks[Int(height) - 1].header.hash
      #expect(hash == known, "operation \(index)")
    }
  }

  private func run(_ driver: ChainDriver) throws {
    for number in 0..<8 {
      try driver.growLogged(number % 3 == 0 ? 2 : 1)
      if number % 2 == 0 { try driver.store.flush() }
    }
  }

  @Test("stops at a failed sync: acknowledges nothing more, and still answers")
  func failedSync() throws {
    let driver = try ChainDriver(seed: 31)
    try driver.growLogged(2)
    try driver.grow()
    // Free space, write, sync.
    driver.disk.inject(.fail(.io), at: driver.disk.operationCount + 2)
    #expect(throws: ChainError.self) { try driver.chain.writeLog() }
    #expect(throws: ChainError.self) { try driver.grow() }
    do {
      try driver.chain.writeLog()
      Issue.record("a stopped chain writes")
    } catch {
      guard case .stopped = error else {
        Issue.record("\(error)")
        return
      }
    }
    let response = driver.chain.answer(.status, running: nil, at: driver.time)
    guard case .status(let status) = response.answer else {
      Issue.record("\(response.answer)")
      return
    }
    #expect(status.transactionCount == driver.chain.totals.transactions)
  }

  @Test("writes nothing when the disk is nearly full, and goes on when there is room")
  func fullDisk() throws {
    let driver = try ChainDriver(seed: 32)
    try driver.growLogged(2)
    try driver.grow()
    driver.disk.setCapacity(1 << 20)
    do {
      try driver.chain.writeLog()
      Issue.record("there is no room")
    } catch {
      guard case .diskFull = error else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(driver.chain.log.lastHeight == Height(2))
    try driver.grow()
    driver.disk.setCapacity(nil)
    try driver.chain.writeLog()
    #expect(driver.chain.log.lastHeight == Height(4))
    #expect(driver.chain.unlogged == nil)
  }
}
