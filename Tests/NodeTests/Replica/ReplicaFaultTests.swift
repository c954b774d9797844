import Consensus
import Cryptography
import Ledger
import Node
import SimulatedMachine
import Storage
import TestSupport
import Testing

@Suite("A replica whose disk fails or that stops")
struct ReplicaFaultTests {
  let network = TestNetwork()
  let disk = SimulatedDisk()

  func node() throws -> TestNode {
    try TestNode.create(network, on: disk)
    let node = try TestNode(network, on: disk)
    try node.settle()
    return node
  }

  func waitsFor(_ node: TestNode) -> String { node.replica.runningStatus.waitsFor }

  @Test("takes nothing in while the disk is full, says so, and goes on when there is room")
  func survivesFullDisk() throws {
    let node = try node()
    disk.setCapacity(0)
    let first = try node.submit(network.registration(1))
    try node.settle()
    #expect(node.answer(first) == nil)
    #expect(waitsFor(node).contains("full"))
    let second = try node.submit(network.registration(2))
    #expect(node.result(second) == .turnedAway(.nodeNotWriting))
    let status = try node.ask(.status)
    #expect(node.answer(status) != nil)

    // Still full at the first retry.
    node.pass(milliseconds: 2_000)
    try node.turn()
    try node.settle()
    #expect(node.answer(first) == nil)
    disk.setCapacity(nil)
    node.pass(milliseconds: 2_000)
    try node.turn()
    try node.settle()
    #expect(node.isAccepted(first))
    #expect(waitsFor(node) == "")
    let third = try node.submit(network.registration(2))
    try node.settle()
    #expect(node.isAccepted(third))
  }

  @Test("stops at a failed sync and acknowledges nothing")
  func stopsAtFailedSync() throws {
    let node = try node()
    let number = try node.submit(network.registration(1))
    try node.verify()
    for index in disk.operationCount..<(disk.operationCount + 8) {
      disk.inject(.fail(.io), at: index)
    }
    #expect(throws: ReplicaFault.self) { try node.write() }
    #expect(node.answer(number) == nil)
  }

  @Test(
    "has every acknowledged transaction after a power cut, and commits what the journal holds",
    arguments: [true, false])
  func recoversFromJournal(isIndexLost: Bool) throws {
    let node = try node()
    let numbers = try (0..<20).map { number in
      let sent = try node.submit(network.registration(number))
      if number % 6 == 5 { try node.settle() }
      return sent
    }
    let acknowledged = numbers.filter { node.isAccepted($0) }.count
    #expect(acknowledged == 18)
    try node.verify()
    disk.restart(.synced)
    if isIndexLost { node.store.crash() }
    let again = try TestNode(network, on: disk, store: node.store, at: node.now)
    try again.settle()
    #expect(try again.blocks.flatMap(\.transactions).count == acknowledged)
    #expect(try again.blocks.map(\.header.hash) == (try node.blocks).map(\.header.hash))
    // The lost two come again, and the others keep their outcome.
    let repeated = try (0..<20).map { try again.submit(network.registration($0)) }
    try again.settle()
    #expect(repeated.allSatisfy { again.isAccepted($0) })
    #expect(try again.blocks.flatMap(\.transactions).count == 20)
  }

  @Test("commits after a crash however many final blocks the journal alone holds")
  func recoversLongJournal() throws {
    let node = try node()
    let count = ConsensusLimits.pursuitDepth + 50
    for number in 0..<count {
      try node.submit(network.registration(number))
      try node.settle()
    }
    #expect(node.height == Height(UInt64(count)))
    disk.restart(.synced)
    let again = try TestNode(network, on: disk, at: node.now)
    try again.settle()
    #expect(again.height == node.height)
    let next = try again.submit(network.registration(count))
    try again.settle()
    #expect(again.isAccepted(next))
  }

  @Test("empties the journal into the block log when it is quiet")
  func emptiesJournal() throws {
    let node = try node()
    for number in 0..<50 { try node.submit(network.registration(number)) }
    try node.settle()
    #expect(node.replica.unloggedBlockByteCount > 0)
    node.pass(milliseconds: 1_000)
    try node.turn()
    try node.settle()
    #expect(node.replica.unloggedBlockByteCount == 0)
    let journal = try Journal.open(on: disk, network: network.id.digest)
    #expect(journal.byteCount < 2_000)
    // And the node goes on.
    let number = try node.submit(network.registration(60))
    try node.settle()
    #expect(node.isAccepted(number))
  }

  @Test("finishes what is under way when it stops, and tells everybody else")
  func stops() throws {
    let node = try node()
    let written = try node.submit(network.registration(1))
    try node.verify()
    let waiting = try node.submit(network.registration(2))
    let stopping = node.replica.beginStopping(at: node.now)
    #expect(stopping.answers.isEmpty)
    let late = try node.submit(network.registration(3))
    guard case .failed(.unavailable)? = node.answer(late) else {
      Issue.record("taken in while stopping")
      return
    }
    #expect(!node.replica.isIdle)
    try node.settle()
    #expect(node.replica.isIdle)
    #expect(node.isAccepted(written))
    let last = node.replica.finishStopping(at: node.now)
    #expect(last.answers.map(\.number) == [waiting])
    #expect(node.replica.unloggedBlockByteCount == 0)
  }

  @Test(
    "only observes once its journal is lost, also after another start, and keeps its blocks",
    arguments: JournalLoss.allCases)
  func observes(loss: JournalLoss) throws {
    let node = try node()
    for number in 0..<3 { try node.submit(network.registration(number)) }
    try node.settle()
    node.pass(milliseconds: 1_000)
    try node.turn()
    try node.settle()
    let directory = DiskPath("journal")
    for name in try disk.list(directory) {
      switch loss {
      case .missing: try disk.remove(directory.appending(name))
      case .damaged: disk.flip(directory.appending(name), at: 9)
      }
    }
    // The second start may come before the first could note anything.
    for isSettled in [false, true, true] {
      let again = try TestNode(network, on: disk, store: node.store, at: node.now)
      if isSettled { try again.settle() }
      #expect(again.replica.runningStatus.role == .observer)
      #expect(waitsFor(again).contains("the next epoch"))
      #expect(again.height == Height(1))
      let number = try again.submit(network.registration(9))
      #expect(again.result(number) == .turnedAway(.nodeNotWriting))
      let known = try again.submit(network.registration(0))
      #expect(again.answer(known) != nil)
      try again.turn([])
      if isSettled { try again.settle() }
    }
  }

  enum JournalLoss: CaseIterable { case missing, damaged }
}
