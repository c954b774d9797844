import Cryptography

/// The authenticated state: a compact sparse Merkle tree over 256-bit keys.
///
/// # Definition
///
/// The tree is a function of a set of entries (key, value hash), each 32 bytes, keys unique. A
/// key's bits, the most significant first, are its path: 0 left, 1 right.
///
///     empty       = 32 zero bytes
///     leaf(k, v)  = SHA-256(0x02 || k || v)
///     node(l, r)  = SHA-256(0x03 || l || r)
///
///     T(S, depth) = empty                                       if S has no entry
///                 = leaf(k, v)                                  if S = {(k, v)}
///                 = node(T(S0, depth + 1), T(S1, depth + 1))    otherwise,
///                   Sb being the entries of S whose key has b as its bit number `depth`
///
/// The root is T(S, 0). A subtree with one entry is that entry's leaf at whatever depth; one half
/// of a node may be empty, never both, and a node holds at least two entries.
///
/// # Why the root binds the set
///
/// Leaf and node differ in their first byte, both hash exactly 65 bytes, and nobody knows an input
/// that hashes to zero. So who opens the same root in two ways has found a collision: going
/// downward from the root, each hash has one meaning (empty, leaf of that entry, node of those
/// halves). A leaf commits to its whole key, hence two sets cannot share a root although a leaf's
/// hash does not say how deep it lies. And a key's path ends in one place only: at the first
/// subtree on it that is empty or a leaf. A proof (`StateProof`) shows that place; absence is shown
/// by an empty subtree or by the leaf of another key. The root itself must come from one who builds
/// trees by this definition, the validators' certificate: a malformed tree may have a root too.
///
/// # Structure in memory
///
/// The keys' first `bucketBits` bits choose one of 2^bucketBits buckets. A bucket is a sorted run
/// of leaves, 12 to 24 on average, whose inner nodes are computed again when one is touched; above
/// the buckets all nodes are kept, in heap order. Of a leaf 48 bytes are kept: the first 128 bits
/// of its key and its hash (`LeafPool`). The number of buckets doubles and halves with the number of
/// entries; the root does not depend on it.
///
/// # Keys that are kept in part
///
/// Whole keys and hashes would not fit into 64 bytes an entry. 128 bits tell any two keys apart
/// that were not made for the purpose, but 2^64 work makes a pair that they do not: *twins*. Twins
/// are exact all the same. All twins' whole keys are held in a side table; to know when there is
/// work for it:
///
/// - A change says whether its key is in the state (`MapChange`). A change to a present key that
///   meets one leaf with its prefix means that leaf, since twins would be in the table.
/// - An insertion that meets a leaf with its prefix makes twins. The whole key of the leaf is then
///   looked up in the store (`EntryLookup`), and checked against the leaf's hash.
///
/// Where the tree and what the caller read in the store cannot both be right, the operation throws
/// `MerkleError.storeDisagrees` and leaves the tree as it was: a fault, the tree must be rebuilt.
///
/// A value: copies share all that they have in common.
package struct SparseMerkleMap: Sendable {
  /// The number of entries.
  package internal(set) var count = 0
  /// The number of leading bits of a key that choose its bucket.
  var bucketBits = 0
  /// The leaves of each bucket, in the order of their keys.
  var runs: [Run] = [.empty]
  var pool = LeafPool()
  /// The hashes of the nodes above the buckets and of the buckets: the root at 1, the halves of the
  /// node at i at 2i and 2i + 1.
  var hashes: [Digest] = [.zero, .zero]
  /// What stands at the same places.
  var kinds: [Subtree.Kind] = [.empty, .empty]
  /// The whole keys, ascending, of all entries that share what is kept of a key with another one.
  var twins: [KeyPrefix: [Digest]] = [:]

  /// The empty map.
  package init() {}

  /// The root: 32 zero bytes if the map is empty.
  package var root: Digest { hashes[1] }

  // MARK: Changes

  /// Works out what `changes` make of the map, which is not touched.
  ///
  /// - Parameter earlier: updates that are not made yet, the first following the map, each the one
  ///   before it; the changes come after them.
  /// - Precondition: the keys of `changes` are strictly ascending.
  /// - Complexity: O(changes × (bucket + log n)).
  package func update(
    _ changes: [MapChange], after earlier: [MapUpdate] = [], lookup: EntryLookup
  ) throws(MerkleError) -> MapUpdate {
    requireChain(earlier)
    var edits: [BucketEdit] = []
    var level: [PlacedSubtree] = []
    try mergeBuckets(changes, after: earlier, lookup: lookup) { bucket, merge in
      level.append(
        PlacedSubtree(position: 1 << bucketBits + bucket, subtree: merge.subtree(depth: bucketBits))
      )
      edits.append(merge.edit(ofBucket: bucket))
    }
    var levels: [[PlacedSubtree]] = []
    while let position = level.first?.position {
      levels.append(level)
      guard position > 1 else { break }
      level = parents(of: level, after: earlier)
    }
    let base = earlier.last?.root ?? root
    return MapUpdate(
      root: level.first?.subtree.hash ?? base, base: base, bucketBits: bucketBits,
      changes: changes, buckets: edits, nodes: levels.reversed())
  }

  private func requireChain(_ updates: [MapUpdate]) {
    var base = root
    for update in updates {
      precondition(
        update.base == base && update.bucketBits == bucketBits, "each update follows the last")
      base = update.root
    }
  }

  /// Whether `update` follows the map, or the last of `earlier` updates, which follow it.
  package func isFollowed(by update: MapUpdate, after earlier: [MapUpdate] = []) -> Bool {
    update.base == earlier.last?.root ?? root && update.bucketBits == bucketBits
  }

  /// Makes an update. Nothing is hashed, unless the map has outgrown its buckets.
  ///
  /// - Precondition: the map is what the update follows.
  package mutating func apply(_ update: MapUpdate) {
    precondition(isFollowed(by: update), "an update is made on what it follows")
    for edit in update.buckets { store(edit) }
    for level in update.nodes {
      for node in level { place(node) }
    }
    resize(to: Self.bucketBits(for: count, now: bucketBits))
  }

  /// Makes updates, each following the one before it.
  ///
  /// From the first that cannot be made, since the map has outgrown its buckets, the changes are made
  /// anew: all at once, as `lookup` may know of them all.
  package mutating func apply(
    _ updates: [MapUpdate], lookup: EntryLookup
  ) throws(MerkleError) {
    var changes: [MapChange] = []
    for update in updates {
      if changes.isEmpty, isFollowed(by: update) {
        apply(update)
      } else {
        changes = changes.followed(by: update.changes)
      }
    }
    if !changes.isEmpty { try apply(changes, lookup: lookup) }
  }

  /// Makes `changes`; all of them, or none if it throws.
  ///
  /// - Precondition: the keys of `changes` are strictly ascending.
  package mutating func apply(
    _ changes: [MapChange], lookup: EntryLookup
  ) throws(MerkleError) {
    apply(try update(changes, lookup: lookup))
  }

  // MARK: Nodes

  func subtree(at position: Int) -> Subtree {
    Subtree(kind: kinds[position], hash: hashes[position])
  }

  private func subtree(at position: Int, after earlier: [MapUpdate]) -> Subtree {
    for update in earlier.reversed() {
      if let subtree = update.subtree(at: position) { return subtree }
    }
    return subtree(at: position)
  }

  mutating func place(_ node: PlacedSubtree) {
    kinds[node.position] = node.subtree.kind
    hashes[node.position] = node.subtree.hash
  }

  /// The parents of `level`, subtrees of one depth from left to right that stand in for those kept.
  private func parents(
    of level: [PlacedSubtree], after earlier: [MapUpdate]
  ) -> [PlacedSubtree] {
    var parents: [PlacedSubtree] = []
    parents.reserveCapacity(level.count)
    var index = 0
    while index < level.count {
      let (position, subtree) = (level[index].position, level[index].subtree)
      let joined: Subtree
      if position & 1 == 1 {
        joined = .joining(self.subtree(at: position - 1, after: earlier), subtree)
      } else if index + 1 < level.count, level[index + 1].position == position + 1 {
        joined = .joining(subtree, level[index + 1].subtree)
        index += 1
      } else {
        joined = .joining(subtree, self.subtree(at: position + 1, after: earlier))
      }
      parents.append(PlacedSubtree(position: position >> 1, subtree: joined))
      index += 1
    }
    return parents
  }

  // MARK: Buckets

  func bucket(of key: Digest) -> Int {
    Self.bucket(of: key, bits: bucketBits)
  }

  static func bucket(of key: Digest, bits: Int) -> Int {
    // A shift by the whole width gives zero.
    Int(key.words.0 >> UInt64(64 - bits))
  }

  /// The leaves of a bucket with what is known of their keys.
  func leaves(inBucket bucket: Int, into leaves: inout [Leaf]) {
    pool.load(runs[bucket], into: &leaves)
    restoreKeys(of: &leaves, from: twins)
  }

  /// Gives twins their whole keys back.
  ///
  /// - Precondition: `twins` has those of every prefix that several leaves have.
  func restoreKeys(of leaves: inout [Leaf], from twins: [KeyPrefix: [Digest]]) {
    var start = 0
    while start < leaves.count {
      var end = start + 1
      while end < leaves.count, leaves[end].key == leaves[start].key { end += 1 }
      if end - start > 1 {
        guard let keys = twins[KeyPrefix(leaves[start].key)] else {
          preconditionFailure("the whole keys of twins are known")
        }
        for index in start..<end { leaves[index].key = keys[index - start] }
      }
      start = end
    }
  }
}
