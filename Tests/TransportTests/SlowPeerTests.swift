import Cryptography
import Ledger
import Testing

@testable import Transport

@Suite("A peer that does not read")
struct SlowPeerTests {
  @Test("is cut when more waits than its queue holds", arguments: Channel.allCases)
  func limitsBytes(channel: Channel) throws {
    var limits = TransportLimits.loopback
    limits.bulkQueueByteLimit = 4 * 1024 * 1024
    let pair = try FakePair(limits: limits)
    let link = try pair.link()
    (link.control.reads, link.bulk.reads) = (false, false)
    let body = [UInt8](repeating: 1, count: 100_000)
    var sent = 0
    try pair.hub.run("the cut") {
      pair.node.send(body, on: channel, at: pair.hub.now)
      sent += body.count
      return pair.node.links.isEmpty
    }
    #expect(pair.node.downs.map(\.reason) == [.unread(channel)])
    // What the kernel's buffers take comes on top of the queue.
    #expect(sent < limits.queueByteLimit(channel) + 16 * 1024 * 1024)
  }

  @Test("is cut although all of it is queued in one turn, and the queue stays bounded")
  func limitsOneTurn() throws {
    let pair = try FakePair()
    let link = try pair.link()
    link.control.reads = false
    let up = pair.node.links[0]
    let body = [UInt8](repeating: 1, count: 500_000)
    for _ in 0..<1_000 { pair.node.send(body, at: pair.hub.now) }
    let waiting = pair.node.transport.waitingByteCount(on: .control, to: up)
    #expect(waiting <= 2 * TransportLimits().controlQueueByteLimit + body.count + 4)
    try pair.hub.run("the cut") { pair.node.links.isEmpty }
    #expect(pair.node.downs.map(\.reason) == [.unread(.control)])
  }

  @Test("is cut when what waits on control is five seconds old, though it is little")
  func limitsAge() throws {
    let pair = try FakePair()
    let link = try pair.link()
    link.control.reads = false
    try fill(pair, .control, to: 100_000)
    pair.hub.skip(milliseconds: 4_500)
    keepAlive(link, pair)
    try pair.hub.run(milliseconds: 20)
    #expect(pair.node.links.count == 1)
    pair.hub.skip(milliseconds: 600)
    try pair.hub.run("the cut") { pair.node.links.isEmpty }
    #expect(pair.node.downs.map(\.reason) == [.unread(.control)])
  }

  @Test("is cut when its bulk connection has not moved for ten seconds")
  func limitsStall() throws {
    let pair = try FakePair()
    let link = try pair.link()
    link.bulk.reads = false
    try fill(pair, .bulk, to: 1_000_000)
    for _ in 0..<3 {
      pair.hub.skip(milliseconds: 3_200)
      keepAlive(link, pair)
      try pair.hub.run(milliseconds: 20)
    }
    #expect(pair.node.links.count == 1)
    pair.hub.skip(milliseconds: 600)
    try pair.hub.run("the cut") { pair.node.links.isEmpty }
    #expect(pair.node.downs.map(\.reason) == [.unread(.bulk)])
  }

  @Test("and then reads again gets everything, in order")
  func resumes() throws {
    let pair = try FakePair()
    let link = try pair.link()
    link.control.reads = false
    try fill(pair, .control, to: 300_000)
    pair.node.send([7], at: pair.hub.now)
    link.control.reads = true
    try pair.run("the last frame", [link.control]) { link.control.received.last == [7] }
    #expect(link.control.received.dropFirst().dropLast().allSatisfy { $0.count == 50_000 })
    #expect(pair.node.transport.waitingByteCount(on: .control, to: pair.node.links[0]) == 0)
  }

  @Test("does not hold up its other connection, or another peer")
  func blocksNobody() throws {
    let hub = try TransportHub()
    let node = try hub.add("bank-a")
    let other = try hub.add("bank-c")
    let fake = try FakeMember("bank-b")
    node.transport.setPeers(
      [fake.configuration, try node.peer(other, isDialled: false)], at: hub.now)
    other.transport.setPeers([try other.peer(node)], at: hub.now)
    let pair = FakePair(hub: hub, node: node, fake: fake)
    let link = try pair.link()
    link.bulk.reads = false
    try pair.run("both links", [link.control]) { node.links.count == 2 }
    try fill(pair, .bulk, to: 2_000_000)
    for round in 0..<100 {
      node.send([UInt8(round)], at: hub.now)
      try pair.run("round \(round)", [link.control]) {
        other.frames.filter { $0.channel == .control }.count == round + 1
          && link.control.received.count == round + 2
      }
    }
    #expect(node.links.count == 2)
  }

  /// Sends until so many bytes wait.
  private func fill(_ pair: FakePair, _ channel: Channel, to byteCount: Int) throws {
    let link = pair.node.links[0]
    try pair.hub.run("a queue") {
      if pair.node.transport.waitingByteCount(on: channel, to: link) < byteCount {
        pair.node.send([UInt8](repeating: 1, count: 50_000), on: channel, at: pair.hub.now)
        return false
      }
      return true
    }
  }

  private func keepAlive(_ link: (control: FakePeer, bulk: FakePeer), _ pair: FakePair) {
    for peer in [link.control, link.bulk] {
      peer.send(Frame.encode([0]))
      peer.pump()
    }
  }
}
