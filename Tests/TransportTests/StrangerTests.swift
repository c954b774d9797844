import Cryptography
import Ledger
import Testing

@testable import Transport

@Suite("A stranger")
struct StrangerTests {
  /// A TLS 1.2 ClientHello: one cipher suite, no extensions.
  static let clientHello12: [UInt8] =
    [0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3] + [UInt8](repeating: 7, count: 32)
    + [0, 0, 2, 0xC0, 0x2F, 1, 0]

  @Test("that speaks TLS 1.2 gets the alert that says so")
  func refusesOldTLS() throws {
    let pair = try FakePair()
    let raw = try RawPeer(to: pair.node.address)
    let answer = try answer(to: StrangerTests.clientHello12, raw, pair)
    // Fatal (2), protocol_version (70).
    #expect(answer == [0x15, 3, 1, 0, 2, 2, 70] || answer == [0x15, 3, 3, 0, 2, 2, 70])
    guard case .turnedAway(nil, _, .tls) = pair.node.notices.first else {
      Issue.record("\(pair.node.notices)")
      return
    }
  }

  @Test(
    "that does not speak TLS is turned away",
    arguments: [
      Array("GET / HTTP/1.1\r\nHost: node\r\n\r\n".utf8), [UInt8](repeating: 0, count: 4_096),
      [UInt8](repeating: 0xFF, count: 40_000), [0x16, 3, 1, 0xFF, 0xFF] + [UInt8](0...255),
    ])
  func refusesGarbage(bytes: [UInt8]) throws {
    let pair = try FakePair()
    let raw = try RawPeer(to: pair.node.address)
    _ = try answer(to: bytes, raw, pair)
    pair.hub.skip(milliseconds: 1_000)
    try pair.hub.run("all is closed") { pair.node.transport.connections.isEmpty }
    guard case .turnedAway(nil, _, .tls) = pair.node.notices.first else {
      Issue.record("\(pair.node.notices)")
      return
    }
  }

  /// Says something and reads until the node closes.
  private func answer(to bytes: [UInt8], _ raw: RawPeer, _ pair: FakePair) throws -> [UInt8] {
    var answer: [UInt8] = []
    var isSent = false
    var isEnded = false
    try pair.hub.run("the end") {
      if !isSent { isSent = raw.send(bytes) }
      if let part = raw.read() { answer += part } else { isEnded = true }
      // The node gives it a second to read what it was told.
      if isSent, !answer.isEmpty { pair.hub.skip(milliseconds: 20) }
      return isEnded
    }
    return answer
  }

  @Test("that says nothing has five seconds")
  func limitsHandshake() throws {
    let pair = try FakePair()
    let silent = try RawPeer(to: pair.node.address)
    let half = try RawPeer(to: pair.node.address)
    try pair.hub.run("both accepted") { pair.node.transport.connections.count == 2 }
    // Half of a record, and not a byte more.
    #expect(half.send(Array(StrangerTests.clientHello12.prefix(20))))
    try pair.hub.run(milliseconds: 20)
    pair.hub.skip(milliseconds: 4_500)
    try pair.hub.run(milliseconds: 20)
    #expect(pair.node.transport.connections.count == 2)
    pair.hub.skip(milliseconds: 600)
    try pair.hub.run("the end") { silent.read() == nil && half.read() == nil }
    #expect(pair.node.transport.connections.isEmpty && pair.node.transport.halfOpen.isEmpty)
    for notice in pair.node.notices {
      guard case .turnedAway(nil, _, .timedOut(.handshake)) = notice else {
        Issue.record("\(notice)")
        continue
      }
    }
    #expect(pair.node.notices.count == 2)
  }

  @Test("that leaves in the middle of a handshake leaves nothing behind", arguments: [false, true])
  func survivesLeaving(resets: Bool) throws {
    let pair = try FakePair()
    for _ in 0..<20 {
      var peer: FakePeer? = try pair.connect()
      peer?.pump()
      try pair.hub.run("accepted") {
        peer?.pump()
        return !pair.node.transport.connections.isEmpty
      }
      if resets { peer?.reset() }
      peer = nil
      try pair.hub.run("gone") { pair.node.transport.connections.isEmpty }
    }
    #expect(pair.node.transport.halfOpen.isEmpty && pair.node.ups.isEmpty)
  }

  @Test("that answers a dialling node with garbage is told of")
  func refusesGarbageServer() throws {
    let dialled = try DialledStranger()
    var accepted: [RawPeer] = []
    try dialled.hub.run("a failure") {
      if let (number, _) = try TCPSocket.accept(dialled.listener.descriptorNumber) {
        accepted.append(RawPeer(owning: number))
        #expect(accepted[accepted.count - 1].send(Array("220 smtp.example ready\r\n".utf8)))
      }
      return !dialled.node.notices.isEmpty
    }
    guard case .dialFailed(dialled.member, dialled.address, .tls) = dialled.node.notices[0] else {
      Issue.record("\(dialled.node.notices)")
      return
    }
  }

  @Test("that accepts and never answers costs a dialling node five seconds")
  func limitsDialling() throws {
    let dialled = try DialledStranger()
    try dialled.hub.run("connected") {
      dialled.node.transport.connections.values.contains { $0.phase == .handshaking }
    }
    dialled.hub.skip(milliseconds: 5_000)
    try dialled.hub.run("a failure") { !dialled.node.notices.isEmpty }
    #expect(
      dialled.node.notices == [
        .dialFailed(dialled.member, address: dialled.address, .timedOut(.handshake))
      ])
  }
}

/// A node that dials a peer, at whose address a stranger listens.
private struct DialledStranger {
  let hub: TransportHub
  let node: TransportNode
  let listener: TCPListener
  let address: NodeAddress
  let member: MemberID

  init() throws {
    hub = try TransportHub()
    node = try hub.add("bank-a")
    listener = try TCPListener(#require(SocketAddress("127.0.0.1:0")), token: 0)
    address = try #require(listener.address.nodeAddress)
    var peer = try FakeMember("bank-b").configuration
    (peer.addresses, peer.isDialled) = ([address], true)
    member = peer.member
    node.transport.setPeers([peer], at: hub.now)
  }
}
