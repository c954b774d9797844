import Ledger

/// The final blocks that the log does not have yet, by height and by hash: tens of thousands under load.
struct UnloggedBlocks {
  /// Ascending by height, without gaps.
  private(set) var all: [UnloggedBlock] = []
  private var heights: [BlockHash: Height] = [:]

  var isEmpty: Bool { all.isEmpty }
  var first: UnloggedBlock? { all.first }

  subscript(hash: BlockHash) -> UnloggedBlock? { heights[hash].flatMap { self[$0] } }

  subscript(height: Height) -> UnloggedBlock? {
    guard let first, height >= first.height else { return nil }
    let offset = height.rawValue - first.height.rawValue
    return offset < UInt64(all.count) ? all[Int(offset)] : nil
  }

  /// - Precondition: it follows the last one.
  mutating func append(_ block: UnloggedBlock) {
    precondition(all.last.map { $0.height.next == block.height } ?? true, "blocks are consecutive")
    all.append(block)
    heights[block.hash] = block.height
  }

  mutating func remove(through height: Height) {
    let count = all.prefix { $0.height <= height }.count
    for block in all[..<count] { heights[block.hash] = nil }
    all.removeFirst(count)
  }
}

/// A final block that the log does not have yet.
struct UnloggedBlock {
  let hash: BlockHash
  let block: Block
  let encoded: [UInt8]
  /// `nil` if that of a later block proves it.
  let certificate: [UInt8]?

  init(_ executed: ExecutedBlock, certificate: [UInt8]?) {
    hash = executed.hash
    block = executed.block
    encoded = executed.encoded
    self.certificate = certificate
  }

  var height: Height { block.header.height }
}
