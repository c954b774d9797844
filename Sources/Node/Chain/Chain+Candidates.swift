import Ledger

// Blocks by hash, for peers that ask and for the machine that was told of them.

extension Chain {
  /// A block that is kept: executed or not, final and not in the log yet, or neither.
  package func block(_ hash: BlockHash) -> Block? {
    executed[hash]?.block ?? waiting[hash]?.block
      ?? unloggedBlocks.last { $0.hash == hash }?.block
  }

  /// Whether a block that waits to be executed has `hash` as its parent.
  package func isParentOfWaiting(_ hash: BlockHash) -> Bool {
    waiting.values.contains { $0.block.header.parent == hash }
  }

  /// A block and its ancestors above `height`, the block first, up to `byteLimit` bytes; empty if it
  /// is not kept here.
  package func encodedBlocks(
    endingWith hash: BlockHash, above height: Height, byteLimit: Int
  ) -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    var byteCount = 0
    var next: BlockHash? = hash
    while let hash = next, let block = block(hash), block.header.height > height,
      let bytes = encodedBlock(hash)
    {
      byteCount += bytes.count
      guard blocks.isEmpty || byteCount <= byteLimit else { break }
      blocks.append(bytes)
      next = block.header.parent
    }
    return blocks
  }
}
