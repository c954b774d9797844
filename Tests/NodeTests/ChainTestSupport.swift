import CBOR
import Cryptography
import Glibc
import Ledger
import Storage
import TestSupport

@testable import Node

/// The fields of a header, to be set wrongly.
struct HeaderFields {
  var network: NetworkID
  var epoch: Epoch
  var view: View
  var parentView: View
  var height: Height
  var time: Timestamp
  var proposer: MemberID
  var parent: BlockHash
  var transactionsRoot: Digest
  var outcomesRoot: Digest
  var transactionCount: UInt64
  var operationCount: UInt64
  var stateRoot: Digest
  var historyRoot: Digest
  var nextValidators: Digest?

  init(_ header: BlockHeader) {
    network = header.network
    epoch = header.epoch
    view = header.view
    parentView = header.parentView
    height = header.height
    time = header.time
    proposer = header.proposer
    parent = header.parent
    transactionsRoot = header.transactionsRoot
    outcomesRoot = header.outcomesRoot
    transactionCount = header.transactionCount
    operationCount = header.operationCount
    stateRoot = header.stateRoot
    historyRoot = header.historyRoot
    nextValidators = header.nextValidators
  }

  var header: BlockHeader {
    BlockHeader(
      network: network, epoch: epoch, view: view, parentView: parentView, height: height,
      time: time, proposer: proposer, parent: parent, transactionsRoot: transactionsRoot,
      outcomesRoot: outcomesRoot, transactionCount: transactionCount,
      operationCount: operationCount, stateRoot: stateRoot, historyRoot: historyRoot,
      nextValidators: nextValidators)
  }
}

extension Block {
  /// The block with other fields in its header.
  func changing(_ change: (inout HeaderFields) -> Void) -> Block {
    var fields = HeaderFields(header)
    change(&fields)
    return Block(header: fields.header, transactions: transactions, outcomes: outcomes)
  }

  /// The block with another body, which its header covers.
  func replacing(transactions: [Transaction], outcomes: [Outcome]) -> Block {
    let block = changing {
      $0.transactionsRoot = Block.transactionsRoot(of: transactions)
      $0.outcomesRoot = Block.outcomesRoot(of: outcomes, transactions: transactions)
      $0.transactionCount = UInt64(transactions.count)
      $0.operationCount = Block.operationCount(of: transactions)
    }
    return Block(header: block.header, transactions: transactions, outcomes: outcomes)
  }
}

extension StoreReader {
  /// Every row, in order.
  func rows() throws -> [[[UInt8]]] {
    var rows: [[[UInt8]]] = []
    try scan(KeyRange(from: [1], upTo: nil), .ascending) { key, value in
      rows.append([Array(key), Array(value)])
      return .next
    }
    return rows
  }
}

/// A directory that goes with the value.
final class TemporaryDirectory {
  let path: String

  init() {
    var template = Array("/tmp/hypothec-chain-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { preconditionFailure("a temporary directory") }
    path = String(cString: made)
  }

  deinit {
    try? Index.destroy(path: path)
    rmdir(path)
  }
}
