import Consensus
import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("A replica")
struct ReplicaTests {
  let network = TestNetwork()
  let disk = SimulatedDisk()

  func node() throws -> TestNode {
    try TestNode.create(network, on: disk)
    let node = try TestNode(network, on: disk)
    try node.settle()
    return node
  }

  // MARK: Recording

  @Test("answers a submission when its block is durable, and not before")
  func answersWhenDurable() throws {
    let node = try node()
    let number = try node.submit(network.registration(1))
    #expect(node.answer(number) == nil)
    try node.verify()
    #expect(node.writes.count == 1)
    #expect(node.answer(number) == nil)
    try node.write()
    #expect(node.isAccepted(number))
    #expect(node.height == Height(1))
  }

  @Test("makes one block of what arrives together")
  func makesOneBlock() throws {
    let node = try node()
    let numbers = try (0..<100).map { try node.submit(network.registration($0)) }
    try node.settle()
    #expect(numbers.allSatisfy { node.isAccepted($0) })
    #expect(node.height == Height(1))
    #expect(try node.blocks[0].transactions.count == 100)
  }

  @Test("gathers transactions into the next block while one is being written")
  func gathersDuringWrite() throws {
    let node = try node()
    let first = try node.submit(network.registration(0))
    try node.verify()
    let others = try (1..<50).map { try node.submit(network.registration($0)) }
    try node.verify()
    #expect(node.writes.count == 1)
    try node.settle()
    #expect(node.isAccepted(first) && others.allSatisfy { node.isAccepted($0) })
    #expect(try node.blocks.map(\.transactions.count) == [1, 49])
  }

  @Test("executes a large block while the one before is being written, and no third")
  func overlaps() throws {
    try TestNode.create(network, on: disk)
    let node = try TestNode(network, on: disk) { $0.overlapTransactionCount = 10 }
    try node.settle()
    for number in 0..<30 {
      try node.submit(network.registration(number))
      if number % 10 == 9 { try node.verify() }
    }
    #expect(node.writes.count == 2)
    try node.settle()
    #expect(try node.blocks.map(\.transactions.count) == [10, 10, 10])
  }

  @Test("records a refusal and says so")
  func recordsRefusal() throws {
    let node = try node()
    try node.submit(network.registration(1))
    try node.settle()
    let again = try node.submit(network.registration(1, reference: "again"))
    try node.settle()
    guard case .final(_, _, _, .refused(let refusal))? = node.result(again) else {
      Issue.record("not refused: \(String(describing: node.answer(again)))")
      return
    }
    #expect(refusal.code == .vehicleAlreadyRegistered)
  }

  // MARK: The same again

  @Test("answers a repeated transaction with the first outcome, and records it once")
  func answersRepeated() throws {
    let node = try node()
    let transaction = network.registration(1)
    let first = try node.submit(transaction)
    let joined = try node.submit(transaction, client: 101)
    try node.settle()
    let later = try node.submit(transaction)
    #expect(node.isAccepted(first))
    #expect(node.result(joined) == node.result(first))
    #expect(node.result(later) == node.result(first))
    #expect(try node.blocks.count == 1)
  }

  @Test("turns away another content under a reference in use", arguments: [true, false])
  func refusesReusedReference(isFinal: Bool) throws {
    let node = try node()
    try node.submit(network.registration(1, reference: "one"))
    try node.verify()
    if isFinal { try node.settle() }
    let second = try node.submit(network.registration(2, reference: "one"))
    try node.settle()
    #expect(node.result(second) == .turnedAway(.referenceReused))
  }

  @Test("lets the right transaction through behind one with the same id and wrong signatures")
  func admitsBehindForged() throws {
    let node = try node()
    let transaction = network.registration(1)
    let forged = try node.submit(network.forged(transaction))
    let right = try node.submit(transaction)
    try node.settle()
    #expect(node.result(forged) == .turnedAway(.signatureInvalid))
    #expect(node.isAccepted(right))
  }

  @Test("lets a reference be used behind one who claimed it with wrong signatures")
  func admitsReferenceBehindForged() throws {
    let node = try node()
    let forged = try node.submit(network.forged(network.registration(1, reference: "one")))
    let right = try node.submit(network.registration(2, reference: "one"))
    try node.settle()
    #expect(node.result(forged) == .turnedAway(.signatureInvalid))
    #expect(node.isAccepted(right))
  }

  @Test("verifies a transaction's signatures once")
  func verifiesOnce() throws {
    let node = try node()
    let transaction = network.registration(1)
    let replica = node.replica
    #expect(try replica.door.checks(of: transaction, chain: replica.chain).get().count == 1)
    try node.submit(transaction)
    try node.settle()
    #expect(try replica.door.checks(of: transaction, chain: replica.chain).get().isEmpty)
    let forged = network.forged(transaction)
    #expect(try replica.door.checks(of: forged, chain: replica.chain).get().count == 1)
  }

  // MARK: The door

  @Test("turns away at the door what no block may hold")
  func turnsAway() throws {
    let node = try node()
    let hour = Timestamp.hour
    let cases: [(Transaction, RefusalCode)] = [
      (network.registration(1, by: network.stranger), .memberUnknown),
      (
        network.registration(2, validUntil: TestNetwork.time.moved(byMilliseconds: -1)),
        .transactionExpired
      ),
      (
        network.registration(
          3, validUntil: TestNetwork.time.advanced(byMilliseconds: 7 * 24 * hour + 1)),
        .validityTooLong
      ),
      (network.forged(network.registration(4)), .signatureInvalid),
    ]
    for (transaction, code) in cases {
      let number = try node.submit(transaction)
      try node.settle()
      #expect(node.result(number) == .turnedAway(code))
    }
    #expect(node.height == .genesis)
    #expect(node.replica.runningStatus.waitingTransactions == 0)
  }

  @Test("says what is malformed and what is too large")
  func saysMalformed() throws {
    let node = try node()
    let malformed = try node.ask(.submit(transaction: [0x80]))
    guard case .malformed? = node.result(malformed) else {
      Issue.record("not malformed")
      return
    }
    let large = try node.ask(
      .submit(transaction: [UInt8](repeating: 0, count: Transaction.byteLimit + 1)))
    #expect(node.result(large) == .turnedAway(.transactionTooLarge))
  }

  @Test("lets an expired transaction go at once and says so")
  func expires() throws {
    let node = try node()
    let soon = network.registration(
      1, validUntil: TestNetwork.time.advanced(byMilliseconds: 500))
    let number = try node.submit(soon)
    #expect(node.wake == TestNode.start.instant.advanced(byMicroseconds: 501_000))
    node.pass(milliseconds: 501)
    try node.turn()
    #expect(node.result(number) == .turnedAway(.transactionExpired))
    try node.settle()
    #expect(node.height == .genesis)
  }

  @Test("goes on with the transactions of a client that left")
  func outlivesClient() throws {
    let node = try node()
    try node.submit(network.registration(1))
    try node.turn([.left(ClientID(100))])
    try node.settle()
    #expect(node.height == Height(1))
  }

  // MARK: Questions

  @Test("says that a transaction waits")
  func saysWaiting() throws {
    let node = try node()
    let transaction = network.registration(1)
    try node.submit(transaction)
    let number = try node.ask(.transaction(transaction.id))
    guard case .transaction(.waiting)? = node.answer(number) else {
      Issue.record("not waiting")
      return
    }
  }

  @Test("answers who waits for a block when there is one")
  func answersWaitForBlock() throws {
    let node = try node()
    let number = try node.ask(.blocks(from: Height(1), waitMilliseconds: 5_000), client: 7)
    #expect(node.answer(number) == nil)
    try node.submit(network.registration(1))
    try node.settle()
    guard case .blocks(let blocks)? = node.answer(number) else {
      Issue.record("no blocks")
      return
    }
    #expect(blocks.count == 1)
  }

  @Test("answers who waits for a block in vain after the time")
  func answersWaitInVain() throws {
    let node = try node()
    let number = try node.ask(.blocks(from: Height(1), waitMilliseconds: 5_000))
    node.pass(milliseconds: 5_000)
    try node.turn()
    guard case .blocks(let blocks)? = node.answer(number) else {
      Issue.record("no answer")
      return
    }
    #expect(blocks.isEmpty)
  }

  // MARK: Rest

  @Test("makes no block when there is nothing to do but the heartbeat")
  func rests() throws {
    let node = try node()
    let hour = 3_600_000 as UInt64
    // The journal is looked at once when it is quiet; after that only the heartbeat is due.
    node.pass(milliseconds: 1_000)
    try node.turn()
    try node.settle()
    #expect(node.wake == TestNode.start.instant.advanced(byMicroseconds: hour * 1_000))
    node.pass(milliseconds: hour - 1_001)
    try node.turn()
    #expect(node.writes.isEmpty)
    node.pass(milliseconds: 1)
    try node.turn()
    try node.settle()
    #expect(node.height == Height(1))
    #expect(try node.blocks[0].transactions.isEmpty)
  }

  @Test("gives the same bytes for the same inputs")
  func repeats() throws {
    func run() throws -> [[UInt8]] {
      let disk = SimulatedDisk()
      try TestNode.create(network, on: disk)
      let node = try TestNode(network, on: disk)
      try node.settle()
      for number in 0..<40 {
        try node.submit(network.registration(number, by: number % 3 == 0 ? network.bank : nil))
        node.pass(milliseconds: UInt64(number % 5))
        if number % 7 == 0 { try node.verify() }
        if number % 11 == 0 { try node.write() }
      }
      try node.settle()
      return node.answers.map { NumberedResponse.encode($0.number, $0.response) }
        + (try node.blocks).map(\.encoded)
    }
    let first = try run()
    #expect(first.count > 40)
    #expect(try run() == first)
  }
}
