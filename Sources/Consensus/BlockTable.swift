import Ledger

/// A block above the finalized tip.
struct KnownBlock: Sendable {
  enum Stage: Hashable, Sendable {
    /// Its header is known, the host lacks the body.
    case announced
    case stored
    /// The host was asked for its verdict.
    case validating
    case valid
    case invalid
  }

  let header: BlockHeader
  var stage: Stage
  var isJournaled: Bool
}

/// The blocks above the finalized tip, by hash. Looked up, never listed: no order of it shows.
struct BlockTable: Sendable {
  private var blocks: [BlockHash: KnownBlock] = [:]

  var count: Int { blocks.count }

  subscript(hash: BlockHash) -> KnownBlock? { blocks[hash] }

  /// Adds a header that came without its body, unless the block is known.
  mutating func announce(_ header: BlockHeader, hash: BlockHash) {
    guard blocks[hash] == nil else { return }
    blocks[hash] = KnownBlock(header: header, stage: .announced, isJournaled: false)
  }

  mutating func insert(_ block: KnownBlock, hash: BlockHash) { blocks[hash] = block }

  mutating func setStage(_ stage: KnownBlock.Stage, of hash: BlockHash) {
    blocks[hash]?.stage = stage
  }

  /// Marks a block as written to the journal.
  ///
  /// - Returns: its header if it was not marked before.
  mutating func journal(_ hash: BlockHash) -> BlockHeader? {
    guard let block = blocks[hash], !block.isJournaled else { return nil }
    blocks[hash]?.isJournaled = true
    return block.header
  }

  mutating func removeAll(through height: Height) {
    blocks = blocks.filter { $0.value.header.height > height }
  }

  func allSatisfy(_ condition: (KnownBlock) -> Bool) -> Bool {
    blocks.values.allSatisfy(condition)
  }
}
