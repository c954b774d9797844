import CBOR
import CollateralContract
import Cryptography
import Ledger
import Storage

/// Recovery records, at most one a height: those that an operator had this node accept, or an auditor
/// the audit.
package struct RecoveryRecords: Sendable {
  package static let none = RecoveryRecords([])

  /// Ascending by height.
  package private(set) var all: [RecoveryRecord] = []

  package init(_ records: [RecoveryRecord]) {
    for record in records { insert(record) }
  }

  /// In the place of another of the same height.
  package mutating func insert(_ record: RecoveryRecord) {
    all.removeAll { $0.height == record.height }
    all.append(record)
    all.sort { $0.height < $1.height }
  }

  package subscript(height: Height) -> RecoveryRecord? { all.first { $0.height == height } }

  /// The record that closes the epoch behind a block.
  package func closing(_ block: BlockHash) -> RecoveryRecord? { all.first { $0.block == block } }

  /// The record that begins an epoch.
  package func beginning(_ epoch: Epoch) -> RecoveryRecord? { all.first { $0.epoch == epoch } }

  package func contains(_ hash: Digest) -> Bool { all.contains { $0.hash == hash } }

  /// The chain with what a record says of its end.
  func marking(_ chain: HeaderChain) -> HeaderChain {
    closing(chain.hash).map { chain.recovered(as: $0.epoch) } ?? chain
  }

  // MARK: Files

  /// Those of a data directory.
  ///
  /// - Throws: `.damaged` if one does not decode or is another network's.
  package static func load(
    from disk: any Disk, network: NetworkID
  ) throws(StorageError) -> RecoveryRecords {
    var records = RecoveryRecords.none
    for file in try RecoveryFiles.all(on: disk, byteLimit: RecoveryRecord.byteLimit) {
      do throws(LedgerError) {
        let record = try RecoveryRecord(file.bytes)
        guard record.network == network else { throw .malformed(.invalidValue(offset: 0)) }
        records.insert(record)
      } catch {
        throw .damaged(Damage(.order, in: file.path, at: 0..<UInt64(file.bytes.count)))
      }
    }
    return records
  }
}

extension Chain {
  /// The records that this node accepted.
  package var recoveries: RecoveryRecords { state.recoveries }

  /// The record that closed the epoch before the present one, if one did.
  package var presentRecovery: RecoveryRecord? { state.recoveries.beginning(head.nextEpoch) }

  /// Whether an accepted record names a block that the chain has not come to. Until then the node
  /// follows and casts no vote.
  var awaitsRecovery: Bool { state.recoveries.all.contains { $0.height > head.header.height } }

  /// What accepting a record comes to.
  package enum RecoveryAcceptance: Hashable, Sendable {
    /// It names the head and holds: the next block is of its epoch.
    case begun
    /// The chain has not come to its block; it is checked there.
    case awaited
    /// It was accepted before.
    case known
  }

  /// Accepts a record durably: the one act by which a node follows it. To be called on the chain of a
  /// stopped node that nothing else uses, which is opened anew afterwards.
  ///
  /// - Throws: `.recovery` if the record cannot be followed from this chain; nothing is written then.
  package func accept(
    _ record: RecoveryRecord, on disk: any Disk
  ) throws(ChainError) -> RecoveryAcceptance {
    func refuse(_ fault: RecoveryFault) -> ChainError { .recovery(record.height, fault) }
    guard record.network == network else { throw refuse(.network(record.network)) }
    if recoveries.contains(record.hash) { return .known }
    let height = head.header.height
    guard record.height >= height else {
      let isHere = try header(at: record.height).hash == record.block
      throw refuse(isHere ? .passed(record.height) : .block(height: record.height, record.block))
    }
    if let earlier = recoveries[record.height], earlier.epoch >= record.epoch {
      throw refuse(.epoch(least: earlier.epoch.next, found: record.epoch))
    }
    // The log must end with the block and its certificate: others are served from there.
    try writeLog()
    if record.height == height {
      let fault = try judged { () throws(StateFault) in
        try Recovery.fault(of: record, after: head, state: state)
      }
      if let fault { throw refuse(fault) }
    }
    try stored { () throws(StorageError) in
      try RecoveryFiles.keep(record.encoded, height: record.height.rawValue, on: disk)
    }
    return record.height == height ? .begun : .awaited
  }

  /// Why this node must not go on beside a network that a record restarted which it has not accepted;
  /// `nil` if the record proves no such thing.
  func contradiction(with record: RecoveryRecord) throws(ChainError) -> String? {
    guard record.network == network, record.epoch > head.nextEpoch,
      record.height <= head.header.height, !recoveries.contains(record.hash)
    else { return nil }
    let isAtItsBlock = record.block == head.hash
    let fault = try judged { () throws(StateFault) in
      isAtItsBlock
        ? try Recovery.fault(of: record, after: head, state: state)
        : record.signatureFault(try state.governance())
    }
    guard fault == nil else { return nil }
    let name = "the recovery record \(record.hash), which this node has not accepted"
    return isAtItsBlock
      ? "the governors restarted the network behind this block by \(name) (node recover)"
      : "the governors restarted the network behind block \(record.block) at height "
        + "\(record.height.rawValue) by \(name), and this chain goes on otherwise"
  }
}
