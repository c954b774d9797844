import Ledger

/// What members' nodes have to answer for: points that halve with time (CONSENSUS section 3,
/// "Scoring").
///
/// Kept by member, since a link that is closed may be opened again. Points decide who is asked first
/// and, for followers, whether the link is closed. **A validator is never cut off by its points**, and
/// its votes are always heard: else whoever can make others look bad partitions the network.
package struct PeerScore: Sendable {
  package enum Standing: Hashable, Sendable {
    case good
    /// Asked only if nobody else can be.
    case avoided
    /// A link that is not worth keeping.
    case unbearable
  }

  private struct Entry {
    var points: UInt64
    /// Until when they have been halved.
    var countedAt: Instant
  }

  /// Of members that have a link or had one: registered ones, so at most as many as there are.
  private var entries: [MemberID: Entry] = [:]

  package init() {}

  /// - Returns: the member's standing after the offence.
  @discardableResult
  package mutating func note(
    _ offence: PeerOffence, of member: MemberID, at now: Instant
  ) -> Standing {
    var entry = settled(entries[member] ?? Entry(points: 0, countedAt: now), at: now)
    entry.points = min(entry.points + offence.points, 1 << 20)
    entries[member] = entry
    return standing(of: member, at: now)
  }

  package func standing(of member: MemberID, at now: Instant) -> Standing {
    guard let entry = entries[member] else { return .good }
    return switch settled(entry, at: now).points {
    case ..<GossipLimits.avoidedScore: .good
    case ..<GossipLimits.closedScore: .avoided
    default: .unbearable
    }
  }

  /// Forgets members whose points have gone.
  package mutating func forgetSettled(at now: Instant) {
    entries = entries.filter { settled($0.value, at: now).points > 0 }
  }

  package var isEmpty: Bool { entries.isEmpty }

  private func settled(_ entry: Entry, at now: Instant) -> Entry {
    let halvings = now.microseconds(since: entry.countedAt) / GossipLimits.scoreHalfLife
    guard halvings > 0 else { return entry }
    return Entry(
      points: halvings < 64 ? entry.points >> halvings : 0,
      countedAt: entry.countedAt.advanced(byMicroseconds: halvings * GossipLimits.scoreHalfLife))
  }
}

extension PeerOffence {
  var points: UInt64 {
    switch self {
    case .redundant: 1
    case .unanswered: 2
    case .withheld, .greedy: 5
    case .flooding: 20
    case .forged: 50
    }
  }
}
