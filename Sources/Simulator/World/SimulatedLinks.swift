import Consensus
import Node
import SimulatedMachine
import Transport

/// Which nodes are linked, and what happens to what they say.
///
/// A link carries frames in order on each of its channels, as TCP does, unless the world doubles,
/// loses or exchanges them, which is worse than any network that a node meets. Both ends know a link by
/// its number; an end that still has a number the other has dropped speaks into the void, as on a
/// connection that is half open.
struct SimulatedLinks {
  private struct Direction: Hashable {
    let from: Int
    let to: Int
  }

  private struct Lane: Hashable {
    let direction: Direction
    let channel: Channel
  }

  /// A condition that a fault has set.
  private struct Condition {
    let fault: Int
    let value: UInt64
  }

  // Of all links, per mille.
  var loss: UInt64 = 0
  var duplication: UInt64 = 0
  var reordering: UInt64 = 0
  /// One way, and how much more it may take, in microseconds.
  var delay: UInt64 = 500
  var jitter: UInt64 = 500

  private var lastLink: UInt64 = 0
  private var edges: [[Int]]
  private var cuts: [Direction: Set<Int>] = [:]
  private var delays: [Direction: [Condition]] = [:]
  private var speeds: [Direction: [Condition]] = [:]
  /// When the last frame on a lane arrives.
  private var arrivals: [Lane: UInt64] = [:]
  /// When all that waits on a slow lane has been sent.
  private var sentBy: [Lane: UInt64] = [:]
  private var paces: [Direction: LinkPace] = [:]
  /// Which half of the peers the second of each pair of twins has.
  private var twins: [Int: Int] = [:]
  private var twinPeers: [Int: Set<Int>] = [:]
  /// One half of the nodes, which has no links to the other; `nil` if there is but one.
  private var half: Set<Int>?

  /// What becomes of a frame.
  struct Passage {
    /// When it arrives: twice if it is doubled, never if it is lost.
    var arrivals: [UInt64] = []
    /// Bytes that wait on its lane, it included.
    var waitingByteCount = 0
    /// How long it waits to be sent, in microseconds.
    var waitingMicroseconds: UInt64 = 0
  }

  init(_ plan: RunPlan, twins originals: [Int]) {
    var random = SimulatedRandom(seed: plan.seed ^ 0x709_0106)
    edges = SimulatedLinks.topology(plan, &random)
    for (offset, original) in originals.enumerated() {
      let twin = plan.nodeCount + offset
      twins[original] = twin
      edges.append(edges[original])
      for peer in edges[original] { edges[peer].append(twin) }
    }
  }

  /// All to all; or rings with chords, of validators and of followers, so that each node has `degree`
  /// links at least: votes go from validator to validator, and followers hear from some of them.
  private static func topology(_ plan: RunPlan, _ random: inout SimulatedRandom) -> [[Int]] {
    let count = plan.nodeCount
    guard let degree = plan.degree, degree < count - 1 else {
      return (0..<count).map { node in (0..<count).filter { $0 != node } }
    }
    var links = [Set<Int>](repeating: [], count: count)
    func join(_ one: Int, _ other: Int) {
      guard one != other else { return }
      links[one].insert(other)
      links[other].insert(one)
    }
    func ring(_ nodes: Range<Int>, steps: Int) {
      let order = shuffled(Array(nodes), &random)
      for position in order.indices {
        for step in 1...max(1, steps) {
          join(order[position], order[(position + step) % order.count])
        }
      }
    }
    ring(0..<plan.validatorCount, steps: degree / 2)
    ring(plan.validatorCount..<count, steps: degree / 4)
    for follower in plan.validatorCount..<count {
      for _ in 0..<max(1, degree / 2) { join(follower, random.below(plan.validatorCount)) }
    }
    return links.map { $0.sorted() }
  }

  private static func shuffled(_ nodes: [Int], _ random: inout SimulatedRandom) -> [Int] {
    var nodes = nodes
    for index in nodes.indices.reversed() { nodes.swapAt(index, random.below(index + 1)) }
    return nodes
  }

  /// Whom a node is to have links to, ascending.
  func neighbours(of node: Int) -> [Int] { edges[node] }

  mutating func nextLink() -> Link {
    lastLink += 1
    return Link(lastLink)
  }

  // MARK: Conditions

  mutating func cut(_ sides: (Set<Int>, Set<Int>), isOneWay: Bool, by fault: Int) {
    for one in sides.0 {
      for other in sides.1 {
        cuts[Direction(from: one, to: other), default: []].insert(fault)
        if !isOneWay { cuts[Direction(from: other, to: one), default: []].insert(fault) }
      }
    }
  }

  mutating func delay(_ first: Int, _ second: Int, _ microseconds: UInt64, by fault: Int) {
    for direction in [Direction(from: first, to: second), Direction(from: second, to: first)] {
      delays[direction, default: []].append(Condition(fault: fault, value: microseconds))
    }
  }

  mutating func slow(_ first: Int, _ second: Int, _ bytesPerSecond: UInt64, by fault: Int) {
    for direction in [Direction(from: first, to: second), Direction(from: second, to: first)] {
      speeds[direction, default: []].append(Condition(fault: fault, value: bytesPerSecond))
    }
  }

  /// Takes back what a fault has set.
  mutating func heal(_ fault: Int) {
    for direction in cuts.keys { cuts[direction]?.remove(fault) }
    for direction in delays.keys { delays[direction]?.removeAll { $0.fault == fault } }
    for direction in speeds.keys { speeds[direction]?.removeAll { $0.fault == fault } }
  }

  func isCut(from: Int, to: Int) -> Bool {
    cuts[Direction(from: from, to: to)]?.isEmpty == false
  }

  func isParted(_ first: Int, _ second: Int) -> Bool {
    isCut(from: first, to: second) || isCut(from: second, to: first)
  }

  // MARK: Twins

  /// Which of a member's two machines a peer has its link to.
  mutating func share(_ original: Int, peersOfTwin: Set<Int>) { twinPeers[original] = peersOfTwin }

  /// Parts some nodes from all others for good.
  mutating func split(apart nodes: Set<Int>) { half = nodes }

  /// Whether a link between two machines is to be there now: each peer of a pair of twins has one.
  func isWanted(_ first: Int, _ second: Int) -> Bool {
    if let half { return half.contains(first) == half.contains(second) }
    return isServed(first, by: second) && isServed(second, by: first)
  }

  private func isServed(_ peer: Int, by node: Int) -> Bool {
    for (original, twin) in twins where node == original || node == twin {
      if peer == original || peer == twin { return false }
      return (twinPeers[original]?.contains(peer) ?? false) == (node == twin)
    }
    return true
  }

  // MARK: Frames

  mutating func pass(
    from: Int, to: Int, _ channel: Channel, byteCount: Int, now: UInt64,
    _ random: inout SimulatedRandom
  ) -> Passage {
    let direction = Direction(from: from, to: to)
    let lane = Lane(direction: direction, channel: channel)
    guard !isCut(from: from, to: to), random.below(1_000) >= Int(loss) else { return Passage() }
    var passage = Passage()
    var start = now
    if let speed = speeds[direction]?.map(\.value).min() {
      start = max(now, sentBy[lane] ?? 0) + UInt64(byteCount) * 1_000_000 / speed
      sentBy[lane] = start
      passage.waitingMicroseconds = start - now
      passage.waitingByteCount = Int((start - now) * speed / 1_000_000)
    }
    let extra = delays[direction]?.map(\.value).max() ?? 0
    var time = start + delay + extra + UInt64(random.below(Int(jitter) + 1))
    if random.below(1_000) < Int(reordering) {
      time += UInt64(random.below(50_000))
    } else {
      time = max(time, arrivals[lane] ?? 0)
      arrivals[lane] = time
    }
    passage.arrivals = [time]
    if random.below(1_000) < Int(duplication) {
      passage.arrivals.append(time + UInt64(random.below(50_000)))
    }
    return passage
  }

  /// The pace of a bulk lane on which so much waits, if it has changed.
  mutating func pace(from: Int, to: Int, waitingByteCount: Int) -> LinkPace? {
    let direction = Direction(from: from, to: to)
    let before = paces[direction] ?? .free
    let pace = before.next(waitingByteCount: waitingByteCount)
    guard pace != before else { return nil }
    paces[direction] = pace
    return pace
  }

  /// What waited on a link that has ended waits no more.
  mutating func forget(_ first: Int, _ second: Int) {
    for direction in [Direction(from: first, to: second), Direction(from: second, to: first)] {
      paces[direction] = nil
      for channel in Channel.allCases {
        let lane = Lane(direction: direction, channel: channel)
        arrivals[lane] = nil
        sentBy[lane] = nil
      }
    }
  }
}
