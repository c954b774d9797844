import Consensus
import Ledger
import Storage

/// How far the repair of the block log is: what is fetched again and what is being written.
///
/// A hole at or below the head is filled from ranges that are verified like any other, by the
/// validators of their own epoch and by the hashes that the index has; the damaged segment is put in
/// order by the thread that writes the log. Holes above the head are filled by catching up.
struct LogRepair {
  var ranges = RangePlan()
  /// The last height of what is being written into the holes; `nil` if nothing is.
  var writingThrough: Height?
  /// When it is tried again after the disk had no room.
  var restsUntil: Instant?
  /// Whether the operator knows that the log is damaged.
  var isTold = false
  /// Whether the machine knows that it must not vote.
  var isHoldingVotes = false
  /// Whether the chain catches up with its own log in the next turn.
  var hasMoreOfLog = false
  /// The latest of this node's votes that others showed while the chain was behind its log.
  var shownVote: Ballot?
  /// Whether damage that shows becomes a hole: not where nobody could fill it.
  var policy = DamagePolicy.refuse
  /// The segment that is looked through next, and when; `nil` while one is.
  var scrub: (height: Height, at: Instant)?
  /// Whether all segments have been looked through since the start.
  var isScrubbedOnce = false
}
