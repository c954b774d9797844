import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Transport

@Suite("Nodes that dial each other")
struct SimultaneousDialTests {
  @Test("end with one link, a hundred times", arguments: [1, 2, 3])
  func converges(seed: UInt64) throws {
    let keys = (try SigningKey.generate(.edDSA), try SigningKey.generate(.edDSA))
    var limits = TransportLimits.loopback
    limits.shortestBackOffMicroseconds = 2_000
    limits.longestBackOffMicroseconds = 20_000
    let pair = try TransportPair(
      bothDial: true, limits: limits, keys: keys, seeds: (seed, seed + 100))
    pair.hub.sleepiness = SplitMix64(seed: seed)
    var random = SplitMix64(seed: seed + 1_000)
    var sides: Set<LinkSide> = []
    for round in 0..<100 {
      try pair.hub.run("one link in round \(round)") {
        guard pair.first.links.count == 1, pair.second.links.count == 1 else { return false }
        return try isTheSame(pair)
      }
      sides.insert(try #require(pair.first.ups.last).dialledBy)
      // It stays the one.
      try pair.hub.run(milliseconds: 5)
      #expect(pair.first.links.count == 1 && pair.second.links.count == 1)
      let link = try #require(pair.first.links.first)
      pair.first.transport.disconnect(link, reason: "next round", at: pair.hub.now)
      try pair.hub.run("the end of round \(round)") {
        pair.first.links.isEmpty && pair.second.links.isEmpty
      }
      // Sometimes both may dial in the same turn, sometimes not.
      pair.hub.skip(milliseconds: Bool.random(using: &random) ? 20 : 0)
    }
    // The test has seen both sides win.
    #expect(sides == [.thisNode, .peer])
    // Nothing came up only to go down again.
    #expect(pair.first.ups.count == 100 && pair.second.ups.count == 100)
    #expect(pair.first.notices == [])
    #expect(pair.second.notices == [])
  }

  /// A frame of each side arrives on what the other takes for the link.
  private func isTheSame(_ pair: TransportPair) throws -> Bool {
    let (first, second) = (pair.first.links[0], pair.second.links[0])
    let body = [UInt8(truncatingIfNeeded: first.rawValue), UInt8.random(in: 0...255)]
    pair.first.send(body, at: pair.hub.now)
    pair.second.send(body, at: pair.hub.now)
    for _ in 0..<40 {
      try pair.hub.turn(milliseconds: 1)
      let isThere = pair.first.frames.last?.body == body && pair.second.frames.last?.body == body
      if isThere {
        return pair.first.frames.last?.link == first && pair.second.frames.last?.link == second
      }
    }
    return false
  }

  @Test("make a mesh of seven with one link a pair")
  func mesh() throws {
    let hub = try TransportHub()
    let nodes = try (0..<7).map { try hub.add("node-\($0)", seed: UInt64($0)) }
    for node in nodes {
      node.transport.setPeers(
        try nodes.filter { $0 !== node }.map { try node.peer($0) }, at: hub.now)
    }
    try hub.run("the mesh") { nodes.allSatisfy { $0.links.count == 6 } }
    try hub.run(milliseconds: 300)
    #expect(nodes.allSatisfy { $0.links.count == 6 })
    #expect(nodes.allSatisfy { Set($0.ups.map(\.member)).count == 6 })
  }

  @Test("link although the smaller one's way to the larger leads nowhere")
  func linksOneWay() throws {
    // 192.0.2.0/24 answers nobody (RFC 5737): the dialling hangs, or fails at once without a route.
    let pair = try TransportPair(bothDial: true)
    var peer = try pair.first.peer(pair.second)
    peer.addresses = [try NodeAddress("192.0.2.1:7001")]
    pair.first.transport.setPeers([peer], at: pair.hub.now)
    try pair.link()
    #expect(pair.first.ups[0].dialledBy == .peer)
  }
}

@Suite("A second link of a member")
struct SecondLinkTests {
  @Test("of the same process takes the place of the first, unless the arbiter still hears that")
  func replaces() throws {
    // The node is not the arbiter: its peer does not dial while it has a link.
    let pair = try FakePair(node: "bank-b", fake: "bank-a")
    let first = try pair.link()
    let second = try pair.link()
    try pair.run("both", [first.control, second.control]) { first.control.isEnded }
    #expect(pair.node.ups.count == 2)
    #expect(pair.node.downs.map(\.reason) == [.replaced])
    #expect(pair.node.links.count == 1)
  }

  @Test("of the same process is refused by the arbiter while the first is heard")
  func arbiterHoldsOn() throws {
    let pair = try FakePair(node: "bank-a", fake: "bank-b")
    let first = try pair.link()
    let hello = try pair.fake.hello(.control, Nonce.random())
    #expect(try pair.refusal(of: hello.encoded) == .alreadyLinked)
    #expect(pair.node.links.count == 1 && pair.node.notices.isEmpty)
    pair.hub.skip(milliseconds: 2_600)
    let second = try pair.link()
    try pair.run("the end of the first", [first.bulk, second.bulk]) { first.bulk.isEnded }
    #expect(pair.node.downs.map(\.reason) == [.replaced])
  }

  @Test("of another process with the same key is refused, and both are named")
  func refusesTwin() throws {
    let pair = try TransportPair()
    try pair.link()
    let twin = try pair.hub.add("bank-a", key: pair.first.configuration.key)
    twin.transport.setPeers([try twin.peer(pair.second)], at: pair.hub.now)
    try pair.hub.run("the refusal") { !twin.notices.isEmpty && !pair.second.notices.isEmpty }
    let address = try #require(pair.second.address.nodeAddress)
    #expect(
      twin.notices == [
        .dialFailed(pair.second.member, address: address, .refusedByPeer(.keyInUse))
      ])
    guard case .duplicateIdentity(let member, let linked, let refused) = pair.second.notices[0]
    else {
      Issue.record("\(pair.second.notices)")
      return
    }
    #expect(member == pair.first.member)
    #expect(linked != refused)
    guard case .linked(let state) = pair.second.transport.peerStates[0].standing else {
      Issue.record("not linked")
      return
    }
    #expect(state.remote == linked)
    #expect(pair.first.links.count == 1 && pair.second.downs.isEmpty)
  }

  @Test("of another process takes over when the first has been silent for five seconds")
  func replacesSilentTwin() throws {
    let pair = try FakePair()
    let first = try pair.link()
    let other = try Nonce.random()
    let hello = try pair.fake.hello(.control, Nonce.random(), instance: other)
    pair.hub.skip(milliseconds: 4_800)
    #expect(try pair.refusal(of: hello.encoded) == .keyInUse)
    pair.hub.skip(milliseconds: 300)
    let second = try pair.link(instance: other)
    try pair.run("the end of the first", [first.control, second.control]) {
      first.control.isEnded
    }
    #expect(pair.node.downs.map(\.reason) == [.replacedByOtherProcess])
    #expect(pair.node.links.count == 1)
  }

  @Test("does not mix the connections of two processes")
  func pairsOneProcess() throws {
    let pair = try FakePair()
    let nonce = try Nonce.random()
    let control = try pair.connect()
    control.send(pair.fake.hello(.control, nonce))
    try pair.run("the control hello", [control]) { control.received.count == 1 }
    let bulk = try pair.fake.hello(.bulk, nonce, instance: Nonce.random())
    #expect(try pair.refusal(of: bulk.encoded) == .unpaired)
    #expect(pair.node.ups.isEmpty)
  }
}
