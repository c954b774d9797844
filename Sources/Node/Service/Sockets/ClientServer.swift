import Consensus
@preconcurrency import Glibc
import Ledger
import Transport

/// What clients did in a turn, in order.
enum ClientEvent {
  case request(ClientID, NumberedRequest)
  /// The connection is gone; what it asked for goes on, only nobody hears of it there.
  case left(ClientID)
}

/// The node's side of the socket in the data directory: accepts clients, takes requests out of what
/// they send and sends answers, and cuts off whoever breaks the protocol or its bounds.
///
/// The loop thread's. Tokens below `firstClient` in the event poll are others' (`LoopToken`).
struct ClientServer: ~Copyable {
  private let greeting: Greeting
  private let log: Log
  private var listener: UnixListener?
  private var connections: [ClientID: ClientConnection] = [:]
  /// The keys of `connections` in the order of arrival.
  private var order: [ClientID] = []
  /// Those that got answers in this turn, or that may go on with what they had sent before.
  private var touched: [ClientID] = []
  private var lastID = LoopToken.firstClient
  private var bufferedByteCount = 0
  // Safety: allocated in `init`, freed in `deinit`; what is read into it is copied out before the
  // call that read it returns.
  private let scratch: UnsafeMutableRawBufferPointer
  /// Until when no connection is accepted, after the system ran out of descriptors.
  private var acceptsAgain: Instant?

  init(_ path: UnixSocketPath, network: NetworkID, log: Log) throws(UnixSocketError) {
    listener = try UnixListener(path)
    greeting = Greeting(network: network)
    self.log = log
    scratch = .allocate(byteCount: 64 * 1024, alignment: 16)
  }

  deinit { scratch.deallocate() }

  /// Answers that no client has taken yet.
  var hasWaitingAnswers: Bool { connections.values.contains { $0.waitingByteCount > 0 } }

  mutating func register(in poll: borrowing EventPoll) throws(SystemError) {
    guard let number = listenerNumber else { return }
    try poll.add(number, .read, token: LoopToken.listener)
  }

  private var listenerNumber: Int32? {
    switch listener {
    case .some(let listener): listener.descriptor.number
    case nil: nil
    }
  }

  /// Takes no more connections; the name goes away.
  mutating func stopListening(_ poll: borrowing EventPoll) {
    if let number = listenerNumber { poll.remove(number) }
    listener = nil
  }

  // MARK: Events

  /// Accepts who waits.
  mutating func accept(_ poll: borrowing EventPoll, at now: Instant, _ events: inout [ClientEvent])
  {
    for _ in 0..<NodeLimits.eventsPerTurn {
      let number: Int32?
      do throws(SystemError) {
        guard let accepted = try acceptOne() else { return }
        number = accepted
      } catch {
        pauseAccepting(poll, error, at: now)
        return
      }
      guard let number else { return }
      let descriptor = Descriptor(owning: number)
      descriptor.setNonBlocking()
      descriptor.setCloseOnExec()
      lastID += 1
      let connection = ClientConnection(id: ClientID(lastID), descriptor: descriptor, at: now)
      admit(connection, poll, at: now)
    }
  }

  private func acceptOne() throws(SystemError) -> Int32? {
    switch listener {
    case .some(let listener): try listener.accept()
    case nil: nil
    }
  }

  private mutating func admit(
    _ connection: ClientConnection, _ poll: borrowing EventPoll, at now: Instant
  ) {
    guard order.count < NodeLimits.connectionLimit else {
      refuse(connection, "too many clients are connected", at: now)
      log(.warning) {
        LogEvent(
          .warning, "client-refused", "Refused a client: too many are connected",
          [LogField("clients", NodeLimits.connectionLimit)])
      }
      return
    }
    do throws(SystemError) {
      try poll.add(connection.descriptor.number, .read, token: connection.id.rawValue)
    } catch {
      refuse(connection, "the node is out of resources", at: now)
      return
    }
    connections[connection.id] = connection
    order.append(connection.id)
  }

  /// Says why and closes at once; a fresh socket's buffer takes the greeting whole.
  private func refuse(_ connection: ClientConnection, _ reason: String, at now: Instant) {
    let refusal = Greeting(network: greeting.network, refusal: reason)
    _ = connection.enqueue(refusal.encoded, at: now)
    _ = connection.flush(at: now)
  }

  private mutating func pauseAccepting(
    _ poll: borrowing EventPoll, _ error: SystemError, at now: Instant
  ) {
    log(
      LogEvent(
        .error, "accept-failed", "Cannot accept clients for a second",
        [LogField("error", error.description)]))
    if let number = listenerNumber { poll.remove(number) }
    acceptsAgain = now.advanced(byMicroseconds: 1_000_000)
  }

  /// Reads from and writes to the client of an event.
  mutating func handle(
    _ event: EventPoll.Event, _ poll: borrowing EventPoll, at now: Instant,
    _ events: inout [ClientEvent]
  ) {
    guard let connection = connections[ClientID(event.token)] else { return }
    let before = connection.bufferedByteCount
    var ending: ClientConnection.Ending?
    if event.ready.contains(.write) { ending = connection.flush(at: now) }
    if ending == nil, event.ready.contains(.read) || event.isHungUp {
      ending = connection.read(using: scratch)
    }
    bufferedByteCount += connection.bufferedByteCount - before
    if ending == nil { ending = takeFrames(of: connection, at: now, &events) }
    if ending == nil, event.isHungUp { ending = .clientLeft }
    if ending == nil, bufferedByteCount > NodeLimits.bufferedByteLimit { ending = .memory }
    settle(connection, ending, poll, &events)
  }

  /// Hands on the requests that were read whole.
  private mutating func takeFrames(
    of connection: ClientConnection, at now: Instant, _ events: inout [ClientEvent]
  ) -> ClientConnection.Ending? {
    let before = connection.bufferedByteCount
    defer { bufferedByteCount += connection.bufferedByteCount - before }
    do {
      while let frame = try connection.nextFrame() {
        switch connection.phase {
        case .greeting:
          if let ending = greet(connection, frame, at: now) { return ending }
        case .open:
          let request = try malformed { () throws(LedgerError) in try NumberedRequest(frame) }
          connection.tookRequest()
          events.append(.request(connection.id, request))
        case .closing: return nil
        }
      }
      return nil
    } catch {
      return .protocolError(error)
    }
  }

  private func malformed<Value>(
    _ body: () throws(LedgerError) -> Value
  ) throws(ProtocolError) -> Value {
    do { return try body() } catch { throw .malformed(error) }
  }

  private func greet(
    _ connection: ClientConnection, _ frame: [UInt8], at now: Instant
  ) -> ClientConnection.Ending? {
    do throws(ProtocolError) {
      let theirs = try Greeting(frame)
      connection.greeted()
      // A client of another network learns this one's and is not served.
      if let network = theirs.network, network != greeting.network { connection.close() }
    } catch {
      guard case .otherVersion = error else { return .protocolError(error) }
      connection.close()
    }
    return connection.enqueue(greeting.encoded, at: now) ?? connection.flush(at: now)
  }

  /// Ends a connection, or tells the poll what it waits for.
  private mutating func settle(
    _ connection: ClientConnection, _ ending: ClientConnection.Ending?,
    _ poll: borrowing EventPoll, _ events: inout [ClientEvent]
  ) {
    if ending != nil || connection.isDone {
      end(connection, ending ?? .clientLeft, poll, &events)
      return
    }
    let wanted = connection.wantedInterest
    guard wanted != connection.interest else { return }
    connection.interest = wanted
    do throws(SystemError) {
      try poll.change(connection.descriptor.number, wanted, token: connection.id.rawValue)
    } catch {
      end(connection, .system(error), poll, &events)
    }
  }

  private mutating func end(
    _ connection: ClientConnection, _ ending: ClientConnection.Ending,
    _ poll: borrowing EventPoll, _ events: inout [ClientEvent]
  ) {
    poll.remove(connection.descriptor.number)
    bufferedByteCount -= connection.bufferedByteCount
    connections[connection.id] = nil
    order.removeAll { $0 == connection.id }
    events.append(.left(connection.id))
    if ending != .clientLeft {
      log(.notice) {
        LogEvent(
          .notice, "client-cut-off", "Closed a client's connection",
          [LogField("reason", ending.description)])
      }
    }
  }

  // MARK: Answers

  /// Queues an answer; `flush` sends it. Nobody hears it if the client has left.
  mutating func answer(
    _ client: ClientID, _ number: RequestNumber, _ response: NodeResponse, at now: Instant
  ) {
    guard let connection = connections[client] else { return }
    let before = connection.bufferedByteCount
    if connection.answer(NumberedResponse.encode(number, response), at: now) != nil {
      connection.close()
    }
    bufferedByteCount += connection.bufferedByteCount - before
    if touched.last != client { touched.append(client) }
  }

  /// Sends what was answered in this turn, and takes the requests that had to wait for it.
  mutating func flush(
    _ poll: borrowing EventPoll, at now: Instant, _ events: inout [ClientEvent]
  ) {
    let clients = touched
    touched = []
    for client in clients {
      guard let connection = connections[client] else { continue }
      let before = connection.bufferedByteCount
      var ending = connection.flush(at: now)
      bufferedByteCount += connection.bufferedByteCount - before
      if connection.waitingByteCount > NodeLimits.writeBufferByteLimit {
        ending = .tooManyUnreadAnswers
      }
      if ending == nil { ending = takeFrames(of: connection, at: now, &events) }
      if ending == nil, bufferedByteCount > NodeLimits.bufferedByteLimit { ending = .memory }
      settle(connection, ending, poll, &events)
    }
  }

  // MARK: Time

  /// When `expire` has something to do; `nil` if no client owes anything.
  var wake: Instant? {
    let stalled = order.compactMap { connections[$0]?.stalledSince }.min()
    let deadline = stalled?.advanced(byMicroseconds: NodeLimits.stalledMilliseconds * 1_000)
    return [deadline, acceptsAgain].compactMap { $0 }.min()
  }

  /// Cuts off who has not moved for long, and accepts again.
  mutating func expire(
    _ poll: borrowing EventPoll, at now: Instant, _ events: inout [ClientEvent]
  ) {
    let limit = NodeLimits.stalledMilliseconds * 1_000
    for client in order {
      guard let connection = connections[client], let since = connection.stalledSince,
        now.microseconds(since: since) >= limit
      else { continue }
      end(connection, .stalled, poll, &events)
    }
    guard let again = acceptsAgain, again <= now else { return }
    acceptsAgain = nil
    do throws(SystemError) {
      try register(in: poll)
    } catch {
      pauseAccepting(poll, error, at: now)
    }
  }
}

/// What the descriptors of the event poll are called.
enum LoopToken {
  static let listener: UInt64 = 1
  static let mailbox: UInt64 = 2
  static let signals: UInt64 = 3
  /// Clients count on from here.
  static let firstClient: UInt64 = 15
  /// The transport's tokens, which no client ever reaches.
  static let firstPeer: UInt64 = 1 << 40
}

extension ClientConnection.Ending: CustomStringConvertible {
  var description: String {
    switch self {
    case .clientLeft: "the client left"
    case .protocolError(let error): "\(error)"
    case .system(let error): "\(error)"
    case .tooManyUnreadAnswers: "too many answers that it did not read"
    case .stalled: "it did not move for \(NodeLimits.stalledMilliseconds / 1_000) seconds"
    case .memory: "the clients' buffers are full"
    }
  }
}
