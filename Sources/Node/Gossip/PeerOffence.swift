import Consensus

/// What a peer did that a correct node may do now and then, but not for long: it costs points
/// (`PeerScore`). What no correct node ever does is a `PeerFault`.
package enum PeerOffence: Hashable, Sendable {
  /// Announced a transaction and did not deliver it.
  case withheld
  /// Did not answer in time.
  case unanswered
  /// Pushed what it had been told not to push.
  case redundant
  /// Asked again and again for what it had been given.
  case greedy
  /// Sent much more than its quota.
  case flooding
  /// Passed on a transaction with a wrong signature.
  case forged
}

extension PeerOffence: CustomStringConvertible {
  /// What the peer did, as a sentence goes on after "it".
  package var description: String {
    switch self {
    case .withheld: "announced transactions and did not deliver them"
    case .unanswered: "did not answer in time"
    case .redundant: "kept pushing what it was told not to push"
    case .greedy: "kept asking for what it had been given"
    case .flooding: "sent much more than its quota"
    case .forged: "passed on a transaction with a wrong signature"
    }
  }
}

/// An offence and whose it was.
package struct PeerReport: Hashable, Sendable {
  package let link: Link
  package let offence: PeerOffence

  package init(_ link: Link, _ offence: PeerOffence) {
    self.link = link
    self.offence = offence
  }
}
