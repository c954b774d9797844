import Cryptography
@preconcurrency import Glibc
import Ledger
import Testing

@testable import Transport

@Suite("A link between two nodes")
struct LinkTests {
  @Test(
    "comes up on both sides, whatever kinds of keys they have",
    arguments: [
      (SignatureAlgorithm.edDSA, SignatureAlgorithm.edDSA), (.es256, .es256), (.edDSA, .es256),
    ])
  func comesUp(algorithms: (SignatureAlgorithm, SignatureAlgorithm)) throws {
    let pair = try TransportPair(
      keys: (SigningKey.generate(algorithms.0), SigningKey.generate(algorithms.1)))
    try pair.link()
    #expect(pair.first.ups.map(\.member) == [pair.second.member])
    #expect(pair.second.ups.map(\.member) == [pair.first.member])
    #expect(pair.first.ups[0].dialledBy == .thisNode)
    #expect(pair.second.ups[0].dialledBy == .peer)
    #expect(pair.first.notices.isEmpty && pair.second.notices.isEmpty)
  }

  @Test("carries frames of every size on both channels in both directions, in order")
  func carriesFrames() throws {
    let pair = try TransportPair()
    try pair.link()
    let sizes = [0, 1, 255, 256, 16_379, 16_380, 16_384, 65_536, 300_000, 524_288]
    let control = (0..<200).map { index in
      [UInt8](repeating: UInt8(index), count: sizes[index % sizes.count] / (1 + index / 10))
    }
    let bulk = [
      [UInt8](repeating: 7, count: TransportLimits.bulkFrameByteLimit), [], [1, 2, 3],
      [UInt8](repeating: 9, count: 1_000_000),
    ]
    for node in [pair.first, pair.second] {
      // In portions, as a sender that minds its queue sends.
      for body in bulk { node.send(body, on: .bulk, at: pair.hub.now) }
    }
    var sent = 0
    try pair.hub.run("all frames") {
      while sent < control.count,
        pair.first.transport.waitingByteCount(on: .control, to: pair.first.links[0]) < 100_000,
        pair.second.transport.waitingByteCount(on: .control, to: pair.second.links[0]) < 100_000
      {
        for node in [pair.first, pair.second] { node.send(control[sent], at: pair.hub.now) }
        sent += 1
      }
      return pair.first.frameCount == 204 && pair.second.frameCount == 204
    }
    for node in [pair.first, pair.second] {
      #expect(node.frames.filter { $0.channel == .control }.map(\.body) == control)
      #expect(node.frames.filter { $0.channel == .bulk }.map(\.body) == bulk)
    }
  }

  @Test("carries what was sent in the turn in which it came up")
  func carriesFirstFrames() throws {
    let pair = try TransportPair()
    try pair.hub.run("a frame of either side") {
      for node in [pair.first, pair.second] where node.ups.count == 1 && node.frameCount == 0 {
        node.send([1], on: .control, at: pair.hub.now)
        node.send([2], on: .bulk, at: pair.hub.now)
      }
      return pair.first.frameCount > 1 && pair.second.frameCount > 1
    }
    for node in [pair.first, pair.second] {
      #expect(node.frames.contains { $0.channel == .control && $0.body == [1] })
      #expect(node.frames.contains { $0.channel == .bulk && $0.body == [2] })
    }
  }

  @Test("tells both sides when one of them ends it, and comes up again")
  func reconnects() throws {
    let pair = try TransportPair()
    try pair.link()
    let (first, second) = (pair.first.links[0], pair.second.links[0])
    pair.second.transport.disconnect(second, reason: "a test", at: pair.hub.now)
    try pair.hub.run("the link is down") {
      !pair.first.downs.isEmpty && !pair.second.downs.isEmpty
    }
    #expect(pair.second.downs[0].reason == .disconnected("a test"))
    guard case .connection(_, .closed) = pair.first.downs[0].reason else {
      Issue.record("\(pair.first.downs)")
      return
    }
    try pair.link()
    #expect(pair.first.links != [first] && pair.second.links != [second])
    #expect(pair.first.notices.isEmpty && pair.second.notices.isEmpty)
  }

  @Test("comes up when the other node starts later")
  func waitsForPeer() throws {
    let pair = try TransportPair()
    pair.hub.remove(pair.second)
    try pair.hub.run("a failure") { !pair.first.notices.isEmpty }
    let address = try #require(pair.second.address.nodeAddress)
    #expect(
      pair.first.notices == [
        .dialFailed(
          pair.second.member, address: address, .system(SystemError(code: 111)))
      ])
    let again = try pair.hub.add("bank-b", key: pair.second.configuration.key)
    again.transport.setPeers([try again.peer(pair.first, isDialled: false)], at: pair.hub.now)
    pair.first.transport.setPeers([try pair.first.peer(again)], at: pair.hub.now)
    try pair.hub.run("links up") { pair.first.links.count == 1 && again.links.count == 1 }
  }

  @Test("reaches a peer by its host name")
  func resolvesNames() throws {
    let pair = try TransportPair()
    var peer = try pair.first.peer(pair.second)
    peer.addresses = [try NodeAddress("localhost:\(pair.second.address.port)")]
    pair.first.transport.setPeers([peer], at: pair.hub.now)
    try pair.link()
  }

  @Test("goes to the next address of a peer when the first leads nowhere")
  func triesAddresses() throws {
    let pair = try TransportPair()
    let closed = try TCPListener(#require(SocketAddress("127.0.0.1:0")), token: 0).address
    var peer = try pair.first.peer(pair.second)
    peer.addresses.insert(try #require(closed.nodeAddress), at: 0)
    pair.first.transport.setPeers([peer], at: pair.hub.now)
    try pair.link()
    #expect(pair.first.notices.count == 1)
  }

  @Test("comes up over IPv6, beside IPv4 on the same port")
  func speaksIPv6() throws {
    let hub = try TransportHub()
    let first = try hub.add("bank-a")
    let second = try hub.add(
      "bank-b", listen: ["[::1]:0", "127.0.0.1:0"].compactMap(SocketAddress.init))
    #expect(second.transport.boundAddresses.count == 2)
    first.transport.setPeers([try first.peer(second)], at: hub.now)
    second.transport.setPeers([try second.peer(first, isDialled: false)], at: hub.now)
    try hub.run("the link") { first.links.count == 1 && second.links.count == 1 }
    #expect(first.transport.links[first.links[0]]?.remote == second.address)
  }

  @Test("of IPv4 never comes in by a listener of IPv6, so that both may have all addresses")
  func separatesFamilies() throws {
    let listener = try TCPListener(#require(SocketAddress("[::1]:0")), token: 0)
    var isSeparate: Int32 = 0
    var byteCount = socklen_t(MemoryLayout<Int32>.size)
    let result = getsockopt(
      listener.descriptorNumber, Int32(IPPROTO_IPV6), Int32(IPV6_V6ONLY), &isSeparate, &byteCount)
    #expect(result == 0 && isSeparate == 1)
    #expect(listener.address.host.isSupported)
    #expect(!TCPSocket.supports(AF_UNSPEC))
  }

  @Test("cannot be waited for where another process listens")
  func namesTakenPort() throws {
    let pair = try TransportPair()
    let configuration = TransportConfiguration(
      network: TransportHub.network, member: pair.first.member,
      key: pair.first.configuration.key, listenAddresses: [pair.second.address],
      instance: try Nonce.random())
    // EADDRINUSE.
    #expect(throws: TransportError.listen(pair.second.address, SystemError(code: 98))) {
      try PeerTransport(configuration, firstToken: 1)
    }
  }
}
