import Cryptography

/// What changes make of the map, worked out and not yet made: the new root, and all that making them
/// puts into the map, so that nothing is hashed again then.
///
/// An update follows the map as it was when the update was worked out, or another update of it:
/// blocks stack, and several may follow the same one. It can be made while the map is what it
/// follows, which `SparseMerkleMap.isFollowed(by:)` tells; else the changes are made anew.
package struct MapUpdate: Sendable {
  /// The root that it leads to.
  package let root: Digest
  /// The root of what it follows, which says what all entries are.
  let base: Digest
  /// How many bits choose a bucket in what it follows: nodes and buckets are numbered by that.
  let bucketBits: Int
  let changes: [MapChange]
  /// The buckets that the changes touch, from left to right.
  let buckets: [BucketEdit]
  /// The nodes that differ, by their depth, each depth from left to right; the buckets' own last.
  let nodes: [[PlacedSubtree]]
}

/// A subtree and its place in heap order.
struct PlacedSubtree: Sendable {
  var position: Int
  var subtree: Subtree
}

/// A bucket as it will be after changes.
struct BucketEdit: Sendable {
  var bucket: Int
  var leaves: [KeptLeaf]
  /// What is kept of keys of which there were twins before.
  var oldTwins: [KeyPrefix]
  /// The whole keys of the twins there will be.
  var newTwins: [KeyPrefix: [Digest]]
}

extension MapUpdate {
  /// The bucket if this update touches it.
  func edit(ofBucket bucket: Int) -> BucketEdit? {
    let index = buckets.partitionPoint { $0.bucket < bucket }
    guard index < buckets.count, buckets[index].bucket == bucket else { return nil }
    return buckets[index]
  }

  /// The node at a place if this update changes it.
  func subtree(at position: Int) -> Subtree? {
    let depth = Int.bitWidth - 1 - position.leadingZeroBitCount
    guard depth < nodes.count else { return nil }
    let index = nodes[depth].partitionPoint { $0.position < position }
    guard index < nodes[depth].count, nodes[depth][index].position == position else { return nil }
    return nodes[depth][index].subtree
  }

  /// The whole key of a leaf that this update put into the map; `nil` if it put no such leaf.
  func wholeKey(of leaf: Leaf) -> Digest? {
    let prefix = KeyPrefix(leaf.key)
    let first = changes.partitionPoint { KeyPrefix($0.key) < prefix }
    for change in changes[first...] {
      guard KeyPrefix(change.key) == prefix else { return nil }
      guard let valueHash = change.effect.valueHash else { continue }
      if MapEntry(key: change.key, valueHash: valueHash).leafHash == leaf.hash { return change.key }
    }
    return nil
  }
}

extension Array {
  /// The index of the first element for which `isBefore` is false; those for which it is true come
  /// first.
  fileprivate func partitionPoint(where isBefore: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
