import Cryptography

extension SparseMerkleMap {
  /// Calls `body` with each bucket that `changes` touch, from left to right, and the changes merged
  /// into it.
  func mergeBuckets(
    _ changes: [MapChange], after earlier: [MapUpdate], lookup: EntryLookup,
    _ body: (Int, inout BucketMerge) -> Void
  ) throws(MerkleError) {
    var merge = BucketMerge(after: earlier)
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
      leaves(inBucket: bucket, after: earlier, into: &merge.before)
      try merge.merge(changes[start..<end], lookup: lookup)
      body(bucket, &merge)
      start = end
    }
  }

  /// The leaves of a bucket as `earlier` updates leave it.
  private func leaves(
    inBucket bucket: Int, after earlier: [MapUpdate], into leaves: inout [Leaf]
  ) {
    for update in earlier.reversed() {
      guard let edit = update.edit(ofBucket: bucket) else { continue }
      leaves.removeAll(keepingCapacity: true)
      for leaf in edit.leaves { leaves.append(Leaf(leaf)) }
      restoreKeys(of: &leaves, from: edit.newTwins)
      return
    }
    self.leaves(inBucket: bucket, into: &leaves)
  }

  mutating func store(_ edit: BucketEdit) {
    count += edit.leaves.count - Int(runs[edit.bucket].count)
    pool.release(runs[edit.bucket])
    runs[edit.bucket] = pool.store(edit.leaves)
    for prefix in edit.oldTwins { twins[prefix] = nil }
    for (prefix, keys) in edit.newTwins { twins[prefix] = keys }
  }
}

/// Merges changes into the leaves of one bucket; its storage serves one bucket after another.
struct BucketMerge {
  /// The leaves of the bucket as it is.
  var before: [Leaf] = []
  /// The leaves of the bucket as it will be.
  private(set) var after: [Leaf] = []
  private let earlier: [MapUpdate]
  private var hasher = RunHasher()

  /// - Parameter earlier: the updates that the leaves may come from.
  init(after earlier: [MapUpdate]) { self.earlier = earlier }

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
    // All are new, and the leaf is a twin of theirs. It may have come with an earlier update, which
    // the store lacks; and the store may have the changes already.
    for update in earlier.reversed() {
      if let key = update.wholeKey(of: leaf) { return key }
    }
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
  func edit(ofBucket bucket: Int) -> BucketEdit {
    BucketEdit(
      bucket: bucket, leaves: after.map { KeptLeaf($0) }, oldTwins: before.twins.map(\.prefix),
      newTwins: Dictionary(uniqueKeysWithValues: after.twins))
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
