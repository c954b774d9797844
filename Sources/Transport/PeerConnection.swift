import Cryptography
@preconcurrency import Glibc
import Ledger

/// One TCP connection to another node, from its start to its end; the loop thread's.
///
/// It moves bytes and frames, and knows how far it got; `PeerTransport` decides what that means.
final class PeerConnection {
  enum Phase: Equatable {
    /// TCP, of a connection that this node dials.
    case connecting
    /// TLS.
    case handshaking
    /// One hello, or both, are missing.
    case greeting
    /// Waits for the link's other connection.
    case greeted
    case linked(LinkID)
    /// The last word is on its way; what the other side says is thrown away until it closes, lest a
    /// reset overtake that word.
    case lingering
    case closed
  }

  enum Origin: Equatable {
    case dialled(MemberID)
    case accepted
  }

  /// Whose certificate came.
  struct Identity {
    let member: MemberID
    let key: PublicKey
  }

  let token: UInt64
  let remote: SocketAddress
  let origin: Origin
  let startedAt: Instant
  private(set) var phase: Phase
  private(set) var channel: Channel
  private(set) var identity: Identity?
  /// When it must have got further.
  private(set) var deadline: Instant?
  private(set) var lastHeard: Instant
  private(set) var outgoing = OutgoingQueue()
  /// Whether its queue went beyond all bounds; what comes then is not queued.
  private(set) var isOverrun = false
  /// Whether the transport has it on its list of those that got frames.
  var isTouched = false
  /// What the event poll was told.
  var interest: EventPoll.Interest = []

  private let tls: TLSConnection
  private var incoming = FrameBuffer(bodyByteLimit: TransportLimits.helloByteLimit)
  private var handshakeWaits: EventPoll.Interest = .read
  private var readWaits: EventPoll.Interest = .read
  private var writeWaits: EventPoll.Interest = .write

  /// - Parameter descriptor: connecting, if it was dialled.
  init(
    token: UInt64, origin: Origin, channel: Channel, remote: SocketAddress,
    descriptor: consuming Descriptor, context: TLSContext, deadline: Instant, at now: Instant
  ) throws(TLSFailure) {
    let isDialled = origin != .accepted
    tls = try TLSConnection(
      isDialled ? .client : .server, context: context, descriptor: descriptor)
    phase = isDialled ? .connecting : .handshaking
    self.token = token
    self.origin = origin
    self.channel = channel
    self.remote = remote
    self.deadline = deadline
    startedAt = now
    lastHeard = now
  }

  var descriptorNumber: Int32 { tls.descriptor.number }

  /// What was read and not handed on.
  var heldByteCount: Int { incoming.byteCount }

  /// What takes too long if `deadline` passes.
  var step: ConnectionStep {
    switch phase {
    case .connecting: .connecting
    case .handshaking: .handshake
    case .greeting: .greeting
    case .greeted, .linked, .lingering, .closed: .secondConnection
    }
  }

  /// Whether frames can be queued and read.
  var isTalking: Bool {
    switch phase {
    case .greeting, .greeted, .linked: true
    case .connecting, .handshaking, .lingering, .closed: false
    }
  }

  /// Whether bytes are read: not many of them before the link is up.
  var takesBytes: Bool {
    phase != .greeted || incoming.byteCount < TransportLimits.earlyByteLimit
  }

  var wantedInterest: EventPoll.Interest {
    switch phase {
    case .connecting: return .write
    case .handshaking: return handshakeWaits
    case .closed: return []
    case .greeting, .greeted, .linked, .lingering:
      var interest: EventPoll.Interest = takesBytes ? readWaits : []
      if !outgoing.isEmpty { interest.formUnion(writeWaits) }
      return interest
    }
  }

  // MARK: Getting further

  /// The socket can be written for the first time: connected, or not.
  func connect() -> SystemError? {
    if let error = TCPSocket.failure(descriptorNumber) { return error }
    phase = .handshaking
    return nil
  }

  func handshake() -> TLSConnection.Handshake {
    let result = tls.handshake()
    if case .waiting(let interest) = result { handshakeWaits = interest }
    return result
  }

  func beginGreeting(with identity: Identity, at now: Instant) {
    self.identity = identity
    phase = .greeting
    lastHeard = now
  }

  /// - Parameter deadline: when the link's other connection must have greeted too.
  func greeted(_ channel: Channel, deadline: Instant) {
    self.channel = channel
    self.deadline = deadline
    phase = .greeted
    incoming.bodyByteLimit = channel.bodyByteLimit
  }

  func join(_ link: LinkID, as channel: Channel, at now: Instant) {
    self.channel = channel
    deadline = nil
    phase = .linked(link)
    lastHeard = now
    incoming.bodyByteLimit = channel.bodyByteLimit
  }

  func linger(until deadline: Instant) {
    phase = .lingering
    self.deadline = deadline
    readWaits = .read
    finishWriting()
  }

  func close() {
    if isTalking { tls.sayGoodbye() }
    phase = .closed
  }

  // MARK: Reading

  /// Reads what there is, up to a turn's limit.
  ///
  /// - Parameter scratch: at least 16 KiB, a TLS record, so that nothing which was read stays in
  ///   OpenSSL, where the event poll does not see it.
  func read(using scratch: UnsafeMutableRawBufferPointer, at now: Instant) -> ConnectionFailure? {
    var left = TransportLimits.readByteLimit
    readWaits = .read
    while left > 0, takesBytes {
      switch tls.read(into: scratch) {
      case .moved(let count):
        incoming.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        lastHeard = now
        left -= count
      case .waiting(let interest):
        readWaits = interest
        return nil
      case .ended: return .closed
      case .failed(let failure): return ConnectionFailure(failure)
      }
    }
    return nil
  }

  /// The next frame that was read whole; none while the link's other connection is waited for.
  func nextFrame() throws(FrameTooLarge) -> [UInt8]? {
    switch phase {
    case .greeting, .linked: try incoming.next()
    case .connecting, .handshaking, .greeted, .lingering, .closed: nil
    }
  }

  /// Throws away what comes; returns whether the other side is done.
  func discard(using scratch: UnsafeMutableRawBufferPointer) -> Bool {
    var left = TransportLimits.readByteLimit
    while left > 0 {
      switch tls.descriptor.read(into: scratch) {
      case .moved(let count): left -= count
      case .wouldBlock: return false
      case .ended, .failed: return true
      }
    }
    return false
  }

  // MARK: Writing

  /// Queues a frame; `flush` sends it.
  ///
  /// - Precondition: the body is within the channel's limit.
  func enqueue(_ body: [UInt8], queueByteLimit: Int, at now: Instant) {
    precondition(body.count <= channel.bodyByteLimit, "a frame is within its reader's limit")
    // The limit holds after a flush; a turn may add as much again before it.
    guard outgoing.byteCount <= 2 * queueByteLimit else {
      isOverrun = true
      return
    }
    outgoing.append(body, at: now)
  }

  /// Sends as much as the other side takes, up to a turn's limit.
  func flush(at now: Instant) -> ConnectionFailure? {
    guard isTalking || phase == .lingering else { return nil }
    var left = TransportLimits.writeByteLimit
    writeWaits = .write
    while !outgoing.isEmpty, left > 0 {
      switch outgoing.withNext({ tls.write($0) }) {
      case .moved(let count):
        outgoing.removeFirst(count, at: now)
        left -= count
      case .waiting(let interest):
        writeWaits = interest
        return nil
      case .ended: return .closed
      case .failed(let failure): return ConnectionFailure(failure)
      }
    }
    if phase == .lingering { finishWriting() }
    return nil
  }

  private func finishWriting() {
    guard outgoing.isEmpty else { return }
    tls.sayGoodbye()
    shutdown(descriptorNumber, Int32(SHUT_WR))
  }
}
