import Consensus
import Ledger

/// Who has links to whom, as the nodes themselves report, and whether that is enough.
///
/// Honest relaying survives `f` Byzantine relays if the graph of validators is (f + 1)-vertex-connected
/// (CONSENSUS section 3). A link counts if both of its ends report it, so that a liar can take its own
/// links away and invent none. Validators that have not reported for a while are as good as failed:
/// they are left out, and so many fewer failures are to be survived.
///
/// Signatures are the caller's: `isNews` first, which costs nothing, then the signature, then `take`.
package struct Topology: Sendable {
  private struct Entry {
    let report: TopologyReport
    let receivedAt: Instant
  }

  private let own: MemberID
  /// The newest report of each member, this node's own included.
  private var entries: [MemberID: Entry] = [:]
  private var nextOwnAt: Instant
  private var earliestOwnAt: Instant

  package init(own: MemberID, at now: Instant) {
    self.own = own
    (nextOwnAt, earliestOwnAt) = (now, now)
  }

  // MARK: This node's report

  /// A link has come up or gone down: a report is due, a second after the last one at the earliest.
  package mutating func linksChanged() { nextOwnAt = min(nextOwnAt, earliestOwnAt) }

  /// What this node has to report now: each half minute, and when its links have changed.
  package mutating func due(
    neighbours: @autoclosure () -> [MemberID], at now: Moment
  ) -> TopologyContent? {
    guard nextOwnAt <= now.instant else { return nil }
    nextOwnAt = now.instant.advanced(byMicroseconds: GossipLimits.reportInterval)
    earliestOwnAt = now.instant.advanced(byMicroseconds: GossipLimits.reportSpacing * 1_000)
    // A clock that was set back does not make the next report an old one.
    let last = entries[own]?.report.content.time
    let next = last?.advanced(byMilliseconds: GossipLimits.reportSpacing)
    return TopologyContent(
      member: own, time: max(now.wallClock, next ?? now.wallClock), neighbours: neighbours())
  }

  /// When `due` has something.
  package var wake: Instant { nextOwnAt }

  // MARK: Reports

  /// Whether a report says something new, so that its signature is worth a look.
  package func isNews(_ content: TopologyContent, at wallClock: Timestamp) -> Bool {
    guard content.member != own,
      content.time <= wallClock.advanced(byMilliseconds: GossipLimits.reportLead)
    else { return false }
    guard let known = entries[content.member]?.report.content else { return true }
    return content.time >= known.time.advanced(byMilliseconds: GossipLimits.reportSpacing)
  }

  /// Takes a report whose signature was verified under a key of its member's, who is registered.
  package mutating func take(_ report: Verified<TopologyReport>, at now: Instant) {
    entries[report.message.content.member] = Entry(report: report.message, receivedAt: now)
  }

  /// All reports, for a peer whose link has come up.
  package var reports: [TopologyReport] {
    entries.values.map(\.report).sorted { $0.content.member < $1.content.member }
  }

  /// Forgets members that are registered no more.
  package mutating func keep(where isRegistered: (MemberID) -> Bool) {
    entries = entries.filter { isRegistered($0.key) }
  }

  // MARK: Assessment

  /// How well the validators are connected.
  package struct Assessment: Hashable, Sendable {
    /// How many of the validators that report must fail to part the others; `nil` if none can.
    package let connectivity: Int?
    /// How many failures of them are to be survived.
    package let faultCount: Int
    /// A smallest set that parts the others, ascending; empty if none does, or they are parted.
    package let cut: [MemberID]
    /// Validators that have not reported lately, ascending.
    package let silent: [MemberID]

    /// Whether failures within the limit can part the validators.
    package var isWeak: Bool { connectivity.map { $0 <= faultCount } ?? false }
  }

  package func assessment(of validators: ValidatorSet, at now: Instant) -> Assessment {
    let members = validators.validators.map(\.member)
    let reporting = members.filter { isReporting($0, at: now) }
    let edges = reporting.indices.map { first in
      reporting.indices.filter { second in
        first != second && reports(reporting[first], linkTo: reporting[second])
          && reports(reporting[second], linkTo: reporting[first])
      }
    }
    let cut = VertexConnectivity(edges).smallestCut()
    return Assessment(
      connectivity: cut?.count,
      faultCount: max(0, validators.faultLimit - (members.count - reporting.count)),
      cut: cut?.map { reporting[$0] } ?? [],
      silent: members.filter { !reporting.contains($0) })
  }

  private func isReporting(_ member: MemberID, at now: Instant) -> Bool {
    guard let entry = entries[member] else { return false }
    return member == own
      || now.microseconds(since: entry.receivedAt) < GossipLimits.reportLifetime
  }

  private func reports(_ member: MemberID, linkTo other: MemberID) -> Bool {
    entries[member]?.report.content.neighbours.contains(other) ?? false
  }
}
