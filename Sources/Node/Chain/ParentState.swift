import Ledger

/// The state before a block, wherever it is: in its parent's overlay, or in the finalized state once
/// the parent is committed.
///
/// A block's overlay keeps this and not the parent's overlay itself, which would keep its own
/// parent's, and so on to the first block since the start.
final class ParentState: StateReader {
  private var state: any StateReader

  init(_ state: any StateReader) { self.state = state }

  /// To be called when the parent's changes have become part of `state`.
  func moved(to state: any StateReader) { self.state = state }

  func entry(_ id: StateID) throws(StateFault) -> StateEntry? { try state.entry(id) }

  func expiredReferences(
    before time: Timestamp, limit: Int
  ) throws(StateFault) -> [ExpiredReference] {
    try state.expiredReferences(before: time, limit: limit)
  }
}
