import Consensus
import Cryptography
import Ledger
import SimulatedMachine

/// What travels between simulated nodes.
package enum SimulatedPayload: Sendable {
  case message(ConsensusMessage)
  case status(Status)
  case certificatesRequested(CertificateRequest)
  case blockRequested(BlockHash)
  case block(SimulatedBlock)
  case transactions([UInt64])
}

/// How a network is made.
package struct SimulationPlan: Sendable {
  package var seed: UInt64
  /// Members; the first `validatorCount` validate at first.
  package var memberCount: Int
  package var validatorCount: Int
  package var misbehaviours: [Int: Misbehaviour] = [:]
  package var validators = ValidatorPlan([])
  package var timing: ConsensusTiming
  /// Microseconds.
  package var delay: UInt64 = 2_000
  package var jitter: UInt64 = 3_000
  package var lossPercent = 0
  package var duplicatePercent = 0

  package init(seed: UInt64, validatorCount: Int) {
    self.seed = seed
    memberCount = validatorCount
    self.validatorCount = validatorCount
    timing = .local(validatorCount: validatorCount)
  }
}

/// A whole network in one value of time: everything that happens follows from the seed.
package final class SimulatedNetwork {
  private enum Event {
    case deliver(SimulatedPayload, from: Int, to: Int)
    case wake(Int, incarnation: Int)
    /// A turn's sync has returned.
    case synced(Int, incarnation: Int, through: Int)
    case release(Int, incarnation: Int, Turn, SyncOutcome)
    case build(Int, incarnation: Int, ProposalRequest)
    case status(Int)
  }

  package let plan: SimulationPlan
  package private(set) var random: SimulatedRandom
  /// Microseconds since the start.
  package private(set) var now: UInt64 = 0
  package private(set) var checker = ConsensusChecker()
  package private(set) var hosts: [SimulatedHost]
  package var isCut: (Int, Int) -> Bool = { _, _ in false }
  package var lossPercent: Int
  package var duplicatePercent: Int
  /// Messages of the protocol that honest nodes sent; statuses do not count.
  package private(set) var messageCount = 0
  /// A running hash of all commits and when they happened.
  package private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325

  private var liars: [Int: ByzantineHost]
  private var queue = EventQueue<Event>()
  private var wakes: [UInt64?]

  package init(_ plan: SimulationPlan) {
    self.plan = plan
    random = SimulatedRandom(seed: plan.seed)
    lossPercent = plan.lossPercent
    duplicatePercent = plan.duplicatePercent
    let validators = ConsensusFixture.validators(
      Array(0..<plan.validatorCount), epoch: Epoch.genesis.next)
    let start = SimulatedNetwork.moment(0)
    hosts = (0..<plan.memberCount).map {
      SimulatedHost(
        index: $0, role: plan.misbehaviours[$0] == nil ? .member : .follower,
        validators: validators, plan: plan.validators, timing: plan.timing, at: start)
    }
    liars = plan.misbehaviours.mapValues { ByzantineHost($0, peerCount: plan.memberCount) }
    wakes = Array(repeating: nil, count: plan.memberCount)
    for index in hosts.indices {
      take([.tick], at: index)
      queue.push(.status(index), at: UInt64(random.below(250_000)))
    }
  }

  private static func moment(_ time: UInt64) -> Moment {
    let wallClock = ConsensusFixture.genesisMilliseconds + 60_000 + time / 1_000
    return Moment(
      instant: Instant(microseconds: time), wallClock: ConsensusFixture.timestamp(wallClock))
  }

  private var moment: Moment { SimulatedNetwork.moment(now) }

  // MARK: What tests do

  package var honest: [SimulatedHost] {
    hosts.filter { plan.misbehaviours[$0.index] == nil }
  }

  package func submit(_ transaction: UInt64, to index: Int) {
    receive(.transactions([transaction]), from: nil, at: index)
  }

  package func requestEmptyBlock() {
    for host in hosts where host.isUp { take([.emptyBlockRequested], at: host.index) }
  }

  package func crash(_ index: Int) {
    hosts[index].crash(survivors: random.below(hosts[index].unsyncedCount + 1))
    wakes[index] = nil
  }

  package func restart(_ index: Int, _ fate: SimulatedHost.JournalFate = .intact) {
    hosts[index].restart(fate, at: moment)
    take([.tick], at: index)
  }

  /// Lets `duration` microseconds pass, or less if something went wrong.
  package func run(for duration: UInt64) {
    let end = now + duration
    while checker.violation == nil, let (time, event) = queue.pop(through: end) {
      now = time
      handle(event)
    }
    now = end
  }

  /// Gives a message to a node as if a peer had sent it.
  package func inject(_ payload: SimulatedPayload, from sender: Int, to recipient: Int) {
    queue.push(.deliver(payload, from: sender, to: recipient), at: now)
  }

  // MARK: Events

  private func handle(_ event: Event) {
    switch event {
    case .deliver(let payload, let sender, let recipient):
      receive(payload, from: sender, at: recipient)
    case .wake(let index, let incarnation):
      guard isCurrent(index, incarnation), wakes[index] == now else { return }
      wakes[index] = nil
      take([.tick], at: index)
    case .synced(let index, let incarnation, let position):
      if isCurrent(index, incarnation) { hosts[index].sync(through: position) }
    case .release(let index, let incarnation, let turn, let outcome):
      guard isCurrent(index, incarnation) else { return }
      for release in turn.releases(after: outcome) { carryOut(release, at: index) }
    case .build(let index, let incarnation, let request):
      guard isCurrent(index, incarnation) else { return }
      take([hosts[index].build(request, at: moment)], at: index)
    case .status(let index): sendStatus(index)
    }
  }

  private func isCurrent(_ index: Int, _ incarnation: Int) -> Bool {
    hosts[index].isUp && hosts[index].incarnation == incarnation
  }

  private func receive(_ payload: SimulatedPayload, from sender: Int?, at index: Int) {
    let host = hosts[index]
    guard host.isUp else { return }
    let link = sender.map { Link(UInt64($0)) }
    switch payload {
    case .message(let message):
      take([SimulatedNetwork.input(message, from: link)], at: index)
      lie(about: message, at: index)
    case .status(let status):
      if let link { take([.status(status, from: link)], at: index) }
    case .certificatesRequested(let request):
      if let link { take([.certificatesRequested(request, from: link)], at: index) }
    case .blockRequested(let hash):
      if let sender, let block = host.block(hash) { send(.block(block), from: index, to: sender) }
    case .block(let block):
      host.store(block)
      take([.blockStored(block.header)], at: index)
    case .transactions(let numbers): admit(numbers, from: sender, at: index)
    }
  }

  private static func input(_ message: ConsensusMessage, from link: Link?) -> ConsensusInput {
    switch message {
    case .proposal(let proposal): .proposal(Verified(byVerifier: proposal), from: link)
    case .vote(let vote): .vote(Verified(byVerifier: vote), from: link)
    case .certificate(let certificate): .certificate(Verified(byVerifier: certificate), from: link)
    }
  }

  private func admit(_ numbers: [UInt64], from sender: Int?, at index: Int) {
    let fresh = numbers.filter { hosts[index].admit($0) }
    guard !fresh.isEmpty else { return }
    for peer in hosts.indices where peer != index && peer != sender {
      send(.transactions(fresh), from: index, to: peer)
    }
    take([.work(hosts[index].workLevel)], at: index)
  }

  private func sendStatus(_ index: Int) {
    queue.push(.status(index), at: now + 225_000 + UInt64(random.below(50_000)))
    guard hosts[index].isUp else { return }
    for peer in hosts.indices where peer != index {
      send(.status(hosts[index].machine.status), from: index, to: peer)
      let numbers = hosts[index].mempool
      if !numbers.isEmpty { send(.transactions(numbers), from: index, to: peer) }
    }
  }

  // MARK: Turns

  private func take(_ inputs: [ConsensusInput], at index: Int) {
    let host = hosts[index]
    let turn = host.turn(inputs, at: moment)
    host.machine.checkInvariants()
    for relay in turn.relays { transmit(relay, from: index) }
    for request in turn.requests { begin(request, at: index) }
    setWake(turn.wake, at: index)
    release(turn, of: host)
    if var liar = liars[index] {
      let lies = liar.lead(host: host, random: &random, at: moment.wallClock)
      liars[index] = liar
      for lie in lies { send(lie.payload, from: index, to: lie.recipient) }
    }
  }

  /// A sync takes 200 microseconds; turns release in order.
  private func release(_ turn: Turn, of host: SimulatedHost) {
    let (time, incarnation) = (now + 200, host.incarnation)
    let outcome: SyncOutcome = turn.sync == .beforeRelease ? .synced : .skipped
    if outcome == .synced {
      let position = host.appendedCount
      queue.push(.synced(host.index, incarnation: incarnation, through: position), at: time)
    }
    guard !turn.releases(after: outcome).isEmpty else { return }
    queue.push(.release(host.index, incarnation: incarnation, turn, outcome), at: time)
  }

  private func setWake(_ wake: Instant?, at index: Int) {
    guard let wake else {
      wakes[index] = nil
      return
    }
    let time = max(wake.microseconds, now)
    guard wakes[index] != time else { return }
    wakes[index] = time
    queue.push(.wake(index, incarnation: hosts[index].incarnation), at: time)
  }

  private func begin(_ request: Request, at index: Int) {
    let incarnation = hosts[index].incarnation
    switch request {
    case .propose(let request):
      queue.push(
        .build(index, incarnation: incarnation, request), at: now + UInt64(random.below(500)))
    case .fetchBlock(let hash, _):
      if let block = hosts[index].block(hash) {
        return queue.push(.deliver(.block(block), from: index, to: index), at: now)
      }
      for peer in hosts.indices where peer != index {
        send(.blockRequested(hash), from: index, to: peer)
      }
    case .fetchCertificates(let request):
      for peer in hosts.indices where peer != index {
        send(.certificatesRequested(request), from: index, to: peer)
      }
    case .synchronise: break
    case .showEnd(let epoch, let link):
      guard let certificate = hosts[index].closing(of: epoch) else { return }
      send(.message(.certificate(certificate)), from: index, to: Int(link.rawValue))
    }
  }

  private func carryOut(_ release: Release, at index: Int) {
    switch release {
    case .send(let outbound): transmit(outbound, from: index)
    case .commit(let commit): self.commit(commit, at: index)
    case .evidence(let evidence): accuse(evidence, by: index)
    case .votingRight: break
    case .halt(let reason): checker.halted(reason)
    }
  }

  private func commit(_ commit: Commit, at index: Int) {
    let host = hosts[index]
    checker.saw(commit.finalization)
    let (blocks, inputs) = host.apply(commit)
    for block in blocks {
      let hash = block.header.hash
      if plan.misbehaviours[index] == nil { checker.committed(block, hash: hash) }
      record(hash.digest.words.0 ^ now ^ UInt64(index))
    }
    if random.chance(percent: 50) { host.makeChainDurable() }
    take(inputs, at: index)
  }

  private func record(_ word: UInt64) { trace = (trace ^ word) &* 0x0000_0100_0000_01B3 }

  private func accuse(_ evidence: Evidence, by index: Int) {
    let validators = hosts[index].machine.validators
    guard validators.epoch == evidence.first.ballot.epoch else { return }
    let member = validators[evidence.first.signer].member
    let liar = plan.misbehaviours.keys.contains { ConsensusFixture.member($0) == member }
    checker.accused(isHonest: !liar)
  }

  private func lie(about message: ConsensusMessage, at index: Int) {
    guard var liar = liars[index] else { return }
    let lies = liar.react(to: message, host: hosts[index], random: &random)
    liars[index] = liar
    for lie in lies { send(lie.payload, from: index, to: lie.recipient) }
  }

  // MARK: The wire

  private func transmit(_ outbound: Outbound, from index: Int) {
    observe(outbound.message, from: index)
    for peer in hosts.indices where peer != index {
      switch outbound.recipients {
      case .everyone: break
      case .everyoneExcept(let link): if link.rawValue == UInt64(peer) { continue }
      case .only(let link): if link.rawValue != UInt64(peer) { continue }
      }
      send(.message(outbound.message), from: index, to: peer)
    }
  }

  private func observe(_ message: ConsensusMessage, from index: Int) {
    switch message {
    case .certificate(let certificate): checker.saw(certificate)
    case .vote(let vote): observe(vote, from: index)
    case .proposal(let proposal): observe(proposal.leaderVote, from: index)
    }
  }

  private func observe(_ vote: Vote, from index: Int) {
    guard vote.signer == hosts[index].machine.ownIndex,
      vote.ballot.epoch == hosts[index].machine.epoch
    else { return }
    checker.honestlySent(vote)
  }

  private func send(_ payload: SimulatedPayload, from sender: Int, to recipient: Int) {
    switch payload {
    case .status: break
    case .message, .certificatesRequested, .blockRequested, .block, .transactions:
      if plan.misbehaviours[sender] == nil { messageCount += 1 }
    }
    guard !isCut(sender, recipient), !random.chance(percent: lossPercent) else { return }
    let copies = random.chance(percent: duplicatePercent) ? 2 : 1
    for _ in 0..<copies {
      let delay = plan.delay + UInt64(random.below(Int(plan.jitter) + 1))
      queue.push(.deliver(payload, from: sender, to: recipient), at: now + delay)
    }
  }
}
