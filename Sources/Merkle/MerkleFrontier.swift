import CBOR
import Cryptography

/// The right edge of a growing RFC 9162 tree: all that is needed to append leaves and to know the
/// root, in at most 64 digests.
///
/// A tree of n leaves falls into one perfect subtree for each bit that is set in n, the largest
/// on the left; `peaks` are their roots. Appending a leaf merges as many peaks as n has trailing
/// ones, which is once on average.
package struct MerkleFrontier: Hashable, Sendable {
  /// The number of leaves.
  package private(set) var count: UInt64 = 0
  /// The roots of the perfect subtrees, from left to right: as many as `count` has bits set.
  package private(set) var peaks: [Digest] = []

  package init() {}

  /// `nil` unless there is one peak for each bit that is set in `count`.
  package init?(count: UInt64, peaks: [Digest]) {
    guard peaks.count == count.nonzeroBitCount else { return nil }
    self.count = count
    self.peaks = peaks
  }

  package mutating func append(_ leaf: Digest) {
    append(LeafHash(of: leaf))
  }

  /// Amortised O(1).
  package mutating func append(_ leaf: LeafHash) {
    precondition(count < .max, "a tree has fewer than 2^64 leaves")
    var hash = leaf.digest
    for _ in 0..<(~count).trailingZeroBitCount { hash = MerkleTree.node(peaks.removeLast(), hash) }
    peaks.append(hash)
    count += 1
  }

  /// The root of the tree. O(log n).
  package var root: Digest {
    guard var root = peaks.last else { return MerkleTree.emptyRoot }
    for peak in peaks.dropLast().reversed() { root = MerkleTree.node(peak, root) }
    return root
  }

  package var head: TreeHead { TreeHead(size: count, root: root) }
}

extension MerkleFrontier {
  /// `[count, [* peak]]`.
  package func encode(to encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.unsigned(count)
    encoder.array(peaks.count)
    for peak in peaks { encoder.digest(peak) }
  }

  package init(from decoder: inout CBORDecoder) throws(CBORError) {
    try decoder.array(count: 2)
    count = try decoder.unsigned()
    try decoder.array(count: count.nonzeroBitCount)
    peaks.reserveCapacity(count.nonzeroBitCount)
    for _ in 0..<count.nonzeroBitCount { peaks.append(try decoder.digest()) }
  }
}
