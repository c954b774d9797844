import CollateralContract
import Ledger
import TestSupport
import Testing

/// A ledger in memory on which a test runs one transaction a block, an hour apart.
struct TestLedger {
  static let vin = ContractNetwork.vehicles[0]
  static let otherVIN = ContractNetwork.vehicles[1]

  let state: MemoryState
  private(set) var height = Height(10)
  /// The last block's time; the first is noon of 10 March 2026 in China.
  private(set) var time = Timestamp.inChina("2026-03-10", milliseconds: 11 * Timestamp.hour)
  private var count = 0
  private(set) var history: [VehicleHistoryRecord] = []

  init(_ change: (inout Policy) -> Void = { _ in }) {
    var policy = ContractNetwork.policy
    change(&policy)
    state = ContractNetwork.state(policy: policy)
  }

  /// A ledger with a vehicle that is worth 100,000 yuan and free.
  static func pledgeable(
    _ change: (inout VehicleRegistration) -> Void = { _ in },
    policy: (inout Policy) -> Void = { _ in }
  ) throws -> TestLedger {
    var ledger = TestLedger(policy)
    try ledger.accept(.register(vin) { change(&$0) })
    try ledger.accept(.value(vin, "v1", asOf: ledger.time))
    return ledger
  }

  /// The same vehicle, pledged to bank A as `p1`.
  static func pledged() throws -> TestLedger {
    var ledger = try pledgeable()
    try ledger.accept(.pledge(vin, "p1", basis: ledger.search()))
    return ledger
  }

  var vehicle: VehicleState { state.vehicle(Self.vin)! }

  /// The next block's time.
  var nextTime: Timestamp { time.advanced(byMilliseconds: Timestamp.hour) }

  /// The basis of a pledge that searched just now.
  func search(_ valuation: Identifier = "v1", at height: Height? = nil) -> PledgeBasis {
    .search(valuation: valuation, height: height ?? self.height)
  }

  /// Lets the clock run, so that the next block is an hour after `time`.
  mutating func wait(until time: Timestamp) { self.time = time }

  func context() throws -> BlockContext {
    try BlockContext(network: ContractNetwork.id, height: height.next, time: nextTime, state: state)
  }

  // MARK: Blocks

  /// Commits a block with these transactions; gives each one's attempt.
  @discardableResult
  mutating func commit(_ transactions: [Transaction]) throws -> [Attempt] {
    let context = try context()
    var block = try BlockTransition(context: context, on: StateOverlay(over: state))
    var attempts: [Attempt] = []
    for transaction in transactions { attempts.append(try block.attempt(transaction)) }
    try SlotAssertion.check(block.changes, over: state)
    state.apply(block.changes)
    history += block.history
    (height, time) = (context.height, context.time)
    return attempts
  }

  mutating func make(_ operations: [Operation], signers: [GenesisMember]? = nil) -> Transaction {
    count += 1
    return .make(
      operations, signers: signers?.map(\.id), reference: "test-\(count)",
      validUntil: nextTime.advanced(byMilliseconds: Timestamp.hour))
  }

  /// Commits a block with one transaction.
  @discardableResult
  mutating func run(
    _ operations: [Operation], signers: [GenesisMember]? = nil
  ) throws -> Outcome {
    let attempts = try commit([make(operations, signers: signers)])
    guard case .included(let outcome) = attempts[0] else {
      throw UnexpectedAttempt(attempt: attempts[0])
    }
    return outcome
  }

  /// The code with which a transaction of one operation is refused, or `nil`.
  mutating func code(
    _ operation: Operation, signers: [GenesisMember]? = nil
  ) throws -> RefusalCode? {
    switch try run([operation], signers: signers) {
    case .accepted: nil
    case .refused(let refusal): refusal.code
    }
  }

  mutating func accept(
    _ operations: Operation..., signers: [GenesisMember]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try run(operations, signers: signers)
    try #require(outcome == .accepted, sourceLocation: sourceLocation)
  }

  /// Changes a vehicle as later operations will.
  func setFlags(_ flags: VehicleFlags) {
    var vehicle = vehicle
    vehicle.flags = flags
    state.set(.vehicle(vehicle.vin), to: .vehicle(vehicle))
  }

  func setStanding(_ standing: MemberStanding, of member: GenesisMember) {
    var entry = state.member(member.id)!
    entry.standing = standing
    state.set(.member(member.id), to: .member(entry))
  }

  struct UnexpectedAttempt: Error {
    let attempt: Attempt
  }
}

extension OperationsCheck {
  /// What becomes of a transaction of these operations: the first refusal is its outcome.
  var attempt: Attempt {
    switch self {
    case .leftOut(let code): .leftOut(code)
    case .judged(let refusals):
      .included(refusals.lazy.compactMap { $0 }.first.map(Outcome.refused) ?? .accepted)
    }
  }
}
