import CollateralContract
import ContractTwin
import Ledger
import TestSupport
import Testing

@Suite("The contract and its naive twin")
struct NaiveComparisonTests {
  @Test("agree with other policies", arguments: UInt64(101)...112)
  func agreeUnderPolicy(seed: UInt64) throws {
    var policy = ContractNetwork.policy
    policy.valuationEnd = .low
    policy.holderDisclosure = .pledgeWithheld
    policy.refusalsPerHour = 2
    policy.utcOffsetMinutes = -300
    policy.loanToValueCaps.removeFirst()
    var comparison = NaiveComparison(seed: seed, policy: policy)
    for _ in 0..<25 { try comparison.runBlock() }
  }

  @Test("decide alike, reach the same state, and meet every refusal there is today")
  func agree() throws {
    var seen: Set<RefusalCode> = []
    var accepted = 0
    for seed in UInt64(1)...40 {
      var comparison = NaiveComparison(seed: seed)
      for _ in 0..<25 { try comparison.runBlock() }
      seen.formUnion(comparison.codes)
      accepted += comparison.acceptedOperations
    }
    // From 170 on they are of changes of the network, which have a twin of their own.
    let business = RefusalCode.allCases.filter { $0.isOutcome && $0.rawValue < 170 }
    let expected = Set(business).subtracting([
      // A slot is reserved, and a record full, by nothing that is random here.
      .pledgeSlotReserved, .vehicleRecordFull,
    ])
    #expect(expected.subtracting(seen).map(\.name).sorted() == [])
    #expect(accepted > 1_500)
  }
}

/// A run of blocks through the contract and its naive twin, compared after each.
private struct NaiveComparison {
  private let seed: UInt64
  private let state: MemoryState
  private let naive: NaiveContract
  private var generator: ContractGenerator
  private var invariants = ContractInvariants()
  private var height = Height.genesis
  private var time = Timestamp.inChina("2026-02-20")
  /// The state a few blocks ago, and the overlays of the blocks since.
  private var stack: any StateReader
  private(set) var codes: Set<RefusalCode> = []
  private(set) var acceptedOperations = 0

  init(seed: UInt64, policy: Policy = ContractNetwork.policy) {
    self.seed = seed
    state = ContractNetwork.state(policy: policy)
    naive = NaiveContract(
      members: ContractNetwork.members, suspended: ContractNetwork.suspended, policy: policy)
    generator = ContractGenerator(seed: seed, state: state)
    stack = state.copy()
  }

  mutating func runBlock() throws {
    changeStandings()
    height = height.next
    time = generator.advance(time)
    let context = try BlockContext(
      network: ContractNetwork.id, height: height, time: time, state: state)
    var block = try BlockTransition(context: context, on: StateOverlay(over: state))
    var stacked = try BlockTransition(context: context, on: StateOverlay(over: stack))
    let historyStart = naive.history.count
    for number in 0..<generator.random.number(1...12) {
      let transaction = generator.transaction(for: context)
      let expected = naive.attempt(transaction, context: context, index: block.outcomes.count)
      let check = try CollateralContract.check(
        transaction.operations, signers: transaction.payload.signers, context: context,
        on: block.overlay)
      let attempt = try block.attempt(transaction)
      #expect(try stacked.attempt(transaction) == attempt, "seed \(seed), \(height), \(number)")
      #expect(attempt == expected, "seed \(seed), \(height), \(number): \(transaction.operations)")
      try #require(attempt == expected)
      if case .included = attempt { #expect(check.attempt == attempt, "seed \(seed), a check") }
      count(attempt, of: transaction)
    }
    try finish(block, stacked: stacked, historyStart: historyStart)
  }

  private mutating func finish(
    _ block: BlockTransition, stacked: BlockTransition, historyStart: Int
  ) throws {
    let before = state.copy()
    let changes = block.changes
    #expect(stacked.changes == changes, "seed \(seed): the same over overlays")
    #expect(block.history == Array(naive.history[historyStart...]), "seed \(seed): history")
    state.apply(changes)
    try invariants.check(state, after: before, changes: changes, history: block.history)
    let expected = naive.entries
    for (id, entry) in state.entries where expected[id] != entry {
      Issue.record(
        "seed \(seed), \(height): \(id) is \(entry), not \(String(describing: expected[id]))")
    }
    try #require(state.entries == expected, "seed \(seed), \(height)")
    stack = height.rawValue.isMultiple(of: 5) ? state.copy() : stacked.overlay
  }

  /// What other operations will do one day: suspend and readmit members, set and clear flags.
  private mutating func changeStandings() {
    if generator.random.chance(20) {
      let member = generator.random.pick([
        ContractNetwork.bankA, ContractNetwork.bankB, ContractNetwork.dealer,
      ]).id
      let isSuspended = naive.suspended.remove(member) == nil && generator.random.chance(30)
      if isSuspended { naive.suspended.insert(member) }
      guard var entry = state.member(member) else { return }
      entry.standing = isSuspended ? .suspended : .active
      setAside(.member(member), .member(entry))
    }
    let vin = generator.random.pick(ContractNetwork.vehicles)
    guard var vehicle = state.vehicle(vin) else { return }
    let flags: VehicleFlags
    if generator.random.chance(6) {
      flags = generator.random.pick([
        .stolen, .onWatchList, .seizedByCourt, .underDisposal, .seizedByPolice,
        vehicle.pledge == nil && generator.random.chance(30) ? .deregistered : .customs,
      ])
    } else if generator.random.chance(40) {
      flags = []
    } else {
      return
    }
    vehicle.flags = flags
    naive.flags[vin] = flags
    setAside(.vehicle(vin), .vehicle(vehicle))
  }

  /// Sets an entry outside of any block; overlays that lie over an older state begin anew.
  private mutating func setAside(_ id: StateID, _ entry: StateEntry) {
    state.set(id, to: entry)
    stack = state.copy()
  }

  private mutating func count(_ attempt: Attempt, of transaction: Transaction) {
    switch attempt {
    case .included(.accepted): acceptedOperations += transaction.operations.count
    case .included(.refused(let refusal)): codes.insert(refusal.code)
    case .leftOut(let code): codes.insert(code)
    }
  }
}
