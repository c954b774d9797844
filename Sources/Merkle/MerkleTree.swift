import Cryptography

/// The Merkle tree of RFC 9162 section 2.1 with SHA-256.
///
///     MTH({})     = SHA-256()
///     MTH({d})    = SHA-256(0x00 || d)
///     MTH(D[n])   = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])),  k the largest power of two < n
///
/// The history of blocks, and the transactions, outcomes and operations of a block are such trees;
/// there `d` is always the 32-byte digest of the content, taken under the content's domain tag.
/// Whole trees and accumulators are computed by `MerkleFrontier`.
package enum MerkleTree {
  /// The root of the tree without leaves: the hash of the empty string.
  package static let emptyRoot = SHA256.hash([])

  /// The root over `leaves`, the contents of the leaves in order. O(n), without recursion.
  package static func root(ofLeaves leaves: [Digest]) -> Digest {
    var frontier = MerkleFrontier()
    for leaf in leaves { frontier.append(leaf) }
    return frontier.root
  }

  /// The root over `leaves`, hashes of leaves in order.
  package static func root(of leaves: [LeafHash]) -> Digest {
    var frontier = MerkleFrontier()
    for leaf in leaves { frontier.append(leaf) }
    return frontier.root
  }

  /// The hash of an inner node (RFC 9162 section 2.1.1).
  static func node(_ left: Digest, _ right: Digest) -> Digest {
    SHA256.merkleNode(prefix: 0x01, left, right)
  }
}

/// The hash of a leaf of an RFC 9162 tree, as against the content of the leaf, which is a digest
/// as well: the type keeps the two apart.
package struct LeafHash: Hashable, Sendable {
  let digest: Digest

  /// SHA-256(0x00 || content).
  package init(of content: Digest) {
    digest = SHA256.merkleLeaf(prefix: 0x00, content)
  }

  /// SHA-256(0x00 || content), of content of any length.
  package init(of content: [UInt8]) {
    var hasher = SHA256()
    hasher.update(byte: 0x00)
    hasher.update(content)
    digest = hasher.finish()
  }
}

/// A tree as one trusts it: its root and its size.
///
/// Both, always: the root alone does not fix the number of leaves, and a proof of inclusion that
/// says 7 instead of 5 leaves can lead to the same root.
package struct TreeHead: Hashable, Sendable {
  package var size: UInt64
  package var root: Digest

  package init(size: UInt64, root: Digest) {
    self.size = size
    self.root = root
  }
}
