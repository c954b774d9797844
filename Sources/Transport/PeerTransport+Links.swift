import Cryptography
import Ledger

/// Links from their beginning to their end, and the ends of all that did not become one.
extension PeerTransport {
  func establish(_ link: Link, _ poll: borrowing EventPoll, at now: Instant) {
    let member = link.identity.member
    link.control.join(link.id, as: .control, at: now)
    link.bulk.join(link.id, as: .bulk, at: now)
    links[link.id] = link
    peers[member]?.state = .linked(link.id)
    peers[member]?.plan.linkCame()
    schedule(now.advanced(byMicroseconds: limits.silenceMicroseconds))
    outbox.append(.linkUp(link.id, member, remote: link.remote, dialledBy: link.dialledBy))
    // The peer may have said more than its hello by now.
    takeFrames(of: link.control, poll, at: now)
    flush(link.control, poll, at: now)
  }

  func end(_ id: LinkID, _ reason: LinkEnding, at now: Instant) {
    guard let link = links.removeValue(forKey: id) else { return }
    drop(link.control)
    drop(link.bulk)
    outbox.append(.linkDown(id, reason: reason))
    guard var peer = peers[link.identity.member], case .linked(id) = peer.state else { return }
    peer.state = .idle
    peer.plan.linkEnded(
      afterMicroseconds: now.microseconds(since: link.since), at: now, limits, &jitter)
    schedule(peer.plan.next)
    peers[link.identity.member] = peer
  }

  /// Ends a link for a reason of the caller's; its end is told with the next events.
  package func disconnect(_ link: LinkID, reason: String, at now: Instant) {
    end(link, .disconnected(reason), at: now)
  }

  // MARK: Ends of connections

  /// A connection failed: what it was part of fails with it.
  func lose(_ connection: PeerConnection, _ failure: ConnectionFailure, at now: Instant) {
    switch connection.phase {
    case .closed: return
    case .lingering: return drop(connection)
    case .linked(let link):
      return end(link, .connection(connection.channel, failure), at: now)
    case .connecting, .handshaking, .greeting, .greeted: break
    }
    switch connection.origin {
    case .dialled(let member): loseDialled(connection, member, named(failure), at: now)
    case .accepted: loseAccepted(connection, named(failure), at: now)
    }
  }

  private func loseDialled(
    _ connection: PeerConnection, _ member: MemberID, _ failure: ConnectionFailure, at now: Instant
  ) {
    guard case .dialling(let attempt) = peers[member]?.state,
      attempt.connections.contains(where: { $0 === connection })
    else { return drop(connection) }
    failDialling(member, attempt.address, failure, at: now)
  }

  private func loseAccepted(
    _ connection: PeerConnection, _ failure: ConnectionFailure, at now: Instant
  ) {
    let member = connection.identity?.member
    // Who leaves by itself has changed its mind: both sides dialled, or it only looked who is there.
    if failure != .closed {
      notice(.turnedAway(member, remote: connection.remote, failure), at: now)
    }
    if connection.phase == .handshaking, failure != .closed {
      // TLS has said why.
      return linger(connection, at: now)
    }
    drop(connection)
    guard let member, case .answering(let pending) = peers[member]?.state,
      pending.control === connection
    else { return }
    peers[member]?.state = .idle
    schedule(now)
  }

  /// Our own key at the other end is worth a name.
  private func named(_ failure: ConnectionFailure) -> ConnectionFailure {
    let own = RefusedKey(keyID: configuration.key.publicKey.keyID)
    return failure == .unknownKey(own) ? .ownKey : failure
  }

  func linger(_ connection: PeerConnection, at now: Instant) {
    let deadline = now.advanced(byMicroseconds: limits.lingerMicroseconds)
    connection.linger(until: deadline)
    schedule(deadline)
  }

  /// Closes a connection; nothing else happens. The descriptor goes with the last reference, which is
  /// the caller's.
  func drop(_ connection: PeerConnection) {
    connection.close()
    connections[connection.token] = nil
    if connection.origin == .accepted { halfOpen.removeAll { $0 === connection } }
  }

  // MARK: Who may be linked

  /// Takes a new set of peers, at any time. Links and connections whose key is no longer a peer's are
  /// cut; the others stay. This node itself and a member's second entry are left out; of two members
  /// with one key the first has it.
  package func setPeers(_ new: [PeerConfiguration], at now: Instant) {
    let others = Dictionary(
      new.filter { $0.member != configuration.member }.map { ($0.member, $0) },
      uniquingKeysWith: { first, _ in first })
    let old = peers
    peerOrder = others.keys.sorted()
    peers = others.mapValues { configuration in
      guard var peer = old[configuration.member] else {
        return Peer(configuration: configuration, plan: DialPlan(at: now))
      }
      if peer.configuration.addresses != configuration.addresses { peer.plan = DialPlan(at: now) }
      peer.configuration = configuration
      return peer
    }
    pinKeys()
    for member in old.keys.sorted() where peers[member] == nil {
      old[member].map { abandon($0, at: now) }
    }
    cutUnpinned(at: now)
    schedule(now)
  }

  private func pinKeys() {
    context.pins = [:]
    for member in peerOrder {
      for key in peers[member]?.configuration.transportKeys ?? []
      where key != configuration.key.publicKey && context.pins[key] == nil {
        context.pins[key] = member
      }
    }
  }

  private func abandon(_ peer: Peer, at now: Instant) {
    switch peer.state {
    case .idle: return
    case .dialling(let attempt): giveUp(attempt)
    case .answering(let pending): drop(pending.control)
    case .linked(let link): end(link, .notAdmitted, at: now)
    }
  }

  private func cutUnpinned(at now: Instant) {
    for token in connections.keys.sorted() {
      guard let connection = connections[token], let identity = connection.identity,
        context.pins[identity.key] != identity.member
      else { continue }
      if case .linked(let link) = connection.phase {
        end(link, .notAdmitted, at: now)
      } else {
        lose(connection, .unknownKey(RefusedKey(keyID: identity.key.keyID)), at: now)
      }
    }
  }

  // MARK: The end

  /// Closes everything; the object is of no more use.
  package func stop(at now: Instant) {
    for link in links.keys.sorted() { end(link, .stopped, at: now) }
    for token in connections.keys.sorted() { connections[token].map(drop) }
    peers = [:]
    peerOrder = []
    context.pins = [:]
    listeners = []
    acceptsAgain = nil
    nextExpiry = nil
  }
}
