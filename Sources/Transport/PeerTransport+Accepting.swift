@preconcurrency import Glibc
import Ledger

/// Connections that come in, and their bounds.
extension PeerTransport {
  /// Accepts who waits.
  func accept(from listener: TCPListener, _ poll: borrowing EventPoll, at now: Instant) {
    for _ in 0..<TransportLimits.acceptsPerTurn {
      do throws(SystemError) {
        guard let (number, remote) = try TCPSocket.accept(listener.descriptorNumber) else { return }
        admit(Descriptor(owning: number), remote, poll, at: now)
      } catch {
        return pauseAccepting(error, poll, at: now)
      }
    }
  }

  /// Who is turned away here is not worth a handshake: the descriptor is closed.
  private func admit(
    _ descriptor: consuming Descriptor, _ remote: SocketAddress, _ poll: borrowing EventPoll,
    at now: Instant
  ) {
    guard quota.admits(remote.host, at: now) else {
      return notice(.handshakeQuotaExceeded(remote), at: now)
    }
    guard makeHalfOpenRoom(at: now) else { return notice(.tooManyHalfOpen(remote), at: now) }
    let connection: PeerConnection
    do throws(TLSFailure) {
      connection = try PeerConnection(
        token: nextToken(), origin: .accepted, channel: .control, remote: remote,
        descriptor: descriptor, context: context,
        deadline: now.advanced(byMicroseconds: limits.greetingMicroseconds), at: now)
    } catch {
      return notice(.turnedAway(nil, remote: remote, ConnectionFailure(error)), at: now)
    }
    halfOpen.append(connection)
    watch(connection, poll, at: now)
  }

  /// Whether there is a place; the oldest half-open connection loses its own if it has had time.
  private func makeHalfOpenRoom(at now: Instant) -> Bool {
    guard halfOpen.count >= limits.halfOpenLimit else { return true }
    guard let oldest = halfOpen.first,
      now.microseconds(since: oldest.startedAt) >= limits.halfOpenGraceMicroseconds
    else { return false }
    lose(oldest, .displaced, at: now)
    drop(oldest)
    return true
  }

  /// Takes a new connection up, and has the poll tell of it.
  func watch(_ connection: PeerConnection, _ poll: borrowing EventPoll, at now: Instant) {
    connections[connection.token] = connection
    connection.interest = connection.wantedInterest
    if let deadline = connection.deadline { schedule(deadline) }
    do throws(SystemError) {
      try poll.add(connection.descriptorNumber, connection.interest, token: connection.token)
    } catch {
      lose(connection, .system(error), at: now)
    }
  }

  private func pauseAccepting(
    _ error: SystemError, _ poll: borrowing EventPoll, at now: Instant
  ) {
    notice(.acceptPaused(error), at: now)
    for listener in listeners { poll.remove(listener.descriptorNumber) }
    let again = now.advanced(byMicroseconds: limits.acceptPauseMicroseconds)
    acceptsAgain = again
    schedule(again)
  }

  func resumeAccepting(_ poll: borrowing EventPoll, at now: Instant) {
    guard let again = acceptsAgain, again <= now else { return }
    acceptsAgain = nil
    for listener in listeners {
      do throws(SystemError) {
        try poll.add(listener.descriptorNumber, .read, token: listener.token)
      } catch {
        return pauseAccepting(error, poll, at: now)
      }
    }
  }
}
