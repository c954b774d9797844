import Consensus
import Ledger
import Transport

/// The running node's links to its peers: what the transport tells becomes inputs of the replica, and
/// what the replica says goes out on the links. The loop thread's.
final class PeerGateway {
  private let transport: PeerTransport
  private let plan: PeerPlan
  private let log: Log
  private var events: [TransportEvent] = []
  /// The links that are up, ascending, and what the replica was told of their pace.
  private var links: [(id: LinkID, pace: LinkPace)] = []

  init(
    _ configuration: TransportConfiguration, plan: PeerPlan, log: Log, at now: Instant
  ) throws(TransportError) {
    transport = try PeerTransport(configuration, firstToken: LoopToken.firstPeer)
    self.plan = plan
    self.log = log
    for address in transport.boundAddresses {
      log(
        LogEvent(
          .notice, "listening", "Listening for peers",
          [LogField("address", "\(address)")]))
    }
  }

  func register(in poll: borrowing EventPoll) throws(SystemError) {
    try transport.register(in: poll)
  }

  /// Links to the nodes that are registered now.
  func setPeers(_ nodes: NodeRegistry, at now: Instant) {
    transport.setPeers(plan.peers(of: nodes.nodes, validators: nodes.validators), at: now)
  }

  func handle(_ event: EventPoll.Event, _ poll: borrowing EventPoll, at now: Instant) {
    transport.handle(event, poll, at: now, &events)
  }

  /// Whether there is something to hand on already.
  var hasEvents: Bool { !events.isEmpty }

  var wake: Instant? { transport.wake }

  /// What has happened on the links, in order.
  func takeInputs() -> [ReplicaInput] {
    var inputs: [ReplicaInput] = []
    for event in events {
      switch event {
      case .linkUp(let link, let member, let remote, _):
        links.append((link, .free))
        inputs.append(.linkUp(Link(link.rawValue), member, remote: "\(remote)"))
      case .linkDown(let link, let reason):
        links.removeAll { $0.id == link }
        inputs.append(.linkDown(Link(link.rawValue), reason: "\(reason)"))
      case .frame(let link, let channel, let body):
        inputs.append(.frame(Link(link.rawValue), channel, body))
      case .notice(let notice): take(notice, &inputs)
      }
    }
    events.removeAll(keepingCapacity: true)
    watchCongestion(&inputs)
    return inputs
  }

  /// Tells which peers take too slowly what they are sent, or fast enough again.
  private func watchCongestion(_ inputs: inout [ReplicaInput]) {
    for index in links.indices {
      let (id, before) = links[index]
      let waiting = transport.waitingByteCount(on: .bulk, to: id)
      let pace = before.next(waitingByteCount: waiting)
      guard pace != before else { continue }
      links[index].pace = pace
      inputs.append(.pace(Link(id.rawValue), pace))
    }
  }

  private func take(_ notice: TransportNotice, _ inputs: inout [ReplicaInput]) {
    switch notice {
    case .dialFailed(let member, let address, let failure):
      inputs.append(.unreachable(member, address: address.text, reason: "\(failure)"))
      log(LogEvent(.information, "peer-unreachable", "\(notice)"))
    case .duplicateIdentity:
      log(LogEvent(.critical, "key-in-use-twice", "\(notice)"))
    case .turnedAway, .handshakeQuotaExceeded, .tooManyHalfOpen, .acceptPaused, .suppressed:
      log(LogEvent(.warning, "connection-refused", "\(notice)"))
    }
  }

  /// Queues what a turn says to peers and closes links.
  func carryOut(_ output: ReplicaOutput, at now: Instant) {
    for frame in output.frames {
      for link in frame.recipients {
        transport.send(frame.body, on: frame.channel, to: LinkID(link.rawValue), at: now)
      }
    }
    for cut in output.cuts {
      transport.disconnect(LinkID(cut.link.rawValue), reason: "\(cut.fault)", at: now)
    }
  }

  func flush(_ poll: borrowing EventPoll, at now: Instant) {
    transport.flush(poll, at: now, &events)
    transport.expire(poll, at: now, &events)
  }

  /// Takes no more connections and closes those that are there.
  func stop(at now: Instant) { transport.stop(at: now) }
}
