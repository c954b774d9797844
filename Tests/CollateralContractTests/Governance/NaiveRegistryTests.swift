import CollateralContract
import ContractTwin
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("Changes of the network and their naive twin")
struct NaiveRegistryTests {
  @Test("decide alike, reach the same state, and meet every refusal there is")
  func agree() throws {
    var seen: Set<RefusalCode> = []
    var accepted = 0
    for seed in UInt64(1)...20 {
      var comparison = try RegistryComparison(seed: seed)
      for _ in 0..<60 { try comparison.runBlock() }
      seen.formUnion(comparison.codes)
      accepted += comparison.acceptedCount
    }
    let expected = Set(RefusalCode.allCases.filter { $0.rawValue >= 170 }).subtracting([
      // A thousand members are more than chance admits.
      .memberLimitReached
    ])
    #expect(expected.subtracting(seen).map(\.name).sorted() == [])
    #expect(seen.contains(.epochClosing) && seen.contains(.memberSuspended))
    #expect(accepted > 800)
  }
}

/// A run of blocks through the contract and the naive registry, compared after each.
private struct RegistryComparison {
  private let seed: UInt64
  private let network: ChainNetwork
  private let state: MemoryState
  private let naive: NaiveRegistry
  private var generator: GovernanceGenerator
  private var height = Height.genesis
  private var time = ChainNetwork.genesisTime
  private var count = 0
  private(set) var codes: Set<RefusalCode> = []
  private(set) var acceptedCount = 0

  init(seed: UInt64) throws {
    self.seed = seed
    network = ChainNetwork(
      validatorCount: Int(seed % 4) + 1, governorCount: Int(seed % 3) + 2,
      threshold: Int(seed % 2) + 1)
    state = MemoryState(
      Dictionary(uniqueKeysWithValues: network.genesis.entries.map { ($0.id, $0.entry!) }))
    naive = NaiveRegistry(network.genesis)
    generator = GovernanceGenerator(seed: seed, network: network, state: state)
  }

  mutating func runBlock() throws {
    height = height.next
    time = time.advanced(byMilliseconds: Timestamp.hour)
    let context = try BlockContext(
      network: network.id, height: height, time: time, state: state)
    var block = try BlockTransition(context: context, on: StateOverlay(over: state))
    naive.beginBlock()
    for _ in 0..<generator.random.number(1...3) {
      let (operations, signers) = generator.changes(at: height)
      count += 1
      let transaction = network.transaction(
        operations, signers: signers, reference: "changes-\(count)", validUntil: time)
      let expected = naive.attempt(operations, signers: signers, height: height)
      let attempt = try block.attempt(transaction)
      #expect(attempt == expected, "seed \(seed), \(height): \(operations)")
      try #require(attempt == expected)
      switch attempt {
      case .included(.accepted): acceptedCount += operations.count
      case .included(.refused(let refusal)): codes.insert(refusal.code)
      case .leftOut(let code): codes.insert(code)
      }
    }
    try SlotAssertion.check(block.changes, over: state)
    state.apply(block.changes)
    let entries = networkEntries
    let expected = naive.facts(at: height).entries
    for (id, entry) in entries where expected[id] != entry {
      Issue.record(
        "seed \(seed), \(height): \(id) is \(entry), not \(String(describing: expected[id]))")
    }
    try #require(entries == expected, "seed \(seed), \(height)")
  }

  /// All but references and the count of refusals.
  private var networkEntries: [StateID: StateEntry] {
    var entries = state.entries
    for (id, entry) in entries {
      switch entry {
      case .reference: entries[id] = nil
      case .member(var member):
        member.refusals = .none
        entries[id] = .member(member)
      default: continue
      }
    }
    return entries
  }
}
