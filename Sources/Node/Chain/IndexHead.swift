import CBOR
import Ledger
import Storage

/// The index's own copy of its last block's header, with the certificate that made it final.
///
/// The log has both, unless it is damaged: then the index says where the chain goes on, and the blocks
/// that the log lacks are fetched while the node follows. It changes with the state, or not at all.
struct IndexHead: Hashable {
  let header: BlockHeader
  let finalization: Certificate

  /// `[header, certificate]`.
  var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 1_024)
    encoder.array(2)
    header.encode(into: &encoder)
    finalization.encode(into: &encoder)
    return encoder.bytes
  }

  init(header: BlockHeader, finalization: Certificate) {
    self.header = header
    self.finalization = finalization
  }

  private init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 2)
    header = try BlockHeader(from: &reader)
    finalization = try Certificate(from: &reader)
    try reader.finish()
  }

  /// The head of an index at `position`; `nil` if it has none that can be used.
  static func read(
    from store: any StoreReader, at position: StatePosition
  ) throws(StorageError) -> IndexHead? {
    guard let bytes = try store.value(of: IndexSchema.head) else { return nil }
    let head: IndexHead
    do {
      head = try IndexHead(bytes)
    } catch {
      return nil
    }
    guard head.header.height == position.height, head.header.stateRoot == position.stateRoot,
      head.isFinal
    else { return nil }
    return head
  }

  private var isFinal: Bool {
    guard case .finalize(let block) = finalization.ballot.subject else { return false }
    return block.hash == header.hash
  }
}
