import Consensus

/// What a peer did that it should not have.
package enum PeerFault: Hashable, Sendable {
  /// A frame that no correct node sends: bytes that are no message, a transaction that is none.
  case malformed
  /// A signature that is wrong, under a message of a peer that must have verified it.
  case forged
  /// Announced a transaction and did not deliver it.
  case withheld
  /// Did not answer in time.
  case unanswered
  /// Pushed what had been told not to be pushed any more.
  case redundant
  /// Asked again and again for what it had been given.
  case greedy
  /// Sent much more than its quota.
  case flooding
}

/// A fault and whose it was.
package struct PeerReport: Hashable, Sendable {
  package let link: Link
  package let fault: PeerFault

  package init(_ link: Link, _ fault: PeerFault) {
    self.link = link
    self.fault = fault
  }
}
