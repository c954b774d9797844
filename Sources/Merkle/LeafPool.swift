import Cryptography

/// What is kept of a leaf: 48 bytes.
struct KeptLeaf: Hashable, Sendable {
  var prefix: KeyPrefix
  var hash: Digest

  init(_ leaf: Leaf) {
    prefix = KeyPrefix(leaf.key)
    hash = leaf.hash
  }
}

/// Where the leaves of a bucket lie in the pool.
struct Run: Hashable, Sendable {
  static let empty = Run(first: 0, count: 0)

  /// The number of the first chunk, which names the next, and so on; none if there are no leaves.
  fileprivate(set) var first: UInt32
  /// The number of leaves.
  fileprivate(set) var count: UInt32

  fileprivate var chunkCount: Int { (Int(count) + LeafPool.chunkSize - 1) / LeafPool.chunkSize }
}

/// The leaves of all buckets, in chunks of one size.
///
/// Arrays of their own would leave holes of all sizes in the heap as buckets grow, and pay a header
/// each. Chunks fit everywhere; the price is a half empty one for each bucket. Slabs of chunks are
/// allocated as the need grows, and never moved.
struct LeafPool: Sendable {
  /// The number of leaves in a chunk.
  static let chunkSize = 4
  private static let chunksInSlab = 256

  private var slabs: [[KeptLeaf]] = []
  /// For each chunk the one that follows it in its run or in the list of free ones.
  private var following: [UInt32] = []
  private var firstFree: UInt32 = 0
  private(set) var freeCount = 0

  /// The number of chunks, free ones included.
  var chunkCount: Int { following.count }

  /// The number of chunks that `runs` take.
  static func chunkCount(of runs: [Run]) -> Int {
    runs.reduce(0) { $0 + $1.chunkCount }
  }

  /// Reads a run.
  func load(_ run: Run, into leaves: inout [Leaf]) {
    leaves.removeAll(keepingCapacity: true)
    var chunk = Int(run.first)
    var remaining = Int(run.count)
    while remaining > 0 {
      let start = chunk % Self.chunksInSlab * Self.chunkSize
      let end = start + min(remaining, Self.chunkSize)
      let slab = slabs[chunk / Self.chunksInSlab]
      for index in start..<end {
        leaves.append(Leaf(slab[index]))
      }
      remaining -= end - start
      chunk = Int(following[chunk])
    }
  }

  /// Stores a run.
  mutating func store(_ leaves: [KeptLeaf]) -> Run {
    var run = Run(first: 0, count: UInt32(leaves.count))
    var last: Int?
    for start in stride(from: 0, to: leaves.count, by: Self.chunkSize) {
      let chunk = take()
      if let last { following[last] = UInt32(chunk) } else { run.first = UInt32(chunk) }
      let place = chunk % Self.chunksInSlab * Self.chunkSize
      for index in start..<min(start + Self.chunkSize, leaves.count) {
        slabs[chunk / Self.chunksInSlab][place + index - start] = leaves[index]
      }
      last = chunk
    }
    return run
  }

  /// Gives back the chunks of a run.
  mutating func release(_ run: Run) {
    var chunk = run.first
    for _ in 0..<run.chunkCount {
      let next = following[Int(chunk)]
      following[Int(chunk)] = firstFree
      firstFree = chunk
      freeCount += 1
      chunk = next
    }
  }

  private mutating func take() -> Int {
    if freeCount == 0 { addSlab() }
    let chunk = Int(firstFree)
    firstFree = following[chunk]
    freeCount -= 1
    return chunk
  }

  private mutating func addSlab() {
    precondition(chunkCount < Int(UInt32.max) - Self.chunksInSlab, "chunks have 32-bit numbers")
    let none = KeptLeaf(Leaf(key: .zero, hash: .zero))
    slabs.append(Array(repeating: none, count: Self.chunksInSlab * Self.chunkSize))
    firstFree = UInt32(chunkCount)
    for _ in 0..<Self.chunksInSlab { following.append(UInt32(chunkCount + 1)) }
    freeCount = Self.chunksInSlab
  }
}
