import CollateralContract
import Cryptography
import Ledger
import Merkle

/// What a new block must be; the rest of its header is the chain's business.
package struct BlockProposal: Hashable, Sendable {
  package let epoch: Epoch
  package let view: View
  package let parentView: View
  package let parent: BlockHash
  /// Later than the parent's.
  package let time: Timestamp
  package let proposer: MemberID

  package init(
    epoch: Epoch, view: View, parentView: View, parent: BlockHash, time: Timestamp,
    proposer: MemberID
  ) {
    self.epoch = epoch
    self.view = view
    self.parentView = parentView
    self.parent = parent
    self.time = time
    self.proposer = proposer
  }
}

/// A block that was built, executed and is kept by its hash.
package struct AssembledBlock: Sendable {
  package let block: Block
  package let hash: BlockHash
  /// The candidates that are not in it, in order.
  package let leftOut: [LeftOut]

  /// A candidate, by its index, and why it is not in the block.
  package struct LeftOut: Hashable, Sendable {
    package let index: Int
    package let reason: Reason
  }

  package enum Reason: Hashable, Sendable {
    /// It has no place in this block: `transactionExpired`, `referenceReused` and so on.
    case turnedAway(RefusalCode)
    /// The block has no room for it, or closes its epoch.
    case full
  }
}

extension Chain {
  /// Builds a block of as many of `candidates` as have a place in it, in their order.
  ///
  /// - Parameter candidates: well-formed, their signatures verified.
  /// - Precondition: the proposal's epoch, views and time fit its parent.
  package func build(
    _ proposal: BlockProposal, from candidates: [Transaction]
  ) throws(ChainError) -> AssembledBlock {
    try requireRunning()
    return try stoppingAtFaults { () throws(ChainError) in
      try executeWaitingTip(proposal.parent)
      let parent = try parent(proposal.parent)
      var work = try judged { () throws(StateFault) in
        try BlockWork(on: parent, time: proposal.time)
      }
      var content = BlockContent()
      for (index, candidate) in candidates.enumerated() {
        try judged { () throws(StateFault) in
          try content.offer(candidate, at: index, to: &work)
        }
      }
      return try finish(proposal, content, &work)
    }
  }

  private func finish(
    _ proposal: BlockProposal, _ content: BlockContent, _ work: inout BlockWork
  ) throws(ChainError) -> AssembledBlock {
    do { try work.finish() } catch { throw .state(error) }
    let transactions = content.transactions
    let chain = work.parent.chain
    let update = try state.update(work.effects, after: work.parent.unfinal)
    let header = BlockHeader(
      network: network, epoch: proposal.epoch, view: proposal.view,
      parentView: proposal.parentView, height: chain.header.height.next, time: proposal.time,
      proposer: proposal.proposer, parent: proposal.parent,
      transactionsRoot: Block.transactionsRoot(of: transactions),
      outcomesRoot: Block.outcomesRoot(of: work.outcomes, transactions: transactions),
      transactionCount: UInt64(transactions.count),
      operationCount: Block.operationCount(of: transactions),
      stateRoot: update.root,
      historyRoot: chain.history.root, nextValidators: work.nextValidators)
    let validators = try validators(before: work)
    do {
      try chain.check(header, validators: validators)
    } catch {
      preconditionFailure("a proposal fits its parent: \(error)")
    }
    let block = Block(header: header, transactions: transactions, outcomes: work.outcomes)
    let hash = header.hash
    keep(
      ExecutedBlock(
        block, encoded: block.encoded, chain: chain.appending(header, hash: hash),
        parentState: work.parent.state, work: work, update: update))
    return AssembledBlock(block: block, hash: hash, leftOut: content.leftOut)
  }

  private func validators(before work: BlockWork) throws(ChainError) -> ValidatorSet {
    do {
      return try work.parent.validators()
    } catch {
      throw .state(error)
    }
  }

  // MARK: Validation

  /// Judges a stored block by executing it on its parent; `nil` if it is valid. It is kept executed
  /// then, and dropped otherwise.
  package func validate(
    _ hash: BlockHash, signatures: SignatureTrust
  ) throws(ChainError) -> BlockFault? {
    try requireRunning()
    if executed[hash] != nil { return nil }
    guard let block = waiting[hash] else { throw .unknownBlock(hash) }
    return try stoppingAtFaults { () throws(ChainError) in
      var fault = try executeWaitingAncestors(of: block, signatures)
      if fault == nil { fault = try execute(block, hash: hash, signatures: signatures) }
      if fault != nil { drop(hash) }
      return fault
    }
  }

  /// A certificate may make a block final in the machine that nobody has executed here; it is built on
  /// before it is committed.
  private func executeWaitingTip(_ hash: BlockHash) throws(ChainError) {
    guard let tip = waiting[hash] else { return }
    var fault = try executeWaitingAncestors(of: tip, .verified)
    if fault == nil { fault = try execute(tip, hash: hash, signatures: .verified) }
    if let fault { throw .wrongBlock(tip.block.header.height, fault) }
  }

  /// After a restart the machine may know ancestors as final, by the journal, before they are
  /// committed here and so executed.
  private func executeWaitingAncestors(
    of block: WaitingBlock, _ signatures: SignatureTrust
  ) throws(ChainError) -> BlockFault? {
    var path: [(hash: BlockHash, block: WaitingBlock)] = []
    var parent = block.block.header.parent
    while let ancestor = waiting[parent] {
      path.append((parent, ancestor))
      parent = ancestor.block.header.parent
    }
    for (hash, ancestor) in path.reversed() {
      if let fault = try execute(ancestor, hash: hash, signatures: signatures) { return fault }
    }
    return nil
  }

  /// Executes a block and keeps it, unless there is a fault with it.
  func execute(
    _ waiting: WaitingBlock, hash: BlockHash, signatures: SignatureTrust
  ) throws(ChainError) -> BlockFault? {
    let parent = try parent(waiting.block.header.parent)
    let judge = BlockJudge(state: state, network: network)
    switch try judge.execute(
      waiting, hash: hash, on: parent, signatures: signatures, verifiers: &verifiers)
    {
    case .success(let block):
      keep(block)
      return nil
    case .failure(let fault): return fault
    }
  }
}

/// The transactions that a block is being filled with.
private struct BlockContent {
  private(set) var transactions: [Transaction] = []
  private(set) var leftOut: [AssembledBlock.LeftOut] = []
  private var signatureCount = 0
  private var byteCount = 0

  mutating func offer(
    _ candidate: Transaction, at index: Int, to work: inout BlockWork
  ) throws(StateFault) {
    guard hasRoom(for: candidate), !work.isClosing else {
      return leftOut.append(AssembledBlock.LeftOut(index: index, reason: .full))
    }
    if case .failure(let code) = try work.signers(of: candidate) {
      return leftOut.append(AssembledBlock.LeftOut(index: index, reason: .turnedAway(code)))
    }
    switch try work.attempt(candidate) {
    case .included:
      transactions.append(candidate)
      signatureCount += candidate.signatures.count
      byteCount += candidate.bytes.count
    case .leftOut(let code):
      leftOut.append(AssembledBlock.LeftOut(index: index, reason: .turnedAway(code)))
    }
  }

  private func hasRoom(for candidate: Transaction) -> Bool {
    transactions.count < Block.transactionLimit
      && signatureCount + candidate.signatures.count <= Block.signatureLimit
      && byteCount + candidate.bytes.count <= Block.bodyByteLimit
  }
}
