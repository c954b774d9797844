import CBOR
import Cryptography
@preconcurrency import Glibc
import Ledger
import Transport

/// A running node, asked over the Unix socket in its data directory.
///
/// Blocking, and used by one thread at a time. Many requests may be under way (`send`, `receive`);
/// answers come in the node's order and are matched by number. After a thrown error the connection
/// is of no more use.
package final class NodeClient: NodeAccess {
  /// The network that the node is in.
  package let network: NetworkID

  private let channel: FrameChannel
  private var lastNumber: UInt64 = 0
  private var outstanding: Set<UInt64> = []

  /// Connects to the node of a data directory.
  ///
  /// - Parameters:
  ///   - network: the network that the node must be in; any if `nil`.
  ///   - timeout: how long one answer may take; more than `NodeLimits.longestWaitMilliseconds`.
  package init(
    dataDirectory: String, network: NetworkID? = nil, timeout: Duration = .seconds(30)
  ) throws(NodeAccessError) {
    let path: UnixSocketPath
    do {
      path = try UnixSocketPath(dataDirectory: dataDirectory)
    } catch {
      throw .pathTooLong(
        NodeClient.socketPath(dataDirectory: dataDirectory), limit: UnixSocketPath.byteLimit)
    }
    channel = try FrameChannel(path, timeout: timeout)
    self.network = try NodeClient.greet(channel, expecting: network)
  }

  /// Where a node listens, whether one runs or not.
  package static func socketPath(dataDirectory: String) -> String {
    let directory = dataDirectory.hasSuffix("/") ? dataDirectory : dataDirectory + "/"
    return directory + UnixSocketPath.name
  }

  private static func greet(
    _ channel: FrameChannel, expecting network: NetworkID?
  ) throws(NodeAccessError) -> NetworkID {
    do {
      try channel.send(Greeting(network: network).encoded)
    } catch .closed {
      // A node that takes no connection has said why before it closed.
    }
    let greeting: Greeting
    do {
      greeting = try Greeting(try channel.receive())
    } catch let error as NodeAccessError {
      throw error
    } catch ProtocolError.otherVersion(let version) {
      throw .otherProtocol(version)
    } catch {
      throw .protocolViolation("\(error)")
    }
    if let found = greeting.network, let network, found != network { throw .anotherNetwork(found) }
    if let refusal = greeting.refusal { throw .refused(refusal) }
    guard let found = greeting.network else {
      throw .protocolViolation("the node does not say which network it is in")
    }
    channel.expectResponses()
    return found
  }

  /// Asks and waits for the answer.
  ///
  /// - Precondition: no other request is under way.
  package func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse {
    precondition(outstanding.isEmpty, "a single question has the connection for itself")
    _ = try send(request)
    return try receive().1
  }

  // MARK: Many at once

  /// Requests that are not answered yet.
  package var outstandingCount: Int { outstanding.count }

  /// - Precondition: fewer than `NodeLimits.requestsPerConnection` requests are under way.
  package func send(_ request: NodeRequest) throws(NodeAccessError) -> RequestNumber {
    precondition(
      outstanding.count < NodeLimits.requestsPerConnection, "a connection's requests are bounded")
    let number = RequestNumber(lastNumber + 1)
    let body = NumberedRequest.encode(number, request)
    guard body.count <= NodeLimits.requestByteLimit else { throw .requestTooLarge(body.count) }
    try channel.send(body)
    lastNumber = number.rawValue
    outstanding.insert(number.rawValue)
    return number
  }

  /// The next answer, whichever request it is to.
  ///
  /// - Precondition: a request is under way.
  package func receive() throws(NodeAccessError) -> (RequestNumber, NodeResponse) {
    precondition(!outstanding.isEmpty, "an answer is waited for")
    let response: NumberedResponse
    let body = try channel.receive()
    do {
      response = try NumberedResponse(body)
    } catch {
      throw .protocolViolation("\(error)")
    }
    guard outstanding.remove(response.number.rawValue) != nil else {
      throw .protocolViolation("an answer that no request waits for")
    }
    return (response.number, response.response)
  }

  /// Submits many transactions, at most `window` of them under way.
  ///
  /// - Parameters:
  ///   - window: 1...`NodeLimits.requestsPerConnection`.
  ///   - next: the next transaction's bytes; `nil` when there is none.
  ///   - answered: called with the index of a transaction and its answer, in the order of answers.
  /// - Precondition: no other request is under way.
  package func submit(
    window: Int = 256, next: () -> [UInt8]?, answered: (Int, NodeResponse) -> Void
  ) throws(NodeAccessError) {
    precondition((1...NodeLimits.requestsPerConnection).contains(window), "a window is bounded")
    precondition(outstanding.isEmpty, "submissions have the connection for themselves")
    let first = lastNumber + 1
    var isAtEnd = false
    while !isAtEnd || !outstanding.isEmpty {
      while !isAtEnd, outstanding.count < window {
        guard let transaction = next() else {
          isAtEnd = true
          break
        }
        _ = try send(.submit(transaction: transaction))
      }
      guard !outstanding.isEmpty else { return }
      let (number, response) = try receive()
      answered(Int(number.rawValue - first), response)
    }
  }
}

/// A connected socket that carries frames, with a timeout.
private final class FrameChannel {
  private let descriptor: Descriptor
  private let timeout: Duration
  private var incoming = FrameBuffer(bodyByteLimit: NodeLimits.greetingByteLimit)
  private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

  init(_ path: UnixSocketPath, timeout: Duration) throws(NodeAccessError) {
    descriptor = Descriptor(owning: try UnixConnector.connect(path))
    descriptor.setNonBlocking()
    self.timeout = timeout
  }

  /// From now on frames are as long as answers may be.
  func expectResponses() { incoming.bodyByteLimit = NodeLimits.responseByteLimit }

  /// Sends a frame. While the node takes nothing, what it sends is read, so that neither waits for
  /// the other.
  func send(_ body: [UInt8]) throws(NodeAccessError) {
    let frame = Frame.encode(body)
    var sent = 0
    let deadline = ContinuousClock.now + timeout
    while sent < frame.count {
      switch frame[sent...].withUnsafeBytes({ descriptor.send($0) }) {
      case .moved(let count): sent += count
      case .wouldBlock:
        let ready = try wait(for: Int16(POLLIN | POLLOUT), until: deadline)
        if ready & Int16(POLLIN) != 0 { try read() }
      case .ended: throw .closed
      case .failed(let error): throw .system("send: \(error)")
      }
    }
  }

  func receive() throws(NodeAccessError) -> [UInt8] {
    let deadline = ContinuousClock.now + timeout
    while true {
      do {
        if let body = try incoming.next() { return body }
      } catch {
        throw .protocolViolation("\(error)")
      }
      _ = try wait(for: Int16(POLLIN), until: deadline)
      try read()
    }
  }

  private func read() throws(NodeAccessError) {
    switch buffer.withUnsafeMutableBytes({ descriptor.read(into: $0) }) {
    case .moved(let count):
      buffer.withUnsafeBytes { incoming.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    case .wouldBlock: return
    case .ended: throw .closed
    case .failed(let error): throw .system("receive: \(error)")
    }
  }

  /// Waits for one of `events`; returns those that came.
  private func wait(
    for events: Int16, until deadline: ContinuousClock.Instant
  ) throws(NodeAccessError) -> Int16 {
    var entry = pollfd(fd: descriptor.number, events: events, revents: 0)
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timedOut }
      let milliseconds = min(left / .milliseconds(1), 3_600_000).rounded(.up)
      let count = poll(&entry, 1, Int32(milliseconds))
      if count > 0 { return entry.revents }
      if count < 0, errno != EINTR { throw .system("poll: \(SystemError.last)") }
    }
  }
}
