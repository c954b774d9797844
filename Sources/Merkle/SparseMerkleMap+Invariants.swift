import Cryptography

extension SparseMerkleMap {
  /// Stops the process unless the map is what its definition says. O(n), every node hashed again.
  package func checkInvariants() {
    precondition(runs.count == 1 << bucketBits, "there are 2^bits buckets")
    precondition(hashes.count == 2 * runs.count, "there is a hash for every node kept")
    precondition(kinds.count == hashes.count, "there is a kind for every node kept")
    precondition(runs.reduce(0) { $0 + Int($1.count) } == count, "the count is that of the leaves")
    precondition(
      LeafPool.chunkCount(of: runs) + pool.freeCount == pool.chunkCount,
      "a chunk is in a run or free")
    var hasher = RunHasher()
    var leaves: [Leaf] = []
    var twinGroups = 0
    for bucket in runs.indices {
      self.leaves(inBucket: bucket, into: &leaves)
      checkRun(leaves, bucket: bucket)
      twinGroups += leaves.twins.count
      let computed = hasher.subtree(of: leaves, in: leaves.indices, depth: bucketBits)
      precondition(computed == subtree(at: runs.count + bucket), "a bucket's node is its run's")
    }
    precondition(twinGroups == twins.count, "whole keys are kept of twins alone")
    for position in 1..<runs.count {
      let joined = Subtree.joining(subtree(at: 2 * position), subtree(at: 2 * position + 1))
      precondition(joined == subtree(at: position), "a node is that of its halves")
    }
  }

  private func checkRun(_ leaves: [Leaf], bucket: Int) {
    for (index, leaf) in leaves.enumerated() {
      precondition(self.bucket(of: leaf.key) == bucket, "a leaf lies in its bucket")
      precondition(index == 0 || leaves[index - 1].key < leaf.key, "a run is ascending")
    }
    for twin in leaves.twins {
      precondition(twins[twin.prefix] == twin.keys, "the whole keys of twins are kept, in order")
    }
  }
}
