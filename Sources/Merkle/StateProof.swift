import Cryptography

/// A proof that a key is in the state with a value hash, or that it is not in the state.
///
/// The path of the key from the root to where it ends (see `SparseMerkleMap`). The verifier brings
/// the trusted root, the key and, for inclusion, the value hash; the proof repeats none of them.
///
/// Of a root made by the tree's definition each key has exactly one proof. It follows from what
/// `SparseMerkleMap` says on the binding of the root; what a proof's shape alone shows to be wrong
/// is refused before anything is hashed:
///
/// - The path's nodes hold two entries or more. So if the path ends in an entry or in nothing, the
///   last sibling is not empty: a lone entry would stand at the node's own place. Siblings above
///   the last may be empty.
/// - Nothing ends at depth 256 but the key's own entry: one node above there would be two keys that
///   share 255 bits, both present.
/// - The other entry shares the path of the key, or it would not lie there, and is not the key's.
package struct StateProof: Hashable, Sendable {
  /// Where the path of the key ends.
  package enum Terminal: Hashable, Sendable {
    /// In the entry of the key itself.
    case entry
    /// In an empty subtree.
    case empty
    /// In the entry of another key, alone in its subtree.
    case other(MapEntry)
  }

  /// The siblings of the nodes on the path, from the root downward; `nil` where there is an empty
  /// subtree. The first is at depth 1. At most 256.
  package var siblings: [Digest?]
  package var terminal: Terminal

  package init(siblings: [Digest?], terminal: Terminal) {
    self.siblings = siblings
    self.terminal = terminal
  }

  /// Throws unless the proof shows that `key` is in the state of `root` with `valueHash`.
  package func verifyInclusion(
    root: Digest, key: Digest, valueHash: Digest
  ) throws(MerkleError) {
    guard terminal == .entry else { throw .wrongTerminal }
    let entry = MapEntry(key: key, valueHash: valueHash)
    try verify(end: entry.leafHash, limit: Digest.bitCount, root: root, key: key)
  }

  /// Throws unless the proof shows that `key` is not in the state of `root`.
  package func verifyAbsence(root: Digest, key: Digest) throws(MerkleError) {
    let end: Digest
    switch terminal {
    case .entry: throw .wrongTerminal
    case .empty: end = .zero
    case .other(let entry):
      guard entry.key != key else { throw .otherKeyIsKey }
      guard entry.key.sharedBitCount(with: key) >= siblings.count else { throw .otherKeyOffPath }
      end = entry.leafHash
    }
    try verify(end: end, limit: Digest.bitCount - 1, root: root, key: key)
  }

  private func verify(
    end: Digest, limit: Int, root: Digest, key: Digest
  ) throws(MerkleError) {
    guard siblings.count <= limit else { throw .tooDeep(siblings.count) }
    if let last = siblings.last, last == nil { throw .lastSiblingMissing }
    if let index = siblings.firstIndex(of: .some(.zero)) {
      throw .siblingIsEmpty(depth: index + 1)
    }
    var hash = end
    for (depth, sibling) in siblings.enumerated().reversed() {
      let sibling = sibling ?? .zero
      hash = key.bit(depth) ? Subtree.inner(sibling, hash) : Subtree.inner(hash, sibling)
    }
    guard hash == root else { throw .rootMismatch(computed: hash, trusted: root) }
  }
}
