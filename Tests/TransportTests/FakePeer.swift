import CBOR
import Cryptography
@preconcurrency import Glibc
import Ledger
import Testing

@testable import Transport

/// One connection of a peer that does as a test says, over TLS as nodes speak it.
final class FakePeer {
  private let tls: TLSConnection
  private var outgoing: [UInt8] = []
  private var incoming = FrameBuffer(bodyByteLimit: 16 * 1024 * 1024)
  private(set) var isThroughHandshake = false
  private(set) var received: [[UInt8]] = []
  private(set) var failure: TLSFailure?
  private(set) var isEnded = false
  /// Whether it reads after the handshake.
  var reads = true

  /// Connects to a node.
  init(to node: TransportNode, key: SigningKey) throws {
    let context = try TLSContext(key)
    context.pins = [node.configuration.key.publicKey: node.member]
    tls = try TLSConnection(
      .client, context: context, descriptor: try TCPSocket.connect(to: node.address))
  }

  var hellos: [PeerHello] { received.prefix(1).compactMap { try? PeerHello($0) } }

  func send(_ bytes: [UInt8]) { outgoing += bytes }

  func send(_ hello: PeerHello) { send(Frame.encode(hello.encoded)) }

  func pump() {
    guard failure == nil, !isEnded else { return }
    if !isThroughHandshake {
      switch tls.handshake() {
      case .finished: isThroughHandshake = true
      case .waiting: return
      case .failed(let failure):
        self.failure = failure
        return
      }
    }
    write()
    if reads { read() }
  }

  private func write() {
    while !outgoing.isEmpty {
      guard case .moved(let count) = outgoing.withUnsafeBytes({ tls.write($0) }) else { return }
      outgoing.removeFirst(count)
    }
  }

  private func read() {
    withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 16) { buffer in
      while true {
        switch tls.read(into: buffer) {
        case .moved(let count):
          incoming.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        case .waiting:
          while let body = try? incoming.next() { received.append(body) }
          return
        case .ended:
          while let body = try? incoming.next() { received.append(body) }
          isEnded = true
          return
        case .failed(let failure):
          self.failure = failure
          return
        }
      }
    }
  }

  /// Past TLS.
  func sendPlain(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { tls.descriptor.send($0) } }

  /// Closes with a reset, as a killed machine's router might.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      tls.descriptor.number, Int32(SOL_SOCKET), SO_LINGER, &option,
      socklen_t(MemoryLayout<linger>.size))
    // Dropping the last reference closes the descriptor.
  }

  /// Says that it will write no more, below TLS.
  func closeHalf() { shutdown(tls.descriptor.number, Int32(SHUT_WR)) }
}

/// A member of which a test plays the node.
struct FakeMember {
  let member: MemberID
  let key: SigningKey
  let instance: Nonce

  init(_ name: String, key: SigningKey? = nil) throws {
    member = try MemberID(name)
    self.key = try key ?? SigningKey.generate(.edDSA)
    instance = try Nonce.random()
  }

  var configuration: PeerConfiguration {
    PeerConfiguration(
      member: member, transportKeys: [key.publicKey], addresses: [], isDialled: false)
  }

  func hello(
    _ channel: Channel, _ link: Nonce, network: NetworkID = TransportHub.network,
    member: MemberID? = nil, instance: Nonce? = nil
  ) -> PeerHello {
    PeerHello(
      network: network, member: member ?? self.member, channel: channel, link: link,
      instance: instance ?? self.instance)
  }
}

/// A node and a fake member that may link to it.
struct FakePair {
  let hub: TransportHub
  let node: TransportNode
  let fake: FakeMember

  init(hub: TransportHub, node: TransportNode, fake: FakeMember) {
    self.hub = hub
    self.node = node
    self.fake = fake
  }

  init(
    node name: String = "bank-a", fake fakeName: String = "bank-b",
    limits: TransportLimits = .loopback
  ) throws {
    hub = try TransportHub()
    node = try hub.add(name, limits: limits)
    fake = try FakeMember(fakeName)
    node.transport.setPeers([fake.configuration], at: hub.now)
  }

  func connect(key: SigningKey? = nil) throws -> FakePeer {
    try FakePeer(to: node, key: key ?? fake.key)
  }

  /// Runs until the fake's connections are where a test wants them.
  func run(
    _ what: String, _ peers: [FakePeer], until condition: () throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try hub.run(
      what,
      until: {
        for peer in peers { peer.pump() }
        return try condition()
      }, sourceLocation: sourceLocation)
  }

  /// A complete link.
  func link(instance: Nonce? = nil) throws -> (control: FakePeer, bulk: FakePeer) {
    let (control, bulk) = (try connect(), try connect())
    let nonce = try Nonce.random()
    control.send(fake.hello(.control, nonce, instance: instance))
    try run("the control hello", [control]) { control.received.count == 1 }
    bulk.send(fake.hello(.bulk, nonce, instance: instance))
    try run("the bulk hello", [bulk]) { bulk.received.count == 1 }
    return (control, bulk)
  }

  /// Says one hello and returns the answer's refusal.
  func refusal(of body: [UInt8]) throws -> HelloRefusal? {
    let peer = try connect()
    peer.send(Frame.encode(body))
    try run("a hello", [peer]) { peer.received.count == 1 }
    let hello = try #require(peer.hellos.first)
    #expect(hello.network == node.configuration.network && hello.member == node.member)
    try run("the end", [peer]) { peer.isEnded || hello.refusal == nil }
    return hello.refusal
  }
}

/// A TCP connection without TLS.
final class RawPeer {
  private let descriptor: Descriptor

  init(to address: SocketAddress) throws { descriptor = try TCPSocket.connect(to: address) }

  init(owning number: Int32) { descriptor = Descriptor(owning: number) }

  func send(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { descriptor.send($0) } == .moved(bytes.count)
  }

  /// What is there to read; `nil` once the other side has closed.
  func read() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    switch bytes.withUnsafeMutableBytes({ descriptor.read(into: $0) }) {
    case .moved(let count): return Array(bytes.prefix(count))
    case .wouldBlock: return []
    case .ended, .failed: return nil
    }
  }
}
