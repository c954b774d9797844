import Cryptography

/// A subtree of the state tree as its parent sees it.
///
/// A parent needs more than the hash: a leaf beside nothing moves up and stays a leaf, an inner
/// node beside nothing does not.
struct Subtree: Hashable, Sendable {
  enum Kind: UInt8, Sendable { case empty, leaf, inner }

  static let empty = Subtree(kind: .empty, hash: .zero)

  var kind: Kind
  var hash: Digest

  /// The subtree of which these are the halves.
  static func joining(_ left: Subtree, _ right: Subtree) -> Subtree {
    switch (left.kind, right.kind) {
    case (.empty, .empty), (.leaf, .empty): left
    case (.empty, .leaf): right
    case (.inner, _), (_, .inner), (.leaf, .leaf):
      Subtree(kind: .inner, hash: inner(left.hash, right.hash))
    }
  }

  /// SHA-256(0x03 || left || right).
  static func inner(_ left: Digest, _ right: Digest) -> Digest {
    SHA256.merkleNode(prefix: 0x03, left, right)
  }
}

/// A leaf in hand: its hash, and its key as far as it is known and matters.
///
/// Bits that the tree does not keep are zero, save where two leaves of the tree share all that it
/// does keep: there both have their whole keys.
struct Leaf: Sendable {
  var key: Digest
  var hash: Digest

  init(key: Digest, hash: Digest) {
    self.key = key
    self.hash = hash
  }

  /// With what is kept of its key.
  init(_ kept: KeptLeaf) { self.init(key: kept.prefix.firstKey, hash: kept.hash) }
}

/// Computes the subtree over a run of leaves, in one pass and without recursion.
///
/// Leaves go from left to right. `pending` are the subtrees to the left of the current one that
/// wait for their right halves, from the root downward; they wait at strictly increasing depths,
/// so there are at most 256. A subtree is joined when the next leaf shares fewer bits with the
/// current one than the waiting depth: then nothing more can come below.
struct RunHasher: Sendable {
  private struct LeftHalf {
    var hash: Digest
    /// The depth of the node whose left half this is.
    var parent: Int
  }

  private var pending: [LeftHalf] = []

  /// The subtree rooted at `depth` that holds `leaves[range]`.
  ///
  /// - Precondition: the leaves' keys are strictly ascending and share their first `depth` bits.
  mutating func subtree(of leaves: [Leaf], in range: Range<Int>, depth: Int) -> Subtree {
    guard range.count > 1 else {
      return range.isEmpty ? .empty : Subtree(kind: .leaf, hash: leaves[range.lowerBound].hash)
    }
    let last = range.upperBound - 1
    for index in range.lowerBound..<last {
      let shared = leaves[index].key.sharedBitCount(with: leaves[index + 1].key)
      precondition(shared >= depth && shared < Digest.bitCount, "a run shares its path, no more")
      let hash = join(leaves[index], whileBelow: shared, to: shared + 1)
      pending.append(LeftHalf(hash: hash, parent: shared))
    }
    let hash = join(leaves[last], whileBelow: depth - 1, to: depth)
    return Subtree(kind: .inner, hash: hash)
  }

  /// Joins `leaf` with all that waits at depths greater than `limit`; the hash of the whole as a
  /// subtree rooted at `depth`.
  private mutating func join(_ leaf: Leaf, whileBelow limit: Int, to depth: Int) -> Digest {
    var hash = leaf.hash
    var root: Int?
    while let left = pending.last, left.parent > limit {
      pending.removeLast()
      let right = lift(hash, on: leaf.key, from: root, to: left.parent + 1)
      hash = Subtree.inner(left.hash, right)
      root = left.parent
    }
    return lift(hash, on: leaf.key, from: root, to: depth)
  }

  /// The hash at depth `end` of the inner node at depth `start`, beside which there is nothing on
  /// the path of `key`. A leaf (no depth of its own) is its own hash everywhere.
  private func lift(_ hash: Digest, on key: Digest, from start: Int?, to end: Int) -> Digest {
    guard let start else { return hash }
    var hash = hash
    for depth in (end..<start).reversed() {
      hash = key.bit(depth) ? Subtree.inner(.zero, hash) : Subtree.inner(hash, .zero)
    }
    return hash
  }
}
