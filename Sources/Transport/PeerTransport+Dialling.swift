import Cryptography
import Ledger

/// Reaching peers.
extension PeerTransport {
  /// Begins a link to a peer that has none.
  func dial(_ member: MemberID, _ poll: borrowing EventPoll, at now: Instant) {
    guard var peer = peers[member],
      let (address, target) = peer.plan.target(in: peer.configuration.addresses)
    else { return }
    let link: Nonce
    do throws(CryptographyError) { link = try Nonce.random() } catch {
      return failDialling(member, address, .randomnessUnavailable, at: now)
    }
    switch target {
    case .address(let remote):
      peers[member] = peer
      connect(member, to: remote, DialStart(address: address, link: link), poll, at: now)
    case .name(let host, let port):
      let request = nextRequest()
      let deadline = now.advanced(byMicroseconds: limits.resolvingMicroseconds)
      peer.state = .dialling(
        DialAttempt(
          address: address, link: link, stage: .resolving(request: request, deadline: deadline)))
      peers[member] = peer
      schedule(deadline)
      resolver.resolve(host, port: port, request: request)
    }
  }

  /// What all stages of an attempt have in common.
  struct DialStart {
    let address: NodeAddress
    let link: Nonce
  }

  private func connect(
    _ member: MemberID, to remote: SocketAddress, _ start: DialStart, _ poll: borrowing EventPoll,
    at now: Instant
  ) {
    guard let control = open(.control, of: member, to: remote, start, at: now) else { return }
    peers[member]?.state = .dialling(
      DialAttempt(address: start.address, link: start.link, stage: .control(control)))
    watch(control, poll, at: now)
  }

  /// The control connection has greeted: the bulk connection goes to the same address.
  func dialBulk(
    _ attempt: DialAttempt, beside control: PeerConnection, of member: MemberID, instance: Nonce,
    _ poll: borrowing EventPoll, at now: Instant
  ) {
    let start = DialStart(address: attempt.address, link: attempt.link)
    guard let bulk = open(.bulk, of: member, to: control.remote, start, at: now) else { return }
    var attempt = attempt
    attempt.stage = .bulk(bulk, control: control, instance: instance)
    peers[member]?.state = .dialling(attempt)
    watch(bulk, poll, at: now)
  }

  private func open(
    _ channel: Channel, of member: MemberID, to remote: SocketAddress, _ start: DialStart,
    at now: Instant
  ) -> PeerConnection? {
    let deadline = now.advanced(byMicroseconds: limits.greetingMicroseconds)
    let failure: ConnectionFailure
    do {
      return try PeerConnection(
        token: nextToken(), origin: .dialled(member), channel: channel, remote: remote,
        descriptor: try TCPSocket.connect(to: remote), context: context, deadline: deadline, at: now
      )
    } catch let error as SystemError {
      failure = .system(error)
    } catch let error as TLSFailure {
      failure = ConnectionFailure(error)
    } catch {
      preconditionFailure("opening a connection throws the system's errors and those of TLS")
    }
    failDialling(member, start.address, failure, at: now)
    return nil
  }

  /// Goes on with the peers whose host names were looked up.
  func takeResolutions(_ poll: borrowing EventPoll, at now: Instant) {
    for answer in resolver.take() {
      guard let member = peerOrder.first(where: { isResolving($0, answer.request) }),
        case .dialling(let attempt) = peers[member]?.state
      else { continue }
      switch answer.addresses {
      case .success(let addresses):
        guard let remote = peers[member]?.plan.resolved(addresses) else { continue }
        let start = DialStart(address: attempt.address, link: attempt.link)
        connect(member, to: remote, start, poll, at: now)
      case .failure(let failure):
        failDialling(member, attempt.address, .unresolved(failure.reason), at: now)
      }
    }
  }

  private func isResolving(_ member: MemberID, _ request: UInt64) -> Bool {
    guard case .dialling(let attempt) = peers[member]?.state,
      case .resolving(request, _) = attempt.stage
    else { return false }
    return true
  }

  /// Ends an attempt; nothing else happens.
  func giveUp(_ attempt: DialAttempt) {
    if case .resolving(let request, _) = attempt.stage { resolver.forget(request) }
    attempt.connections.forEach(drop)
  }

  /// An attempt came to nothing; the next one follows the peer's plan.
  func failDialling(
    _ member: MemberID, _ address: NodeAddress, _ reason: ConnectionFailure, at now: Instant
  ) {
    guard var peer = peers[member] else { return }
    if case .dialling(let attempt) = peer.state { giveUp(attempt) }
    peer.state = .idle
    let failure = DialFailure(address: address, reason: reason, time: now)
    peer.plan.failed(
      failure, addressCount: peer.configuration.addresses.count, isOfPeer: reason.isOfPeer, limits,
      &jitter)
    // Both sides dialled, and the other one's attempt goes on: nothing is wrong.
    if reason != .refusedByPeer(.alreadyLinked), peer.plan.tells(failure, limits) {
      notice(.dialFailed(member, address: address, reason), at: now)
    }
    schedule(peer.plan.next)
    peers[member] = peer
  }
}

extension ConnectionFailure {
  /// Whether the peer's own node was reached and does not want the link.
  fileprivate var isOfPeer: Bool {
    switch self {
    case .refusedByPeer, .keyRefused: true
    default: false
    }
  }
}
