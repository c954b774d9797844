import CollateralContract
import Consensus
import Cryptography
import Ledger
import Merkle
import Node
import Storage
import TestSupport

/// A chain in memory, for tests of the replica: the real contract, no index, and a made-up state root.
final class MemoryChain: ReplicaChain {
  let network: TestNetwork
  let state: MemoryState
  private(set) var head: ChainHead
  private(set) var committed: [Block] = []
  private(set) var logged = 0
  /// What `writeLog` does instead, as long as it is set.
  var logError: StorageError?
  private var pending: [BlockHash: (block: Block, overlay: StateOverlay)] = [:]
  private var receipts: [TransactionID: Receipt] = [:]

  init(_ network: TestNetwork) {
    self.network = network
    state = network.state
    head = MemoryChain.head(network.genesis)
  }

  static func head(_ header: BlockHeader) -> ChainHead {
    ChainHead(
      network: header.network, height: header.height, block: header.hash, time: header.time,
      stateRoot: header.stateRoot)
  }

  func member(_ id: MemberID) throws(ReplicaFault) -> MemberState? { state.member(id) }

  func holder(
    of reference: Identifier, by submitter: MemberID
  ) throws(ReplicaFault) -> TransactionID? {
    guard
      case .reference(let holder)? = state.entries[.reference(submitter: submitter, reference)]
    else { return nil }
    return holder.transaction
  }

  func receipt(_ id: TransactionID) throws(ReplicaFault) -> Receipt? { receipts[id] }

  // MARK: Blocks

  private func parent(_ hash: BlockHash) -> (state: any StateReader, root: Digest) {
    if let block = pending[hash] { return (block.overlay, block.block.header.stateRoot) }
    precondition(hash == head.block, "a parent is known")
    return (state, head.stateRoot)
  }

  private func execute(
    _ transactions: [Transaction], on parent: BlockHash, height: Height, time: Timestamp
  ) throws(StateFault) -> (BlockTransition, [Transaction], [(TransactionID, RefusalCode)], Digest) {
    let (base, root) = self.parent(parent)
    let overlay = StateOverlay(over: base)
    let context = try context(height, time, base)
    var transition = try BlockTransition(context: context, on: overlay)
    var included: [Transaction] = []
    var leftOut: [(TransactionID, RefusalCode)] = []
    for transaction in transactions {
      switch try transition.attempt(transaction) {
      case .included: included.append(transaction)
      case .leftOut(let code): leftOut.append((transaction.id, code))
      }
    }
    var hasher = SHA256()
    hasher.update(root)
    for change in transition.changes { hasher.update(change.key) }
    return (transition, included, leftOut, hasher.finish())
  }

  private func context(
    _ height: Height, _ time: Timestamp, _ base: any StateReader
  ) throws(StateFault) -> BlockContext {
    BlockContext(height: height, time: time, policy: ContractNetwork.policy)
  }

  func build(
    _ request: ProposalRequest, proposer: MemberID, at time: Timestamp,
    _ transactions: [Transaction]
  ) throws(ReplicaFault) -> BuiltBlock {
    let work: (BlockTransition, [Transaction], [(TransactionID, RefusalCode)], Digest)
    do throws(StateFault) {
      work = try execute(transactions, on: request.parent, height: request.height, time: time)
    } catch {
      throw .state(error)
    }
    let (transition, included, leftOut, root) = work
    let header = BlockHeader(
      network: network.id, epoch: request.epoch, view: request.view,
      parentView: request.parentView, height: request.height, time: time, proposer: proposer,
      parent: request.parent, transactionsRoot: Block.transactionsRoot(of: included),
      outcomesRoot: Block.outcomesRoot(of: transition.outcomes, transactions: included),
      transactionCount: UInt64(included.count),
      operationCount: Block.operationCount(of: included), stateRoot: root, historyRoot: .zero,
      nextValidators: nil)
    let block = Block(header: header, transactions: included, outcomes: transition.outcomes)
    pending[header.hash] = (block, transition.overlay)
    return BuiltBlock(
      header: header, included: included.map(\.id),
      leftOut: leftOut.map { (transaction: $0.0, code: $0.1) })
  }

  func store(_ block: Block) throws(ReplicaFault) {
    do throws(StateFault) {
      let header = block.header
      let work = try execute(
        block.transactions, on: header.parent, height: header.height, time: header.time)
      pending[header.hash] = (block, work.0.overlay)
    } catch {
      throw .state(error)
    }
  }

  func validate(_ header: BlockHeader) throws(ReplicaFault) -> Verdict {
    pending[header.hash] == nil ? .invalid : .valid
  }

  func encodedBlock(_ hash: BlockHash) -> [UInt8]? {
    if let block = pending[hash] { return block.block.encoded }
    return committed.first { $0.header.hash == hash }?.encoded
  }

  func commit(_ commit: Commit) throws(ReplicaFault) -> [CommittedBlock] {
    commit.blocks.map { header in
      let (block, overlay) = pending[header.hash]!
      state.apply(overlay.sortedChanges)
      committed.append(block)
      head = MemoryChain.head(header)
      let receipts = zip(block.transactions, block.outcomes).enumerated().map { index, pair in
        Receipt(
          transaction: pair.0.id,
          place: TransactionPlace(height: header.height, transactionIndex: index),
          time: header.time, outcome: pair.1)
      }
      for receipt in receipts { self.receipts[receipt.transaction] = receipt }
      // Overlays over this block read through to the state, which has its changes now.
      pending[header.hash] = nil
      return CommittedBlock(header: header, receipts: receipts)
    }
  }

  func validators() throws(ReplicaFault) -> ValidatorSet { network.validators }

  var unloggedByteCount: UInt64 { UInt64(committed.count - logged) }

  func writeLog() throws(StorageError) {
    if let logError { throw logError }
    logged = committed.count
  }

  func answer(_ request: NodeRequest, running: RunningStatus) -> NodeResponse {
    NodeResponse(head: head, answer: answer(to: request, running))
  }

  private func answer(to request: NodeRequest, _ running: RunningStatus) -> NodeAnswer {
    switch request {
    case .status:
      .status(
        NodeStatus(
          networkName: network.name, running: running, epoch: network.validators.epoch,
          validatorCount: 1, quorum: 1, vehicleCount: 0,
          transactionCount: UInt64(receipts.count), operationCount: 0))
    case .transaction(let id):
      if let receipt = receipts[id] {
        .transaction(
          .final(
            FinalTransaction(
              place: receipt.place, time: receipt.time, block: head.block,
              outcome: receipt.outcome, bytes: [])))
      } else {
        .transaction(.unknown)
      }
    case .entries(let ids, _):
      .entries(ids.map { EntryAnswer(entry: state.entries[$0], proof: nil) })
    case .blocks(let from, _):
      .blocks(
        committed.filter { $0.header.height >= from }.prefix(8).map {
          BlockItem(block: $0.encoded, certificate: [])
        })
    case .networkFile, .history, .search, .pledges, .transactions, .check, .submit:
      .failed(.badRequest("a chain in memory does not answer this"))
    }
  }
}
