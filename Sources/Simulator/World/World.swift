import Consensus
import Cryptography
import Ledger
import Node
import SimulatedMachine
import Storage
import Transport

/// A whole network in one thread: nodes, links, disks, clocks and clients, driven by one queue of
/// events and one stream of random numbers.
///
/// **Time.** Nothing takes time but what the world says does: links delay, disks take their time,
/// threads that verify signatures answer a moment later. A node's turn is an instant.
///
/// **Order.** Events of one moment happen in the order in which they were made; nothing depends on
/// the order of a set, or on the clock of the machine that simulates.
package final class World {
  enum Event {
    case deliver(Frame)
    case wake(Int, incarnation: Int)
    /// The disk carries out what waits for it.
    case write(Int, incarnation: Int)
    case written(Int, incarnation: Int, [WriteResult])
    case verified(Int, incarnation: Int, [VerificationResult])
    case pace(Int, incarnation: Int, Link, LinkPace)
    case dial(Int, Int)
    /// Nothing has come on a link for too long, if it is still parted.
    case silence(Int, Int, Link)
    case linkEnded(Int, peer: Int, Link)
    case faultBegins(TimedFault)
    case faultEnds(TimedFault)
    case restart(Int, incarnation: Int)
    case work
    case retry(Int)
    case lie(Int)
    case twinsSwap
  }

  struct Frame {
    let from: Int
    let to: Int
    let link: Link
    let channel: Channel
    let body: [UInt8]
  }

  let plan: RunPlan
  let schedule: FaultSchedule
  let membership: SimulatedMembership
  let memo = SignatureMemo()
  var random: SimulatedRandom
  /// Microseconds since the start.
  private(set) var now: UInt64 = 0
  var trace: Trace
  private(set) var nodes: [SimulatedNode] = []
  var network: SimulatedLinks
  var liars: [Int: any Liar] = [:]
  var clients: Clients
  private var checkers: [any Checker]
  /// Who made a fork, where enough lie to make one.
  private(set) var forkEvidence: ForkEvidence?
  /// The first thing that must never be.
  private(set) var violation: Violation?
  /// Consensus messages that honest nodes sent.
  var consensusMessageCount = 0
  private var queue = EventQueue<Event>()

  /// The monotonic clock at the start, and the wall clock.
  private static let startInstant: UInt64 = 1_000_000_000
  static let segmentByteCount: UInt64 = 64 * 1024

  package init(_ plan: RunPlan, trace sink: Trace.Sink? = nil) {
    self.plan = plan
    schedule = FaultSchedule(plan)
    membership = SimulatedMembership(plan)
    random = SimulatedRandom(seed: plan.seed)
    trace = Trace(sink)
    network = SimulatedLinks(plan, twins: schedule.twins)
    clients = Clients(membership, seed: plan.seed)
    checkers = Checkers.all(membership, schedule)
    forkEvidence = schedule.isBeyondLimit ? ForkEvidence(membership) : nil
    for index in 0..<plan.nodeCount {
      addNode(member: membership.nodes[index], original: index)
    }
    for original in schedule.twins {
      addNode(member: membership.nodes[original], original: original)
    }
    for (index, kind) in schedule.liars.sorted(by: { $0.key < $1.key }) {
      note("node \(index) lies: \(kind.rawValue)")
      liars[index] = kind.liar
      push(.lie(index), after: UInt64(random.below(100_000)))
    }
    for fault in schedule.faults {
      queue.push(.faultBegins(fault), at: fault.from)
      queue.push(.faultEnds(fault), at: fault.until)
    }
    for node in nodes { open(node) }
    if !schedule.twins.isEmpty { push(.twinsSwap, after: 0) }
    push(.work, after: 300_000)
  }

  private func addNode(member: MemberID, original: Int) {
    let disk = SimulatedDisk()
    do throws(StorageError) {
      _ = try DataDirectory.create(on: disk, logConfiguration)
    } catch {
      preconditionFailure("a disk without faults takes a directory: \(error)")
    }
    nodes.append(
      SimulatedNode(index: nodes.count, member: member, original: original, disk: disk))
  }

  private var logConfiguration: BlockLog.Configuration {
    BlockLog.Configuration(
      network: membership.network.digest, segmentByteCount: World.segmentByteCount)
  }

  // MARK: Time

  func push(_ event: Event, after microseconds: UInt64) {
    queue.push(event, at: now + microseconds)
  }

  /// Lets time pass, or less of it if something goes wrong.
  package func run(microseconds: UInt64) {
    let end = now + microseconds
    while violation == nil, let (time, event) = queue.pop(through: end) {
      now = time
      happen(event)
    }
    now = end
  }

  /// A node's clocks.
  func moment(of node: SimulatedNode) -> Moment {
    let milliseconds =
      Int64(SimulatedMembership.genesisTime.milliseconds) + 60_000 + Int64(now / 1_000)
      + node.clockOffset
    return Moment(
      instant: Instant(microseconds: World.startInstant + now),
      wallClock: SimulatedMembership.time(milliseconds: UInt64(milliseconds)))
  }

  // MARK: What is wrong

  func observe(_ observation: Observation) {
    forkEvidence?.see(observation)
    for index in checkers.indices {
      do throws(Violation) {
        try checkers[index].see(observation, in: self)
      } catch {
        fail(error)
      }
    }
  }

  func fail(_ found: Violation) {
    guard violation == nil else { return }
    trace.note(now, "VIOLATION \(found)")
    violation = found
  }

  func note(_ text: @autoclosure () -> String) { trace.note(now, text()) }

  // MARK: Events

  private func happen(_ event: Event) {
    switch event {
    case .deliver(let frame): deliver(frame)
    case .wake(let index, let incarnation):
      whenAwake(index, incarnation, event) { node in
        guard node.wake.map({ $0 <= now }) == true else { return }
        node.wake = nil
        turn(node, [])
      }
    case .write(let index, let incarnation):
      whenAwake(index, incarnation, event) { write($0) }
    case .written(let index, let incarnation, let results):
      whenAwake(index, incarnation, event) { turn($0, results.map(ReplicaInput.written)) }
    case .verified(let index, let incarnation, let results):
      whenAwake(index, incarnation, event) { turn($0, [.verified(results)]) }
    case .pace(let index, let incarnation, let link, let pace):
      whenAwake(index, incarnation, event) { turn($0, [.pace(link, pace)]) }
    case .dial(let first, let second): dial(first, second)
    case .silence(let first, let second, let link): noticeSilence(first, second, link)
    case .linkEnded(let index, let peer, let link):
      let node = nodes[index]
      if node.links[peer] == link { endLink(node, peer, "the peer closed it") }
    case .faultBegins(let fault): begin(fault)
    case .faultEnds(let fault): end(fault)
    case .restart(let index, let incarnation):
      let node = nodes[index]
      if node.incarnation == incarnation, node.life == nil, !node.isGone { open(node) }
    case .work: work()
    case .retry(let request): retry(request)
    case .lie(let index): lie(index)
    case .twinsSwap: swapTwins()
    }
  }

  /// Does something at a node if it is still the same process; later, if it stands still.
  private func whenAwake(
    _ index: Int, _ incarnation: Int, _ event: Event, _ body: (SimulatedNode) -> Void
  ) {
    let node = nodes[index]
    guard node.life != nil, node.incarnation == incarnation else { return }
    guard node.pausedUntil <= now else {
      return push(event, after: node.pausedUntil - now)
    }
    body(node)
  }

  private func deliver(_ frame: Frame) {
    let node = nodes[frame.to]
    guard node.life != nil, node.links[frame.from] == frame.link else { return }
    guard node.pausedUntil <= now else {
      return push(.deliver(frame), after: node.pausedUntil - now)
    }
    node.receivedByteCount += frame.body.count
    trace.mix(now ^ UInt64(frame.from) << 48 ^ UInt64(frame.to) << 32 ^ UInt64(frame.body.count))
    if liars[frame.to] != nil { hear(frame) }
    overhear(frame)
    turn(node, [.frame(frame.link, frame.channel, frame.body)])
  }

  // MARK: Turns

  func turn(_ node: SimulatedNode, _ inputs: [ReplicaInput]) {
    guard let replica = node.replica else { return }
    do throws(ReplicaFault) {
      let output = try replica.turn(inputs, at: moment(of: node))
      carryOut(output, of: node)
    } catch {
      tellLog(of: node)
      died(node, "\(error)")
    }
  }

  func carryOut(_ output: ReplicaOutput, of node: SimulatedNode) {
    tellLog(of: node)
    if let wake = output.wake {
      let time = max(now, wake.microseconds - min(wake.microseconds, World.startInstant))
      node.wake = time
      push(.wake(node.index, incarnation: node.incarnation), after: time - now)
    } else {
      node.wake = nil
    }
    for frame in output.frames {
      if var dying = node.dyingAfterFrames {
        guard dying.count > 0 else { return crash(node, dying.crash, until: dying.until) }
        dying.count -= 1
        node.dyingAfterFrames = dying
      }
      send(frame, from: node)
    }
    if let dying = node.dyingAfterFrames { return crash(node, dying.crash, until: dying.until) }
    if !output.verifications.isEmpty {
      let results = output.verifications.map(VerificationResult.init(of:))
      push(
        .verified(node.index, incarnation: node.incarnation, results),
        after: 50 + UInt64(random.below(400)))
    }
    if !output.writes.isEmpty {
      node.life?.writes += output.writes
      beginWriting(node)
    }
    showBlocks(of: node)
    for answer in output.answers { clientHears(answer, from: node) }
    for cut in output.cuts { close(node, cut) }
    observe(.turned(node))
  }

  func tellLog(of node: SimulatedNode) {
    for event in node.log.take() {
      note("node \(node.index) says \(event.key): \(event.message) \(event.fields.map(\.text))")
      observe(.logged(node, event))
    }
  }

  private func showBlocks(of node: SimulatedNode) {
    guard let replica = node.replica else { return }
    while node.shownHeight < replica.chainHead.height, violation == nil {
      let height = node.shownHeight.next
      do {
        let bytes = try replica.encodedBlock(at: height)
        let block = try Block(bytes)
        let covering = try replica.chain.certificate(covering: height)
        node.shownHeight = height
        trace.mix(block.header.hash.digest.words.0 ^ now)
        note("node \(node.index) has final block \(height.rawValue) \(block.header.hash)")
        guard schedule.liars[node.original] == nil else { continue }
        observe(.final(node, FinalBlock(block: block, bytes: bytes, certificate: covering)))
      } catch {
        // It was lost, and is fetched again.
        return
      }
    }
  }
}

extension LogField {
  fileprivate var text: String {
    switch value {
    case .text(let text): "\(name) \(text.prefix(80))"
    case .number(let number): "\(name) \(number)"
    }
  }
}
