import Consensus
import Cryptography
import Ledger

/// A node's host without threads and disks: it keeps blocks, a mempool, a journal that may lose
/// what was not synced, and obeys the contract of `Turn` to the letter.
package final class SimulatedHost {
  package let index: Int
  package let member: MemberID
  package private(set) var machine: ConsensusMachine
  package private(set) var isUp = true
  /// Counts the starts: what an earlier one had under way is void.
  package private(set) var incarnation = 0

  private let plan: ValidatorPlan
  private let configuration: ConsensusConfiguration
  /// Blocks by hash, in memory.
  private var blocks: [BlockHash: SimulatedBlock] = [:]
  /// The finalized chain, genesis first, with the finalizations that are known.
  package private(set) var chain: [SimulatedBlock]
  private var hashes: [BlockHash]
  private var finalizations: [Int: Certificate] = [:]
  private var contexts: [EpochContext]
  private var committed: Set<UInt64> = []
  package private(set) var mempool: [UInt64] = []

  // What survives a crash.
  private var journal: [JournalRecord] = []
  private var journaledBodies: [BlockHash: SimulatedBlock] = [:]
  private var unsynced: [JournalRecord] = []
  package private(set) var appendedCount = 0
  private var durableCount = 1

  package init(
    index: Int, role: Role, validators: ValidatorSet, plan: ValidatorPlan,
    timing: ConsensusTiming, at now: Moment
  ) {
    self.index = index
    self.plan = plan
    member = ConsensusFixture.member(index)
    configuration = ConsensusConfiguration(
      network: ConsensusFixture.network, member: role == .member ? member : nil, timing: timing,
      joining: .atOnce)
    let genesis = ConsensusFixture.genesis(validators)
    chain = [SimulatedBlock(header: genesis, transactions: [])]
    hashes = [genesis.hash]
    let context = ConsensusFixture.context(validators)
    contexts = [context]
    machine = ConsensusMachine(
      recovering: .intact([]), tip: FinalizedTip(header: genesis, finalization: nil),
      context: context, configuration: configuration, at: now)
  }

  package enum Role: Sendable {
    case member
    /// Follows and never votes.
    case follower
  }

  // MARK: Turns

  package func turn(_ inputs: [ConsensusInput], at now: Moment) -> Turn {
    let turn = machine.turn(inputs, at: now) { self.answer($0) }
    for case .block(let header) in turn.appends {
      let hash = header.hash
      journaledBodies[hash] = blocks[hash]
    }
    unsynced += turn.appends
    appendedCount += turn.appends.count
    return turn
  }

  private func answer(_ question: Question) -> ConsensusInput? {
    switch question {
    case .sign(let ballot, let signer):
      return .signed(ConsensusFixture.vote(ballot, signer: signer))
    case .validate(let header):
      return .validated(header.hash, isValid(header) ? .valid : .invalid)
    }
  }

  /// The first `position` records ever appended are on the disk.
  package func sync(through position: Int) {
    let count = max(0, position - (appendedCount - unsynced.count))
    journal += unsynced.prefix(count)
    unsynced.removeFirst(count)
  }

  package var unsyncedCount: Int { unsynced.count }

  // MARK: Execution

  private func isValid(_ header: BlockHeader) -> Bool {
    guard let block = blocks[header.hash], let earlier = pending(through: header.parent) else {
      return false
    }
    let numbers = block.transactions
    let isFresh = numbers.allSatisfy { !committed.contains($0) && !earlier.contains($0) }
    return isFresh && Set(numbers).count == numbers.count
      && header.nextValidators == nextValidators(numbers, epoch: header.epoch)
  }

  /// The transactions between the finalized tip and a block.
  private func pending(through hash: BlockHash) -> Set<UInt64>? {
    var hash = hash
    var numbers: Set<UInt64> = []
    while hash != hashes[hashes.count - 1] {
      guard let block = blocks[hash],
        block.header.height.rawValue >= chain.count
      else { return nil }
      numbers.formUnion(block.transactions)
      hash = block.header.parent
    }
    return numbers
  }

  private func nextValidators(_ numbers: [UInt64], epoch: Epoch) -> Digest? {
    SimulatedBlock.governanceTransaction(in: numbers).map {
      plan.validators(after: $0, epoch: epoch.next).hash
    }
  }

  /// Builds a block, or says that there is nothing to build of.
  package func build(_ request: ProposalRequest, at now: Moment) -> ConsensusInput {
    let numbers = candidates(on: request.parent)
    if numbers.isEmpty, request.kind == .transactions { return .nothingToPropose(request) }
    let block = block(
      for: request, transactions: numbers, proposer: member, salt: 0, at: now.wallClock)
    blocks[block.header.hash] = block
    return .built(block.header, for: request)
  }

  /// The mempool without what the chain of `parent` has.
  package func candidates(on parent: BlockHash) -> [UInt64] {
    let earlier = pending(through: parent) ?? []
    let numbers = mempool.filter { !earlier.contains($0) }
    // A block holds one change of validators at most, as its last transaction.
    let change = numbers.first { $0 >= SimulatedBlock.governance }
    return numbers.filter { $0 < SimulatedBlock.governance } + (change.map { [$0] } ?? [])
  }

  package func block(
    for request: ProposalRequest, transactions: [UInt64], proposer: MemberID, salt: UInt64,
    at wallClock: Timestamp
  ) -> SimulatedBlock {
    let header = ConsensusFixture.header(
      epoch: request.epoch, view: request.view, parentView: request.parentView,
      height: request.height, time: max(wallClock, request.minimumTime), proposer: proposer,
      parent: request.parent, content: SimulatedBlock.content(transactions, salt: salt),
      nextValidators: nextValidators(transactions, epoch: request.epoch))
    return SimulatedBlock(header: header, transactions: transactions)
  }

  // MARK: Blocks, transactions, finality

  package func block(_ hash: BlockHash) -> SimulatedBlock? {
    blocks[hash] ?? hashes.lastIndex(of: hash).map { chain[$0] }
  }

  package func store(_ block: SimulatedBlock) { blocks[block.header.hash] = block }

  package func admit(_ transaction: UInt64) -> Bool {
    guard !committed.contains(transaction), !mempool.contains(transaction) else { return false }
    mempool.append(transaction)
    mempool.sort()
    return true
  }

  package var workLevel: Work { mempool.isEmpty ? .none : .few }

  /// Applies a commit.
  ///
  /// - Returns: what the machine is to be told.
  package func apply(_ commit: Commit) -> (blocks: [SimulatedBlock], inputs: [ConsensusInput]) {
    var applied: [SimulatedBlock] = []
    for header in commit.blocks {
      guard let block = blocks[header.hash] else {
        preconditionFailure("a committed block is stored")
      }
      precondition(isValid(header), "a committed block is valid")
      append(block)
      applied.append(block)
    }
    finalizations[chain.count - 1] = commit.finalization
    var inputs: [ConsensusInput] = [.work(workLevel)]
    if commit.closesEpoch { inputs.insert(openEpoch(), at: 0) }
    return (applied, inputs)
  }

  private func openEpoch() -> ConsensusInput {
    let tip = chain[chain.count - 1]
    guard let change = SimulatedBlock.governanceTransaction(in: tip.transactions) else {
      preconditionFailure("a closing block has its change")
    }
    let set = plan.validators(after: change, epoch: tip.header.epoch.next)
    contexts.append(
      EpochContext(
        validators: set, genesis: tip.header.hash, genesisTime: tip.header.time))
    return .epochOpened(set)
  }

  /// The finalization of the block that closed `epoch`.
  package func closing(of epoch: Epoch) -> Certificate? {
    let index = chain.firstIndex { $0.header.isClosing && $0.header.epoch == epoch }
    return index.flatMap { finalizations[$0] }
  }

  private func append(_ block: SimulatedBlock) {
    chain.append(block)
    hashes.append(block.header.hash)
    committed.formUnion(block.transactions)
    mempool.removeAll { committed.contains($0) }
  }

  /// The block log catches up with the chain, and the journal sheds what it no longer needs.
  package func makeChainDurable() {
    guard finalizations[chain.count - 1] != nil || chain.count == 1 else { return }
    durableCount = chain.count
    let tip = tip(count: durableCount)
    journal.removeAll { !$0.isNeeded(above: tip) }
  }

  private func tip(count: Int) -> FinalizedTip {
    FinalizedTip(header: chain[count - 1].header, finalization: finalizations[count - 1])
  }

  // MARK: Crash and restart

  /// Loses memory, and what was not synced but for `survivors` records, the oldest.
  package func crash(survivors: Int) {
    isUp = false
    incarnation += 1
    journal += unsynced.prefix(survivors)
    appendedCount -= unsynced.count - min(survivors, unsynced.count)
    unsynced = []
  }

  package enum JournalFate: Sendable {
    case intact
    case missing
    /// Missing, and the host says that it is a new node: the rule that journals are for, removed.
    case forgotten
  }

  package func restart(_ fate: JournalFate, at now: Moment) {
    isUp = true
    let lost = chain[durableCount...]
    for block in lost { committed.subtract(block.transactions) }
    chain.removeLast(chain.count - durableCount)
    hashes.removeLast(hashes.count - durableCount)
    mempool = []
    finalizations = finalizations.filter { $0.key < durableCount }
    let tip = tip(count: durableCount)
    contexts.removeAll { $0.validators.epoch > tip.epoch }
    blocks = [:]
    for case .block(let header) in journal { blocks[header.hash] = journaledBodies[header.hash] }
    var recovered = RecoveredJournal.intact(journal)
    if fate != .intact {
      journal = []
      blocks = [:]
      recovered = fate == .missing ? .missing : .intact([])
    }
    machine = ConsensusMachine(
      recovering: recovered, tip: tip, context: contexts[contexts.count - 1],
      configuration: configuration, at: now)
  }
}
