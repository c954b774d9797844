import CBOR
import Cryptography

/// A proof that a leaf is at an index of an RFC 9162 tree of a given size (section 2.1.3).
package struct InclusionProof: Hashable, Sendable {
  package var leafIndex: UInt64
  package var treeSize: UInt64
  /// The siblings from the leaf upward: at most 64.
  package var path: [Digest]

  package init(leafIndex: UInt64, treeSize: UInt64, path: [Digest]) {
    self.leafIndex = leafIndex
    self.treeSize = treeSize
    self.path = path
  }

  /// Makes the proof (section 2.1.3.1); asks for every leaf but the proved one, once. O(n).
  ///
  /// - Precondition: `leafIndex` is below `treeSize`.
  package init(leafIndex: UInt64, treeSize: UInt64, leaf: (UInt64) -> LeafHash) {
    precondition(leafIndex < treeSize, "the leaf lies in the tree")
    self.init(leafIndex: leafIndex, treeSize: treeSize, path: [])
    var range = 0..<treeSize
    while range.count > 1 {
      let split = MerklePath.split(range)
      let (left, right) = (range.lowerBound..<split, split..<range.upperBound)
      path.append(MerklePath.root(of: leafIndex < split ? right : left, leaf: leaf))
      range = leafIndex < split ? left : right
    }
    path.reverse()
  }

  /// Makes the proof in the tree over all of `leaves`, the contents of the leaves.
  package init(leafIndex: Int, leaves: [Digest]) {
    self.init(leafIndex: UInt64(leafIndex), treeSize: UInt64(leaves.count)) {
      LeafHash(of: leaves[Int($0)])
    }
  }

  /// Throws unless `leaf` is the content of the leaf at `leafIndex` in the tree of `head`.
  package func verify(leaf: Digest, in head: TreeHead) throws(MerkleError) {
    try verify(leaf: LeafHash(of: leaf), in: head)
  }

  /// Throws unless `leaf` is at `leafIndex` in the tree of `head` (section 2.1.3.2).
  package func verify(leaf: LeafHash, in head: TreeHead) throws(MerkleError) {
    guard treeSize == head.size else {
      throw .treeSizeMismatch(claimed: treeSize, trusted: head.size)
    }
    guard leafIndex < treeSize else {
      throw .leafBeyondTree(leafIndex: leafIndex, treeSize: treeSize)
    }
    var (index, last) = (leafIndex, treeSize - 1)
    var hash = leaf.digest
    for sibling in path {
      guard last > 0 else { throw .pathLength(path.count) }
      if index & 1 == 1 || index == last {
        hash = MerkleTree.node(sibling, hash)
        // Levels at which the right edge has no sibling are passed over.
        while index & 1 == 0, index > 0 { (index, last) = (index >> 1, last >> 1) }
      } else {
        hash = MerkleTree.node(hash, sibling)
      }
      (index, last) = (index >> 1, last >> 1)
    }
    guard last == 0 else { throw .pathLength(path.count) }
    guard hash == head.root else {
      throw .rootMismatch(computed: hash, trusted: head.root)
    }
  }
}

extension InclusionProof {
  /// `[tree size, leaf index, path]`, as in RFC 9942 (COSE Receipts).
  package func encode(to encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.unsigned(treeSize)
    encoder.unsigned(leafIndex)
    MerklePath.encode(path, to: &encoder)
  }

  package init(from decoder: inout CBORDecoder) throws(CBORError) {
    try decoder.array(count: 3)
    treeSize = try decoder.unsigned()
    leafIndex = try decoder.unsigned()
    path = try MerklePath.decode(from: &decoder)
  }
}
