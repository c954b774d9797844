import Consensus
import Ledger

// What comes from peers as a whole, and how it goes on.

extension TransactionGossip {
  /// Whether a transaction that came needs to be looked at.
  package enum Arrival: Hashable, Sendable {
    /// It is judged now: the host says `accepted`, `refused` or `settled` in the end.
    case fresh
    /// It is here, or being judged: nothing need be done.
    case duplicate
    /// It is final, expired, or there is no room for it.
    case unwanted
  }

  /// Why a transaction did not enter the mempool.
  package enum Refusal: Hashable, Sendable {
    /// It never will: it is final or has expired.
    case settled
    /// It may later: the queue is full, or this node is behind.
    case notNow
    /// The signatures of this copy are wrong. Another copy's may be right.
    case forged
    /// This copy names a key that is not known, which may be this node's ignorance.
    case copy
  }

  /// A whole transaction has come.
  package mutating func arrived(
    _ id: TransactionID, from link: Link, at now: Instant
  ) -> Arrival {
    let tag = TransactionTag(id)
    let wasAsked = links[link]?.asked.remove(tag) ?? false
    if held[tag] != nil || judged[tag] != nil {
      if !wasAsked { prune(link, for: tag, at: now) }
      note(tag, knownBy: link)
      return .duplicate
    }
    guard !settled.contains(tag), judged.count < GossipLimits.judgedLimit else {
      _ = remove(want: tag)
      return .unwanted
    }
    let announcers = remove(want: tag)?.announcers ?? []
    judged[tag] = Judged(source: link, others: announcers.filter { $0 != link })
    return .fresh
  }

  /// A transaction did not enter the mempool.
  ///
  /// - Parameter link: whose copy it was; `nil` if a client's.
  package mutating func refused(
    _ id: TransactionID, _ refusal: Refusal, from link: Link?, at now: Instant
  ) {
    let tag = TransactionTag(id)
    if refusal == .settled { return settled(id) }
    // A client's copy says nothing about one that a peer sent, and is judged as well.
    guard let link, let judgement = judged[tag], judgement.source == link else { return }
    judged[tag] = nil
    switch refusal {
    case .notNow: refused.insert(tag)
    case .forged, .copy:
      if refusal == .forged { report(.forged, of: link) }
      for other in judgement.others { want(tag, announcedBy: other, askingAt: now) }
    case .settled: break
    }
  }

  /// Notes that a peer has a transaction that is here.
  mutating func note(_ tag: TransactionTag, knownBy link: Link) {
    if let known = held[tag]?.knownBy {
      if !known.contains(link) { held[tag]?.knownBy.append(link) }
    } else if let judgement = judged[tag], judgement.source != link,
      !judgement.others.contains(link),
      judgement.others.count < GossipLimits.announcersPerWant
    {
      judged[tag]?.others.append(link)
    }
  }

  /// Pushes a new transaction to few and announces it to the rest of those whom nobody has served.
  mutating func spread(_ tag: TransactionTag, at now: Instant) {
    guard let transaction = held[tag] else { return }
    let unserved = unserved(by: transaction.source).filter {
      !transaction.knownBy.contains($0.link)
    }
    guard !unserved.isEmpty else { return }
    let eager =
      transaction.bytes.count > GossipLimits.pushedByteLimit
      ? [] : eagerLinks(among: unserved.filter(\.isOurs).map(\.link))
    if !eager.isEmpty {
      outgoing.send(transaction: transaction.bytes, to: eager)
      held[tag]?.knownBy += eager
    }
    for peer in unserved where !eager.contains(peer.link) {
      announce(tag, to: peer.link, at: now)
    }
  }

  private func unserved(by source: Link?) -> [Neighbourhood.Unserved] {
    if let source, let peer = neighbourhood[source] { return peer.unserved }
    return neighbourhood.links.map { Neighbourhood.Unserved(link: $0, isOurs: true) }
  }

  /// At most `eagerCount` links, ascending.
  private func eagerLinks(among candidates: [Link]) -> [Link] {
    var eager: [Link] = []
    for link in neighbourhood.preferred where candidates.contains(link) {
      guard let state = links[link], !state.isLazy, state.pace == .free else { continue }
      eager.append(link)
      if eager.count == GossipLimits.eagerCount { break }
    }
    return eager.sorted { $0.rawValue < $1.rawValue }
  }

  /// Asks a peer to announce rather than push, since what it pushed had come from another peer.
  ///
  /// What had come from a client says nothing about paths.
  private mutating func prune(_ link: Link, for tag: TransactionTag, at now: Instant) {
    guard let source = held[tag]?.source ?? judged[tag]?.source, source != link,
      let state = links[link]
    else { return }
    if state.isLazy, let prunedAt = state.prunedAt {
      // What was under way when the link was pruned is nobody's fault.
      guard now.microseconds(since: prunedAt) >= GossipLimits.pruneGrace else { return }
      report(.redundant, of: link)
    }
    links[link]?.prunedAt = now
    links[link]?.isLazy = true
    outgoing.send(.prune, to: link)
  }
}

extension TransactionGossip.Refusal {
  /// What the door's code says about a transaction.
  package init(_ code: RefusalCode) {
    self =
      switch code {
      case .transactionExpired: .settled
      case .signatureInvalid: .forged
      case .keyUnknown: .copy
      default: .notNow
      }
  }
}
