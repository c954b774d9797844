import Consensus
import Cryptography
import Glibc
import Ledger
import Node
import Storage
import TestSupport
import Testing
import Transport

@Suite("A running node")
struct NodeServiceTests {
  let network = TestNetwork.now()

  @Test("records a thousand transactions through its socket and gives them back")
  func recordsThousand() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    let transactions = (0..<1_000).map { network.registration($0) }
    let client = try node.client()
    var accepted: Set<Int> = []
    var next = 0
    try client.submit(
      window: 200,
      next: {
        guard next < transactions.count else { return nil }
        next += 1
        return transactions[next - 1].bytes
      },
      answered: { index, response in
        guard case .submitted(.final(let id, _, _, .accepted)) = response.answer else { return }
        #expect(id == transactions[index].id)
        accepted.insert(index)
      })
    #expect(accepted.count == 1_000)
    for transaction in transactions.prefix(50) {
      guard
        case .transaction(.final(let final)) =
          try client.ask(.transaction(transaction.id)).answer
      else {
        Issue.record("not found")
        continue
      }
      #expect(final.bytes == transaction.bytes)
    }
    let again = try client.ask(.submit(transaction: transactions[7].bytes)).answer
    guard case .submitted(.final(transactions[7].id, _, _, .accepted)) = again else {
      Issue.record("not the first outcome: \(again)")
      return
    }
    guard case .status(let status) = try client.ask(.status).answer else {
      Issue.record("no status")
      return
    }
    #expect(status.transactionCount == 1_000)
    #expect(status.running?.role == .validator)
    #expect(node.stop() == .stopped)
  }

  @Test("listens for its owner alone")
  func ownersSocket() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    var status = stat()
    #expect(stat(NodeClient.socketPath(dataDirectory: node.directory), &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFSOCK)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(node.stop() == .stopped)
  }

  @Test("keeps every acknowledged transaction when it is stopped in the middle")
  func keepsAcknowledged() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    let client = try node.client()
    let transactions = (0..<600).map { network.registration($0) }
    for transaction in transactions { _ = try client.send(.submit(transaction: transaction.bytes)) }
    var acknowledged: [TransactionID] = []
    func receive() throws {
      guard case .submitted(.final(let id, _, _, _)) = try client.receive().1.answer else { return }
      acknowledged.append(id)
    }
    while acknowledged.isEmpty { try receive() }
    #expect(node.stop() == .stopped)
    // Everybody was answered: with the outcome, or that the node stops.
    while client.outstandingCount > 0 { try receive() }

    let again = try RunningNode(network, directory: node.directory)
    let reader = try again.client()
    for id in acknowledged {
      guard case .transaction(.final) = try reader.ask(.transaction(id)).answer else {
        Issue.record("lost \(id)")
        continue
      }
    }
    guard case .status(let status) = try reader.ask(.status).answer else { return }
    #expect(status.transactionCount == UInt64(acknowledged.count))
    #expect(again.stop() == .stopped)
  }

  @Test("tells a client of another network which one it is in")
  func refusesOtherNetwork() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    #expect(throws: NodeAccessError.anotherNetwork(network.id)) {
      try node.client(network: TestNetwork().id)
    }
    #expect(try node.client(network: network.id).network == network.id)
    node.stop()
  }

  @Test("is not running before it starts and after it stops")
  func isNotRunning() throws {
    let directory = try RunningNode.newDirectory(network)
    let path = NodeClient.socketPath(dataDirectory: directory)
    #expect(throws: NodeAccessError.notRunning(path)) {
      try NodeClient(dataDirectory: directory)
    }
    let node = try RunningNode(network, directory: directory)
    defer { node.remove() }
    _ = try node.client()
    node.stop()
    #expect(throws: NodeAccessError.notRunning(path)) { try node.client() }
  }

  @Test("refuses a second process in its directory and lets the first go on")
  func refusesSecond() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    #expect {
      _ = try RunningNode(network, directory: node.directory)
    } throws: { error in
      guard case NodeStartError.storage(.inUse) = error else { return false }
      return true
    }
    #expect(try node.client().ask(.status).head.network == network.id)
    node.stop()
  }

  @Test("refuses a directory whose socket's path is too long, and says so")
  func refusesLongPath() throws {
    let long = "/tmp/" + String(repeating: "x", count: 120)
    #expect(throws: NodeAccessError.self) { try NodeClient(dataDirectory: long) }
  }

  @Test("goes on after clients that send garbage, half frames, or nothing")
  func survivesGarbage() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    let greeting = Frame.encode(Greeting(network: nil).encoded)
    let samples: [[UInt8]] = [
      [], [0], [0xFF, 0xFF, 0xFF, 0xFF], Array("GET / HTTP/1.1\r\n\r\n".utf8),
      greeting + [0, 0, 0, 1, 0xFF], greeting + [0, 0, 0, 9, 1, 2],
      greeting + [0x7F, 0xFF, 0xFF, 0xFF], Array(greeting.dropLast(3)),
      greeting + Frame.encode(NumberedRequest.encode(RequestNumber(1), .status)) + [0, 0],
    ]
    var sockets: [RawSocket] = []
    for sample in samples {
      let socket = try RawSocket(node.directory)
      socket.send(sample)
      sockets.append(socket)
    }
    #expect(try node.client().ask(.status).head.height == .genesis)
    withExtendedLifetime(sockets) {}
    node.stop()
  }

  @Test("serves many clients and turns away those beyond the limit")
  func servesMany() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    var clients: [NodeClient] = []
    for _ in 0..<NodeLimits.connectionLimit { clients.append(try node.client()) }
    #expect(throws: NodeAccessError.refused("too many clients are connected")) {
      try node.client()
    }
    for client in clients { _ = try client.ask(.status) }
    clients.removeLast()
    // The node notices the one that left at its next turn, at the latest when another comes.
    var isServed = false
    for _ in 0..<100 where !isServed { isServed = (try? node.client().ask(.status)) != nil }
    #expect(isServed)
    node.stop()
  }

  @Test("stops reading from a client that does not read, and serves the others")
  func holdsBackSlowReader() throws {
    let node = try RunningNode(network)
    defer { node.remove() }
    let slow = try RawSocket(node.directory)
    slow.send(Frame.encode(Greeting(network: nil).encoded))
    let request = Frame.encode(NumberedRequest.encode(RequestNumber(1), .networkFile))
    // Far more answers than the buffers take; the node takes no more requests long before.
    var sent = 0
    while sent < 1_000_000, slow.trySend(request) { sent += 1 }
    #expect(sent < 1_000_000)
    #expect(try node.client().ask(.status).head.height == .genesis)
    node.stop()
  }
}

/// A socket without a protocol.
private final class RawSocket {
  private let number: Int32

  init(_ directory: String) throws {
    number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = NodeClient.socketPath(dataDirectory: directory)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
  }

  deinit { close(number) }

  func send(_ bytes: [UInt8]) {
    _ = Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Whether all of it went, within a fifth of a second.
  func trySend(_ bytes: [UInt8]) -> Bool {
    var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    guard poll(&entry, 1, 200) == 1 else { return false }
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    return Glibc.send(number, bytes, bytes.count, flags) == bytes.count
  }
}
