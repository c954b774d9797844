import Ledger
import Storage

// A chain whose log has holes: what fills them, and what is behind them.

extension Chain {
  /// What the log lacks, ascending.
  package var holes: [LogHole] { log.condition.holes }

  /// What the log takes next of the blocks that it has lost at or below the head, to the end of their
  /// hole; `nil` if it has lost none there. Those above the head come with the others that the chain
  /// lacks.
  var wantedOfLog: ClosedRange<Height>? {
    let condition = log.condition
    guard let wanted = condition.nextWanted, wanted <= head.header.height else { return nil }
    let hole = condition.holes.first { $0.heights.contains(wanted) }
    guard let last = hole?.heights.upperBound.previous else { return wanted...wanted }
    return wanted...min(last, head.header.height)
  }

  /// Whether the log goes on above the head, or must.
  var lagsBehindLog: Bool { log.condition.lastHeight.map { $0 > head.header.height } ?? false }

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
      guard unloggedBlocks.isEmpty, let last = log.condition.lastHeight,
        last > head.header.height
      else { return false }
      return try endOfNextRun(through: last) != nil
    }
  }

  /// The blocks from the head to the next certificate, if all of them can be read.
  private func nextRunOfLog() throws(ChainError) -> (
    blocks: [(block: Block, encoded: [UInt8])], finalization: Certificate
  )? {
    guard let last = log.condition.lastHeight, last > head.header.height,
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

  /// Blocks of a range that fill a hole, for `log.append`: those up to the head, with its own
  /// finalization if it is among them.
  ///
  /// - Precondition: the range begins at or below the head.
  func run(filling range: CheckedRange) -> LogRun {
    precondition(range.first <= head.header.height, "what is above the head fills no hole")
    var entries: [BlockLog.Entry] = []
    for (block, encoded) in range.blocks where block.header.height <= head.header.height {
      let certificate: [UInt8]? =
        switch block.header.height {
        case range.last: range.finalization.encoded
        case head.header.height: headFinalization?.encoded
        default: nil
        }
      entries.append(BlockLog.Entry(block: encoded, certificate: certificate))
    }
    return LogRun(height: range.first, entries: entries)
  }

  /// Whether a range's blocks are those that this chain has.
  func agrees(with range: CheckedRange) throws(ChainError) -> Bool {
    let last = range.blocks.last { $0.block.header.height <= head.header.height }
    guard let header = last?.block.header else { return true }
    return try hash(at: header.height) == header.hash
  }
}
