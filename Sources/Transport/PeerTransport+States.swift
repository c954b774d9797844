import Ledger

/// What `status` and `doctor` want to know of a peer.
package struct PeerState: Sendable {
  package let configuration: PeerConfiguration
  package let standing: Standing
  /// `nil` once a link came after it.
  package let lastFailure: DialFailure?

  package enum Standing: Sendable {
    case linked(LinkState)
    /// This node is about to reach the peer there.
    case dialling(NodeAddress)
    /// The peer has connected and not yet completed its link.
    case answering(SocketAddress)
    /// `nil` if this node leaves dialling to the peer.
    case unlinked(nextDial: Instant?)
  }
}

package struct LinkState: Sendable {
  package let id: LinkID
  package let remote: SocketAddress
  package let dialledBy: LinkSide
  package let since: Instant
  package let lastHeard: Instant
  /// Over the network, with all that TLS adds, on both connections.
  package let receivedByteCount: UInt64
  package let sentByteCount: UInt64
  /// What waits for the peer to take it.
  package let waitingControlByteCount: Int
  package let waitingBulkByteCount: Int

  init(_ link: Link) {
    id = link.id
    remote = link.remote
    dialledBy = link.dialledBy
    since = link.since
    lastHeard = link.lastHeard
    receivedByteCount = link.control.receivedByteCount &+ link.bulk.receivedByteCount
    sentByteCount = link.control.sentByteCount &+ link.bulk.sentByteCount
    waitingControlByteCount = link.control.outgoing.byteCount
    waitingBulkByteCount = link.bulk.outgoing.byteCount
  }
}

extension PeerTransport {
  /// All configured peers, by member.
  package var peerStates: [PeerState] {
    peerOrder.compactMap { member in
      peers[member].map { peer in
        PeerState(
          configuration: peer.configuration, standing: standing(of: peer),
          lastFailure: peer.plan.lastFailure)
      }
    }
  }

  private func standing(of peer: Peer) -> PeerState.Standing {
    let isDialled = peer.configuration.isDialled && !peer.configuration.addresses.isEmpty
    switch peer.state {
    case .idle: return .unlinked(nextDial: isDialled ? peer.plan.next : nil)
    case .dialling(let attempt): return .dialling(attempt.address)
    case .answering(let pending): return .answering(pending.control.remote)
    case .linked(let id):
      return links[id].map { .linked(LinkState($0)) } ?? .unlinked(nextDial: nil)
    }
  }

  package func linkState(_ id: LinkID) -> LinkState? { links[id].map(LinkState.init) }
}
