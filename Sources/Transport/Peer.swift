import Cryptography
import Ledger

/// A configured peer and how far the way to it is: at any time there is one attempt or one link, or
/// neither, never two.
struct Peer {
  var configuration: PeerConfiguration
  var state = State.idle
  var plan: DialPlan

  enum State {
    case idle
    /// This node dials.
    case dialling(DialAttempt)
    /// The peer dialled: its control connection has greeted, its bulk connection has not.
    case answering(PendingLink)
    case linked(LinkID)
  }
}

/// What this node does to reach a peer.
struct DialAttempt {
  let address: NodeAddress
  let link: Nonce
  var stage: Stage

  enum Stage {
    /// The host name is being looked up.
    case resolving(request: UInt64, deadline: Instant)
    case control(PeerConnection)
    /// The control connection has greeted this process of the peer.
    case bulk(PeerConnection, control: PeerConnection, instance: Nonce)
  }

  var connections: [PeerConnection] {
    switch stage {
    case .resolving: []
    case .control(let control): [control]
    case .bulk(let bulk, let control, _): [control, bulk]
    }
  }

  /// Whether this node has said hello: only after the peer has shown its key, so the way to it works.
  var hasGreeted: Bool {
    switch stage {
    case .resolving: false
    case .control(let control): control.isTalking
    case .bulk: true
    }
  }
}

/// A link that a peer began and has not completed.
struct PendingLink {
  let control: PeerConnection
  let link: Nonce
  let instance: Nonce
}

/// A link that is up.
struct Link {
  let id: LinkID
  let identity: PeerConnection.Identity
  let instance: Nonce
  let dialledBy: LinkSide
  let since: Instant
  let control: PeerConnection
  let bulk: PeerConnection

  var remote: SocketAddress { control.remote }
  var lastHeard: Instant { max(control.lastHeard, bulk.lastHeard) }

  func connection(_ channel: Channel) -> PeerConnection {
    switch channel {
    case .control: control
    case .bulk: bulk
    }
  }
}
