import Cryptography
import Ledger
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("A chain that is opened again")
struct ChainRecoveryTests {
  @Test("has the same head, root and totals", arguments: UInt64(1)...3)
  func reopened(seed: UInt64) throws {
    let driver = try ChainDriver(seed: seed)
    try driver.growLogged(12)
    let (head, totals) = (driver.chain.head, driver.chain.totals)
    #expect(head.header.height == Height(12))
    try driver.reopen()
    #expect(driver.chain.head == head)
    #expect(driver.chain.totals == totals)
    #expect(driver.chain.opening == OpeningReport())
    #expect(driver.chain.headFinalization?.ballot.subject.block?.hash == head.hash)
  }
}
