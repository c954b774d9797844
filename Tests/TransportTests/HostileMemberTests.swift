import Cryptography
@preconcurrency import Glibc
import Ledger
import Testing

@testable import Transport

@Suite("A member's node that misbehaves")
struct HostileMemberTests {
  @Test("before its hello is turned away: a frame too large, no hello, half a hello")
  func refusesBadHellos() throws {
    let pair = try FakePair()
    let cases: [([UInt8], ConnectionFailure)] = [
      ([0, 0, 4, 1], .frameTooLarge(1_025)),
      ([0xFF, 0xFF, 0xFF, 0xFF], .frameTooLarge(4_294_967_295)),
      (Frame.encode([]), .malformedHello), (Frame.encode(Array("hello".utf8)), .malformedHello),
    ]
    for (bytes, failure) in cases {
      let peer = try pair.connect()
      peer.send(bytes)
      let count = pair.node.notices.count
      try pair.run("the end", [peer]) { peer.isEnded && pair.node.notices.count > count }
      guard case .turnedAway(pair.fake.member, _, failure) = pair.node.notices[count] else {
        Issue.record("\(pair.node.notices[count]) instead of \(failure)")
        continue
      }
    }
    let peer = try pair.connect()
    peer.send(Array(Frame.encode(try pair.fake.hello(.control, Nonce.random()).encoded).dropLast()))
    try pair.run("the handshake", [peer]) { peer.isThroughHandshake }
    try pair.hub.run(milliseconds: 50)
    pair.hub.skip(milliseconds: 5_000)
    try pair.run("the end", [peer]) { peer.isEnded }
    guard case .turnedAway(pair.fake.member, _, .timedOut(.greeting)) = pair.node.notices.last
    else {
      Issue.record("\(pair.node.notices)")
      return
    }
    #expect(pair.node.transport.connections.isEmpty)
  }

  @Test("by not opening the second connection loses the first, and may try again")
  func limitsPairing() throws {
    let pair = try FakePair()
    let control = try pair.connect()
    control.send(try pair.fake.hello(.control, Nonce.random()))
    try pair.run("the hello", [control]) { control.received.count == 1 }
    pair.hub.skip(milliseconds: 5_000)
    try pair.run("the end", [control]) { control.isEnded }
    guard
      case .turnedAway(pair.fake.member, _, .timedOut(.secondConnection)) = pair.node.notices.last
    else {
      Issue.record("\(pair.node.notices)")
      return
    }
    _ = try pair.link()
    #expect(pair.node.links.count == 1)
  }

  @Test("by frames before the second connection is read a little, and heard once it is there")
  func holdsEarlyFrames() throws {
    let pair = try FakePair()
    let (control, bulk) = (try pair.connect(), try pair.connect())
    let nonce = try Nonce.random()
    control.send(pair.fake.hello(.control, nonce))
    let bodies = (0..<100).map { [UInt8](repeating: UInt8($0), count: 300_000) }
    for body in bodies { control.send(Frame.encode(body)) }
    try pair.run("the control hello", [control]) { control.received.count == 1 }
    for _ in 0..<50 {
      control.pump()
      try pair.hub.turn(milliseconds: 1)
    }
    #expect(pair.node.frameCount == 0)
    let held = pair.node.transport.connections.values.map(\.heldByteCount).max() ?? 0
    let limit = TransportLimits.earlyByteLimit + TransportLimits.readByteLimit + 65_536
    #expect((1...limit).contains(held))
    bulk.send(pair.fake.hello(.bulk, nonce))
    try pair.run("all frames", [control, bulk]) { pair.node.frameCount == bodies.count }
    #expect(pair.node.frames.map(\.body) == bodies)
    #expect(pair.node.ups.count == 1)
  }

  @Test(
    "by a frame beyond its channel's limit is cut before the frame is taken",
    arguments: Channel.allCases)
  func limitsFrames(channel: Channel) throws {
    let pair = try FakePair()
    let link = try pair.link()
    let peer = channel == .control ? link.control : link.bulk
    let greatest = [UInt8](repeating: 5, count: channel.bodyByteLimit)
    peer.send(Frame.encode(greatest))
    try pair.run("the greatest frame", [peer]) { pair.node.frameCount == 1 }
    let count = UInt32(channel.bodyByteLimit + 1)
    peer.send([1, 2, 3, 4].indices.map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) })
    try pair.run("the cut", [peer]) { peer.isEnded }
    #expect(
      pair.node.downs.map(\.reason) == [.connection(channel, .frameTooLarge(Int(count)))])
    #expect(pair.node.frames[0].body == greatest)
  }

  @Test("by half a frame keeps what is whole, and is cut for silence")
  func cutsSilence() throws {
    let pair = try FakePair()
    let link = try pair.link()
    link.control.send(Frame.encode([1, 2, 3]) + [0, 0, 1, 0, 9])
    try pair.run("a frame", [link.control]) { pair.node.frameCount == 1 }
    pair.hub.skip(milliseconds: 9_500)
    try pair.hub.run(milliseconds: 20)
    #expect(pair.node.links.count == 1)
    // A byte on either connection is a sign of life.
    link.bulk.send([0])
    link.bulk.pump()
    try pair.hub.run(milliseconds: 20)
    pair.hub.skip(milliseconds: 9_500)
    try pair.hub.run(milliseconds: 20)
    #expect(pair.node.links.count == 1)
    pair.hub.skip(milliseconds: 600)
    try pair.run("the cut", [link.control, link.bulk]) {
      link.control.isEnded && link.bulk.isEnded
    }
    #expect(pair.node.downs.map(\.reason) == [.silent])
    #expect(pair.node.frames.map(\.body) == [[1, 2, 3]])
  }

  @Test("by closing one connection, in whatever way, loses the link", arguments: 0..<4)
  func endsTogether(way: Int) throws {
    let pair = try FakePair()
    var link: (control: FakePeer, bulk: FakePeer)? = try pair.link()
    let control = try #require(link?.control)
    control.send(Frame.encode([4]))
    try pair.run("a frame", [control]) { pair.node.frameCount == 1 }
    switch way {
    case 0:
      link?.bulk.closeHalf()
    case 1:
      link?.bulk.reset()
      link = nil
    case 2:
      link = nil
    default:
      // A plain byte where a TLS record is due.
      link?.bulk.sendPlain([0x17, 3, 3, 0, 1, 0])
    }
    try pair.run("the end", [control]) { pair.node.links.isEmpty && control.isEnded }
    #expect(pair.node.downs.count == 1)
    guard case .connection(.bulk, let failure) = pair.node.downs[0].reason else {
      Issue.record("\(pair.node.downs)")
      return
    }
    if way < 3 { #expect(failure == .closed) }
    // Writing to what is closed is no crash.
    pair.node.transport.send([1], on: .bulk, to: pair.node.ups[0].link, at: pair.hub.now)
    try pair.hub.run(milliseconds: 10)
  }

  @Test("cannot end the process by closing while it is written to")
  func survivesClosedSockets() async {
    await #expect(processExitsWith: .success) {
      // Whatever the test's process does about it, here the signal kills.
      signal(SIGPIPE, SIG_DFL)
      let pair = try FakePair()
      for _ in 0..<20 {
        var link: (control: FakePeer, bulk: FakePeer)? = try pair.link()
        link?.control.reads = false
        let up = try #require(pair.node.links.first)
        link = nil
        // The node has not heard of it yet.
        for _ in 0..<10 {
          pair.node.transport.send(
            [UInt8](repeating: 1, count: 50_000), on: .control, to: up, at: pair.hub.now)
          pair.node.transport.flush(pair.hub.poll, at: pair.hub.now, &pair.node.pending)
        }
        try pair.hub.run("the end") { pair.node.links.isEmpty }
        pair.hub.skip(milliseconds: 1_000)
      }
    }
  }
}
