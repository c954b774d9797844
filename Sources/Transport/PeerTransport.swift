import Cryptography
@preconcurrency import Glibc
import Ledger

/// A node's links to its peers: authenticated, framed, bounded, and driven by the caller's event loop.
///
/// A *link* joins two processes by two TCP connections with TLS 1.3, one for what is urgent (control)
/// and one for what is long (bulk). The side that dials opens the control connection, both say hello
/// on it, then the bulk connection under the link's nonce, with hellos again; then the link is up on
/// both sides. In TLS 1.3 a client whose handshake is done is not accepted yet: the hello is what
/// says so, and it says why when it refuses.
///
/// **One link a peer.** Both sides dial while they have no link (`Peer.State` has one thing at a
/// time). When both dial at once, the smaller member id is the arbiter. It says hello only once the
/// peer has shown its key, and from then on refuses the peer's dialling; before that it gives its own
/// up for it. The other side always gives its own dialling up when the arbiter's hello comes. So of
/// two attempts exactly one survives, and it is one that got through. A hello of the arbiter also
/// replaces a link that the other side still holds: the arbiter does not dial while it has one. In
/// the other direction a hello may have been under way when the link came up, so the arbiter holds on
/// to a link unless it has been silent for `staleMicroseconds`.
///
/// **One process a key.** A hello names the process's instance. One from another instance than that
/// of the link is refused, and both addresses are told, unless the link has been silent for
/// `rivalMicroseconds`: then the process behind it is taken for dead.
///
/// Not thread-safe: the loop thread's. A turn of the loop hands in events (`handle`), what is to be
/// sent (`send`), then `flush` and `expire` once each, and sleeps until `wake` at the latest. All of
/// them may report events, also about what happened in calls that report none.
package final class PeerTransport {
  let configuration: TransportConfiguration
  let context: TLSContext
  let resolver: NameResolver
  /// Where it listens; empty once it has stopped.
  var listeners: [TCPListener] = []
  /// Until when nothing is accepted, after the system ran out of something.
  var acceptsAgain: Instant?
  var quota: HandshakeQuota
  var notices: NoticeLimiter
  var jitter: SplitMix64
  /// By token; walked in the order of tokens.
  var connections: [UInt64: PeerConnection] = [:]
  /// Accepted connections that have not greeted, the oldest first.
  var halfOpen: [PeerConnection] = []
  var peers: [MemberID: Peer] = [:]
  /// The keys of `peers`, ascending.
  var peerOrder: [MemberID] = []
  var links: [LinkID: Link] = [:]
  /// Connections that got frames since the last flush.
  var touched: [PeerConnection] = []
  /// What is to be told with the next call that tells events.
  var outbox: [TransportEvent] = []
  /// When `expire` has something to do, or earlier.
  var nextExpiry: Instant?
  // Safety: allocated in `init`, freed in `deinit`; what is read into it is copied out before the
  // call that read it returns.
  let scratch: UnsafeMutableRawBufferPointer

  private let firstToken: UInt64
  private var lastToken: UInt64
  private var lastLink: UInt64 = 0
  private var lastRequest: UInt64 = 0

  /// Binds all addresses and listens; connections are accepted once it is registered.
  ///
  /// - Parameter firstToken: the tokens from this one on are the transport's alone.
  package convenience init(
    _ configuration: TransportConfiguration, firstToken: UInt64
  ) throws(TransportError) {
    try self.init(configuration, firstToken: firstToken, lookUp: NameResolver.addresses(of:))
  }

  /// - Parameter lookUp: what finds the addresses of host names.
  init(
    _ configuration: TransportConfiguration, firstToken: UInt64,
    lookUp: @escaping NameResolver.LookUp
  ) throws(TransportError) {
    context = try TLSContext(configuration.key)
    do throws(SystemError) { resolver = try NameResolver(lookUp) } catch { throw .system(error) }
    self.configuration = configuration
    self.firstToken = firstToken
    let start = Instant(microseconds: 0)
    quota = HandshakeQuota(configuration.limits)
    notices = NoticeLimiter(configuration.limits, at: start)
    jitter = SplitMix64(seed: try PeerTransport.seed(configuration))
    // The first token is the resolver's.
    lastToken = firstToken
    scratch = .allocate(byteCount: 64 * 1024, alignment: 16)
    for address in configuration.listenAddresses {
      lastToken += 1
      do throws(SystemError) {
        listeners.append(try TCPListener(address, token: lastToken))
      } catch {
        throw .listen(address, error)
      }
    }
  }

  deinit { scratch.deallocate() }

  private static func seed(_ configuration: TransportConfiguration) throws(TransportError) -> UInt64
  {
    if let seed = configuration.jitterSeed { return seed }
    do throws(CryptographyError) {
      return try SecureRandom.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    } catch {
      throw .randomnessUnavailable
    }
  }

  var limits: TransportLimits { configuration.limits }

  /// Where it listens, with the real ports where any was asked for.
  package var boundAddresses: [SocketAddress] { listeners.map(\.address) }

  package func register(in poll: borrowing EventPoll) throws(SystemError) {
    try poll.add(resolver.descriptorNumber, .read, token: firstToken)
    for listener in listeners {
      try poll.add(listener.descriptorNumber, .read, token: listener.token)
    }
  }

  /// When `expire` must be called at the latest; `nil` if only events can bring something.
  package var wake: Instant? {
    outbox.isEmpty && touched.isEmpty ? nextExpiry : Instant(microseconds: 0)
  }

  // MARK: Events

  package func handle(
    _ event: EventPoll.Event, _ poll: borrowing EventPoll, at now: Instant,
    _ events: inout [TransportEvent]
  ) {
    if let connection = connections[event.token] {
      serve(connection, isHungUp: event.isHungUp, poll, at: now)
    } else if event.token == firstToken {
      takeResolutions(poll, at: now)
    } else if let listener = listeners.first(where: { $0.token == event.token }) {
      accept(from: listener, poll, at: now)
    }
    report(&events)
  }

  /// Takes a connection as far as it goes.
  private func serve(
    _ connection: PeerConnection, isHungUp: Bool, _ poll: borrowing EventPoll, at now: Instant
  ) {
    if connection.phase == .connecting {
      if let error = connection.connect() { return lose(connection, .system(error), at: now) }
    }
    if connection.phase == .handshaking {
      switch connection.handshake() {
      case .finished(let key): authenticated(connection, key, at: now)
      case .waiting: break
      case .failed(let failure): lose(connection, ConnectionFailure(failure), at: now)
      }
    }
    if connection.phase == .lingering, connection.discard(using: scratch) { drop(connection) }
    if connection.isTalking {
      let failure = connection.read(using: scratch, at: now)
      // What was read whole counts, whatever came after it.
      takeFrames(of: connection, poll, at: now)
      if let failure {
        lose(connection, failure, at: now)
      } else if isHungUp, !connection.takesBytes {
        lose(connection, .closed, at: now)
      }
    }
    flush(connection, poll, at: now)
  }

  /// Hands on the frames that were read whole.
  func takeFrames(of connection: PeerConnection, _ poll: borrowing EventPoll, at now: Instant) {
    do throws(FrameTooLarge) {
      while let body = try connection.nextFrame() {
        if case .linked(let link) = connection.phase {
          outbox.append(.frame(link, connection.channel, body))
        } else {
          greeted(connection, body, poll, at: now)
        }
      }
    } catch {
      lose(connection, .frameTooLarge(error.byteCount), at: now)
    }
  }

  // MARK: Sending

  /// Queues a frame; nothing happens if the link is down by now.
  ///
  /// - Precondition: the body is within `channel.bodyByteLimit`.
  package func send(_ body: [UInt8], on channel: Channel, to link: LinkID, at now: Instant) {
    guard let connection = links[link]?.connection(channel) else { return }
    if !connection.isTouched {
      connection.isTouched = true
      touched.append(connection)
    }
    connection.enqueue(body, queueByteLimit: limits.queueByteLimit(channel), at: now)
  }

  /// Bytes that wait for a peer to take them; 0 if the link is down.
  package func waitingByteCount(on channel: Channel, to link: LinkID) -> Int {
    links[link]?.connection(channel).outgoing.byteCount ?? 0
  }

  /// Sends what was queued since the last flush, as far as the peers take it.
  package func flush(
    _ poll: borrowing EventPoll, at now: Instant, _ events: inout [TransportEvent]
  ) {
    let connections = touched
    touched.removeAll(keepingCapacity: true)
    for connection in connections {
      connection.isTouched = false
      flush(connection, poll, at: now)
    }
    report(&events)
  }

  /// Writes what waits, judges what is left, and tells the poll what to wait for.
  func flush(_ connection: PeerConnection, _ poll: borrowing EventPoll, at now: Instant) {
    if let failure = connection.flush(at: now) { return lose(connection, failure, at: now) }
    if case .linked(let link) = connection.phase, !connection.outgoing.isEmpty {
      let limit = limits.queueByteLimit(connection.channel)
      if connection.isOverrun || connection.outgoing.byteCount > limit {
        return end(link, .unread(connection.channel), at: now)
      }
      if let due = unreadDeadline(of: connection) { schedule(due) }
    }
    settle(connection, poll, at: now)
  }

  private func settle(_ connection: PeerConnection, _ poll: borrowing EventPoll, at now: Instant) {
    let wanted = connection.wantedInterest
    guard connection.phase != .closed, wanted != connection.interest else { return }
    connection.interest = wanted
    do throws(SystemError) {
      try poll.change(connection.descriptorNumber, wanted, token: connection.token)
    } catch {
      lose(connection, .system(error), at: now)
    }
  }

  // MARK: Bookkeeping

  /// Gives the events that have gathered to the caller.
  func report(_ events: inout [TransportEvent]) {
    guard !outbox.isEmpty else { return }
    if events.isEmpty {
      swap(&events, &outbox)
    } else {
      events.append(contentsOf: outbox)
      outbox.removeAll(keepingCapacity: true)
    }
  }

  func notice(_ notice: TransportNotice, at now: Instant) {
    if notices.admits(notice, at: now) { outbox.append(.notice(notice)) }
  }

  func schedule(_ instant: Instant) {
    nextExpiry = nextExpiry.map { min($0, instant) } ?? instant
  }

  func nextToken() -> UInt64 {
    lastToken += 1
    return lastToken
  }

  func nextLink() -> LinkID {
    lastLink += 1
    return LinkID(lastLink)
  }

  func nextRequest() -> UInt64 {
    lastRequest += 1
    return lastRequest
  }
}

/// A socket that listens.
final class TCPListener {
  let token: UInt64
  let address: SocketAddress
  private let descriptor: Descriptor

  init(_ address: SocketAddress, token: UInt64) throws(SystemError) {
    descriptor = try TCPSocket.listen(on: address)
    self.token = token
    self.address = TCPSocket.localAddress(descriptor.number) ?? address
  }

  var descriptorNumber: Int32 { descriptor.number }
}
