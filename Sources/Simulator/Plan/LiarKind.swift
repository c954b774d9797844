/// How a validator lies (CONSENSUS section 1: any behaviour of up to `f` is borne).
package enum LiarKind: String, CaseIterable, Hashable, Sendable {
  /// Proposes two blocks in one view, each to some peers.
  case equivocatingLeader = "equivocating-leader"
  /// Signs every vote there is, for every block it hears of.
  case doubleVoter = "double-voter"
  /// Keeps its votes from some peers.
  case voteWithholder = "vote-withholder"
  /// Proposes on the last final block, past what was notarized since.
  case illegalSkipper = "illegal-skipper"
  /// Proposes blocks whose state root is not what they lead to.
  case wrongRoots = "wrong-roots"
  /// Says again what was said before, and what was said in another network.
  case replayer
  /// Says as much as it can.
  case flooder
  /// Answers with other blocks than it was asked for, and claims heights that it does not have.
  case syncLiar = "sync-liar"
  /// Runs twice with one key, each half with some of the peers.
  case twins
}
