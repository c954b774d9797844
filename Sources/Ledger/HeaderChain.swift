import Cryptography
import Merkle

/// The end of a chain of headers: what the next header is checked against, and no more.
///
/// Rules 1 to 3 of docs/formats/blocks.md, "The chain", and the history root of rule 4. The counts
/// and the other roots need the body and the state.
package struct HeaderChain: Hashable, Sendable {
  package let header: BlockHeader
  package let hash: BlockHash
  /// Over the hashes of all blocks, this one's the last.
  package let history: MerkleFrontier
  /// The epoch that a recovery record begins behind the last block; `nil` without one.
  package let recoveredEpoch: Epoch?

  package init(_ genesis: Genesis) {
    header = genesis.header
    hash = genesis.hash
    var history = MerkleFrontier()
    history.append(genesis.hash.digest)
    self.history = history
    recoveredEpoch = nil
  }

  /// The chain that ends with `header`; `nil` if `history` is not one of as many blocks.
  package init?(endingWith header: BlockHeader, history: MerkleFrontier) {
    guard history.count == header.height.rawValue + 1 else { return nil }
    self.init(header: header, hash: header.hash, history: history)
  }

  private init(
    header: BlockHeader, hash: BlockHash, history: MerkleFrontier, recoveredEpoch: Epoch? = nil
  ) {
    self.header = header
    self.hash = hash
    self.history = history
    self.recoveredEpoch = recoveredEpoch
  }

  /// The same chain, whose epoch a recovery record closes behind the last block.
  ///
  /// - Parameter epoch: the one that begins.
  package func recovered(as epoch: Epoch) -> HeaderChain {
    HeaderChain(header: header, hash: hash, history: history, recoveredEpoch: epoch)
  }

  /// The epoch that the last block leaves open or opens, whatever a recovery record says.
  package var unrecoveredEpoch: Epoch { header.isClosing ? header.epoch.next : header.epoch }

  /// The epoch that the next block belongs to.
  package var nextEpoch: Epoch { recoveredEpoch ?? unrecoveredEpoch }

  /// The parent view of the next block.
  package var nextParentView: View {
    header.isClosing || recoveredEpoch != nil ? .genesis : header.view
  }

  /// The chain with `next` at its end.
  ///
  /// - Parameter hash: that of `next`.
  /// - Precondition: `next` passed `check`.
  package func appending(_ next: BlockHeader, hash: BlockHash) -> HeaderChain {
    precondition(next.parent == self.hash, "a chain grows at its end")
    var history = history
    history.append(hash.digest)
    return HeaderChain(header: next, hash: hash, history: history)
  }

  /// Throws the first reason why `next` cannot follow.
  ///
  /// - Parameter validators: those in the state after this chain's last block.
  package func check(
    _ next: BlockHeader, validators: ValidatorSet
  ) throws(HeaderError) {
    try checkPlace(next)
    guard next.epoch == nextEpoch, validators.epoch == nextEpoch else {
      throw .epoch(expected: nextEpoch, found: next.epoch)
    }
    guard next.parentView == nextParentView else {
      throw .parentView(expected: nextParentView, found: next.parentView)
    }
    guard next.view > next.parentView else {
      throw .viewNotAfterParent(parentView: next.parentView, view: next.view)
    }
    guard validators.index(of: next.proposer) != nil else {
      throw .proposerNotValidator(next.proposer)
    }
    guard next.historyRoot == history.root else {
      throw .historyRoot(expected: history.root, found: next.historyRoot)
    }
  }

  private func checkPlace(_ next: BlockHeader) throws(HeaderError) {
    guard next.network == header.network else { throw .network(next.network) }
    guard next.height == header.height.next else {
      throw .height(expected: header.height.next, found: next.height)
    }
    guard next.parent == hash else { throw .parent(expected: hash, found: next.parent) }
    guard next.time > header.time else {
      throw .timeNotAfterParent(parent: header.time, time: next.time)
    }
  }
}

/// Why a header cannot follow another.
package enum HeaderError: Error, Hashable, Sendable {
  case network(NetworkID)
  case height(expected: Height, found: Height)
  case parent(expected: BlockHash, found: BlockHash)
  case timeNotAfterParent(parent: Timestamp, time: Timestamp)
  case epoch(expected: Epoch, found: Epoch)
  case parentView(expected: View, found: View)
  case viewNotAfterParent(parentView: View, view: View)
  case proposerNotValidator(MemberID)
  case historyRoot(expected: Digest, found: Digest)
}

extension HeaderError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .network(let found): "the header is of the network \(found)"
    case .height(let expected, let found):
      "the height is \(found.rawValue) and not \(expected.rawValue)"
    case .parent(let expected, let found): "the parent is \(found) and not \(expected)"
    case .timeNotAfterParent(let parent, let time):
      "the time, \(time.milliseconds), is not after the parent's, \(parent.milliseconds)"
    case .epoch(let expected, let found):
      "the epoch is \(found.rawValue) and not \(expected.rawValue)"
    case .parentView(let expected, let found):
      "the parent view is \(found.rawValue) and not \(expected.rawValue)"
    case .viewNotAfterParent(let parentView, let view):
      "the view, \(view.rawValue), is not after the parent's, \(parentView.rawValue)"
    case .proposerNotValidator(let member): "the proposer \(member) is no validator of the epoch"
    case .historyRoot(let expected, let found):
      "the history root is \(found) and not \(expected)"
    }
  }
}
