import CollateralContract
import Cryptography
import Ledger
import Storage
import TestSupport

@testable import Node

/// Grows a chain by random blocks, on a simulated disk and with an index in memory or in RocksDB.
final class ChainDriver {
  let network: ChainNetwork
  let disk: SimulatedDisk
  let store: MemoryStateStore
  private(set) var chain: Chain
  private var generator: ContractGenerator
  /// The state by the contract alone, which the generator looks at.
  private let mirror: MemoryState
  private(set) var time: Timestamp
  private(set) var view = View.genesis
  /// Every block that was committed, in order.
  private(set) var blocks: [Block] = []
  private let signing: ChainNetwork.Signing

  /// Small, so that a test has several.
  static func configuration(_ network: ChainNetwork) -> BlockLog.Configuration {
    BlockLog.Configuration(network: network.id.digest, segmentByteCount: 20_000)
  }

  init(
    seed: UInt64, network: ChainNetwork = ChainNetwork(), disk: SimulatedDisk = SimulatedDisk(),
    signing: ChainNetwork.Signing = .zeros
  ) throws {
    self.network = network
    self.disk = disk
    self.signing = signing
    store = MemoryStateStore()
    _ = try DataDirectory.create(on: disk, ChainDriver.configuration(network))
    mirror = MemoryState(
      Dictionary(uniqueKeysWithValues: network.genesis.entries.map { ($0.id, $0.entry!) }))
    generator = ContractGenerator(seed: seed, state: mirror)
    time = ChainNetwork.genesisTime
    chain = try ChainDriver.open(network, disk, store)
  }

  static func open(
    _ network: ChainNetwork, _ disk: SimulatedDisk, _ store: MemoryStateStore,
    journaled: JournaledBlocks = .none
  ) throws -> Chain {
    try Chain.open(
      network.genesis, on: disk, configuration(network), index: .memory(store),
      journaled: journaled)
  }

  func reopen(journaled: JournaledBlocks = .none) throws {
    chain = try ChainDriver.open(network, disk, store, journaled: journaled)
  }

  // MARK: Blocks

  func candidates(_ count: Int, at time: Timestamp, on chain: HeaderChain) throws -> [Transaction] {
    let context = try BlockContext(
      height: chain.header.height.next, time: time, state: mirror)
    return (0..<count).map { _ in
      network.resigned(generator.transaction(for: context), signing: signing)
    }
  }

  func proposal(on parent: HeaderChain, at time: Timestamp, view: View) -> BlockProposal {
    BlockProposal(
      epoch: parent.nextEpoch, view: view, parentView: parent.nextParentView, parent: parent.hash,
      time: time, proposer: network.proposer)
  }

  /// Builds a block of random transactions on the head and commits it; the log does not have it yet.
  @discardableResult
  func grow() throws -> AssembledBlock {
    time = generator.advance(time)
    view = view.next
    let count = generator.random.number(0...12)
    let built = try chain.build(
      proposal(on: chain.head, at: time, view: view),
      from: try candidates(count, at: time, on: chain.head))
    try commit(built.block)
    return built
  }

  func commit(_ block: Block) throws {
    let transition = try transition(of: block)
    _ = try chain.commit([block.header.hash], finalization: network.finalization(of: block.header))
    mirror.apply(transition.changes)
    blocks.append(block)
  }

  /// What the contract alone makes of a block on the mirror.
  private func transition(of block: Block) throws -> BlockTransition {
    let context = try BlockContext(
      height: block.header.height, time: block.header.time, state: mirror)
    var transition = try BlockTransition(context: context, on: StateOverlay(over: mirror))
    for transaction in block.transactions { _ = try transition.attempt(transaction) }
    return transition
  }

  func growLogged(_ count: Int) throws {
    for _ in 0..<count { try grow() }
    try chain.writeLog()
  }

  var naive: MemoryState { mirror }
}

extension IndexLocation {
  /// Its content survives what a test calls the end of the process.
  static func memory(_ store: MemoryStateStore) -> IndexLocation {
    IndexLocation(
      open: { () throws(StorageError) in store },
      destroy: { () throws(StorageError) in store.clear() })
  }
}
