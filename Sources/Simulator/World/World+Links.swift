import Consensus
import Ledger
import Node
import SimulatedMachine
import Transport

extension World {
  private static let limits = TransportLimits()

  // MARK: Frames

  /// Sends a frame of a node's replica, or what a liar says instead.
  func send(_ frame: PeerFrame, from node: SimulatedNode) {
    let message: PeerMessage
    do {
      message = try PeerMessage(frame.body, on: frame.channel)
    } catch {
      return fail(Violation("frame", "node \(node.index) sends what is no message: \(error)"))
    }
    guard frame.body.count <= frame.channel.bodyByteLimit else {
      return fail(Violation("frame", "node \(node.index) sends a frame that is too long"))
    }
    let isHonest = schedule.liars[node.original] == nil
    if isHonest {
      if message.isConsensus { consensusMessageCount += 1 }
      observe(.sent(node, message))
    }
    note("node \(node.index) says to \(node.peers(on: frame.recipients)): \(message.words)")
    let shown: Certificate? =
      if isHonest, case .certificate(let certificate) = message { certificate } else { nil }
    for link in frame.recipients {
      // A link of a replica leads to one peer; few links: looking is cheap.
      guard let peer = node.links.first(where: { $0.value == link })?.key else { continue }
      if let shown { observe(.shown(node, peer: peer, shown)) }
      if isHonest || liars[node.index] == nil {
        pass(frame.body, on: frame.channel, link, from: node.index, to: peer)
      } else {
        say(message, by: node, to: peer)
      }
    }
  }

  /// Puts a frame on a link.
  func pass(_ body: [UInt8], on channel: Channel, _ link: Link, from: Int, to: Int) {
    let passage = network.pass(
      from: from, to: to, channel, byteCount: body.count, now: now, &random)
    let frame = Frame(from: from, to: to, link: link, channel: channel, body: body)
    for arrival in passage.arrivals { push(.deliver(frame), after: arrival - now) }
    switch channel {
    case .control:
      guard passage.waitingMicroseconds > World.limits.controlAgeMicroseconds else { return }
      push(.linkEnded(from, peer: to, link), after: 0)
      push(.linkEnded(to, peer: from, link), after: 0)
    case .bulk:
      if let pace = network.pace(from: from, to: to, waitingByteCount: passage.waitingByteCount) {
        push(.pace(from, incarnation: nodes[from].incarnation, link, pace), after: 0)
      }
    }
  }

  // MARK: Links

  /// Tries to link two nodes, and again later while they ought to be linked and are not.
  func dial(_ first: Int, _ second: Int) {
    let (one, other) = (nodes[first], nodes[second])
    guard one.life != nil, other.life != nil, network.isWanted(first, second) else { return }
    if let link = one.links[second], other.links[first] == link { return }
    guard !network.isParted(first, second), max(one.pausedUntil, other.pausedUntil) <= now else {
      return push(.dial(first, second), after: 100_000 + UInt64(random.below(2_000_000)))
    }
    for (node, peer) in [(one, second), (other, first)] where node.links[peer] != nil {
      endLink(node, peer, "another link replaces it")
    }
    // Ending a link may have ended a node.
    guard one.life != nil, other.life != nil else { return }
    let link = network.nextLink()
    one.links[second] = link
    other.links[first] = link
    network.forget(first, second)
    turn(one, [.linkUp(link, other.member, remote: "node \(second)")])
    if other.links[first] == link {
      turn(other, [.linkUp(link, one.member, remote: "node \(first)")])
    }
  }

  /// One end of a link learns that it is gone, and tries to have another.
  func endLink(_ node: SimulatedNode, _ peer: Int, _ reason: String) {
    guard let link = node.links.removeValue(forKey: peer) else { return }
    turn(node, [.linkDown(link, reason: reason)])
    push(.dial(node.index, peer), after: 100_000 + UInt64(random.below(500_000)))
  }

  /// A node closes a link because of what came on it.
  func close(_ node: SimulatedNode, _ cut: PeerCut) {
    guard let peer = node.links.first(where: { $0.value == cut.link })?.key else { return }
    note("node \(node.index) cuts node \(peer) off: \(cut.fault)")
    observe(.cut(node, peer: peer, cut.fault))
    push(.linkEnded(peer, peer: node.index, cut.link), after: 500)
    endLink(node, peer, "this node closed it")
  }

  // MARK: Partitions

  func part(_ side: [Int], isOneWay: Bool, isTold: Bool, by fault: Int) {
    // Twins are where their originals are.
    let all = Set(nodes.indices)
    let one = Set(nodes.filter { side.contains($0.original) }.map(\.index))
    network.cut((one, all.subtracting(one)), isOneWay: isOneWay, by: fault)
    for first in nodes.indices {
      for second in nodes.indices where first < second {
        guard network.isParted(first, second), let link = nodes[first].links[second] else {
          continue
        }
        let patience = isTold ? 1_000 : World.limits.silenceMicroseconds
        push(.silence(first, second, link), after: patience)
      }
    }
  }

  /// Both ends notice, if one of them still hears nothing.
  func noticeSilence(_ first: Int, _ second: Int, _ link: Link) {
    guard network.isParted(first, second) else { return }
    for (index, peer) in [(first, second), (second, first)] where nodes[index].links[peer] == link {
      endLink(nodes[index], peer, "nothing came on it")
    }
  }

  // MARK: Twins

  /// Which peers the second of each pair of twins has changes every few seconds, unless they are split
  /// for good.
  func swapTwins() {
    if plan.areTwinsSplit { return splitTwins() }
    for original in schedule.twins {
      let peers = (0..<plan.nodeCount).filter { $0 != original && random.chance(percent: 50) }
      network.share(original, peersOfTwin: Set(peers))
    }
    rewire()
    push(.twinsSwap, after: 1_000_000 + UInt64(random.below(4_000_000)))
  }

  /// Every other honest node is with the second of each pair.
  private func splitTwins() {
    let honest = nodes.filter { schedule.liars[$0.original] == nil }.map(\.index)
    let others = honest.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
    let twins = nodes.filter { $0.index != $0.original }.map(\.index)
    network.split(apart: Set(others + twins))
    rewire()
  }

  /// Begins the links that ought to be there, and ends those that ought not.
  private func rewire() {
    for first in nodes.indices {
      for second in nodes.indices where first < second {
        if network.isWanted(first, second) {
          push(.dial(first, second), after: UInt64(random.below(50_000)))
        } else if let link = nodes[first].links[second] {
          push(.linkEnded(first, peer: second, link), after: 0)
          push(.linkEnded(second, peer: first, link), after: 0)
        }
      }
    }
  }
}

extension PeerMessage {
  /// Whether it is a word of the protocol and not gossip about the state of things.
  var isConsensus: Bool {
    switch self {
    case .proposal, .vote, .certificate: true
    default: false
    }
  }
}
