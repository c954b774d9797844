import Consensus
import Cryptography
import Ledger
import Node
import SimulatedMachine
import Storage
import TestSupport

/// A replica whose host is the test: it verifies when it is told to, and the disk and the clock are
/// the test's.
final class TestNode {
  let network: TestNetwork
  let keeper: JournalKeeper
  let replica: Replica
  let store: MemoryStateStore
  var now: Moment
  var answers: [ReplicaAnswer] = []
  var verifications: [VerificationJob] = []
  var writes: [WriteJob] = []
  var wake: Instant?
  private var lastNumber: UInt64 = 0

  static let start = Moment(
    instant: Instant(microseconds: 1_000_000_000), wallClock: TestNetwork.time)

  /// - Parameter store: the index; what it has may be ahead of the log or behind.
  init(
    _ network: TestNetwork, on disk: any Disk, store: MemoryStateStore = MemoryStateStore(),
    at now: Moment = start, _ change: (inout ReplicaConfiguration) -> Void = { _ in }
  ) throws {
    self.network = network
    self.now = now
    self.store = store
    var configuration = ReplicaConfiguration(
      network: network.id, networkName: network.name, member: network.registry.id,
      consensusKey: network.consensusKey)
    change(&configuration)
    let opened = try Replica.open(
      configuration, network.genesis, on: disk,
      index: IndexLocation(
        open: { () throws(StorageError) in store }, destroy: { () throws(StorageError) in }),
      log: .silent, at: now)
    keeper = opened.keeper
    replica = opened.replica
    take(opened.first)
  }

  /// Sets up an empty data directory.
  static func create(_ network: TestNetwork, on disk: any Disk) throws {
    _ = try DataDirectory.create(on: disk, BlockLog.Configuration(network: network.id.digest))
  }

  private func take(_ output: ReplicaOutput) {
    answers += output.answers
    verifications += output.verifications
    writes += output.writes
    wake = output.wake
  }

  func turn(_ inputs: [ReplicaInput] = []) throws {
    take(try replica.turn(inputs, at: now))
    replica.checkInvariants()
  }

  /// Sends a request and returns its number; the answer may come at once or later.
  @discardableResult
  func ask(_ request: NodeRequest, client: UInt64 = 100) throws -> RequestNumber {
    lastNumber += 1
    let number = RequestNumber(lastNumber)
    let body = NumberedRequest.encode(number, request)
    try turn([.request(ClientID(client), try NumberedRequest(body))])
    return number
  }

  @discardableResult
  func submit(_ transaction: Transaction, client: UInt64 = 100) throws -> RequestNumber {
    try ask(.submit(transaction: transaction.bytes), client: client)
  }

  func verify() throws {
    let jobs = verifications
    verifications = []
    if !jobs.isEmpty { try turn([.verified(jobs.map(VerificationResult.init(of:)))]) }
  }

  func write() throws {
    let jobs = writes
    writes = []
    for result in keeper.perform(jobs) { try turn([.written(result)]) }
  }

  /// Verifies and writes until nothing is under way.
  func settle() throws {
    while !verifications.isEmpty || !writes.isEmpty {
      try verify()
      try write()
    }
  }

  /// The final blocks above the genesis block.
  var blocks: [Block] {
    get throws {
      let head = replica.chainHead.height.rawValue
      guard head > 0 else { return [] }
      return try (1...head).map { try Block(try replica.encodedBlock(at: Height($0))) }
    }
  }

  var height: Height { replica.chainHead.height }

  func pass(milliseconds: UInt64) {
    now = Moment(
      instant: now.instant.advanced(byMicroseconds: milliseconds * 1_000),
      wallClock: now.wallClock.advanced(byMilliseconds: milliseconds))
  }

  /// What was answered to a request; `nil` if nothing was yet.
  func answer(_ number: RequestNumber) -> NodeAnswer? {
    let found = answers.filter { $0.number == number }
    precondition(found.count <= 1, "a request is answered once")
    return found.first?.response.answer
  }

  func result(_ number: RequestNumber) -> SubmissionResult? {
    guard case .submitted(let result)? = answer(number) else { return nil }
    return result
  }

  func isAccepted(_ number: RequestNumber) -> Bool {
    guard case .final(_, _, _, .accepted)? = result(number) else { return false }
    return true
  }
}
