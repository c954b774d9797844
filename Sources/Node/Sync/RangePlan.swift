import Consensus
import Ledger

/// Which ranges are asked of whom, and those that came and wait for their turn.
///
/// A peer's word on its height decides only whom to ask. A peer that does not give what it says it
/// has is left alone for a while; it costs a request and nothing else.
struct RangePlan {
  struct Request {
    let link: Link
    let from: Height
    let deadline: Instant
  }

  private(set) var inFlight: [Request] = []
  /// Ranges that came before those below them, ascending.
  private(set) var waiting: [CheckedRange] = []
  private var penalties: [Link: Penalty] = [:]
  /// Until then only the next range is asked for: those beyond belong to an epoch to come.
  private var nextOnlyUntil: Instant?

  private struct Penalty {
    var until: Instant
    var microseconds: UInt64
  }

  var isIdle: Bool { inFlight.isEmpty && waiting.isEmpty }

  var wake: Instant? { inFlight.map(\.deadline).min() }

  /// Peers that may be asked, with the heights that they claim.
  func usable(_ claims: [(link: Link, height: Height)], at now: Instant) -> [(
    link: Link, height: Height
  )] {
    claims.filter { claim in penalties[claim.link].map { $0.until <= now } ?? true }
  }

  /// The requests to make now: the next range first, and some beyond it at others.
  ///
  /// - Parameter last: from heights above it no range is asked for.
  mutating func requests(
    after head: Height, through last: Height? = nil, claims: [(link: Link, height: Height)],
    at now: Instant
  ) -> [Request] {
    let peers = usable(claims, at: now)
    guard !peers.isEmpty else { return [] }
    var made: [Request] = []
    let isNextOnly = nextOnlyUntil.map { now < $0 } ?? false
    for slot in 0..<(isNextOnly ? 1 : PeerLimits.rangesInFlight) {
      let offset = UInt64(slot * PeerLimits.servedBlockCount)
      let from = Height(nextNeeded(after: head).rawValue + offset)
      // Those that came take the place of those that are to come, but for the next.
      let isFull = inFlight.count + (slot == 0 ? 0 : waiting.count) >= PeerLimits.rangesInFlight
      guard !isFull, !isCovered(from), last.map({ from <= $0 }) ?? true,
        let link = leastBusy(peers.filter { $0.height >= from }.map(\.link))
      else { continue }
      let request = Request(
        link: link, from: from,
        deadline: now.advanced(byMicroseconds: PeerLimits.rangeMicroseconds))
      inFlight.append(request)
      made.append(request)
    }
    return made
  }

  /// The first height that no waiting range joined to the head has.
  private func nextNeeded(after head: Height) -> Height {
    var height = head
    for range in waiting where range.first <= height.next { height = max(height, range.last) }
    return height.next
  }

  private func isCovered(_ height: Height) -> Bool {
    let served = UInt64(PeerLimits.servedBlockCount)
    return inFlight.contains { $0.from <= height && height.rawValue - $0.from.rawValue < served }
      || waiting.contains { $0.first <= height && height <= $0.last }
  }

  private func leastBusy(_ links: [Link]) -> Link? {
    links.min { left, right in
      inFlight.count { $0.link == left } < inFlight.count { $0.link == right }
    }
  }

  // MARK: Answers

  /// Whether the range was asked of the link; it is not any more.
  mutating func takeAnswer(from link: Link, first: Height) -> Bool {
    guard let index = inFlight.firstIndex(where: { $0.link == link && $0.from == first }) else {
      return false
    }
    inFlight.remove(at: index)
    return true
  }

  /// Keeps a range until those below it have come. If there are too many, the furthest goes: the next
  /// one never does, or nothing would ever move.
  mutating func keep(_ range: CheckedRange) {
    let index = waiting.firstIndex { $0.first > range.first } ?? waiting.count
    waiting.insert(range, at: index)
    if waiting.count > PeerLimits.rangesInFlight { waiting.removeLast() }
  }

  /// The first height of the range that goes on from `head`, if it is here.
  func next(after head: Height) -> Height? {
    waiting.first { $0.first <= head.next && $0.last > head }?.first
  }

  /// Gives up on ranges that nothing leads to: nobody has what is between.
  mutating func dropUnjoined(after head: Height) {
    if next(after: head) == nil { waiting = [] }
  }

  /// The range that goes on from `head`; those that are behind it are dropped.
  mutating func takeNext(after head: Height) -> CheckedRange? {
    waiting.removeAll { $0.last <= head }
    guard let first = waiting.first, first.first <= head.next else { return nil }
    return waiting.removeFirst()
  }

  /// A range came with a certificate of an epoch whose validators are not known.
  ///
  /// What follows the head is of the epoch that the head leaves open, so that is a lie. A range beyond
  /// may be honest: an epoch may end before it.
  mutating func tookOtherEpoch(
    _ first: Height, after head: Height, from link: Link, at now: Instant
  ) {
    if first <= head.next { return blame(link, at: now) }
    nextOnlyUntil = now.advanced(byMicroseconds: PeerLimits.nextRangeOnlyMicroseconds)
  }

  mutating func praise(_ link: Link) { penalties[link] = nil }

  mutating func blame(_ link: Link, at now: Instant) {
    let last = penalties[link]?.microseconds ?? 0
    let duration = min(
      max(2 * last, PeerLimits.shortestPenaltyMicroseconds), PeerLimits.longestPenaltyMicroseconds)
    penalties[link] = Penalty(
      until: now.advanced(byMicroseconds: duration), microseconds: duration)
  }

  /// Gives up on requests that were not answered in time.
  mutating func expire(at now: Instant) {
    for request in inFlight where request.deadline <= now { blame(request.link, at: now) }
    inFlight.removeAll { $0.deadline <= now }
  }

  mutating func linkDown(_ link: Link) {
    inFlight.removeAll { $0.link == link }
    penalties[link] = nil
  }

  mutating func reset() {
    inFlight = []
    waiting = []
  }
}
