import CBOR
import Cryptography
import Ledger
import Testing

@testable import Transport

@Suite("A peer that may not link")
struct RefusedPeerTests {
  @Test("is turned away when its certificate has a key that nobody is pinned to")
  func refusesUnpinned() throws {
    let pair = try FakePair()
    let stranger = try SigningKey.generate(.es256)
    let peer = try pair.connect(key: stranger)
    try pair.run("the alert", [peer]) { peer.failure != nil }
    #expect(peer.failure == .keyRefused)
    // In TLS 1.3 the client is through before it is judged.
    #expect(peer.isThroughHandshake)
    guard case .turnedAway(nil, _, .unknownKey(let key)) = pair.node.notices.first else {
      Issue.record("\(pair.node.notices)")
      return
    }
    #expect(key.keyID == stranger.publicKey.keyID)
    #expect(pair.node.ups.isEmpty)
  }

  @Test("learns that its key is unknown, and the node that dials names the key that it met")
  func tellsBothSides() throws {
    let pair = try TransportPair()
    pair.second.transport.setPeers([], at: pair.hub.now)
    try pair.hub.run("a failure") { !pair.first.notices.isEmpty }
    let address = try #require(pair.second.address.nodeAddress)
    #expect(
      pair.first.notices == [.dialFailed(pair.second.member, address: address, .keyRefused)])

    let other = try SigningKey.generate(.edDSA)
    var peer = try pair.first.peer(pair.second)
    peer.transportKeys = [other.publicKey]
    pair.first.transport.setPeers([peer], at: pair.hub.now)
    pair.hub.skip(milliseconds: 10_000)
    try pair.hub.run("another failure") { pair.first.notices.count == 2 }
    let met = RefusedKey(keyID: pair.second.configuration.key.publicKey.keyID)
    #expect(
      pair.first.notices[1] == .dialFailed(pair.second.member, address: address, .unknownKey(met)))
  }

  @Test("is named when it is this node itself")
  func namesItself() throws {
    let hub = try TransportHub()
    let node = try hub.add("bank-a")
    var peer = try node.peer(node)
    peer.member = try MemberID("bank-b")
    node.transport.setPeers([peer], at: hub.now)
    try hub.run("a failure") { !node.notices.isEmpty }
    #expect(
      node.notices.contains {
        if case .dialFailed(_, _, .ownKey) = $0 { true } else { false }
      })
  }

  @Test("is told what is wrong: network, version, member, pairing")
  func refusesHellos() throws {
    let pair = try FakePair()
    let nonce = try Nonce.random()
    let other = NetworkID(SHA256.hash([2]))
    #expect(
      try pair.refusal(of: pair.fake.hello(.control, nonce, network: other).encoded)
        == .otherNetwork)
    #expect(
      try pair.refusal(of: pair.fake.hello(.control, nonce, member: MemberID("bank-c")).encoded)
        == .otherMember)
    #expect(try pair.refusal(of: pair.fake.hello(.bulk, nonce).encoded) == .unpaired)
    var encoder = CBOREncoder()
    encoder.array(3)
    encoder.text("hypothec peer")
    encoder.unsigned(2)
    encoder.bool(true)
    #expect(try pair.refusal(of: encoder.bytes) == .otherVersion)
    let reasons = pair.node.notices.map { notice -> ConnectionFailure? in
      guard case .turnedAway(pair.fake.member, _, let reason) = notice else { return nil }
      return reason
    }
    #expect(
      try reasons == [
        .otherNetwork(other), .otherMember(MemberID("bank-c")), .refused(.unpaired),
        .otherVersion(2),
      ])
    #expect(pair.node.ups.isEmpty)
  }

  @Test("of another network is named by both nodes")
  func namesOtherNetwork() throws {
    let hub = try TransportHub()
    let first = try hub.add("bank-a")
    let other = NetworkID(SHA256.hash([9]))
    let second = try hub.add("bank-b", network: other)
    first.transport.setPeers([try first.peer(second)], at: hub.now)
    second.transport.setPeers([try second.peer(first, isDialled: false)], at: hub.now)
    try hub.run("notices") { !first.notices.isEmpty && !second.notices.isEmpty }
    let address = try #require(second.address.nodeAddress)
    #expect(first.notices == [.dialFailed(second.member, address: address, .otherNetwork(other))])
    guard case .turnedAway(first.member, _, .otherNetwork(TransportHub.network)) = second.notices[0]
    else {
      Issue.record("\(second.notices)")
      return
    }
  }

  @Test("is refused when as many links are up as may be")
  func refusesTooMany() throws {
    let hub = try TransportHub()
    var limits = TransportLimits.loopback
    limits.linkLimit = 1
    let node = try hub.add("bank-a", limits: limits)
    let (first, second) = (try hub.add("bank-b"), try hub.add("bank-c"))
    node.transport.setPeers(
      [try node.peer(first, isDialled: false), try node.peer(second, isDialled: false)],
      at: hub.now)
    first.transport.setPeers([try first.peer(node)], at: hub.now)
    try hub.run("a link") { first.links.count == 1 }
    second.transport.setPeers([try second.peer(node)], at: hub.now)
    try hub.run("a refusal") { !second.notices.isEmpty }
    let address = try #require(node.address.nodeAddress)
    #expect(
      second.notices == [
        .dialFailed(node.member, address: address, .refusedByPeer(.tooManyLinks))
      ])
    #expect(first.links.count == 1)
  }

  @Test("keeps its link while its keys rotate, and is cut when the old one is withdrawn")
  func rotatesKeys() throws {
    let pair = try TransportPair()
    try pair.link()
    let (old, new) = (pair.first.configuration.key, try SigningKey.generate(.edDSA))
    var peer = try pair.second.peer(pair.first, isDialled: false)
    peer.transportKeys = [old.publicKey, new.publicKey]
    pair.second.transport.setPeers([peer], at: pair.hub.now)
    try pair.hub.run(milliseconds: 50)
    #expect(pair.second.links.count == 1 && pair.second.downs.isEmpty)

    // The peer restarts with its new key while both are good.
    pair.hub.remove(pair.first)
    let rotated = try pair.hub.add("bank-a", key: new)
    rotated.transport.setPeers([try rotated.peer(pair.second)], at: pair.hub.now)
    try pair.hub.run("the new key's link") {
      rotated.links.count == 1 && pair.second.ups.count == 2
    }
    peer.transportKeys = [new.publicKey]
    pair.second.transport.setPeers([peer], at: pair.hub.now)
    try pair.hub.run(milliseconds: 50)
    #expect(pair.second.links.count == 1)
    peer.transportKeys = [old.publicKey]
    pair.second.transport.setPeers([peer], at: pair.hub.now)
    try pair.hub.run("the cut") { rotated.links.isEmpty && pair.second.links.isEmpty }
    #expect(pair.second.downs.last?.reason == .notAdmitted)
  }

  @Test("is cut when it is removed")
  func cutsRemoved() throws {
    let pair = try TransportPair()
    try pair.link()
    pair.second.transport.setPeers([], at: pair.hub.now)
    try pair.hub.run("the cut") { pair.first.links.isEmpty && pair.second.links.isEmpty }
    #expect(pair.second.downs.map(\.reason) == [.notAdmitted])
    try pair.hub.run("the next try") { !pair.first.notices.isEmpty }
    #expect(pair.first.ups.count == 1)
  }
}
