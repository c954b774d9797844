import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Node

@Suite("A mempool")
struct MempoolTests {
  static let network = TestNetwork()
  static let registrations = (0..<60).map { network.registration($0) }
  static let ofBank = (60..<80).map { network.registration($0, by: network.bank) }

  func insert(_ transactions: [Transaction], into mempool: inout Mempool) {
    for transaction in transactions { mempool.insert(transaction, .ready, waiter: nil) }
  }

  @Test("takes one of each submitter in turn, each submitter's in order")
  func isFair() {
    var mempool = Mempool()
    insert(Self.registrations, into: &mempool)
    insert(Array(Self.ofBank.prefix(2)), into: &mempool)
    let selected = mempool.select()
    #expect(
      selected.prefix(4).map(\.id)
        == [
          Self.registrations[0], Self.ofBank[0], Self.registrations[1], Self.ofBank[1],
        ].map(\.id))
    #expect(selected.count == 62)
    #expect(selected.dropFirst(4).map(\.id) == Self.registrations.dropFirst(2).map(\.id))
    #expect(mempool.work == .none)
    mempool.checkInvariants()
  }

  @Test("lets nothing overtake a transaction of the same submitter that is being verified")
  func keepsOrder() {
    var mempool = Mempool()
    insert([Self.registrations[0]], into: &mempool)
    mempool.insert(Self.registrations[1], .verifying, waiter: nil)
    insert([Self.registrations[2], Self.ofBank[0]], into: &mempool)
    #expect(mempool.select().map(\.id) == [Self.registrations[0], Self.ofBank[0]].map(\.id))
    #expect(mempool.select().isEmpty)
    mempool.becomeReady(Self.registrations[1].id)
    #expect(
      mempool.select().map(\.id) == [Self.registrations[1], Self.registrations[2]].map(\.id))
    mempool.checkInvariants()
  }

  @Test("gives back the transactions of a block that was passed by, in their old places")
  func givesBack() {
    var mempool = Mempool()
    insert(Array(Self.registrations.prefix(5)), into: &mempool)
    let first = mempool.select()
    insert(Array(Self.registrations[5..<8]), into: &mempool)
    mempool.returnProposed(first.map(\.id))
    #expect(mempool.select().map(\.id) == Self.registrations.prefix(8).map(\.id))
  }

  @Test("lets a transaction that is in a block outlive its time, until the block is decided")
  func keepsProposed() {
    var mempool = Mempool()
    let soon = Self.network.registration(
      1, validUntil: TestNetwork.time.advanced(byMilliseconds: 10))
    insert([soon], into: &mempool)
    #expect(mempool.select().count == 1)
    let later = TestNetwork.time.advanced(byMilliseconds: 11)
    #expect(mempool.removeExpired(at: later).isEmpty)
    mempool.returnProposed([soon.id])
    #expect(mempool.removeExpired(at: later).map(\.transaction.id) == [soon.id])
    #expect(mempool.isEmpty)
    mempool.checkInvariants()
  }

  @Test("shuts out a submitter that has its share, and nobody else")
  func limitsShare() {
    var mempool = Mempool()
    let submitter = Self.network.registry.id
    mempool.shares[submitter] = Mempool.Share(count: NodeLimits.transactionsPerMember, byteCount: 0)
    #expect(mempool.refusal(of: Self.registrations[0]) == .memberQuotaExceeded)
    #expect(mempool.refusal(of: Self.ofBank[0]) == nil)
    mempool.shares[submitter] = Mempool.Share(
      count: 1, byteCount: NodeLimits.transactionBytesPerMember)
    #expect(mempool.refusal(of: Self.registrations[0]) == .memberQuotaExceeded)
    mempool.total = Mempool.Share(count: NodeLimits.transactionLimit, byteCount: 0)
    #expect(mempool.refusal(of: Self.ofBank[0]) == .queueFull)
  }

  @Test("adds up after any sequence of arrivals, blocks, verdicts and expiries", arguments: 0..<20)
  func addsUp(seed: UInt64) {
    var random = ContractRandom(seed: seed)
    var mempool = Mempool()
    var proposed: [TransactionID] = []
    let all = Self.registrations + Self.ofBank
    for _ in 0..<400 {
      let transaction = random.pick(all)
      switch random.number(0...5) {
      case 0...1 where !mempool.contains(transaction.id):
        mempool.insert(transaction, random.chance(50) ? .ready : .verifying, waiter: nil)
      case 2: mempool.becomeReady(transaction.id)
      case 3: proposed += mempool.select().map(\.id)
      case 4:
        mempool.returnProposed(proposed)
        proposed = []
      default: _ = mempool.remove(transaction.id)
      }
      mempool.checkInvariants()
    }
  }
}

@Suite("A heap")
struct MinimumHeapTests {
  @Test("gives the least first, as sorting does", arguments: 0..<10)
  func sorts(seed: UInt64) {
    var random = ContractRandom(seed: seed)
    var numbers = (0..<200).map { _ in random.number(0...50) }
    var heap = MinimumHeap<Int>()
    for number in numbers { heap.insert(number) }
    numbers.removeAll { $0 % 7 == 0 }
    heap.removeAll { $0 % 7 == 0 }
    for number in numbers.sorted() {
      #expect(heap.first == number)
      heap.removeFirst()
    }
    #expect(heap.count == 0)
    heap.removeFirst()
    #expect(heap.first == nil)
  }
}
