import Cryptography

/// Builds a `SparseMerkleMap` from all its entries in the order of their keys, as a scan of the
/// store gives them, without holding them elsewhere.
package struct SparseMerkleMapBuilder: ~Copyable, Sendable {
  fileprivate var map = SparseMerkleMap()
  private var leaves: [Leaf] = []
  private var bucket = 0
  private var lastKey: Digest?
  private var hasher = RunHasher()

  /// `expectedCount` chooses the number of buckets: right, it saves time; wrong, it costs some.
  package init(expectedCount: Int) {
    self.init(bucketBits: SparseMerkleMap.bucketBits(for: expectedCount, now: 0))
  }

  init(bucketBits: Int) {
    map.bucketBits = bucketBits
    map.runs = Array(repeating: .empty, count: 1 << bucketBits)
    map.hashes = Array(repeating: .zero, count: 2 << bucketBits)
    map.kinds = Array(repeating: .empty, count: 2 << bucketBits)
  }

  /// Throws `entriesOutOfOrder` unless the entry's key is above all before it.
  package mutating func append(_ entry: MapEntry) throws(MerkleError) {
    if let lastKey, entry.key <= lastKey { throw .entriesOutOfOrder(key: entry.key) }
    lastKey = entry.key
    append(Leaf(key: entry.key, hash: entry.leafHash))
  }

  /// The map of all entries.
  package consuming func finish() -> SparseMerkleMap {
    var map = finishInSize()
    map.resize(to: SparseMerkleMap.bucketBits(for: map.count, now: map.bucketBits))
    return map
  }

  // MARK: Leaves

  mutating func append(_ leaf: Leaf) {
    let next = map.bucket(of: leaf.key)
    if next != bucket { closeBucket() }
    bucket = next
    leaves.append(leaf)
  }

  consuming func finishInSize() -> SparseMerkleMap {
    closeBucket()
    for position in (1..<(1 << map.bucketBits)).reversed() {
      let joined = Subtree.joining(
        map.subtree(at: 2 * position), map.subtree(at: 2 * position + 1))
      map.place(PlacedSubtree(position: position, subtree: joined))
    }
    return map
  }

  private mutating func closeBucket() {
    let subtree = hasher.subtree(of: leaves, in: leaves.indices, depth: map.bucketBits)
    map.place(
      PlacedSubtree(position: 1 << map.bucketBits + bucket, subtree: subtree))
    map.runs[bucket] = map.pool.store(leaves.map { KeptLeaf($0) })
    for twin in leaves.twins { map.twins[twin.prefix] = twin.keys }
    map.count += leaves.count
    leaves.removeAll(keepingCapacity: true)
  }
}

extension SparseMerkleMap {
  /// Above this number of entries a bucket on average the number of buckets doubles.
  static let fullBucket = 24
  /// Below this number it halves. Far from half of the other, so that it does not go to and fro.
  static let sparseBucket = 4

  /// How many bits choose a bucket among `count` entries, when now it is `bits`.
  static func bucketBits(for count: Int, now bits: Int) -> Int {
    var bits = bits
    while count > fullBucket << bits { bits += 1 }
    while bits > 0, count < sparseBucket << bits { bits -= 1 }
    return bits
  }

  /// Distributes the leaves anew, in the same pool. O(n), and every inner node is hashed again; the
  /// root stays.
  mutating func resize(to bits: Int) {
    guard bits != bucketBits else { return }
    var builder = SparseMerkleMapBuilder(bucketBits: bits)
    var leaves: [Leaf] = []
    swap(&pool, &builder.map.pool)
    for bucket in runs.indices {
      builder.map.pool.load(runs[bucket], into: &leaves)
      restoreKeys(of: &leaves, from: twins)
      builder.map.pool.release(runs[bucket])
      for leaf in leaves { builder.append(leaf) }
    }
    let root = root
    self = builder.finishInSize()
    precondition(self.root == root, "the root does not depend on the buckets")
  }
}
