import CBOR
import Cryptography

/// What a block commits to (docs/formats/blocks.md). Its hash is the block's name.
package struct BlockHeader: Hashable, Sendable {
  package static let version: UInt64 = 1
  package static let byteLimit = 1_024
  private static let domain = Domain("hypothec/block/1")

  package let network: NetworkID
  package let epoch: Epoch
  package let view: View
  /// The view of the parent's certificate; `View.genesis` when the parent closed the epoch before.
  package let parentView: View
  package let height: Height
  /// Later than the parent's.
  package let time: Timestamp
  /// The leader of the view; the network's name stands in for it in the genesis block.
  package let proposer: MemberID
  package let parent: BlockHash
  package let transactionsRoot: Digest
  package let outcomesRoot: Digest
  package let transactionCount: UInt64
  package let operationCount: UInt64
  /// The root of the state after this block.
  package let stateRoot: Digest
  /// The RFC 9162 tree over the hashes of all earlier blocks, genesis first.
  package let historyRoot: Digest
  /// `nil` unless the block closes its epoch.
  package let nextValidators: Digest?

  package init(
    network: NetworkID, epoch: Epoch, view: View, parentView: View, height: Height,
    time: Timestamp, proposer: MemberID, parent: BlockHash, transactionsRoot: Digest,
    outcomesRoot: Digest, transactionCount: UInt64, operationCount: UInt64, stateRoot: Digest,
    historyRoot: Digest, nextValidators: Digest?
  ) {
    self.network = network
    self.epoch = epoch
    self.view = view
    self.parentView = parentView
    self.height = height
    self.time = time
    self.proposer = proposer
    self.parent = parent
    self.transactionsRoot = transactionsRoot
    self.outcomesRoot = outcomesRoot
    self.transactionCount = transactionCount
    self.operationCount = operationCount
    self.stateRoot = stateRoot
    self.historyRoot = historyRoot
    self.nextValidators = nextValidators
  }

  /// Whether the block ends its epoch.
  package var isClosing: Bool { nextValidators != nil }

  /// SHA-256(domain, encoded header).
  package var hash: BlockHash { BlockHash(BlockHeader.domain.hash(encoded)) }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 384)
    encode(into: &encoder)
    return encoder.bytes
  }

  package func encode(into encoder: inout CBOREncoder) {
    encoder.array(16)
    encoder.unsigned(BlockHeader.version)
    encoder.digest(network.digest)
    encoder.epoch(epoch)
    encoder.view(view)
    encoder.view(parentView)
    encoder.height(height)
    encoder.timestamp(time)
    encoder.memberID(proposer)
    encoder.digest(parent.digest)
    encoder.digest(transactionsRoot)
    encoder.digest(outcomesRoot)
    encoder.unsigned(transactionCount)
    encoder.unsigned(operationCount)
    encoder.digest(stateRoot)
    encoder.digest(historyRoot)
    if let nextValidators {
      encoder.digest(nextValidators)
    } else {
      encoder.null()
    }
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 16)
    let start = reader.offset
    guard try reader.unsigned() == BlockHeader.version else {
      throw .malformed(.invalidValue(offset: start))
    }
    network = NetworkID(try reader.digest())
    epoch = try reader.epoch()
    view = try reader.view()
    parentView = try reader.view()
    height = try reader.height()
    time = try reader.timestamp()
    proposer = try reader.memberID()
    parent = BlockHash(try reader.digest())
    transactionsRoot = try reader.digest()
    outcomesRoot = try reader.digest()
    transactionCount = try reader.unsigned()
    operationCount = try reader.unsigned()
    stateRoot = try reader.digest()
    historyRoot = try reader.digest()
    nextValidators = reader.acceptNull() ? nil : try reader.digest()
  }
}

/// The name of a block: the hash of its header.
package struct BlockHash: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let digest: Digest

  package init(_ digest: Digest) { self.digest = digest }

  package var description: String { digest.description }

  package static func < (left: BlockHash, right: BlockHash) -> Bool { left.digest < right.digest }
}
