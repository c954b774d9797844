import Cryptography
import Ledger

/// From a finished handshake to a link: hellos, and what is refused.
extension PeerTransport {
  /// TLS is through, and the certificate's key is pinned.
  func authenticated(_ connection: PeerConnection, _ key: PublicKey, at now: Instant) {
    guard let member = context.pins[key] else {
      return lose(connection, .unknownKey(RefusedKey(keyID: key.keyID)), at: now)
    }
    connection.beginGreeting(with: PeerConnection.Identity(member: member, key: key), at: now)
    guard case .dialled(let expected) = connection.origin else { return }
    guard member == expected else { return lose(connection, .otherMember(member), at: now) }
    guard case .dialling(let attempt) = peers[member]?.state else { return drop(connection) }
    sayHello(on: connection, connection.channel, attempt.link, nil, at: now)
  }

  private func sayHello(
    on connection: PeerConnection, _ channel: Channel, _ link: Nonce, _ refusal: HelloRefusal?,
    at now: Instant
  ) {
    var hello = PeerHello(
      network: configuration.network, member: configuration.member, channel: channel, link: link,
      instance: configuration.instance)
    hello.refusal = refusal
    connection.enqueue(hello.encoded, queueByteLimit: TransportLimits.helloByteLimit, at: now)
  }

  /// The other side's hello.
  func greeted(
    _ connection: PeerConnection, _ body: [UInt8], _ poll: borrowing EventPoll, at now: Instant
  ) {
    guard let identity = connection.identity else { return }
    let hello: PeerHello
    do throws(PeerHelloError) {
      hello = try PeerHello(body)
    } catch {
      switch error {
      case .malformed: lose(connection, .malformedHello, at: now)
      case .otherVersion(let version):
        turnAway(connection, nil, .otherVersion(version), .otherVersion, at: now)
      }
      return
    }
    if hello.network != configuration.network {
      turnAway(connection, hello, .otherNetwork(hello.network), .otherNetwork, at: now)
    } else if hello.member != identity.member {
      turnAway(connection, hello, .otherMember(hello.member), .otherMember, at: now)
    } else if let refusal = hello.refusal {
      lose(connection, .refusedByPeer(refusal), at: now)
    } else {
      switch connection.origin {
      case .dialled: proceed(connection, hello, identity, poll, at: now)
      case .accepted: answer(connection, hello, identity, poll, at: now)
      }
    }
  }

  /// Ends a connection that cannot become a link. Who dialled has said hello already; who was dialled
  /// says why in the one that it owes.
  private func turnAway(
    _ connection: PeerConnection, _ hello: PeerHello?, _ failure: ConnectionFailure,
    _ refusal: HelloRefusal, at now: Instant
  ) {
    guard connection.origin == .accepted else { return lose(connection, failure, at: now) }
    // A peer that lost a race has another link, which is all that it wanted.
    if refusal != .alreadyLinked {
      let member = connection.identity?.member
      notice(.turnedAway(member, remote: connection.remote, failure), at: now)
    }
    sayHello(
      on: connection, hello?.channel ?? .control, hello?.link ?? .zero, refusal, at: now)
    linger(connection, at: now)
  }

  private func refuse(
    _ connection: PeerConnection, _ hello: PeerHello, _ refusal: HelloRefusal, at now: Instant
  ) {
    turnAway(connection, hello, .refused(refusal), refusal, at: now)
  }

  // MARK: On the side that dialled

  private func proceed(
    _ connection: PeerConnection, _ hello: PeerHello, _ identity: PeerConnection.Identity,
    _ poll: borrowing EventPoll, at now: Instant
  ) {
    guard case .dialling(let attempt) = peers[identity.member]?.state else {
      return drop(connection)
    }
    guard hello.link == attempt.link, hello.channel == connection.channel else {
      return lose(connection, .mismatchedHello, at: now)
    }
    switch attempt.stage {
    case .resolving: drop(connection)
    case .control:
      let deadline = now.advanced(byMicroseconds: limits.greetingMicroseconds)
      connection.greeted(.control, deadline: deadline)
      schedule(deadline)
      dialBulk(
        attempt, beside: connection, of: identity.member, instance: hello.instance, poll, at: now)
    case .bulk(let bulk, let control, let instance):
      guard hello.instance == instance else { return lose(connection, .mismatchedHello, at: now) }
      let link = Link(
        id: nextLink(), identity: identity, instance: instance, dialledBy: .thisNode, since: now,
        control: control, bulk: bulk)
      establish(link, poll, at: now)
    }
  }

  // MARK: On the side that was dialled

  private func answer(
    _ connection: PeerConnection, _ hello: PeerHello, _ identity: PeerConnection.Identity,
    _ poll: borrowing EventPoll, at now: Instant
  ) {
    switch hello.channel {
    case .control:
      if let refusal = refusal(of: connection, hello, identity.member, at: now) {
        return refuse(connection, hello, refusal, at: now)
      }
      sayHello(on: connection, .control, hello.link, nil, at: now)
      let deadline = now.advanced(byMicroseconds: limits.greetingMicroseconds)
      connection.greeted(.control, deadline: deadline)
      schedule(deadline)
      halfOpen.removeAll { $0 === connection }
      peers[identity.member]?.state = .answering(
        PendingLink(control: connection, link: hello.link, instance: hello.instance))
    case .bulk:
      guard case .answering(let pending) = peers[identity.member]?.state,
        pending.link == hello.link, pending.instance == hello.instance
      else { return refuse(connection, hello, .unpaired, at: now) }
      sayHello(on: connection, .bulk, hello.link, nil, at: now)
      halfOpen.removeAll { $0 === connection }
      let link = Link(
        id: nextLink(), identity: identity, instance: hello.instance, dialledBy: .peer, since: now,
        control: pending.control, bulk: connection)
      establish(link, poll, at: now)
    }
  }

  /// Whether a peer's new link is wanted; if so, whatever it takes the place of is gone after this.
  private func refusal(
    of connection: PeerConnection, _ hello: PeerHello, _ member: MemberID, at now: Instant
  ) -> HelloRefusal? {
    guard let peer = peers[member] else { return .memberUnknown }
    switch peer.state {
    case .idle:
      return links.count >= limits.linkLimit ? .tooManyLinks : nil
    case .dialling(let attempt):
      if isArbiter(of: member), attempt.hasGreeted { return .alreadyLinked }
      giveUp(attempt)
    case .answering(let pending):
      guard pending.instance == hello.instance else {
        return duplicate(member, pending.control, connection, at: now)
      }
      drop(pending.control)
    case .linked(let id):
      guard let link = links[id] else { return nil }
      let silence = now.microseconds(since: link.lastHeard)
      if link.instance == hello.instance {
        if isArbiter(of: member), silence < limits.staleMicroseconds { return .alreadyLinked }
        end(id, .replaced, at: now)
      } else {
        guard silence >= limits.rivalMicroseconds else {
          return duplicate(member, link.control, connection, at: now)
        }
        end(id, .replacedByOtherProcess, at: now)
      }
    }
    return nil
  }

  private func duplicate(
    _ member: MemberID, _ linked: PeerConnection, _ refused: PeerConnection, at now: Instant
  ) -> HelloRefusal {
    notice(
      .duplicateIdentity(member, linked: linked.remote, refused: refused.remote), at: now)
    return .keyInUse
  }

  /// Whether this node decides which of two simultaneous links stays.
  private func isArbiter(of member: MemberID) -> Bool { configuration.member < member }
}
