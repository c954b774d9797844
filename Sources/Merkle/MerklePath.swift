import CBOR
import Cryptography

/// The list of hashes of a proof in an RFC 9162 tree.
enum MerklePath {
  /// No tree of fewer than 2^64 leaves has a longer path.
  static let limit = 64

  static func encode(_ path: [Digest], to encoder: inout CBOREncoder) {
    encoder.array(path.count)
    for hash in path { encoder.digest(hash) }
  }

  static func decode(from decoder: inout CBORDecoder) throws(CBORError) -> [Digest] {
    let count = try decoder.array(limit: limit)
    var path: [Digest] = []
    path.reserveCapacity(count)
    for _ in 0..<count { path.append(try decoder.digest()) }
    return path
  }

  /// MTH over the leaves of `range`, none of which may be missing. O(range).
  static func root(of range: Range<UInt64>, leaf: (UInt64) -> LeafHash) -> Digest {
    var frontier = MerkleFrontier()
    for index in range { frontier.append(leaf(index)) }
    return frontier.root
  }

  /// Where a tree over `range` is divided: its left half is the largest power of two of leaves
  /// that is smaller than the whole (RFC 9162 section 2.1.1). `range` has two leaves or more.
  static func split(_ range: Range<UInt64>) -> UInt64 {
    let size = range.upperBound - range.lowerBound
    return range.lowerBound + 1 << UInt64(63 - (size - 1).leadingZeroBitCount)
  }
}
