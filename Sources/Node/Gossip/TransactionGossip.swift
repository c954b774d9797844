import Consensus
import Ledger

/// Spreads the transactions of this node's mempool (CONSENSUS section 3, class P2).
///
/// A value that its host drives: messages, verdicts and times come in, frames go out. It has no clock
/// and no socket; the seed of its `neighbourhood` is all its chance.
///
/// **Spreading** is Plumtree (Leitão, Pereira and Rodrigues, SRDS 2007) with knowledge of neighbours.
/// A transaction that the host has verified is pushed to at most `eagerCount` peers and announced to
/// the rest. If it came from a peer, those who say that they have a link to that peer get nothing:
/// they were served by it. So a full mesh carries everything once, and in a line every hop forwards.
/// Where paths meet, the one who gets a transaction twice prunes the slower link: it carries
/// announcements until one of its ends has to ask, and so misses a path ("graft").
///
/// **Asking.** What was announced and does not come by itself within 1.5 round trips is asked for, of
/// one announcer at a time. If nobody but the announcer can bring it, it is asked for at once.
///
/// **Repair.** Each `digestInterval` two peers get a digest of the mempool, if it is not empty; where
/// theirs differs, tags go back and forth, and what is missing is asked for. So a push or an
/// announcement may be dropped anywhere: by a full queue, a quota, or a liar.
///
/// **What is not wanted** is remembered by tag only if the transaction itself is done for: final or
/// expired. A copy with a wrong signature says nothing against the transaction, whose id does not cover
/// signatures: the next copy is asked for. What cannot be taken now is not asked for until some
/// seconds later.
///
/// Invariants (`checkInvariants`): a tag is wanted, being judged, held or none of these; the digest is
/// that of the held tags; links' counts of wants and asks are those of the wants.
package struct TransactionGossip: Sendable {
  /// An announced transaction that has not come.
  struct Want: Sendable {
    /// Because of whom the want exists: it counts against that link.
    let cause: Link
    /// In the order of announcing; those who failed to deliver are out of it.
    var announcers: [Link]
    /// Who has been asked, until the want is due again.
    var asked: Link?
    /// The number of its entry in the queue.
    var entry: UInt64
  }

  /// A transaction that came from a peer and that the host is judging.
  struct Judged: Sendable {
    let source: Link
    /// Others who have it.
    var others: [Link]
  }

  /// A transaction of the mempool.
  struct Held: Sendable {
    /// Shared with the mempool.
    let bytes: [UInt8]
    /// Whence it came first; `nil` if from a client.
    let source: Link?
    /// Peers that have it, or to which it is on its way.
    var knownBy: [Link]
  }

  package private(set) var neighbourhood: Neighbourhood
  var links: [Link: GossipLink] = [:]
  var wants: [TransactionTag: Want] = [:]
  var queue = WantQueue()
  var judged: [TransactionTag: Judged] = [:]
  var held: [TransactionTag: Held] = [:]
  var digest = MempoolDigest()
  var settled = RecentSet<TransactionTag>(generationLimit: GossipLimits.settledGeneration)
  var refused = RecentSet<TransactionTag>(generationLimit: GossipLimits.refusedGeneration)
  var refusedAgesAt: Instant
  var nextDigestAt: Instant
  /// The peer that got the last digest.
  var lastDigestLink: Link?
  /// Where in an overfull bucket the next excerpt begins.
  var excerptStart = 0
  var outgoing = OutgoingFrames()
  var reports: [PeerReport] = []
  /// Whether the host takes transactions now. While it does not (its mempool is full, or it is
  /// behind), nothing is asked for.
  package var isTaking = true

  package init(own: MemberID, validators: ValidatorSet, seed: UInt64, at now: Instant) {
    neighbourhood = Neighbourhood(own: own, validators: validators, seed: seed)
    refusedAgesAt = now.advanced(byMicroseconds: GossipLimits.refusedPause)
    nextDigestAt = now.advanced(byMicroseconds: GossipLimits.digestInterval)
  }

  // MARK: Links

  package mutating func linkUp(_ link: Link, to member: MemberID, at now: Instant) {
    guard links[link] == nil else { return }
    for other in neighbourhood.links { links[other]?.isLazy = false }
    links[link] = GossipLink(at: now)
    neighbourhood.linkUp(link, to: member)
    sendDigest(on: link)
  }

  package mutating func linkDown(_ link: Link) {
    links[link] = nil
    neighbourhood.linkDown(link)
    // The tree that had formed may have led over it.
    for other in neighbourhood.links { links[other]?.isLazy = false }
  }

  package mutating func statusReceived(
    from link: Link, neighbours: [MemberID], roundTrip: UInt64?
  ) {
    neighbourhood.statusReceived(from: link, neighbours: neighbours, roundTrip: roundTrip)
  }

  package mutating func validatorsChanged(to validators: ValidatorSet) {
    neighbourhood.validatorsChanged(to: validators)
  }

  /// Who leads the next views, and so wants transactions first.
  package mutating func favour(_ members: [MemberID]) { neighbourhood.favour(members) }

  /// How fast the peer takes what it is sent.
  package mutating func setPace(_ pace: LinkPace, of link: Link) { links[link]?.pace = pace }

  /// The peer's record is bad, or has become good again.
  package mutating func setAvoided(_ isAvoided: Bool, _ link: Link) {
    links[link]?.isAvoided = isAvoided
  }

  package mutating func pruneReceived(from link: Link) {
    links[link]?.isLazy = true
  }

  // MARK: The mempool

  /// Whether a transaction is here, or being judged.
  package func knows(_ id: TransactionID) -> Bool {
    let tag = TransactionTag(id)
    return held[tag] != nil || judged[tag] != nil
  }

  /// A transaction has entered the mempool with all its signatures verified: spreads it.
  package mutating func accepted(_ id: TransactionID, _ bytes: [UInt8], at now: Instant) {
    let tag = TransactionTag(id)
    guard held[tag] == nil else { return }
    var knownBy: [Link] = []
    var source: Judged?
    if let judgement = judged.removeValue(forKey: tag) {
      source = judgement
      knownBy = [judgement.source] + judgement.others
    }
    if let want = remove(want: tag) { knownBy += want.announcers }
    refused.remove(tag)
    held[tag] = Held(bytes: bytes, source: source?.source, knownBy: knownBy)
    digest.toggle(tag)
    spread(tag, at: now)
  }

  /// A transaction has left the mempool, or did not get there after all, and is neither final nor
  /// expired. If it was there, it is not asked for again at once.
  package mutating func left(_ id: TransactionID) {
    let tag = TransactionTag(id)
    judged[tag] = nil
    if release(tag) { refused.insert(tag) }
  }

  /// - Returns: whether it was held.
  private mutating func release(_ tag: TransactionTag) -> Bool {
    guard held.removeValue(forKey: tag) != nil else { return false }
    digest.toggle(tag)
    return true
  }

  /// A transaction is final or has expired, whether it was here or not: nobody need bring it.
  package mutating func settled(_ id: TransactionID) {
    let tag = TransactionTag(id)
    _ = release(tag)
    judged[tag] = nil
    _ = remove(want: tag)
    settled.insert(tag)
  }

  // MARK: Time

  /// When `tick` is due although nothing comes in.
  package var wake: Instant? {
    var wake = isTaking ? queue.first?.due : nil
    func consider(_ instant: Instant?) {
      guard let instant else { return }
      wake = wake.map { min($0, instant) } ?? instant
    }
    for peer in neighbourhood.peers { consider(links[peer.link]?.announceAt) }
    if !held.isEmpty, !links.isEmpty { consider(nextDigestAt) }
    if !refused.isEmpty { consider(refusedAgesAt) }
    return wake
  }

  /// Does what is due. To be called before `takeFrames`, each turn.
  package mutating func tick(at now: Instant) {
    if now >= refusedAgesAt {
      refused.age()
      refusedAgesAt = now.advanced(byMicroseconds: GossipLimits.refusedPause)
    }
    ask(at: now)
    announce(at: now)
    sendDigests(at: now)
  }

  /// What the turn has to send.
  package mutating func takeFrames() -> [PeerFrame] {
    for peer in neighbourhood.peers {
      guard let asks = links[peer.link]?.asks, !asks.isEmpty else { continue }
      links[peer.link]?.asks = []
      // "Graft": a path was missed, so the link carries pushes again; at the other end as well.
      links[peer.link]?.isLazy = false
      for tags in asks.chunks(of: PeerLimits.announcementLimit) {
        outgoing.send(.transactionsWanted(tags), to: peer.link)
      }
    }
    return outgoing.take()
  }

  /// Notes an offence, one of a kind a turn: a hundred transactions that one peer withholds together
  /// are one hitch of it.
  mutating func report(_ offence: PeerOffence, of link: Link) {
    let report = PeerReport(link, offence)
    if !reports.contains(report) { reports.append(report) }
  }

  package mutating func takeReports() -> [PeerReport] {
    defer { reports = [] }
    return reports
  }
}

extension Array {
  func chunks(of limit: Int) -> [[Element]] {
    stride(from: 0, to: count, by: limit).map { Array(self[$0..<Swift.min($0 + limit, count)]) }
  }
}
