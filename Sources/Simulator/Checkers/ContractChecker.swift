import CollateralContract
import ContractTwin
import Cryptography
import Ledger
import Merkle

/// Every final block is what the contract's plain twin makes of its transactions: the same outcomes,
/// and, now and then, the same state root over a tree that is built anew.
struct ContractChecker: Checker {
  /// Building the whole state anew costs more than anything else in a run.
  private static let rootInterval: UInt64 = 5

  private let genesis: Genesis
  private let contract: NaiveContract
  private let registry: NaiveRegistry
  private var next = Height.genesis.next

  init(_ membership: SimulatedMembership) {
    genesis = membership.genesis
    let file = genesis.networkFile
    contract = NaiveContract(members: file.members, suspended: [], policy: file.policy)
    registry = NaiveRegistry(genesis)
  }

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    guard case .final(_, let final) = observation, final.height == next else { return }
    next = next.next
    let header = final.block.header
    let context = BlockContext(
      network: genesis.network, height: header.height, time: header.time,
      policy: genesis.networkFile.policy)
    registry.beginBlock()
    contract.beginBlock(at: header.time)
    for (index, transaction) in final.block.transactions.enumerated() {
      let expected = judge(transaction, at: index, context)
      guard expected == .included(final.block.outcomes[index]) else {
        throw Violation(
          "contract",
          "transaction \(index) of block \(header.height.rawValue) is "
            + "\(final.block.outcomes[index]), and ought to be \(expected)")
      }
    }
    guard header.height.rawValue.isMultiple(of: ContractChecker.rootInterval) else { return }
    guard stateRoot(at: header.height) == header.stateRoot else {
      throw Violation(
        "contract", "the state root of block \(header.height.rawValue) is of another state")
    }
  }

  private func judge(
    _ transaction: Transaction, at index: Int, _ context: BlockContext
  ) -> Attempt {
    guard transaction.operations.authority == .governors else {
      return contract.attempt(transaction, context: context, index: index)
    }
    let attempt = registry.attempt(
      transaction.operations, signers: transaction.payload.signers, height: context.height)
    if case .included(let outcome) = attempt {
      contract.passOver(transaction, outcome, context: context)
    }
    return attempt
  }

  /// The root of the state that both twins have come to.
  private func stateRoot(at height: Height) -> Digest {
    let entries = registry.facts(at: height).entries.merging(contract.entries) { $1 }
    let sorted = entries.map { MapEntry(key: $0.key.key, valueHash: $0.value.valueHash) }
      .sorted { $0.key < $1.key }
    var builder = SparseMerkleMapBuilder(expectedCount: sorted.count)
    for entry in sorted {
      do {
        try builder.append(entry)
      } catch {
        preconditionFailure("keys of different entries differ")
      }
    }
    return builder.finish().root
  }
}
