import Cryptography
@preconcurrency import Glibc
import Ledger
import Testing

@testable import Transport

@Suite("A flood of connections")
struct FloodTests {
  @Test("from one source is stopped at its quota, which fills again")
  func limitsSource() throws {
    let pair = try FakePair(limits: TransportLimits())
    var raws: [RawPeer] = []
    for _ in 0..<30 { raws.append(try RawPeer(to: pair.node.address)) }
    try pair.hub.run("twenty accepted") { pair.node.transport.halfOpen.count == 20 }
    try pair.hub.run("the others closed") { raws.filter { $0.read() == nil }.count == 10 }
    #expect(
      pair.node.notices.allSatisfy {
        if case .handshakeQuotaExceeded = $0 { true } else { false }
      })
    pair.hub.skip(milliseconds: 1_000)
    let later = try (0..<10).map { _ in try RawPeer(to: pair.node.address) }
    try pair.hub.run("five more accepted") { later.filter { $0.read() == nil }.count == 5 }
    #expect(pair.node.transport.halfOpen.count == 25)
  }

  @Test("cannot take all half-open places for good")
  func limitsHalfOpen() throws {
    let pair = try FakePair()
    var raws = try (0..<80).map { _ in try RawPeer(to: pair.node.address) }
    try pair.hub.run("the places taken") { raws.filter { $0.read() == nil }.count == 16 }
    #expect(pair.node.transport.halfOpen.count == 64)
    guard case .tooManyHalfOpen = pair.node.notices[0] else {
      Issue.record("\(pair.node.notices)")
      return
    }
    pair.hub.skip(milliseconds: 1_000)
    // A member gets the places of the two oldest.
    _ = try pair.link()
    #expect(pair.node.links.count == 1)
    #expect(pair.node.transport.halfOpen.count <= 64)
    raws = []
    try pair.hub.run("all gone") { pair.node.transport.halfOpen.isEmpty }
  }

  @Test("is told of at a bounded rate, with the number that was left out")
  func limitsNotices() throws {
    var limits = TransportLimits()
    limits.handshakeBurst = 0
    limits.handshakesPerSecond = 0
    let pair = try FakePair(limits: limits)
    var raws: [RawPeer] = []
    for _ in 0..<100 { raws.append(try RawPeer(to: pair.node.address)) }
    try pair.hub.run("all closed") { raws.allSatisfy { $0.read() == nil } }
    #expect((20...24).contains(pair.node.notices.count))
    pair.hub.skip(milliseconds: 10_000)
    try pair.hub.run("the number") {
      if case .suppressed = pair.node.notices.last { true } else { false }
    }
    let told = pair.node.notices.reduce(UInt64(0)) {
      if case .suppressed(let count) = $1 { $0 + count } else { $0 + 1 }
    }
    #expect(told == 100)
  }

  @Test("of strangers hides nothing that members do")
  func hidesNoMember() throws {
    var limits = TransportLimits.loopback
    limits.noticeBurst = 0
    limits.noticesPerSecond = 0
    let pair = try FakePair(limits: limits)
    let stranger = try pair.connect(key: SigningKey.generate(.edDSA))
    try pair.run("the alert", [stranger]) { stranger.failure != nil }
    #expect(pair.node.transport.notices.hasSuppressed)
    #expect(pair.node.notices.isEmpty)

    let link = try pair.link()
    let other = NetworkID(SHA256.hash([2]))
    let hello = pair.fake.hello(.control, try Nonce.random(), network: other)
    #expect(try pair.refusal(of: hello.encoded) == .otherNetwork)
    let twin = pair.fake.hello(.control, try Nonce.random(), instance: try Nonce.random())
    #expect(try pair.refusal(of: twin.encoded) == .keyInUse)
    #expect(!link.control.isEnded)
    let closed = try TCPListener(#require(SocketAddress("127.0.0.1:0")), token: 0).address
    let address = try #require(closed.nodeAddress)
    let third = PeerConfiguration(
      member: try MemberID("bank-c"),
      transportKeys: [try SigningKey.generate(.edDSA).publicKey], addresses: [address],
      isDialled: true)
    pair.node.transport.setPeers([pair.fake.configuration, third], at: pair.hub.now)
    try pair.hub.run("a failure") {
      pair.node.notices.contains {
        if case .dialFailed(third.member, address, _) = $0 { true } else { false }
      }
    }
    #expect(
      pair.node.notices.contains {
        if case .turnedAway(pair.fake.member, _, .otherNetwork(other)) = $0 { true } else { false }
      })
    #expect(
      pair.node.notices.contains {
        if case .duplicateIdentity(pair.fake.member, _, _) = $0 { true } else { false }
      })
  }

  @Test("of links leaves no descriptor behind")
  func leaksNothing() async {
    await #expect(processExitsWith: .success) {
      let pair = try TransportPair()
      try pair.link()
      func cycle() throws {
        let link = try #require(pair.first.links.first)
        let node = Bool.random() ? pair.first : pair.second
        node.transport.disconnect(
          node === pair.first ? link : pair.second.links[0], reason: "next", at: pair.hub.now)
        try pair.hub.run("the end") { pair.first.links.isEmpty && pair.second.links.isEmpty }
        pair.hub.skip(milliseconds: 10_000)
        try pair.link()
      }
      for _ in 0..<10 { try cycle() }
      let before = openDescriptorCount
      for _ in 0..<200 { try cycle() }
      try #require(openDescriptorCount == before)
      try #require(pair.first.transport.connections.count == 2)
      try #require(pair.second.transport.connections.count == 2)
      pair.hub.remove(pair.first)
      pair.hub.remove(pair.second)
      // Two links of two descriptors each way, two listeners.
      try #require(openDescriptorCount == before - 6)
    }
  }

  @Test("that takes the last descriptor makes the node pause and go on")
  func survivesNoDescriptors() async {
    await #expect(processExitsWith: .success) {
      let pair = try FakePair()
      let first = try pair.link()
      var raws: [RawPeer] = []
      for _ in 0..<8 { raws.append(try RawPeer(to: pair.node.address)) }
      var limit = rlimit()
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      try #require(getrlimit(resource, &limit) == 0)
      var none = limit
      none.rlim_cur = UInt(openDescriptorCount)
      try #require(setrlimit(resource, &none) == 0)
      try pair.hub.run("a pause") {
        pair.node.notices.contains(.acceptPaused(SystemError(code: EMFILE)))
      }
      let count = pair.node.notices.count
      // Who is linked goes on, and the loop does not spin.
      first.control.send(Frame.encode([1]))
      try pair.run("a frame", [first.control]) { pair.node.frameCount == 1 }
      try pair.hub.run(milliseconds: 100)
      try #require(pair.node.notices.count == count)
      try #require(setrlimit(resource, &limit) == 0)
      pair.hub.skip(milliseconds: 1_000)
      try pair.hub.run("accepted") { pair.node.transport.halfOpen.count == 8 }
    }
  }
}

/// Of this process.
private var openDescriptorCount: Int {
  guard let directory = opendir("/proc/self/fd") else { return -1 }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  return count
}
