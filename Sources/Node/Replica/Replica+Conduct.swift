import Consensus
import Ledger

// Quotas and scores: how much of this node's time and memory its peers may take, and what becomes of
// those who behave badly.

extension Replica {
  /// Whether a peer may have that done now. What it may not is dropped without an answer.
  func allows(_ charge: PeerQuota.Charge, _ link: Link) -> Bool {
    var verdict = PeerQuota.Verdict.dropped
    peers.update(link) { peer in
      verdict = peer.quota.admit(
        charge, validatorCount: machine.validators.count, at: now.instant)
    }
    if verdict == .flooding { note(PeerReport(link, .flooding)) }
    return verdict == .admitted
  }

  /// Keeps an offence until the end of the turn, one of a kind for each link.
  private func note(_ report: PeerReport) {
    if !offences.contains(report) { offences.append(report) }
  }

  /// Counts this turn's offences and acts on them.
  func judgePeers() {
    for report in gossip.takeReports() { note(report) }
    guard !offences.isEmpty else { return }
    for report in offences { judge(report) }
    offences = []
    scores.forgetSettled(at: now.instant)
  }

  private func judge(_ report: PeerReport) {
    guard let peer = peers[report.link] else { return }
    let standing = scores.note(report.offence, of: peer.member, at: now.instant)
    if standing == .unbearable, machine.validators.index(of: peer.member) == nil {
      cut(report.link, .unbearable(report.offence))
      return
    }
    if standing != peer.standing { tell(standing, report.offence, of: peer) }
    reconsider(report.link)
  }

  /// Asks a peer last for transactions, or not last any more, as its record is now.
  func reconsider(_ link: Link) {
    guard let member = peers[link]?.member else { return }
    let standing = scores.standing(of: member, at: now.instant)
    peers.update(link) { $0.standing = standing }
    gossip.setAvoided(standing != .good, link)
  }

  private func tell(_ standing: PeerScore.Standing, _ offence: PeerOffence, of peer: Peer) {
    guard standing != .good else { return }
    log(
      LogEvent(
        .warning, "peer-misbehaves",
        "A peer behaves badly and is asked for transactions only if nobody else can be",
        [
          LogField("peer", peer.member.text), LogField("address", peer.remote),
          LogField("reason", "it \(offence)"),
          LogField("dropped", peer.quota.droppedCount),
        ]))
  }
}
