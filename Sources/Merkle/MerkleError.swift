import Cryptography

/// Why a proof is refused, or why the state tree cannot do what it is asked.
///
/// All cases but the last two are *rejections* of a proof that somebody sent. The last two are
/// *faults* of what the tree was built from.
package enum MerkleError: Error, Hashable, Sendable {
  // MARK: Proofs in an RFC 9162 tree

  /// The proof is of a tree of another size than the trusted one.
  case treeSizeMismatch(claimed: UInt64, trusted: UInt64)
  /// The leaf's index is not below the size of the tree.
  case leafBeyondTree(leafIndex: UInt64, treeSize: UInt64)
  /// A consistency proof from a larger tree to a smaller one.
  case treeShrinks(from: UInt64, to: UInt64)
  /// The path has more or fewer hashes than the tree's shape demands.
  case pathLength(Int)

  // MARK: Proofs in the state tree

  /// The path is deeper than its terminal can lie.
  case tooDeep(Int)
  /// A sibling that is given as present is the hash of the empty subtree.
  case siblingIsEmpty(depth: Int)
  /// The last sibling is absent: its subtree would be one entry, or none, and not an inner node.
  case lastSiblingMissing
  /// The other entry at the end of the path does not lie on the path.
  case otherKeyOffPath
  /// The other entry is the very one whose absence is to be shown.
  case otherKeyIsKey
  /// The proof shows absence where inclusion was asked for, or inclusion where absence was.
  case wrongTerminal

  // MARK: All proofs

  /// The shape is sound, but the hashes lead to another root than the trusted one.
  case rootMismatch(computed: Digest, trusted: Digest)

  // MARK: Faults

  /// The entries from which a tree is built are not in strictly ascending order of their keys.
  case entriesOutOfOrder(key: Digest)
  /// The tree and the store that it mirrors differ at `key`: an entry that the caller read is not
  /// in the tree, one that he says is new is there already, or a look-up found no such leaf.
  case storeDisagrees(key: Digest)
}
