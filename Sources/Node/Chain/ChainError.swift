import Cryptography
import Ledger
import Merkle
import Storage

/// Why the chain cannot go on, or cannot do what it was asked to.
package enum ChainError: Error, Hashable, Sendable {
  // MARK: Rejections: nothing changed

  /// The block was never stored here, or was passed by.
  case unknownBlock(BlockHash)
  /// The block's parent is neither the head nor a block that was executed here.
  case unknownParent(BlockHash)
  /// The disk has too little room for the blocks to be written. Nothing was written, everything can
  /// be read, and the same call succeeds when there is room.
  case diskFull(freeByteCount: UInt64, neededByteCount: UInt64)

  // MARK: Faults: the chain has stopped

  case storage(StorageError)
  case state(StateFault)
  case tree(MerkleError)
  /// A block of the node's own log does not decode.
  case unreadableBlock(Height, LedgerError)
  /// Executing a block of the node's own log again, or a final block, shows it to be wrong.
  case wrongBlock(Height, BlockFault)
  /// An accepted recovery record cannot be followed from its block, or the chain does not come to that.
  case recovery(Height, RecoveryFault)
  /// A fault came before this call, and nothing is acknowledged any more. What is there can be read.
  case stopped(reason: String)
}

extension ChainError {
  /// Whether bytes of the log are lost, whose blocks cannot be read until they are fetched again.
  var isLoss: Bool {
    switch self {
    case .storage(.missingBlocks): true
    case .storage(let error): error.isDamage
    case .unknownBlock, .unknownParent, .diskFull, .state, .tree, .unreadableBlock, .wrongBlock,
      .recovery, .stopped:
      false
    }
  }
}

extension ChainError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownBlock(let hash): "the block \(hash) is not known here"
    case .unknownParent(let hash): "the parent block \(hash) is not known here"
    case .diskFull(let free, let needed):
      "the disk has \(free) bytes left, \(needed) are needed; nothing was written"
    case .storage(let error): "\(error)"
    case .state(let fault): "the state cannot be read or is wrong: \(fault.reason)"
    case .tree(let error): "the state tree and the index differ: \(error)"
    case .unreadableBlock(let height, let error):
      "the block at height \(height.rawValue) of the log does not decode: \(error)"
    case .wrongBlock(let height, let fault):
      "the block at height \(height.rawValue) is not what executing it gives: \(fault)"
    case .recovery(let height, let fault):
      "the recovery record for height \(height.rawValue) cannot be followed: \(fault)"
    case .stopped(let reason): "the chain has stopped: \(reason)"
    }
  }
}

/// Runs `body`, whose storage errors become the chain's.
func stored<Result: ~Copyable>(
  _ body: () throws(StorageError) -> Result
) throws(ChainError) -> Result {
  do { return try body() } catch { throw .storage(error) }
}

/// Runs `body`, whose state faults become the chain's.
func judged<Result>(
  _ body: () throws(StateFault) -> Result
) throws(ChainError) -> Result {
  do { return try body() } catch { throw .state(error) }
}
