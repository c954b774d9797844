import CollateralContract
import Ledger
import TestSupport
import Testing

/// A network in memory on which a test runs one transaction a block, an hour apart. Of its three
/// governors two must sign, and operator and bank A do unless a test says otherwise.
struct GovernedLedger {
  static let operatorID = ContractNetwork.operatorA.id
  static let bankA = ContractNetwork.bankA.id
  static let bankB = ContractNetwork.bankB.id
  static let registry = ContractNetwork.registry.id
  static let court = ContractNetwork.court.id
  static let governors = [operatorID, bankA]

  let network: ChainNetwork
  let state: MemoryState
  private(set) var height = Height.genesis
  private(set) var time = ChainNetwork.genesisTime
  private var count = 0

  init(validatorCount: Int = 1, governorCount: Int = 3, threshold: Int = 2) {
    network = ChainNetwork(
      validatorCount: validatorCount, governorCount: governorCount, threshold: threshold)
    state = MemoryState(
      Dictionary(uniqueKeysWithValues: network.genesis.entries.map { ($0.id, $0.entry!) }))
  }

  var governance: GovernanceState {
    get throws { try state.governance() }
  }

  var validators: ValidatorSet {
    get throws { try state.validatorSet() }
  }

  func context() throws -> BlockContext {
    try BlockContext(
      network: network.id, height: height.next,
      time: time.advanced(byMilliseconds: Timestamp.hour), state: state)
  }

  mutating func transaction(
    _ operations: [Operation], signers: [MemberID] = governors
  ) throws -> Transaction {
    count += 1
    let time = try context().time
    return network.transaction(
      operations, signers: signers, reference: "test-\(count)",
      validUntil: time.advanced(byMilliseconds: Timestamp.hour))
  }

  /// Commits a block with these transactions; gives each one's attempt.
  @discardableResult
  mutating func commit(_ transactions: [Transaction]) throws -> [Attempt] {
    let context = try context()
    var block = try BlockTransition(context: context, on: StateOverlay(over: state))
    var attempts: [Attempt] = []
    for transaction in transactions { attempts.append(try block.attempt(transaction)) }
    try SlotAssertion.check(block.changes, over: state)
    state.apply(block.changes)
    (height, time) = (context.height, context.time)
    return attempts
  }

  /// The next number that a change must carry, and `offset` more.
  func action(_ action: GovernanceAction, _ offset: UInt64 = 0) throws -> Operation {
    .govern(try governance.nextSequence + offset, action)
  }

  /// The refusal of a block's one transaction; `nil` if it is accepted.
  mutating func refusal(
    _ operations: [Operation], signers: [MemberID] = governors
  ) throws -> Refusal? {
    let check = try CollateralContract.check(
      operations, signers: signers, context: try context(), on: StateOverlay(over: state))
    let attempts = try commit([try transaction(operations, signers: signers)])
    #expect(check.attempt == attempts[0], "a check says the same")
    switch attempts[0] {
    case .included(.accepted): return nil
    case .included(.refused(let refusal)): return refusal
    case .leftOut(let code): throw code
    }
  }

  /// The code with which one change is refused; `nil` if it is accepted.
  mutating func code(
    _ change: GovernanceAction, signers: [MemberID] = governors
  ) throws -> RefusalCode? {
    try refusal([try action(change)], signers: signers)?.code
  }

  /// One block with one transaction of these changes.
  mutating func accept(
    _ changes: GovernanceAction..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let operations = try changes.enumerated().map { try action($1, UInt64($0)) }
    let refusal = try refusal(operations)
    try #require(refusal == nil, sourceLocation: sourceLocation)
  }
}
