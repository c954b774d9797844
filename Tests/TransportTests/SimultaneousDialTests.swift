import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Transport

@Suite("Nodes that dial each other")
struct SimultaneousDialTests {
  @Test("end with one link at the first try, a hundred times", arguments: [1, 2, 3])
  func converges(seed: UInt64) throws {
    let keys = (try SigningKey.generate(.edDSA), try SigningKey.generate(.edDSA))
    var limits = TransportLimits.loopback
    // A round in which both attempts were lost would not end in time.
    limits.shortestBackOffMicroseconds = 600_000_000
    limits.longestBackOffMicroseconds = 600_000_000
    let pair = try TransportPair(
      bothDial: true, limits: limits, keys: keys, seeds: (seed, seed + 100))
    pair.hub.sleepiness = SplitMix64(seed: seed)
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
      // Both dial in the next turn for which they are awake.
      pair.hub.skip(milliseconds: 600_000)
    }
    // The test has seen both sides win.
    #expect(sides == [.thisNode, .peer], "seed \(seed)")
    // Nothing came up only to go down again, and nobody complained.
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
    let pair = try TransportPair(bothDial: true)
    // Connects, and nobody answers.
    let nowhere = try TCPListener(#require(SocketAddress("127.0.0.1:0")), token: 0)
    var peer = try pair.first.peer(pair.second)
    peer.addresses = [try #require(nowhere.address.nodeAddress)]
    pair.first.transport.setPeers([peer], at: pair.hub.now)
    try pair.link()
    #expect(pair.first.ups[0].dialledBy == .peer)
    #expect(pair.first.notices == [] && pair.second.notices == [])
  }
}
