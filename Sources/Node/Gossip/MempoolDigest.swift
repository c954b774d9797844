/// What a mempool holds, in little: its tags in 256 buckets by their first byte, of each bucket the
/// exclusive or of its tags. Two equal mempools have equal digests; where buckets differ, the
/// mempools do.
///
/// Whoever can choose transactions can make differences that a digest does not show. That hides the
/// chooser's own transactions from anti-entropy, which is their loss, and delays nobody's blocks.
package struct MempoolDigest: Hashable, Sendable {
  package static let bucketCount = 256

  package private(set) var buckets = [TransactionTag](repeating: .zero, count: bucketCount)

  package init() {}

  package init(_ tags: some Sequence<TransactionTag>) {
    for tag in tags { toggle(tag) }
  }

  /// The buckets that are not empty, with what they hold.
  package init(_ filled: BucketSet, _ values: [TransactionTag]) {
    for (bucket, value) in zip(filled.members, values) { buckets[bucket] = value }
  }

  package static func bucket(of tag: TransactionTag) -> Int { Int(tag.high >> 56) }

  /// Takes a tag in, or out again.
  package mutating func toggle(_ tag: TransactionTag) {
    let bucket = MempoolDigest.bucket(of: tag)
    let value = buckets[bucket]
    buckets[bucket] = TransactionTag(high: value.high ^ tag.high, low: value.low ^ tag.low)
  }

  package var filled: BucketSet {
    BucketSet(buckets.indices.filter { buckets[$0] != .zero })
  }

  package func differences(from other: MempoolDigest) -> BucketSet {
    BucketSet(buckets.indices.filter { buckets[$0] != other.buckets[$0] })
  }
}

extension TransactionTag {
  package static let zero = TransactionTag(high: 0, low: 0)
}

/// Some of the 256 buckets.
package struct BucketSet: Hashable, Sendable {
  /// 32 bytes on the wire: bucket 0 is the highest bit of the first.
  package static let byteCount = 32

  private var words = [UInt64](repeating: 0, count: 4)

  package init(_ members: some Sequence<Int> = []) {
    for member in members { insert(member) }
  }

  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Ascending.
  package var members: [Int] { (0..<MempoolDigest.bucketCount).filter { contains($0) } }

  package func contains(_ bucket: Int) -> Bool {
    words[bucket >> 6] >> UInt64(63 - bucket & 63) & 1 == 1
  }

  package mutating func insert(_ bucket: Int) {
    words[bucket >> 6] |= 1 << UInt64(63 - bucket & 63)
  }

  package var bytes: [UInt8] {
    words.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
  }

  /// `nil` unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == BucketSet.byteCount else { return nil }
    words = stride(from: 0, to: bytes.count, by: 8).map { start in
      bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}
