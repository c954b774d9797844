/// The sealed segments that were read last, with the places of their records.
struct SealedSegmentCache {
  /// Each keeps two files open and eight bytes a block.
  private static let capacity = 64

  /// The least recently used first.
  private var segments: [Segment] = []

  mutating func forget(_ firstHeight: UInt64) {
    segments.removeAll { $0.firstHeight == firstHeight }
  }

  /// The segment that begins at `firstHeight`; `load` reads it if it is not here.
  mutating func segment(
    _ firstHeight: UInt64, load: () throws(StorageError) -> Segment
  ) throws(StorageError) -> Segment {
    let segment: Segment
    if let index = segments.firstIndex(where: { $0.firstHeight == firstHeight }) {
      segment = segments.remove(at: index)
    } else {
      segment = try load()
      if segments.count == SealedSegmentCache.capacity { segments.removeFirst() }
    }
    segments.append(segment)
    return segment
  }
}
