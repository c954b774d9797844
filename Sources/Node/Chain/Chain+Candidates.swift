import Ledger

// Blocks by hash, for peers that ask and for the machine that was told of them.

extension Chain {
  /// A block that is kept: executed or not, final and not in the log yet, or neither.
  package func block(_ hash: BlockHash) -> Block? {
    validBlock(hash) ?? waiting[hash]?.block
  }

  /// A block that is kept and was found valid.
  package func validBlock(_ hash: BlockHash) -> Block? {
    executed[hash]?.block ?? unloggedBlocks[hash]?.block
  }

  /// The blocks above the head up to one that is kept, ascending; none if it is the head.
  func unfinalBlocks(endingWith hash: BlockHash) -> [Block] {
    var path: [Block] = []
    var next = hash
    while let block = executed[next]?.block ?? waiting[next]?.block {
      path.append(block)
      next = block.header.parent
    }
    return path.reversed()
  }

  /// Whether a block that waits to be executed has this one as its parent.
  package func isParentOfWaiting(_ header: BlockHeader) -> Bool {
    let hash = header.hash
    return waiting.values.contains {
      $0.block.header.parent == hash && $0.block.header.height == header.height.next
    }
  }

  /// Bytes of the blocks that wait to be executed.
  package var waitingByteCount: Int { waiting.values.reduce(0) { $0 + $1.encoded.count } }

  /// A block and its ancestors above `height`, the block first, up to `byteLimit` bytes; empty if it
  /// is neither kept here nor one of the `depth` final blocks above `height`, or was lost.
  package func encodedBlocks(
    endingWith hash: BlockHash, above height: Height, depth: UInt64, byteLimit: Int
  ) throws(ChainError) -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    var byteCount = 0
    var next = hash
    var highest = min(head.header.height.rawValue, height.rawValue + depth)
    while let (bytes, header) = try encodedBlock(next, above: height, through: highest) {
      byteCount += bytes.count
      guard blocks.isEmpty || byteCount <= byteLimit else { break }
      blocks.append(bytes)
      next = header.parent
      highest = min(highest, header.height.rawValue - 1)
    }
    return blocks
  }

  private func encodedBlock(
    _ hash: BlockHash, above height: Height, through highest: UInt64
  ) throws(ChainError) -> (bytes: [UInt8], header: BlockHeader)? {
    if let block = block(hash), let bytes = encodedBlock(hash) {
      return block.header.height > height ? (bytes, block.header) : nil
    }
    // What the log has is known by height; who asks is a few blocks behind.
    for rawValue in stride(from: highest, to: height.rawValue, by: -1)
    where try self.hash(at: Height(rawValue)) == hash {
      do {
        let bytes = try encodedBlock(at: Height(rawValue))
        return (bytes, try BlockView.header(of: bytes, at: Height(rawValue)))
      } catch let error where error.isLoss {
        return nil
      }
    }
    return nil
  }
}
