import Cryptography
import Ledger
import SimulatedMachine
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
    try driver.growLogged(2)
  }

  @Test("rebuilds an index that is gone, row by row the same")
  func missingIndex() throws {
    let driver = try ChainDriver(seed: 4)
    try driver.growLogged(10)
    let (head, rows) = (driver.chain.head, try driver.store.rows())
    driver.store.clear()
    try driver.reopen()
    #expect(driver.chain.opening.rebuilt == .missing)
    #expect(driver.chain.opening.replayedBlocks == 10)
    #expect(driver.chain.head == head)
    #expect(try driver.store.rows() == rows)
  }

  @Test("executes the blocks that the index lacks")
  func laggingIndex() throws {
    let driver = try ChainDriver(seed: 5)
    try driver.growLogged(6)
    try driver.store.flush()
    try driver.growLogged(5)
    let (head, rows) = (driver.chain.head, try driver.store.rows())
    driver.store.crash()
    try driver.reopen()
    #expect(driver.chain.opening.rebuilt == nil)
    #expect(driver.chain.opening.replayedBlocks == 5)
    #expect(driver.chain.head == head)
    #expect(try driver.store.rows() == rows)
  }

  @Test("rebuilds an index that is ahead of the log when there is no journal")
  func leadingIndex() throws {
    let driver = try ChainDriver(seed: 6)
    try driver.growLogged(4)
    let head = driver.chain.head
    for _ in 0..<3 { try driver.grow() }
    try driver.reopen()
    #expect(
      driver.chain.opening.rebuilt == .aheadOfLog(index: Height(7), log: Height(4)))
    #expect(driver.chain.head == head)
  }

  @Test("writes the journal's blocks into the log when the index is ahead of it")
  func leadingIndexWithJournal() throws {
    let driver = try ChainDriver(seed: 6)
    try driver.growLogged(4)
    for _ in 0..<3 { try driver.grow() }
    let head = driver.chain.head
    let journaled = JournaledBlocks(
      blocks: Dictionary(
        uniqueKeysWithValues: driver.blocks.suffix(4).map { ($0.header.hash, $0.encoded) }),
      finalizations: driver.blocks.suffix(1).map { driver.network.finalization(of: $0.header) })
    try driver.reopen(journaled: journaled)
    #expect(driver.chain.opening.rebuilt == nil)
    #expect(driver.chain.opening.loggedFromJournal == 3)
    #expect(driver.chain.head == head)
    driver.store.clear()
    try driver.reopen()
    #expect(driver.chain.head == head)
  }

  @Test("rebuilds an index with a wrong entry")
  func wrongEntry() throws {
    let driver = try ChainDriver(seed: 7)
    try driver.growLogged(5)
    let rows = try driver.store.rows()
    let key = IndexSchema.state(StateID.policy.key)
    var batch = StateBatch()
    var value = try #require(try driver.store.value(of: key))
    value[3] ^= 1
    batch.put(key, value)
    let position = try #require(try driver.store.position())
    try driver.store.apply(batch, at: position)
    try driver.reopen()
    guard case .otherRoot(Height(5), _, _)? = driver.chain.opening.rebuilt else {
      Issue.record("rebuilt for \(String(describing: driver.chain.opening.rebuilt))")
      return
    }
    #expect(try driver.store.rows() == rows)
  }

  @Test("rebuilds an index of another format, and one of another chain")
  func otherIndex() throws {
    let driver = try ChainDriver(seed: 8)
    try driver.growLogged(3)
    let position = try #require(try driver.store.position())
    var batch = StateBatch()
    batch.put(IndexSchema.meta, [0x87, 0x18, 0x63])
    try driver.store.apply(batch, at: position)
    try driver.reopen()
    #expect(driver.chain.opening.rebuilt == .otherFormat)
    batch = StateBatch()
    let hash = BlockHash(SHA256.hash([1]))
    batch.put(
      IndexSchema.block(Height(3)), IndexSchema.blockValue(hash, transactionCount: 0))
    try driver.store.apply(batch, at: position)
    try driver.reopen()
    #expect(driver.chain.opening.rebuilt == .otherChain(Height(3)))
  }

  @Test("refuses a log with a wrong block, and names height and both roots")
  func wrongBlock() throws {
    let driver = try ChainDriver(seed: 9)
    try driver.growLogged(3)
    let built = try driver.chain.build(
      driver.proposal(
        on: driver.chain.head, at: driver.time.advanced(byMilliseconds: 5),
        view: driver.view.next), from: [])
    let wrong = built.block.changing { $0.stateRoot = SHA256.hash([9]) }
    let certificate = driver.network.finalization(of: wrong.header)
    _ = try driver.chain.log.append(
      LogRun(
        height: Height(4),
        entries: [BlockLog.Entry(block: wrong.encoded, certificate: certificate.encoded)]))
    let fault = BlockFault.stateRoot(
      expected: built.block.header.stateRoot, found: SHA256.hash([9]))
    #expect(throws: ChainError.wrongBlock(Height(4), fault)) { try driver.reopen() }
  }

  @Test("has in RocksDB what it has in memory, and finds it again")
  func rocksDB() throws {
    let directory = TemporaryDirectory()
    let driver = try ChainDriver(seed: 10)
    try driver.growLogged(8)
    let disk = driver.disk.copy()
    do {
      let chain = try Chain.open(
        driver.network.genesis, on: disk, ChainDriver.configuration(driver.network),
        index: .directory(directory.path))
      #expect(chain.opening.rebuilt == .missing)
      #expect(chain.head == driver.chain.head)
      #expect(try chain.state.store.rows() == driver.store.rows())
      try chain.state.store.flush()
    }
    let chain = try Chain.open(
      driver.network.genesis, on: disk, ChainDriver.configuration(driver.network),
      index: .directory(directory.path))
    #expect(chain.opening.rebuilt == nil)
    #expect(chain.opening.replayedBlocks == 0)
    #expect(chain.head == driver.chain.head)
  }

  /// Golden: any other value is a change of a format or of a rule. It is the same in every process,
  /// whose dictionaries have different orders.
  @Test("has the roots that the same blocks always had")
  func golden() throws {
    let driver = try ChainDriver(seed: 2_026)
    try driver.growLogged(30)
    #expect(driver.network.id.description == GoldenRoots.network)
    #expect(driver.network.genesis.hash.description == GoldenRoots.genesis)
    #expect(driver.chain.head.header.stateRoot.description == GoldenRoots.state)
    #expect(driver.chain.head.hash.description == GoldenRoots.head)
  }
}

private enum GoldenRoots {
  static let network = "be022b2c9f0320cea6924e8e3e95f223d8dae433176fa77f9b8f0e4756fba2a5"
  static let genesis = "c06032fa0fac115d1a754f9fa32f4817680c55e8bf05f33604975f374622d932"
  static let state = "ee1f0ea255e1e35093f17303ebd95373f94e63c2fe4f687c84bad4cc63e749f3"
  static let head = "2fb78ca3caa450a8179613a9687d1c7ce8689239e758f06d7f14da727341ab9c"
}
