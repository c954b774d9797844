import CBOR
import Cryptography

/// A proof that an RFC 9162 tree is the beginning of a later one (section 2.1.4).
///
/// Two sizes need no path: a tree is consistent with itself, and the empty tree with all.
package struct ConsistencyProof: Hashable, Sendable {
  package var firstSize: UInt64
  package var secondSize: UInt64
  /// At most 64 hashes.
  package var path: [Digest]

  package init(firstSize: UInt64, secondSize: UInt64, path: [Digest]) {
    self.firstSize = firstSize
    self.secondSize = secondSize
    self.path = path
  }

  /// Makes the proof (section 2.1.4.1); asks for every leaf at most once. O(n).
  ///
  /// - Precondition: `firstSize` is at most `secondSize`.
  package init(firstSize: UInt64, secondSize: UInt64, leaf: (UInt64) -> LeafHash) {
    precondition(firstSize <= secondSize, "a tree only grows")
    self.init(firstSize: firstSize, secondSize: secondSize, path: [])
    guard firstSize > 0, firstSize < secondSize else { return }
    // SUBPROOF(m, D, b) walked downward: `range` is D, and the right edge of the first tree lies
    // in it. The walk ends where that edge is D's own end.
    var range = 0..<secondSize
    while range.upperBound > firstSize {
      let split = MerklePath.split(range)
      let (left, right) = (range.lowerBound..<split, split..<range.upperBound)
      path.append(MerklePath.root(of: firstSize <= split ? right : left, leaf: leaf))
      range = firstSize <= split ? left : right
    }
    // A subtree that begins at the first leaf is the whole first tree, whose root is known.
    if range.lowerBound > 0 { path.append(MerklePath.root(of: range, leaf: leaf)) }
    path.reverse()
  }

  /// Makes the proof from the tree over the first leaves to the tree over all of `leaves`.
  package init(firstSize: Int, leaves: [Digest]) {
    self.init(firstSize: UInt64(firstSize), secondSize: UInt64(leaves.count)) {
      LeafHash(of: leaves[Int($0)])
    }
  }

  /// Throws unless the tree of `first` is the beginning of that of `second` (section 2.1.4.2).
  package func verify(from first: TreeHead, to second: TreeHead) throws(MerkleError) {
    guard firstSize == first.size else {
      throw .treeSizeMismatch(claimed: firstSize, trusted: first.size)
    }
    guard secondSize == second.size else {
      throw .treeSizeMismatch(claimed: secondSize, trusted: second.size)
    }
    try verify(firstRoot: first.root, secondRoot: second.root)
  }

  private func verify(firstRoot: Digest, secondRoot: Digest) throws(MerkleError) {
    guard firstSize <= secondSize else { throw .treeShrinks(from: firstSize, to: secondSize) }
    guard firstSize > 0, firstSize < secondSize else {
      return try verifyWithoutPath(firstRoot: firstRoot, secondRoot: secondRoot)
    }
    // A first tree of a power of two of leaves is a node of the second: the path starts there.
    let isPerfect = firstSize.nonzeroBitCount == 1
    guard let start = isPerfect ? firstRoot : path.first else { throw .pathLength(path.count) }
    var (index, last) = (firstSize - 1, secondSize - 1)
    while index & 1 == 1 { (index, last) = (index >> 1, last >> 1) }
    var (first, second) = (start, start)
    for hash in path.dropFirst(isPerfect ? 0 : 1) {
      guard last > 0 else { throw .pathLength(path.count) }
      if index & 1 == 1 || index == last {
        (first, second) = (MerkleTree.node(hash, first), MerkleTree.node(hash, second))
        while index & 1 == 0, index > 0 { (index, last) = (index >> 1, last >> 1) }
      } else {
        second = MerkleTree.node(second, hash)
      }
      (index, last) = (index >> 1, last >> 1)
    }
    guard last == 0 else { throw .pathLength(path.count) }
    guard first == firstRoot else { throw .rootMismatch(computed: first, trusted: firstRoot) }
    guard second == secondRoot else { throw .rootMismatch(computed: second, trusted: secondRoot) }
  }

  private func verifyWithoutPath(firstRoot: Digest, secondRoot: Digest) throws(MerkleError) {
    guard path.isEmpty else { throw .pathLength(path.count) }
    let expected = firstSize == 0 ? MerkleTree.emptyRoot : secondRoot
    guard firstRoot == expected else { throw .rootMismatch(computed: expected, trusted: firstRoot) }
    guard secondSize > 0 || secondRoot == MerkleTree.emptyRoot else {
      throw .rootMismatch(computed: MerkleTree.emptyRoot, trusted: secondRoot)
    }
  }
}

extension ConsistencyProof {
  /// `[first tree size, second tree size, path]`, as in RFC 9942 (COSE Receipts).
  package func encode(to encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.unsigned(firstSize)
    encoder.unsigned(secondSize)
    MerklePath.encode(path, to: &encoder)
  }

  package init(from decoder: inout CBORDecoder) throws(CBORError) {
    try decoder.array(count: 3)
    firstSize = try decoder.unsigned()
    secondSize = try decoder.unsigned()
    path = try MerklePath.decode(from: &decoder)
  }
}
