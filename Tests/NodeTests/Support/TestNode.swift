import Consensus
import Cryptography
import Ledger
import Node
import Storage
import TestSupport

/// A replica whose host is the test: it verifies when it is told to, and the disk and the clock are
/// the test's.
final class TestNode {
  let network: TestNetwork
  let chain: MemoryChain
  let keeper: JournalKeeper
  let replica: Replica
  var now: Moment
  var answers: [ReplicaAnswer] = []
  var verifications: [VerificationJob] = []
  var writes: [WriteJob] = []
  var wake: Instant?
  private var lastNumber: UInt64 = 0

  static let start = Moment(
    instant: Instant(microseconds: 1_000_000_000), wallClock: TestNetwork.time)

  init(
    _ network: TestNetwork, on disk: any Disk, chain: MemoryChain? = nil, at now: Moment = start,
    isNew: Bool = true, _ change: (inout ReplicaConfiguration) -> Void = { _ in }
  ) throws {
    self.network = network
    self.now = now
    self.chain = chain ?? MemoryChain(network)
    if isNew { try Journal.create(on: disk, network: network.id.digest) }
    var journal = try Journal.open(on: disk, network: network.id.digest)
    let recovered = try journal.takeRecords().map { try RecoveredRecord($0) }
    for block in recovered.compactMap(\.block) { try self.chain.store(block) }
    keeper = JournalKeeper(journal)
    var configuration = ReplicaConfiguration(
      network: network.id, networkName: network.name, member: network.registry.id,
      consensusKey: network.consensusKey)
    change(&configuration)
    let tip = FinalizedTip(header: network.genesis, finalization: nil)
    let output: ReplicaOutput
    (replica, output) = try Replica.recovering(
      configuration, chain: self.chain, journal: .intact(recovered.map(\.record)), tip: tip,
      context: EpochContext(openedBy: tip, validators: network.validators), log: .silent, at: now)
    take(output)
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
