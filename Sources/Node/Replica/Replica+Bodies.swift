import Consensus
import Cryptography
import Ledger

// Bodies of blocks: put together from the mempool, asked for, and given to those who ask.

extension Replica {
  // MARK: Proposed blocks

  /// Puts a proposed block together, asking the sender for what is missing.
  func beginAssembly(_ compact: CompactProposal, from link: Link) throws(ReplicaFault) {
    let header = compact.proposal.header
    let hash = header.hash
    guard !assemblies.contains(where: { $0.hash == hash }) else { return }
    if chain.holds(hash) {
      machineInputs.append(.blockStored(header))
      return
    }
    // The first of a leader and view is kept; a second one is evidence.
    let view = compact.proposal.leaderVote.ballot.view
    guard !assemblies.contains(where: { $0.view == view }),
      assemblies.count < NodeLimits.assemblyLimit
    else { return }
    guard
      var assembly = ProposalAssembly(
        compact, hash: hash, from: link, askAgainAt: now.instant.advanced(byMicroseconds: 50_000))
    else { return cut(link, .malformed("a proposal whose leaves are not its header's")) }
    for leaf in assembly.missing {
      if let transaction = mempool.transaction(leaf: leaf) { assembly.take(transaction) }
    }
    if assembly.isComplete { return finish(assembly, from: link) }
    send(.bodyWanted(hash, assembly.missing), to: [link])
    assemblies.append(assembly)
  }

  private func finish(_ assembly: ProposalAssembly, from link: Link?) {
    guard let block = assembly.block() else {
      // The leaves were right, so the outcomes or counts are not the header's: the block can never
      // be supported, and the view is given up when its time is over.
      if let link { cut(link, .malformed("a proposal whose outcomes are not its header's")) }
      return
    }
    chain.store(block, encoded: block.encoded)
    machineInputs.append(.blockStored(block.header))
  }

  /// Gives a transaction that came to the blocks that wait for it; whether one does.
  func assemble(with transaction: Transaction) -> Bool {
    var isWanted = false
    for index in assemblies.indices where assemblies[index].take(transaction) { isWanted = true }
    guard isWanted else { return false }
    for assembly in assemblies where assembly.isComplete { finish(assembly, from: nil) }
    assemblies.removeAll(where: \.isComplete)
    return true
  }

  /// Asks others for what the last one that was asked did not give, and forgets what is over.
  func tendAssemblies() {
    assemblies.removeAll { $0.view < machine.view || chain.holds($0.hash) }
    for index in assemblies.indices where assemblies[index].askAgainAt <= now.instant {
      askAgain(&assemblies[index])
    }
  }

  private func askAgain(_ assembly: inout ProposalAssembly) {
    assembly.askAgainAt = now.instant.advanced(byMicroseconds: 100_000)
    assembly.asked = peers.next(after: assembly.asked)
    guard let link = assembly.asked else { return }
    send(.bodyWanted(assembly.hash, assembly.missing), to: [link])
  }

  func answerBodyWanted(_ hash: BlockHash, _ leaves: [Digest], to link: Link) {
    var wanted = Set(leaves)
    var found: [[UInt8]] = []
    for transaction in chain.block(hash)?.transactions ?? []
    where wanted.remove(transaction.leaf) != nil {
      found.append(transaction.bytes)
    }
    for leaf in leaves where wanted.contains(leaf) {
      if let transaction = mempool.transaction(leaf: leaf) { found.append(transaction.bytes) }
    }
    if !found.isEmpty { send(.transactions(found), to: [link]) }
  }

  // MARK: Blocks by hash

  /// The machine lacks a block: it is here after all, or is being put together, or a peer is asked.
  func fetch(_ hash: BlockHash, above height: Height) {
    if let block = chain.block(hash) {
      machineInputs.append(.blockStored(block.header))
      return
    }
    if let index = assemblies.firstIndex(where: { $0.hash == hash }) {
      if assemblies[index].askAgainAt <= now.instant { askAgain(&assemblies[index]) }
      return
    }
    guard let link = peers.next(after: lastAsked) else { return }
    lastAsked = link
    if !wantedBlocks.contains(hash) { wantedBlocks.append(hash) }
    if wantedBlocks.count > NodeLimits.wantedBlockLimit { wantedBlocks.removeFirst() }
    send(.blockWanted(hash, above: height), to: [link])
  }

  func fetch(_ request: CertificateRequest) {
    guard let link = peers.next(after: lastAsked) else { return }
    lastAsked = link
    send(.certificatesWanted(request), to: [link])
  }

  /// A block that a peer sends is kept if it was asked for, or is the parent of one that waits.
  func take(block bytes: [UInt8], from link: Link) throws(ReplicaFault) {
    let block: Block
    do throws(LedgerError) {
      block = try Block(bytes)
    } catch {
      cut(link, .malformed("\(error)"))
      return
    }
    let hash = block.header.hash
    guard wantedBlocks.contains(hash) || chain.isParentOfWaiting(hash) else { return }
    wantedBlocks.removeAll { $0 == hash }
    chain.store(block, encoded: bytes)
    machineInputs.append(.blockStored(block.header))
  }
}
