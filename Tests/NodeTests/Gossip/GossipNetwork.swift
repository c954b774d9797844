import Consensus
import Cryptography
import Ledger
import Node
import SimulatedMachine
import TestSupport
import Transport

/// Nodes that gossip over links with delay and loss, from a seed: messages are encoded, verdicts on
/// signatures take a while, statuses go out each second.
///
/// Losing frames is harsher than a real link, which is TCP: it stands for full queues and quotas.
final class GossipNetwork {
  enum Spreading {
    case gossip
    /// The twin to compare with: everything to everybody but the one it came from.
    case flooding
  }

  /// How a node misbehaves.
  enum Behaviour {
    case honest
    /// Announces everything and pushes and delivers nothing.
    case withholding
    /// Pushes each transaction of others with signatures that are wrong, before anybody else does.
    case forging
  }

  struct Conditions {
    var delay: UInt64 = 5_000
    var lossPercent = 0
    /// How long signatures take to verify.
    var verification: UInt64 = 1_000
    var spreading = Spreading.gossip
    var seed: UInt64 = 1
  }

  struct Node {
    let member: MemberID
    var behaviour = Behaviour.honest
    var gossip: TransactionGossip
    /// Ascending.
    var links: [Link] = []
    var mempool: [TransactionID: [UInt8]] = [:]
    var arrivals: [TransactionID: UInt64] = [:]
    var uniqueByteCount = 0
    var receivedByteCount = 0
    /// Bytes of all other gossip.
    var overheadByteCount = 0
    var reports: [PeerReport] = []
    var wake: UInt64?
  }

  private enum Event {
    case frame([UInt8], Channel, on: Link, to: Int)
    case status(on: Link, to: Int, neighbours: [MemberID])
    case verified(TransactionID, [UInt8], isForged: Bool, from: Link?, at: Int)
    case wake(Int)
    case statuses
  }

  /// A transaction as the harness has it: forged copies differ in their first byte, which no id
  /// covers, as signatures are not covered.
  static func id(of bytes: [UInt8]) -> TransactionID {
    TransactionID(SHA256.hash(Array(bytes.dropFirst())))
  }

  let conditions: Conditions
  private(set) var nodes: [Node] = []
  private(set) var now: UInt64 = 1_000_000
  private var ends: [Link: (Int, Int)] = [:]
  private var events: [(time: UInt64, number: UInt64, event: Event)] = []
  private var eventNumber: UInt64 = 0
  private var lastLink: UInt64 = 0
  private var random: SimulatedRandom
  /// Frames of the last turns, for tests that look at them.
  private(set) var frameCount = 0

  init(validators: Int, followers: Int = 0, _ conditions: Conditions = Conditions()) {
    self.conditions = conditions
    random = SimulatedRandom(seed: conditions.seed)
    let set = ConsensusFixture.validators(Array(0..<validators), epoch: Epoch.genesis.next)
    for index in 0..<validators + followers {
      let member = ConsensusFixture.member(index)
      nodes.append(
        Node(
          member: member,
          gossip: TransactionGossip(
            own: member, validators: set, seed: random.next(), at: Instant(microseconds: now))))
    }
    push(.statuses, at: now)
  }

  // MARK: Links

  func connect(_ pairs: [(Int, Int)]) {
    for (first, second) in pairs {
      lastLink += 1
      let link = Link(lastLink)
      ends[link] = (first, second)
      for (own, other) in [(first, second), (second, first)] {
        nodes[own].links.append(link)
        nodes[own].gossip.linkUp(link, to: nodes[other].member, at: instant)
      }
    }
    for index in nodes.indices {
      sendStatuses(of: index)
      endTurn(of: index)
    }
  }

  func disconnect(_ first: Int, _ second: Int) {
    for link in nodes[first].links where nodes[second].links.contains(link) {
      ends[link] = nil
      for index in [first, second] {
        nodes[index].links.removeAll { $0 == link }
        nodes[index].gossip.linkDown(link)
        endTurn(of: index)
      }
    }
  }

  func behave(_ behaviour: Behaviour, _ index: Int) { nodes[index].behaviour = behaviour }

  func link(_ first: Int, _ second: Int) -> Link? {
    nodes[first].links.first { nodes[second].links.contains($0) }
  }

  private func peer(of index: Int, on link: Link) -> Int? {
    ends[link].map { $0.0 == index ? $0.1 : $0.0 }
  }

  // MARK: Transactions

  /// A client submits a transaction of so many bytes.
  @discardableResult
  func submit(at index: Int, byteCount: Int = 600) -> TransactionID {
    var bytes = [UInt8](repeating: 1, count: byteCount)
    for offset in 1..<min(byteCount, 33) {
      bytes[offset] = UInt8(truncatingIfNeeded: random.next())
    }
    let id = GossipNetwork.id(of: bytes)
    push(.verified(id, bytes, isForged: false, from: nil, at: index), at: now)
    return id
  }

  func settle(_ id: TransactionID, at index: Int) {
    nodes[index].mempool[id] = nil
    nodes[index].gossip.settled(id)
    endTurn(of: index)
  }

  func withGossip(of index: Int, _ body: (inout TransactionGossip, Instant) -> Void) {
    body(&nodes[index].gossip, instant)
    endTurn(of: index)
  }

  /// The nodes that hold all of these transactions.
  func holders(of ids: [TransactionID]) -> [Int] {
    nodes.indices.filter { index in ids.allSatisfy { nodes[index].mempool[$0] != nil } }
  }

  func isEverywhere(_ ids: [TransactionID]) -> Bool { holders(of: ids).count == nodes.count }

  /// Received transaction bytes for each unique one that came from a peer.
  var redundancy: Double {
    let unique = nodes.reduce(0) { $0 + $1.uniqueByteCount }
    let received = nodes.reduce(0) { $0 + $1.receivedByteCount }
    return unique == 0 ? 0 : Double(received) / Double(unique)
  }

  /// Microseconds from each submission to the last arrival, ascending.
  func latencies(of ids: [TransactionID]) -> [UInt64] {
    ids.compactMap { id in
      let times = nodes.compactMap { $0.arrivals[id] }
      return times.min().flatMap { first in times.max().map { $0 - first } }
    }.sorted()
  }

  // MARK: Time

  var instant: Instant { Instant(microseconds: now) }

  func run(milliseconds: UInt64) {
    let end = now + milliseconds * 1_000
    while let last = events.last, last.time <= end {
      events.removeLast()
      now = last.time
      handle(last.event)
    }
    now = end
    for node in nodes { node.gossip.checkInvariants() }
  }

  private func push(_ event: Event, at time: UInt64) {
    eventNumber += 1
    var (low, high) = (0, events.count)
    while low < high {
      let middle = (low + high) / 2
      // Descending, so that the next event is the last; of equal times the older comes first.
      if events[middle].time > time { low = middle + 1 } else { high = middle }
    }
    events.insert((time, eventNumber, event), at: low)
  }

  private func handle(_ event: Event) {
    switch event {
    case .statuses:
      for index in nodes.indices { sendStatuses(of: index) }
      push(.statuses, at: now + 1_000_000)
    case .status(let link, let index, let neighbours):
      nodes[index].gossip.statusReceived(
        from: link, neighbours: neighbours, roundTrip: 2 * conditions.delay)
      endTurn(of: index)
    case .verified(let id, let bytes, let isForged, let link, let index):
      settle(id, bytes, isForged: isForged, from: link, at: index)
      endTurn(of: index)
    case .wake(let index):
      if nodes[index].wake == now { nodes[index].wake = nil }
      endTurn(of: index)
    case .frame(let body, let channel, let link, let index):
      guard ends[link] != nil else { return }
      receive(body, channel, on: link, at: index)
      endTurn(of: index)
    }
  }

  private func sendStatuses(of index: Int) {
    let node = nodes[index]
    let neighbours = node.links.compactMap { peer(of: index, on: $0) }.map { nodes[$0].member }
    for link in node.links {
      guard let other = peer(of: index, on: link) else { continue }
      push(
        .status(on: link, to: other, neighbours: neighbours.sorted()),
        at: now + conditions.delay)
    }
  }

  // MARK: The host of a node

  private func settle(
    _ id: TransactionID, _ bytes: [UInt8], isForged: Bool, from link: Link?, at index: Int
  ) {
    if isForged {
      nodes[index].gossip.refused(id, .forged, from: link, at: instant)
      return
    }
    guard nodes[index].mempool[id] == nil else { return }
    nodes[index].mempool[id] = bytes
    nodes[index].arrivals[id] = now
    if link != nil { nodes[index].uniqueByteCount += bytes.count }
    switch conditions.spreading {
    case .gossip: nodes[index].gossip.accepted(id, bytes, at: instant)
    case .flooding:
      for target in nodes[index].links where target != link {
        send(PeerFrame(.transactions([bytes]), to: [target]), from: index)
      }
    }
  }

  private func receive(_ body: [UInt8], _ channel: Channel, on link: Link, at index: Int) {
    guard let message = try? PeerMessage(body, on: channel) else { return }
    if case .transactions(let transactions) = message {
      for bytes in transactions { receive(transaction: bytes, on: link, at: index) }
      return
    }
    nodes[index].overheadByteCount += body.count
    switch message {
    case .announcement(let tags):
      nodes[index].gossip.announcementReceived(tags, from: link, at: instant)
    case .transactionsWanted(let tags):
      nodes[index].gossip.wantedReceived(tags, from: link, at: instant)
    case .mempoolDigest(let digest):
      nodes[index].gossip.digestReceived(digest, from: link, at: instant)
    case .mempoolTags(let complete, let tags):
      nodes[index].gossip.tagsReceived(complete: complete, tags, from: link, at: instant)
    case .prune: nodes[index].gossip.pruneReceived(from: link)
    default: break
    }
  }

  private func receive(transaction bytes: [UInt8], on link: Link, at index: Int) {
    nodes[index].receivedByteCount += bytes.count
    let id = GossipNetwork.id(of: bytes)
    let isForged = bytes[0] == 0
    switch conditions.spreading {
    case .flooding: break
    case .gossip:
      if nodes[index].behaviour == .forging { forge(bytes, at: index) }
      let arrival = nodes[index].gossip.arrived(
        id, from: link, at: instant)
      guard arrival == .fresh else { return }
    }
    push(
      .verified(id, bytes, isForged: isForged, from: link, at: index),
      at: now + conditions.verification)
  }

  private func forge(_ bytes: [UInt8], at index: Int) {
    for link in nodes[index].links {
      send(
        PeerFrame(.transactions([[0] + bytes.dropFirst()]), to: [link]), from: index,
        despiteBehaviour: true)
    }
  }

  private func endTurn(of index: Int) {
    nodes[index].gossip.tick(at: instant)
    for frame in nodes[index].gossip.takeFrames() { send(frame, from: index) }
    nodes[index].reports += nodes[index].gossip.takeReports()
    guard let wake = nodes[index].gossip.wake else { return }
    let time = max(wake.microseconds, now + 1)
    guard nodes[index].wake.map({ time < $0 }) ?? true else { return }
    nodes[index].wake = time
    push(.wake(index), at: time)
  }

  private func send(_ frame: PeerFrame, from index: Int, despiteBehaviour: Bool = false) {
    if nodes[index].behaviour != .honest, !despiteBehaviour,
      case .transactions? = try? PeerMessage(frame.body, on: frame.channel)
    {
      return
    }
    for link in frame.recipients {
      guard let other = peer(of: index, on: link) else { continue }
      frameCount += 1
      if random.chance(percent: conditions.lossPercent) { continue }
      push(.frame(frame.body, frame.channel, on: link, to: other), at: now + conditions.delay)
    }
  }
}

/// Who is linked to whom.
enum Layout {
  static func mesh(_ count: Int) -> [(Int, Int)] {
    (0..<count).flatMap { first in (first + 1..<max(first + 1, count)).map { (first, $0) } }
  }

  static func line(_ count: Int) -> [(Int, Int)] { (1..<count).map { ($0 - 1, $0) } }

  static func ring(_ count: Int) -> [(Int, Int)] { line(count) + [(0, count - 1)] }

  /// A ring with chords, so that every node has `degree` links or one more.
  static func random(_ count: Int, degree: Int, seed: UInt64) -> [(Int, Int)] {
    var random = SimulatedRandom(seed: seed)
    var pairs = ring(count)
    var degrees = [Int](repeating: 2, count: count)
    for first in 0..<count {
      var attempts = 0
      while degrees[first] < degree, attempts < 100 {
        attempts += 1
        let second = random.below(count)
        let pair = (min(first, second), max(first, second))
        guard first != second, degrees[second] <= degree,
          !pairs.contains(where: { $0 == pair })
        else { continue }
        pairs.append(pair)
        degrees[first] += 1
        degrees[second] += 1
      }
    }
    return pairs
  }
}
