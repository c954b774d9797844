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
    guard !assemblies.contains(where: { $0.hash == hash }), isWithinReach(header) else { return }
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
        compact, hash: hash, from: link, patience: patience(with: link), at: now.instant)
    else { return cut(link, .malformed("a proposal whose leaves are not its header's")) }
    for leaf in assembly.missing {
      if let transaction = mempool.transaction(leaf: leaf) { assembly.take(transaction) }
    }
    // A leader that proposes too large a block gets no support for it; its view is over in time.
    guard !assembly.isTooLarge else { return }
    if assembly.isComplete { return finish(assembly) }
    send(.bodyWanted(hash, assembly.missing), to: [link])
    assemblies.append(assembly)
  }

  private func finish(_ assembly: ProposalAssembly) {
    guard let block = assembly.block() else {
      // The leaves were right, so the outcomes or counts are not the header's. Nobody signed them: the
      // leader may have lied, or anybody on the way, and who passed them on could not tell.
      fetch(assembly.hash, above: head)
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
    assemblies.removeAll(where: \.isTooLarge)
    let complete = assemblies.filter(\.isComplete)
    assemblies.removeAll(where: \.isComplete)
    for assembly in complete { finish(assembly) }
    return true
  }

  /// Asks others for what the last one that was asked did not give, and forgets what is over.
  func tendAssemblies() {
    assemblies.removeAll { isOver($0) || chain.holds($0.hash) }
    for index in assemblies.indices where assemblies[index].askAgainAt <= now.instant {
      askAgain(&assemblies[index])
    }
  }

  /// A block whose view is over is still put together if it was notarized: its children need it.
  private func isOver(_ assembly: ProposalAssembly) -> Bool {
    assembly.view < machine.view && !machine.isLive(assembly.hash)
  }

  /// Asks two others: who passed a proposal on may lack what it names as well.
  private func askAgain(_ assembly: inout ProposalAssembly) {
    assembly.wait(from: now.instant)
    for _ in 0..<min(PeerLimits.bodyAskedCount, peers.count) {
      assembly.asked = peers.next(after: assembly.asked)
      guard let link = assembly.asked else { return }
      send(.bodyWanted(assembly.hash, assembly.missing), to: [link])
    }
  }

  /// How long a peer has to give what a proposal lacks, at first.
  private func patience(with link: Link) -> UInt64 {
    let roundTrip = peers[link]?.roundTripMicroseconds ?? GossipLimits.assumedRoundTrip
    return min(max(2 * roundTrip, PeerLimits.shortestBodyPatience), PeerLimits.longestBodyPatience)
  }

  /// Gives the transactions whose signatures are known to be right, as many as a body may have.
  func answerBodyWanted(_ hash: BlockHash, _ leaves: [Digest], to link: Link) {
    var wanted = Set(leaves)
    var found: [[UInt8]] = []
    var byteCount = 0
    func give(_ transaction: Transaction) {
      guard wanted.remove(transaction.leaf) != nil,
        byteCount + transaction.bytes.count <= Block.bodyByteLimit
      else { return }
      byteCount += transaction.bytes.count
      found.append(transaction.bytes)
    }
    for transaction in chain.validBlock(hash)?.transactions ?? [] { give(transaction) }
    for leaf in leaves where wanted.contains(leaf) {
      guard let id = mempool.leaves[leaf], let entry = mempool.entries[id],
        entry.stage != .verifying
      else { continue }
      give(entry.transaction)
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

  /// Whether a block is one that the machine follows to: what is further ahead comes in ranges.
  private func isWithinReach(_ header: BlockHeader) -> Bool {
    header.height.rawValue <= head.rawValue + UInt64(ConsensusLimits.pursuitDepth)
  }

  /// A block that a peer sends is kept if it was asked for, or is the parent of one that waits, as
  /// long as those that nobody asked for are not too many.
  func take(block bytes: [UInt8], from link: Link) throws(ReplicaFault) {
    guard isFollowing else { return }
    let block: Block
    do throws(LedgerError) {
      block = try Block(bytes)
    } catch {
      cut(link, .malformed("\(error)"))
      return
    }
    let hash = block.header.hash
    guard isWithinReach(block.header),
      wantedBlocks.contains(hash)
        || (chain.isParentOfWaiting(block.header)
          && chain.waitingByteCount < NodeLimits.waitingBlockByteLimit)
    else { return }
    wantedBlocks.removeAll { $0 == hash }
    chain.store(block, encoded: bytes)
    machineInputs.append(.blockStored(block.header))
  }
}
