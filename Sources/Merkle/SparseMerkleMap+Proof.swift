import Cryptography

extension SparseMerkleMap {
  /// The proof that `key` is in the map, or that it is not: which of the two, its terminal says.
  ///
  /// Makes at most one look-up, for the entry in which the key's path ends. Throws
  /// `storeDisagrees` if the store does not have that entry.
  package func proof(for key: Digest, lookup: EntryLookup) throws(MerkleError) -> StateProof {
    var siblings: [Digest?] = []
    var position = 1
    while siblings.count < bucketBits, kinds[position] == .inner {
      let half = key.bit(siblings.count) ? 1 : 0
      siblings.append(subtree(at: 2 * position + 1 - half).presentHash)
      position = 2 * position + half
    }
    let end =
      kinds[position] == .inner
      ? descend(key, from: &siblings) : subtree(at: position)
    let terminal = try terminal(of: key, in: end, depth: siblings.count, lookup)
    return StateProof(siblings: siblings, terminal: terminal)
  }

  /// Goes on with the path of `key` within its bucket; the subtree where it ends.
  private func descend(_ key: Digest, from siblings: inout [Digest?]) -> Subtree {
    var leaves: [Leaf] = []
    self.leaves(inBucket: bucket(of: key), into: &leaves)
    var hasher = RunHasher()
    var range = leaves.indices
    while range.count > 1 {
      let depth = siblings.count
      let middle = range.first { leaves[$0].key.bit(depth) } ?? range.upperBound
      let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
      let isRight = key.bit(depth)
      let sibling = hasher.subtree(of: leaves, in: isRight ? left : right, depth: depth + 1)
      siblings.append(sibling.presentHash)
      range = isRight ? right : left
    }
    return range.isEmpty ? .empty : Subtree(kind: .leaf, hash: leaves[range.lowerBound].hash)
  }

  private func terminal(
    of key: Digest, in end: Subtree, depth: Int, _ lookup: EntryLookup
  ) throws(MerkleError) -> StateProof.Terminal {
    guard end.kind == .leaf else { return .empty }
    guard let entry = lookup(key.keys(sharing: depth)), entry.leafHash == end.hash else {
      throw .storeDisagrees(key: key)
    }
    return entry.key == key ? .entry : .other(entry)
  }
}

extension Subtree {
  /// The hash; `nil` of the empty subtree.
  fileprivate var presentHash: Digest? { kind == .empty ? nil : hash }
}
