import Consensus
import Cryptography
import Ledger

/// A node's decisions: one value that takes what came in and says what goes out, turn by turn.
///
/// Confined to one thread, and deterministic: it has no clock, no socket, no disk of its own and no
/// randomness. The same chain, key, inputs and times give the same outputs, which is how a simulator
/// runs many of them (a randomised signature scheme, ES256, is the one exception; Ed25519 is none).
///
/// **A turn** is: receive, verify, step, persist, *then* release.
///
/// 1. `inputs` are requests of clients, verdicts on signatures, and finished writes, in order.
/// 2. Submissions that pass the door go out as verification jobs, and come back as inputs of a later
///    turn; right ones wait in the mempool.
/// 3. The consensus machine steps, and its questions are answered: blocks are built and executed on
///    overlays. All of the turn's steps together make one write job.
/// 4. What the steps release (receipts for clients, later messages for peers) is held back until the
///    write's result comes in as an input.
///
/// **Durability.** A client hears "final" only in `release`, which runs for a write whose sync has
/// returned; writes release in the order in which they were made. After the sync the journal has
/// the block and its finalization, so `Chain.commit` need not sync: recovery commits again whatever
/// the journal has above the block log. The journal is emptied only when the block log has, durably,
/// what it held.
///
/// **Batching.** No delay is fixed. While a write is under way, transactions gather; the next block
/// is built when the write is done, or already during it when a worthwhile block has gathered
/// (`mayBuild`), so that execution and sync overlap.
package final class Replica {
  let configuration: ReplicaConfiguration
  package let chain: Chain
  let log: Log
  var machine: ConsensusMachine
  var mempool = Mempool()
  var door: Door
  /// Which final blocks' receipts go to whom, and who waits for blocks.
  var waitingQuestions: [WaitingQuestion] = []
  /// What each unfinal block of this node's mempool holds.
  var proposed: [ProposedBlock] = []
  var writes = WriteQueue()
  var condition = Condition.sound
  var phase = Phase.running
  /// A block that the machine asked for and that is not built yet.
  var wantedBlock: ProposalRequest?
  var machineInputs: [ConsensusInput] = []
  var toldWork = Work.none
  var workChanged = false
  var nextHeartbeat: Instant
  /// Since when nothing was written, for emptying the journal while there is nothing to do.
  var quietSince: Instant?
  /// The end of what is being written into the block log.
  var loggingTip: FinalizedTip?

  var peers = PeerTable()
  var verifier: ConsensusVerifier
  var nextStatus: Instant
  /// Whether the machine was told that it has joined.
  var hasJoined = false
  /// Messages of the next epoch, and the epoch in which they were looked at last.
  var early: [(PeerMessage, Link)] = []
  var earlyEpoch: Epoch
  /// Proposed blocks that are being put together, one a view.
  var assemblies: [ProposalAssembly] = []
  /// Blocks that peers were asked for by hash, and who was asked last.
  var wantedBlocks: [BlockHash] = []
  var lastAsked: Link?
  /// As of when the host knows the registry.
  var toldRegistry: (revision: UInt64, epoch: Epoch)
  /// Peers that cannot be dialled, at most one a member.
  var unreachable: [Unreachable] = []
  /// Since when transactions wait and nothing has become final.
  var waitingSince: Instant?
  /// The finalization that the machine wants the chain to be brought to.
  var synchronisationTarget: Certificate?
  var ranges = RangePlan()
  var rangeVerification = RangeVerification()
  var repair = LogRepair()
  var syncPhase = SyncPhase.following
  /// Since when peers say that they are ahead and the head has not moved.
  var behindSince: (head: Height, instant: Instant)?
  /// Whether clients are sent elsewhere, before the node is stopped.
  var isDraining = false
  /// Receipts of blocks that came in ranges and are not durable in the log yet.
  var synchronisedReceipts: [Receipt] = []
  /// A ballot that this node signed and its journal lacks, until the machine hears of it.
  var foreignVote: Ballot?
  /// Spreads the mempool's transactions.
  var gossip: TransactionGossip
  /// Decides on which links votes, certificates and proposals go on.
  var relay = ConsensusRelay()
  var scores = PeerScore()
  /// What peers did in this turn that counts against them.
  var offences: [PeerReport] = []
  var topology: Topology
  /// How well the validators are connected, and when that is looked at again.
  var connectivity: Topology.Assessment?
  /// How many assessments in a row, the last one included, found the validators weakly connected.
  var weakAssessmentCount = 0
  var nextAssessment: Instant
  /// The keys with which registered nodes sign their reports.
  var transportKeys: [MemberID: [PublicKey]] = [:]

  let startedAt: Instant
  var now: Moment
  var output = ReplicaOutput()

  package enum Condition: Hashable, Sendable {
    case sound
    /// There is no room on the disk: nothing is written until there is.
    case outOfSpace(retryAt: Instant)
    /// The machine has stopped for good; questions are answered.
    case halted(String)
  }

  package enum Phase: Hashable, Sendable {
    case running
    /// Takes nothing in, finishes what is being written.
    case stopping
    case stopped
  }

  /// Goes on from the chain's head and the journal's records.
  ///
  /// - Parameters:
  ///   - journal: what the journal held; `chain` has its blocks (`store`).
  ///   - content: the same as the journal has it.
  ///   - tip: the end of the chain with its certificate.
  ///   - context: that of the tip's epoch.
  /// - Returns: the replica and the first turn's output.
  static func recovering(
    _ configuration: ReplicaConfiguration, chain: Chain, journal: RecoveredJournal,
    content: [JournalEntry],
    tip: FinalizedTip, context: EpochContext, log: Log, at now: Moment
  ) throws(ReplicaFault) -> (Replica, ReplicaOutput) {
    let member = configuration.consensusKey == nil ? nil : configuration.member
    let machine = ConsensusMachine(
      recovering: journal, tip: tip, context: context,
      configuration: ConsensusConfiguration(
        network: configuration.network, member: member,
        consensusKey: configuration.consensusKey?.publicKey,
        timing: configuration.timing(validatorCount: context.validators.count)),
      at: now)
    let replica = Replica(configuration, chain, machine, log, now)
    replica.writes.keepRecovered(content)
    try replica.tellRegistry()
    replica.repair.scrub = (Height.genesis.next, now.instant)
    replica.noteCondition()
    if chain.lagsBehindLog {
      // The journal begins where the log ends: the machine hears nothing until the chain is there.
      replica.syncPhase = .resting
    } else {
      // The first turn carries what recovery led to.
      replica.machineInputs.append(.tick)
      try replica.drive()
    }
    return (replica, replica.finishTurn())
  }

  private init(
    _ configuration: ReplicaConfiguration, _ chain: Chain,
    _ machine: ConsensusMachine, _ log: Log, _ now: Moment
  ) {
    self.configuration = configuration
    self.chain = chain
    self.machine = machine
    self.log = log
    self.now = now
    let memo = configuration.signatureMemo
    door = Door(network: configuration.network, memo: memo)
    verifier = ConsensusVerifier(network: configuration.network, memo: memo)
    gossip = TransactionGossip(
      own: configuration.member, validators: machine.validators,
      seed: SHA256.hash(Array(configuration.member.text.utf8)).words.0, at: now.instant)
    topology = Topology(own: configuration.member, at: now.instant)
    nextAssessment = now.instant.advanced(byMicroseconds: GossipLimits.assessmentInterval)
    nextStatus = now.instant
    earlyEpoch = machine.epoch
    toldRegistry = (chain.nodeRevision, machine.epoch)
    startedAt = now.instant
    nextHeartbeat = now.instant
    scheduleHeartbeat()
  }

  // MARK: The turn

  /// Takes what came in and says what goes out.
  ///
  /// - Throws: a fault, after which the replica must not be used; nothing that was not durable has
  ///   been released.
  package func turn(_ inputs: [ReplicaInput], at now: Moment) throws(ReplicaFault) -> ReplicaOutput
  {
    self.now = now
    for input in inputs { try take(input) }
    try expire()
    tendAssemblies()
    try tendRepair()
    try tendSynchronisation()
    try drive()
    try takeEarlyMessages()
    if !machineInputs.isEmpty { try drive() }
    sendStatuses()
    try tendTopology()
    watchProgress()
    try tellChangedRegistry()
    tidy()
    return finishTurn()
  }

  private func take(_ input: ReplicaInput) throws(ReplicaFault) {
    switch input {
    case .request(let client, let numbered):
      let waiter = Waiter(client: client, number: numbered.number)
      switch numbered.request {
      case .success(let request): try answer(request, to: waiter)
      case .failure(let error): answer(waiter, .failed(.badRequest("\(error)")))
      }
    case .left(let client): forget(client)
    case .verified(let results): for result in results { try take(result) }
    case .prepared(let prepared):
      door.install(prepared)
      verifier.install(prepared)
    case .written(let result): try take(result)
    case .linkUp(let link, let member, let remote): linkUp(link, member, remote: remote)
    case .linkDown(let link, let reason): linkDown(link, reason: reason)
    case .pace(let link, let pace): gossip.setPace(pace, of: link)
    case .unreachable(let member, let address, let reason):
      note(Unreachable(member: member, address: address, reason: reason))
    case .frame(let link, let channel, let body): try take(frame: body, on: channel, from: link)
    }
  }

  private func take(_ result: VerificationResult) throws(ReplicaFault) {
    switch result.subject {
    case .transaction(let id): try settle(id, result.verdict)
    case .range(let number):
      for leaf in rangeVerification.take(result.verdict, ofRange: number) {
        door.remember(verified: leaf)
      }
    }
  }

  func finishTurn() -> ReplicaOutput {
    if let job = writes.seal() { output.writes.append(job) }
    runGossip()
    judgePeers()
    output.tables = door.takeWantedTables() + verifier.takeWantedTables()
    output.wake = nextWake
    let finished = output
    output = ReplicaOutput()
    return finished
  }

  // MARK: Time

  private var nextWake: Instant? {
    if phase == .stopped { return nil }
    var wakes: [Instant] = waitingQuestions.map(\.deadline) + assemblies.map(\.askAgainAt)
    if !peers.isEmpty { wakes += [nextStatus, nextAssessment] }
    if !peers.isEmpty, configuration.transportKey != nil { wakes.append(topology.wake) }
    if let wake = gossip.wake { wakes.append(wake) }
    wakes += [ranges.wake, repair.ranges.wake, repair.restsUntil, scrubWake].compactMap { $0 }
    if isSynchronising, condition == .sound, phase == .running, hasMoreToApply {
      wakes.append(now.instant)
    }
    if let expiry = mempool.nextExpiry {
      wakes.append(instant(of: expiry.advanced(byMilliseconds: 1)))
    }
    switch condition {
    case .sound:
      if !isSynchronising {
        if let wake = machine.wake { wakes.append(wake) }
        if mayPropose { wakes.append(nextHeartbeat) }
      }
      if let quietSince {
        wakes.append(quietSince.advanced(byMicroseconds: ReplicaConfiguration.quiet))
      }
    case .outOfSpace(let retryAt): wakes.append(retryAt)
    case .halted: break
    }
    return wakes.min()
  }

  /// When the wall clock shows `time`, by the monotonic clock, if nobody sets it meanwhile.
  private func instant(of time: Timestamp) -> Instant {
    let wait = time.milliseconds - min(time.milliseconds, now.wallClock.milliseconds)
    return now.instant.advanced(byMicroseconds: wait * 1_000)
  }

  private func expire() throws(ReplicaFault) {
    for entry in mempool.removeExpired(at: now.wallClock) {
      workChanged = true
      gossip.settled(entry.transaction.id)
      answer(entry.waiters, .submitted(.turnedAway(.transactionExpired)))
      try admitParked(behind: entry.transaction.id)
    }
    expireQuestions()
  }

  func scheduleHeartbeat() {
    guard let interval = configuration.heartbeatMilliseconds else {
      nextHeartbeat = Instant(microseconds: .max)
      return
    }
    nextHeartbeat = instant(of: chain.head.header.time.advanced(byMilliseconds: interval))
  }

  /// Whether this node takes part in making blocks.
  var mayPropose: Bool { phase == .running && machine.right == .voting }

  // MARK: Answers

  func answer(_ waiter: Waiter, _ answer: NodeAnswer) {
    output.answers.append(
      ReplicaAnswer(
        client: waiter.client, number: waiter.number,
        response: NodeResponse(head: chain.chainHead, answer: answer)))
  }

  func answer(_ waiters: [Waiter], _ answer: NodeAnswer) {
    for waiter in waiters { self.answer(waiter, answer) }
  }
}

extension Replica {
  /// The newest final block.
  package var chainHead: ChainHead { chain.chainHead }

  /// The bytes of a final block above the genesis block.
  package func encodedBlock(at height: Height) throws(ReplicaFault) -> [UInt8] {
    try faulting { () throws(ChainError) in try chain.encodedBlock(at: height) }
  }

  /// Those of the epoch that this node is in.
  package var validators: ValidatorSet { machine.validators }

  /// Whether this node casts votes, as far as it knows of nothing that speaks against it.
  package var isVoting: Bool { machine.right == .voting }

  /// The view of the last finalization that this node holds, durably or not.
  package var finalizedView: View { machine.status.finalizedView }

  /// The view that this node is in.
  package var view: View { machine.view }

  /// Transactions that are in no final block.
  package var waitingTransactionCount: Int { mempool.count }

  /// Whether the transaction is one of those.
  package func isWaiting(_ id: TransactionID) -> Bool { mempool.contains(id) }

  /// Whether it has stopped for good, since going on could do harm.
  package var isHalted: Bool { if case .halted = condition { true } else { false } }

  /// Bytes of final blocks that the journal has and the block log has not.
  package var unloggedBlockByteCount: Int { chain.unloggedByteCount }

  /// Stops the process if the bookkeeping does not add up.
  package func checkInvariants() {
    mempool.checkInvariants()
    machine.checkInvariants()
    gossip.checkInvariants()
    precondition(
      writes.underWayCount <= NodeLimits.syncsUnderWay + 2, "the writes under way are bounded")
  }
}
