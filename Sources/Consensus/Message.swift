import Ledger

/// A leader's proposal for a view, without its body: the host sends or fetches that by hash.
///
/// A re-proposal of an epoch-closing block carries the header of the earlier view; the leader's
/// vote then names the present view and, as parent view, the view of the block's notarization.
package struct Proposal: Hashable, Sendable {
  package let header: BlockHeader
  /// The leader's NOTARIZE vote, which is the proposal's signature.
  package let leaderVote: Vote
  /// The certificate of the parent view, then nullifications of views between parent and view: at
  /// most `ConsensusLimits.justificationCount` together.
  package let justification: [Certificate]

  package init(header: BlockHeader, leaderVote: Vote, justification: [Certificate]) {
    self.header = header
    self.leaderVote = leaderVote
    self.justification = justification
  }
}

/// How far a node is, told to its peers about once a second by the host.
package struct Status: Hashable, Sendable {
  package let epoch: Epoch
  package let view: View
  /// The view of the last finalization in the epoch; `View.genesis` if none.
  package let finalizedView: View
  package let finalizedHeight: Height

  package init(epoch: Epoch, view: View, finalizedView: View, finalizedHeight: Height) {
    self.epoch = epoch
    self.view = view
    self.finalizedView = finalizedView
    self.finalizedHeight = finalizedHeight
  }
}

/// A wish for the certificates of some views.
package struct CertificateRequest: Hashable, Sendable {
  package let epoch: Epoch
  package let views: ClosedRange<View>

  package init(epoch: Epoch, views: ClosedRange<View>) {
    self.epoch = epoch
    self.views = views
  }
}

/// What validators say to each other. Blocks travel beside, by hash; they are the host's.
package enum ConsensusMessage: Hashable, Sendable {
  case proposal(Proposal)
  case vote(Vote)
  case certificate(Certificate)
}

/// A connection to a peer, numbered by the host.
package struct Link: Hashable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A message on its way to peers.
package struct Outbound: Hashable, Sendable {
  package enum Recipients: Hashable, Sendable {
    case everyone
    case everyoneExcept(Link)
    case only(Link)
  }

  package let message: ConsensusMessage
  package let recipients: Recipients

  package init(_ message: ConsensusMessage, to recipients: Recipients) {
    self.message = message
    self.recipients = recipients
  }
}
