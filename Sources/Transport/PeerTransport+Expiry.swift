import Ledger

/// What happens because nothing else did.
extension PeerTransport {
  /// Cuts off who is too slow or silent, and dials whom there is no link to.
  package func expire(
    _ poll: borrowing EventPoll, at now: Instant, _ events: inout [TransportEvent]
  ) {
    if let due = nextExpiry, due <= now {
      nextExpiry = nil
      resumeAccepting(poll, at: now)
      for token in connections.keys.sorted() { expireConnection(token, at: now) }
      for id in links.keys.sorted() { expireLink(id, at: now) }
      for member in peerOrder { expirePeer(member, poll, at: now) }
      if let count = notices.takeSuppressed(at: now) {
        outbox.append(.notice(.suppressed(count)))
      }
      scheduleNext(at: now)
    }
    report(&events)
  }

  private func expireConnection(_ token: UInt64, at now: Instant) {
    guard let connection = connections[token], let deadline = connection.deadline,
      deadline <= now
    else { return }
    lose(connection, .timedOut(connection.step), at: now)
    // After a failed handshake it would linger, but it has had its time.
    drop(connection)
  }

  private func expireLink(_ id: LinkID, at now: Instant) {
    guard let link = links[id] else { return }
    if now.microseconds(since: link.lastHeard) >= limits.silenceMicroseconds {
      return end(id, .silent, at: now)
    }
    for connection in [link.control, link.bulk] {
      if let deadline = unreadDeadline(of: connection), deadline <= now {
        return end(id, .unread(connection.channel), at: now)
      }
    }
  }

  /// When what waits on a link's connection has waited for too long.
  func unreadDeadline(of connection: PeerConnection) -> Instant? {
    let queue = connection.outgoing
    guard !queue.isEmpty else { return nil }
    switch connection.channel {
    case .control:
      return queue.oldest?.advanced(byMicroseconds: limits.controlAgeMicroseconds)
    case .bulk:
      return queue.lastMoved.advanced(byMicroseconds: limits.bulkStallMicroseconds)
    }
  }

  private func expirePeer(_ member: MemberID, _ poll: borrowing EventPoll, at now: Instant) {
    guard let peer = peers[member] else { return }
    switch peer.state {
    case .linked, .answering: return
    case .dialling(let attempt):
      guard case .resolving(_, let deadline) = attempt.stage, deadline <= now else { return }
      failDialling(member, attempt.address, .unresolved("no answer in time"), at: now)
    case .idle:
      guard canDial(peer), peer.plan.next <= now else { return }
      dial(member, poll, at: now)
    }
  }

  private func canDial(_ peer: Peer) -> Bool {
    peer.configuration.isDialled && !peer.configuration.addresses.isEmpty
      && links.count < limits.linkLimit
  }

  private func scheduleNext(at now: Instant) {
    if let acceptsAgain { schedule(acceptsAgain) }
    if notices.hasSuppressed { schedule(now.advanced(byMicroseconds: 1_000_000)) }
    for connection in connections.values {
      if let deadline = connection.deadline { schedule(deadline) }
    }
    for link in links.values {
      schedule(link.lastHeard.advanced(byMicroseconds: limits.silenceMicroseconds))
      for connection in [link.control, link.bulk] {
        if let deadline = unreadDeadline(of: connection) { schedule(deadline) }
      }
    }
    for peer in peers.values {
      switch peer.state {
      case .linked, .answering: continue
      case .dialling(let attempt):
        if case .resolving(_, let deadline) = attempt.stage { schedule(deadline) }
      case .idle:
        if canDial(peer) { schedule(peer.plan.next) }
      }
    }
  }
}
