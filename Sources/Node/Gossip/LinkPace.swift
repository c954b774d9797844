/// How fast a peer takes what it is sent on the bulk connection.
package enum LinkPace: Hashable, Sendable {
  case free
  /// More waits for the peer than it takes in a while.
  case congested

  /// The pace after so much waits; not changed by what lies between the two bounds.
  package func next(waitingByteCount: Int) -> LinkPace {
    switch self {
    case .free: waitingByteCount > PeerLimits.congestedByteCount ? .congested : .free
    case .congested: waitingByteCount < PeerLimits.relievedByteCount ? .free : .congested
    }
  }
}
