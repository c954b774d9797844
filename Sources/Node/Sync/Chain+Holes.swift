import Ledger
import Storage

// A chain whose log has holes: what fills them, and what is behind them.

extension Chain {
  /// What the log lacks, ascending.
  package var holes: [LogHole] { log.condition.holes }

  /// Executes blocks that the log has above the head, up to its end or to the next hole: there are
  /// some when a hole was filled that had kept the chain from going on at the start.
  ///
  /// - Parameter byteLimit: after so many bytes it stops, whatever there is left.
  /// - Returns: the blocks that have become final here.
  package func catchUpWithLog(byteLimit: Int) throws(ChainError) -> [Block] {
    var blocks: [Block] = []
    var byteCount = 0
    while unloggedBlocks.isEmpty, byteCount < byteLimit, let run = try nextRunOfLog() {
      for (block, encoded) in run.blocks {
        byteCount += encoded.count
        store(block, encoded: encoded)
      }
      blocks += try commit(run.blocks.map(\.block.header.hash), finalization: run.finalization)
      markLogged(through: head.header.height)
    }
    return blocks
  }

  /// Whether `catchUpWithLog` has something to do.
  package var isBehindLog: Bool {
    get throws(ChainError) {
      guard unloggedBlocks.isEmpty, let last = log.lastHeight, last > head.header.height else {
        return false
      }
      return try endOfNextRun(through: last) != nil
    }
  }

  /// The blocks from the head to the next certificate, if all of them can be read.
  private func nextRunOfLog() throws(ChainError) -> (
    blocks: [(block: Block, encoded: [UInt8])], finalization: Certificate
  )? {
    guard let last = log.lastHeight, last > head.header.height,
      let end = try endOfNextRun(through: last)
    else { return nil }
    var blocks: [(Block, [UInt8])] = []
    var height = head.header.height
    while height < end.height {
      height = height.next
      let encoded: [UInt8]
      do {
        guard let bytes = try log.block(at: height) else { return nil }
        encoded = bytes
      } catch .storage(.missingBlocks) {
        return nil
      }
      do {
        blocks.append((try Block(encoded), encoded))
      } catch {
        throw .unreadableBlock(height, error)
      }
    }
    return (blocks, try ChainLog.decoded(end))
  }

  private func endOfNextRun(
    through last: Height
  ) throws(ChainError) -> (height: Height, bytes: [UInt8])? {
    let next = head.header.height.next
    do {
      guard let end = try log.certificate(covering: next), end.height <= last,
        log.firstMissing(from: next) > end.height
      else { return nil }
      return end
    } catch .storage(.missingBlocks) {
      return nil
    }
  }

  /// Blocks that fill a hole, for `log.append`. The head's finalization is added if it is among them.
  ///
  /// - Parameter finalization: finalizes the last; `nil` if that is proven by a later block.
  func run(filling blocks: [[UInt8]], from first: Height, finalization: Certificate?) -> LogRun {
    var entries = blocks.map { BlockLog.Entry(block: $0, certificate: nil) }
    if let finalization, let last = entries.popLast() {
      entries.append(BlockLog.Entry(block: last.block, certificate: finalization.encoded))
    }
    let (head, offset) = (head.header.height, first.rawValue)
    if let own = headFinalization, head >= first, head.rawValue - offset < UInt64(entries.count) {
      let index = Int(head.rawValue - offset)
      entries[index] = BlockLog.Entry(block: entries[index].block, certificate: own.encoded)
    }
    return LogRun(height: first, entries: entries)
  }
}
