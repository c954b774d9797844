import Cryptography

/// A bucket as it will be after changes.
struct BucketEdit {
  var place: SparseMerkleMap.PlacedSubtree
  var leaves: [KeptLeaf]
  /// What is kept of keys of which there were twins before.
  var oldTwins: [KeyPrefix]
  /// The whole keys of the twins there will be.
  var newTwins: [(prefix: KeyPrefix, keys: [Digest])]
}

extension SparseMerkleMap {
  /// Calls `body` with each bucket that `changes` touch, from left to right: its place among the
  /// nodes, and the changes merged into it.
  func mergeBuckets(
    _ changes: [MapChange], lookup: EntryLookup, _ body: (Int, inout BucketMerge) -> Void
  ) throws(MerkleError) {
    var merge = BucketMerge()
    var start = 0
    while start < changes.count {
      let bucket = bucket(of: changes[start].key)
      var end = start + 1
      while end < changes.count, self.bucket(of: changes[end].key) == bucket {
        precondition(changes[end - 1].key < changes[end].key, "changes are ascending and unique")
        end += 1
      }
      precondition(
        end == changes.count || changes[end - 1].key < changes[end].key,
        "changes are ascending and unique")
      leaves(inBucket: bucket, into: &merge.before)
      try merge.merge(changes[start..<end], lookup: lookup)
      body(1 << bucketBits + bucket, &merge)
      start = end
    }
  }

  mutating func store(_ edit: BucketEdit) {
    let bucket = edit.place.position - 1 << bucketBits
    count += edit.leaves.count - Int(runs[bucket].count)
    pool.release(runs[bucket])
    runs[bucket] = pool.store(edit.leaves)
    for prefix in edit.oldTwins { twins[prefix] = nil }
    for twin in edit.newTwins { twins[twin.prefix] = twin.keys }
  }

  /// By how many entries `changes` make the map larger.
  func growth(by changes: [MapChange]) -> Int {
    changes.reduce(0) { growth, change in
      switch change.effect {
      case .insert: growth + 1
      case .update: growth
      case .remove: growth - 1
      }
    }
  }
}

/// Merges changes into the leaves of one bucket; its storage serves one bucket after another.
struct BucketMerge {
  /// The leaves of the bucket as it is.
  var before: [Leaf] = []
  /// The leaves of the bucket as it will be.
  private(set) var after: [Leaf] = []
  private var hasher = RunHasher()

  /// Makes `after` out of `before` and `changes`.
  mutating func merge(
    _ changes: ArraySlice<MapChange>, lookup: EntryLookup
  ) throws(MerkleError) {
    after.removeAll(keepingCapacity: true)
    var leaf = 0
    var start = changes.startIndex
    while start < changes.endIndex {
      let prefix = KeyPrefix(changes[start].key)
      while leaf < before.count, KeyPrefix(before[leaf].key) < prefix {
        after.append(before[leaf])
        leaf += 1
      }
      var leaves = leaf..<leaf
      while leaves.upperBound < before.count, KeyPrefix(before[leaves.upperBound].key) == prefix {
        leaves = leaf..<(leaves.upperBound + 1)
      }
      let end = changes[start...].firstIndex { KeyPrefix($0.key) != prefix } ?? changes.endIndex
      if leaves.count == 1 {
        before[leaf].key = try wholeKey(of: before[leaf], among: changes[start..<end], lookup)
      }
      try mergeWholeKeys(leaves, changes[start..<end])
      (leaf, start) = (leaves.upperBound, end)
    }
    after.append(contentsOf: before[leaf...])
  }

  /// The whole key of the one leaf that shares what is kept of a key with `changes`.
  private func wholeKey(
    of leaf: Leaf, among changes: ArraySlice<MapChange>, _ lookup: EntryLookup
  ) throws(MerkleError) -> Digest {
    for change in changes {
      guard case .insert = change.effect else { return change.key }
    }
    // All are new, and the leaf is a twin of theirs. The store may have them already.
    let range = leaf.key.keys(sharing: KeyPrefix.bitCount)
    var lower: Digest? = range.lowerBound
    while let start = lower, start <= range.upperBound,
      let entry = lookup(start...range.upperBound),
      (start...range.upperBound).contains(entry.key)
    {
      if entry.leafHash == leaf.hash { return entry.key }
      lower = entry.key.successor
    }
    throw .storeDisagrees(key: changes[changes.startIndex].key)
  }

  /// Merges `changes` into the leaves of `range`, all of whose keys are whole.
  private mutating func mergeWholeKeys(
    _ range: Range<Int>, _ changes: ArraySlice<MapChange>
  ) throws(MerkleError) {
    var leaf = range.lowerBound
    for change in changes {
      while leaf < range.upperBound, before[leaf].key < change.key {
        after.append(before[leaf])
        leaf += 1
      }
      let isPresent = leaf < range.upperBound && before[leaf].key == change.key
      switch change.effect {
      case .insert(let valueHash), .update(let valueHash):
        let entry = MapEntry(key: change.key, valueHash: valueHash)
        after.append(Leaf(key: change.key, hash: entry.leafHash))
      case .remove: break
      }
      guard isPresent != change.effect.isInsertion else { throw .storeDisagrees(key: change.key) }
      if isPresent { leaf += 1 }
    }
    after.append(contentsOf: before[leaf..<range.upperBound])
  }

  /// The subtree of the bucket as it will be.
  mutating func subtree(depth: Int) -> Subtree {
    hasher.subtree(of: after, in: after.indices, depth: depth)
  }

  /// What storing the bucket as it will be takes.
  func edit(_ place: SparseMerkleMap.PlacedSubtree) -> BucketEdit {
    BucketEdit(
      place: place, leaves: after.map { KeptLeaf($0) },
      oldTwins: before.twins.map(\.prefix), newTwins: after.twins)
  }
}

extension MapChange.Effect {
  fileprivate var isInsertion: Bool {
    if case .insert = self { true } else { false }
  }
}

extension [Leaf] {
  /// The groups of leaves that share what is kept of a key, in a sorted run.
  var twins: [(prefix: KeyPrefix, keys: [Digest])] {
    var twins: [(prefix: KeyPrefix, keys: [Digest])] = []
    for index in indices.dropFirst() {
      let prefix = KeyPrefix(self[index].key)
      guard KeyPrefix(self[index - 1].key) == prefix else { continue }
      if twins.last?.prefix != prefix { twins.append((prefix, [self[index - 1].key])) }
      twins[twins.count - 1].keys.append(self[index].key)
    }
    return twins
  }
}
