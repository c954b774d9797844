import Ledger

/// Reads committed blocks in the order of their heights, checking each against its checksum.
///
/// It holds no part of the log and may go to another thread, which then reads ahead of the one
/// that applies the blocks. Blocks that are appended meanwhile are not seen.
package struct BlockReader: Sendable {
  package struct Block: Hashable, Sendable {
    package let height: Height
    package let bytes: [UInt8]
  }

  private let disk: any Disk
  private let configuration: BlockLog.Configuration
  private let firstHeights: [UInt64]
  /// Heights that cannot be read, ascending.
  private let missing: [Range<UInt64>]
  private var heights: Range<UInt64>
  private var segment: (reader: RecordReader, nextHeight: UInt64, end: UInt64?)?

  init(
    _ disk: any Disk, _ configuration: BlockLog.Configuration, firstHeights: [UInt64],
    missing: [Range<UInt64>], heights: Range<UInt64>
  ) {
    self.disk = disk
    self.configuration = configuration
    self.firstHeights = firstHeights
    self.missing = missing
    self.heights = heights
  }

  /// The next blocks, of `byteCount` bytes together or little more; empty at the end.
  ///
  /// - Throws: `.damaged` at a block that is not what was appended, `.missingBlocks` at a hole.
  package mutating func nextBatch(byteCount: Int) throws(StorageError) -> [Block] {
    var batch: [Block] = []
    var count = 0
    while count < byteCount, batch.isEmpty || hole == nil, let block = try next() {
      count += block.bytes.count
      batch.append(block)
    }
    return batch
  }

  /// The next block, `nil` at the end.
  package mutating func next() throws(StorageError) -> Block? {
    guard !heights.isEmpty else { return nil }
    if let hole { throw .missingBlocks(Height(hole.lowerBound)..<Height(hole.upperBound)) }
    while true {
      guard var current = try currentSegment() else { return nil }
      let height = current.nextHeight
      // What lies before the first block that is wanted may be damaged.
      current.reader.check = height == heights.lowerBound ? .checksums : .lengthsOnly
      switch try current.reader.next() {
      case .record(let payload, _):
        current.nextHeight += 1
        segment = current
        guard height == heights.lowerBound else { continue }
        heights.removeFirst()
        return Block(height: Height(height), bytes: Array(payload))
      case .end:
        let end = current.reader.end
        let file = current.reader.file.path
        throw .damaged(Damage(.truncated, in: file, at: end..<end, height: height))
      case .defect(let defect):
        let file = current.reader.file.path
        throw .damaged(Damage(defect.kind, in: file, at: defect.byteRange, height: height))
      }
    }
  }

  /// The hole that the next block lies in, if it does.
  private var hole: Range<UInt64>? { missing.first { $0.contains(heights.lowerBound) } }

  /// The open segment, or the next one if that has been read to its end.
  private mutating func currentSegment() throws(StorageError) -> (
    reader: RecordReader, nextHeight: UInt64, end: UInt64?
  )? {
    if let segment, segment.nextHeight != segment.end { return segment }
    let index = firstHeights.partitionPoint { $0 > heights.lowerBound } - 1
    guard index >= 0 else { return nil }
    let first = firstHeights[index]
    let path = LogLayout.blocks(from: first)
    let file = try attempt { () throws(DiskError) in try disk.open(path, .read) }
    let reader = try RecordReader(
      file, from: UInt64(FileHeader.Kind.blocks.byteCount),
      maximumPayload: configuration.maximumBlockByteCount)
    let end = index + 1 < firstHeights.count ? firstHeights[index + 1] : nil
    segment = (reader, first, end)
    return segment
  }
}
