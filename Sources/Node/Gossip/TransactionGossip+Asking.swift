import Consensus
import Ledger
import Transport

// Announcements, and what is asked for because of them.

extension TransactionGossip {
  // MARK: Announcing

  /// Lets a tag wait to be announced on a link.
  mutating func announce(_ tag: TransactionTag, to link: Link, at now: Instant) {
    guard let waiting = links[link]?.announcements.count else { return }
    if waiting == 0 {
      links[link]?.announceAt = now.advanced(byMicroseconds: GossipLimits.announcementHold)
    } else if waiting >= GossipLimits.announcementsPerLink {
      links[link]?.announcements.removeFirst(PeerLimits.announcementLimit)
    }
    links[link]?.announcements.append(tag)
    if waiting + 1 >= PeerLimits.announcementLimit { links[link]?.announceAt = now }
  }

  /// Sends the announcements whose time has come. What has left the mempool, or became known to the
  /// peer meanwhile, is left out.
  mutating func announce(at now: Instant) {
    for peer in neighbourhood.peers {
      let link = peer.link
      guard let announceAt = links[link]?.announceAt, announceAt <= now else { continue }
      guard links[link]?.pace == .free else {
        links[link]?.announceAt = now.advanced(byMicroseconds: GossipLimits.busyPause)
        continue
      }
      let waiting = links[link]?.announcements ?? []
      links[link]?.announcements = []
      links[link]?.announceAt = nil
      let tags = waiting.filter { held[$0].map { !$0.knownBy.contains(link) } ?? false }
      for tags in tags.chunks(of: PeerLimits.announcementLimit) {
        outgoing.send(.announcement(tags), to: link)
      }
    }
  }

  // MARK: Wanting

  /// A peer says what it has.
  package mutating func announcementReceived(
    _ tags: [TransactionTag], from link: Link, at now: Instant
  ) {
    guard let roundTrip = roundTrip(of: link) else { return }
    let askAt =
      neighbourhood.mayBeServedByOthers(than: link)
      ? now.advanced(byMicroseconds: max(GossipLimits.shortestGrace, roundTrip / 2 * 3)) : now
    for tag in tags {
      if held[tag] != nil || judged[tag] != nil {
        note(tag, knownBy: link)
      } else if !settled.contains(tag), !refused.contains(tag) {
        want(tag, announcedBy: link, askingAt: askAt)
      }
    }
  }

  /// Wants a transaction, or knows one more who has it.
  mutating func want(_ tag: TransactionTag, announcedBy link: Link, askingAt due: Instant) {
    guard let state = links[link] else { return }
    if let want = wants[tag] {
      if !want.announcers.contains(link), want.announcers.count < GossipLimits.announcersPerWant {
        wants[tag]?.announcers.append(link)
      }
      return
    }
    guard state.wantCount < GossipLimits.wantsPerLink, wants.count < GossipLimits.wantLimit else {
      return
    }
    links[link]?.wantCount += 1
    wants[tag] = Want(
      cause: link, announcers: [link], asked: nil, entry: queue.insert(tag, due: due))
  }

  mutating func remove(want tag: TransactionTag) -> Want? {
    guard let want = wants.removeValue(forKey: tag) else { return nil }
    links[want.cause]?.wantCount -= 1
    if let asked = want.asked { links[asked]?.askCount -= 1 }
    trimQueue()
    return want
  }

  private mutating func trimQueue() {
    guard queue.count > 2 * wants.count + 1_024 else { return }
    queue.removeAll { wants[$0.tag]?.entry != $0.number }
  }

  // MARK: Asking

  /// Asks for what did not come by itself, and asks the next one for what an announcer withholds.
  mutating func ask(at now: Instant) {
    guard isTaking else { return }
    while let first = queue.first, first.due <= now {
      queue.removeFirst()
      guard let want = wants[first.tag], want.entry == first.number else { continue }
      if let asked = want.asked { giveUp(on: asked, for: first.tag) }
      askNext(for: first.tag, at: now)
    }
  }

  private mutating func giveUp(on link: Link, for tag: TransactionTag) {
    wants[tag]?.asked = nil
    wants[tag]?.announcers.removeAll { $0 == link }
    guard links[link] != nil else { return }
    links[link]?.askCount -= 1
    report(.withheld, of: link)
  }

  private mutating func askNext(for tag: TransactionTag, at now: Instant) {
    let announcers = (wants[tag]?.announcers ?? []).filter { links[$0] != nil }
    guard !announcers.isEmpty else {
      _ = remove(want: tag)
      return
    }
    wants[tag]?.announcers = announcers
    let free = announcers.filter { (links[$0]?.askCount ?? .max) < GossipLimits.asksPerLink }
    guard let link = free.first(where: { links[$0]?.isAvoided == false }) ?? free.first,
      let roundTrip = roundTrip(of: link)
    else { return postpone(tag, to: now, by: GossipLimits.busyPause) }
    links[link]?.askCount += 1
    links[link]?.asked.insert(tag)
    links[link]?.asks.append(tag)
    wants[tag]?.asked = link
    postpone(tag, to: now, by: max(GossipLimits.shortestPatience, 4 * roundTrip))
  }

  private mutating func postpone(_ tag: TransactionTag, to now: Instant, by duration: UInt64) {
    wants[tag]?.entry = queue.insert(tag, due: now.advanced(byMicroseconds: duration))
  }

  /// `nil` if the link is down.
  private func roundTrip(of link: Link) -> UInt64? {
    neighbourhood[link].map {
      min($0.roundTrip ?? GossipLimits.assumedRoundTrip, GossipLimits.longestRoundTrip)
    }
  }

  // MARK: Answering

  /// A peer asks for announced transactions: gives what its budget allows.
  package mutating func wantedReceived(
    _ tags: [TransactionTag], from link: Link, at now: Instant
  ) {
    guard links[link] != nil else { return }
    links[link]?.isLazy = false
    var isGreedy = false
    for tag in tags {
      guard let transaction = held[tag] else { continue }
      let byteCount = UInt64(transaction.bytes.count)
      let isRepeat = transaction.knownBy.contains(link)
      let isAllowed =
        isRepeat
        ? links[link]?.repeats.take(byteCount, at: now)
        : links[link]?.answers.take(byteCount, at: now)
      guard isAllowed == true else {
        isGreedy = isGreedy || isRepeat
        continue
      }
      if !isRepeat { held[tag]?.knownBy.append(link) }
      outgoing.send(transaction: transaction.bytes, to: [link])
    }
    if isGreedy { report(.greedy, of: link) }
  }
}
