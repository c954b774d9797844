import CollateralContract
import Cryptography
import Ledger
import SimulatedMachine
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
      network: network.id, height: chain.header.height.next, time: time, state: mirror)
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
    let count = generator.random.number(0...12)
    return try grow(by: try candidates(count, at: time, on: chain.head))
  }

  /// Builds a block of these transactions, at `time`, and commits it.
  func grow(by transactions: [Transaction]) throws -> AssembledBlock {
    view = view.next
    let built = try chain.build(
      proposal(on: chain.head, at: time, view: view), from: transactions)
    try commit(built.block)
    return built
  }

  /// - Parameter repeatedIn: the view in which the block, which closes its epoch, was proposed again
  ///   and became final.
  func commit(_ block: Block, repeatedIn laterView: View? = nil) throws {
    let transition = try transition(of: block)
    let finalization = network.finalization(
      of: block.header, by: try chain.validators, inView: laterView)
    _ = try chain.commit([block.header.hash], finalization: finalization)
    mirror.apply(transition.changes)
    blocks.append(block)
  }

  /// What the contract alone makes of a block on the mirror.
  private func transition(of block: Block) throws -> BlockTransition {
    let context = try BlockContext(
      network: network.id, height: block.header.height, time: block.header.time, state: mirror)
    var transition = try BlockTransition(
      context: context, on: StateOverlay(over: mirror),
      recovery: chain.recoveries.closing(block.header.parent))
    for transaction in block.transactions { _ = try transition.attempt(transaction) }
    return transition
  }

  /// Accepts a recovery record as `node recover` does, and opens the chain anew.
  func accept(_ record: RecoveryRecord) throws -> Chain.RecoveryAcceptance {
    let acceptance = try chain.accept(record, on: disk)
    try reopen()
    return acceptance
  }

  // MARK: Changes of the network

  /// A transaction of changes with the next numbers, for the block at the next `time`.
  func changes(
    _ actions: [GovernanceAction], signers: [MemberID], keys: [MemberID: SigningKey] = [:]
  ) throws -> Transaction {
    time = time.advanced(byMilliseconds: Timestamp.hour)
    let first = try mirror.governance().nextSequence
    let operations = actions.enumerated().map { index, action in
      Operation.govern(first + UInt64(index), action)
    }
    return network.transaction(
      operations, signers: signers, reference: "changes-\(first)-\(time.milliseconds)",
      validUntil: time.advanced(byMilliseconds: Timestamp.hour), signing: signing, keys: keys)
  }

  /// The next block is a second later.
  func moveOn() { time = time.advanced(byMilliseconds: Timestamp.second) }

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
