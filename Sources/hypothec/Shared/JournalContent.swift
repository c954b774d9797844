import CommandInterface
import Consensus
import Ledger
import Node
import Storage

/// The blocks of a node's journal and the certificates that finalize some of them.
struct JournalContent {
  private var blocks: [BlockHash: (block: Block, encoded: [UInt8])] = [:]
  private var finalizations: [Certificate] = []

  init(_ disk: any Disk, _ network: NetworkID, _ place: NodeDirectory) throws(Problem) {
    for stored in try JournalContent.records(disk, network, place) {
      do throws(LedgerError) {
        take(try RecoveredRecord(stored), stored.bytes)
      } catch {
        throw .journalUnreadable("\(error)", place.path)
      }
    }
  }

  /// What the opening chain may need to bring log and index together.
  var blocksAndFinalizations: JournaledBlocks {
    JournaledBlocks(blocks: blocks.mapValues(\.encoded), finalizations: finalizations)
  }

  /// The height of the highest block that a certificate of the journal names as final; neither is
  /// verified here.
  var finalizedHeight: Height? {
    finalizations.compactMap { certificate in
      certificate.ballot.subject.block.flatMap { blocks[$0.hash]?.block.header.height }
    }.max()
  }

  /// Commits what the journal finalizes above the chain's head, as the node's recovery does: these
  /// blocks were acknowledged, so an answer without them would be wrong.
  ///
  /// - Throws: `.unknownBlock` if an ancestor of a finalized block is missing.
  func commit(on chain: Chain) throws(ChainError) {
    let validators = try chain.validators
    let keys = ValidatorKeys(validators)
    var newest: (header: BlockHeader, finalization: Certificate)?
    for certificate in finalizations {
      guard let reference = certificate.ballot.subject.block,
        let header = blocks[reference.hash]?.block.header,
        header.height > newest?.header.height ?? chain.head.header.height,
        certificate.isValid(network: chain.network, validators: validators, keys: keys)
      else { continue }
      newest = (header, certificate)
    }
    guard let newest else { return }
    let path = try path(to: newest.header, from: chain.head.hash)
    for entry in path { chain.store(entry.block, encoded: entry.encoded) }
    _ = try chain.commit(path.map(\.block.header.hash), finalization: newest.finalization)
  }

  /// The blocks from the one above `head` to `newest`.
  private func path(
    to newest: BlockHeader, from head: BlockHash
  ) throws(ChainError) -> [(block: Block, encoded: [UInt8])] {
    var path: [(block: Block, encoded: [UInt8])] = []
    var hash = newest.hash
    while hash != head {
      guard let entry = blocks[hash] else { throw .unknownBlock(hash) }
      path.append(entry)
      hash = entry.block.header.parent
    }
    return path.reversed()
  }

  private mutating func take(_ record: RecoveredRecord, _ bytes: [UInt8]) {
    if let block = record.block { blocks[block.header.hash] = (block, bytes) }
    guard case .certificate(let certificate) = record.record,
      certificate.ballot.subject.kind == .finalize
    else { return }
    finalizations.append(certificate)
  }

  private static func records(
    _ disk: any Disk, _ network: NetworkID, _ place: NodeDirectory
  ) throws(Problem) -> [Journal.Record] {
    do throws(StorageError) {
      var journal = try Journal.open(on: disk, network: network.digest)
      return journal.takeRecords()
    } catch .damaged(let damage) {
      throw .journalUnreadable("\(damage)", place.path)
    } catch {
      throw Problem(error, directory: place.path)
    }
  }
}
