import Cryptography
@preconcurrency import Glibc
import Ledger
import TestSupport
import Testing

@testable import Transport

/// Several nodes' transports on one event poll and one thread, under a clock that can be set forward.
final class TransportHub {
  let poll: EventPoll
  private(set) var nodes: [TransportNode] = []
  private var skipped: UInt64 = 0
  /// With it, nodes now and then sleep through a turn, so that what they do interleaves in many ways.
  var sleepiness: SplitMix64?

  init() throws { poll = try EventPoll(eventLimit: 256) }

  var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let microseconds = UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    return Instant(microseconds: microseconds + skipped)
  }

  /// Lets time pass without waiting for it.
  func skip(milliseconds: UInt64) { skipped += milliseconds * 1_000 }

  /// A node that listens on a free port of the loopback.
  func add(
    _ name: String, network: NetworkID = TransportHub.network, key: SigningKey? = nil,
    instance: Nonce? = nil, seed: UInt64 = 1, limits: TransportLimits = .loopback,
    listen: [SocketAddress]? = nil,
    lookUp: @escaping NameResolver.LookUp = NameResolver.addresses(of:)
  ) throws -> TransportNode {
    let configuration = TransportConfiguration(
      network: network, member: try MemberID(name), key: try key ?? SigningKey.generate(.edDSA),
      listenAddresses: try listen ?? [#require(SocketAddress("127.0.0.1:0"))],
      instance: try instance ?? Nonce.random(), limits: limits, jitterSeed: seed)
    let node = try TransportNode(
      configuration, firstToken: UInt64(nodes.count + 1) << 32, lookUp: lookUp)
    try node.transport.register(in: poll)
    nodes.append(node)
    return node
  }

  func remove(_ node: TransportNode) {
    node.isStopped = true
    node.transport.stop(at: now)
  }

  static let network = NetworkID(SHA256.hash([1]))

  /// One turn of the loop for all.
  func turn(milliseconds: Int32 = 0) throws {
    let events = try poll.wait(milliseconds: milliseconds)
    let awake = nodes.map { !$0.isStopped && isAwake() }
    for event in events {
      let index = Int(event.token >> 32) - 1
      guard nodes.indices.contains(index), awake[index] else { continue }
      let node = nodes[index]
      node.transport.handle(event, poll, at: now, &node.pending)
    }
    for (node, isAwake) in zip(nodes, awake) where isAwake {
      node.transport.flush(poll, at: now, &node.pending)
      node.transport.expire(poll, at: now, &node.pending)
      node.takePending()
    }
  }

  private func isAwake() -> Bool {
    guard var random = sleepiness else { return true }
    defer { sleepiness = random }
    return Bool.random(using: &random)
  }

  /// Turns the loop until something holds; fails the test if it does not within some seconds.
  func run(
    _ what: String, seconds: UInt64 = 20, until condition: () throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let end = now.advanced(byMicroseconds: seconds * 1_000_000)
    while try !condition() {
      guard now < end else {
        Issue.record("not within \(seconds) s: \(what)", sourceLocation: sourceLocation)
        throw HubError.timedOut(what)
      }
      try turn(milliseconds: 2)
    }
  }

  /// Turns the loop for a while.
  func run(milliseconds: UInt64) throws {
    let end = now.advanced(byMicroseconds: milliseconds * 1_000)
    while now < end { try turn(milliseconds: 2) }
  }

  enum HubError: Error { case timedOut(String) }
}

/// A transport with everything that it told.
final class TransportNode {
  let transport: PeerTransport
  let configuration: TransportConfiguration
  let address: SocketAddress
  var pending: [TransportEvent] = []
  var isStopped = false

  private(set) var ups: [(link: LinkID, member: MemberID, dialledBy: LinkSide)] = []
  private(set) var downs: [(link: LinkID, reason: LinkEnding)] = []
  private(set) var frames: [(link: LinkID, channel: Channel, body: [UInt8])] = []
  private(set) var notices: [TransportNotice] = []
  /// Links in the order in which they came up.
  private(set) var links: [LinkID] = []
  var keepsFrames = true
  private(set) var frameCount = 0
  private(set) var frameByteCount = 0

  init(
    _ configuration: TransportConfiguration, firstToken: UInt64,
    lookUp: @escaping NameResolver.LookUp
  ) throws {
    self.configuration = configuration
    transport = try PeerTransport(configuration, firstToken: firstToken, lookUp: lookUp)
    address = transport.boundAddresses[0]
  }

  var member: MemberID { configuration.member }

  func peer(_ node: TransportNode, isDialled: Bool = true) throws -> PeerConfiguration {
    PeerConfiguration(
      member: node.member, transportKeys: [node.configuration.key.publicKey],
      addresses: [try #require(node.address.nodeAddress)], isDialled: isDialled)
  }

  func takePending() {
    for event in pending {
      switch event {
      case .linkUp(let link, let member, _, let side):
        ups.append((link, member, side))
        links.append(link)
      case .linkDown(let link, let reason):
        downs.append((link, reason))
        links.removeAll { $0 == link }
      case .frame(let link, let channel, let body):
        frameCount += 1
        frameByteCount += body.count
        if keepsFrames { frames.append((link, channel, body)) }
      case .notice(let notice): notices.append(notice)
      }
    }
    pending.removeAll(keepingCapacity: true)
  }

  func send(_ body: [UInt8], on channel: Channel = .control, at now: Instant) {
    for link in links { transport.send(body, on: channel, to: link, at: now) }
  }
}

extension TransportLimits {
  /// All nodes of a test come from one address.
  static var loopback: TransportLimits {
    var limits = TransportLimits()
    limits.handshakeBurst = 100_000
    limits.handshakesPerSecond = 100_000
    limits.noticeBurst = 1_000
    return limits
  }
}

/// Two nodes that know each other.
struct TransportPair {
  let hub: TransportHub
  let first: TransportNode
  let second: TransportNode

  /// - Parameter bothDial: or only the first.
  init(
    bothDial: Bool = false, limits: TransportLimits = .loopback,
    keys: (SigningKey, SigningKey)? = nil, seeds: (UInt64, UInt64) = (1, 2)
  ) throws {
    hub = try TransportHub()
    first = try hub.add("bank-a", key: keys?.0, seed: seeds.0, limits: limits)
    second = try hub.add("bank-b", key: keys?.1, seed: seeds.1, limits: limits)
    first.transport.setPeers([try first.peer(second)], at: hub.now)
    second.transport.setPeers([try second.peer(first, isDialled: bothDial)], at: hub.now)
  }

  func link() throws {
    try hub.run("both links up") { first.links.count == 1 && second.links.count == 1 }
  }
}
