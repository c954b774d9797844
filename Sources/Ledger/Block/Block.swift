import CBOR
import Cryptography
import Merkle

/// A header, the transactions it commits to, and what became of each.
package struct Block: Sendable {
  package static let transactionLimit = 1_024
  package static let signatureLimit = 1_024
  /// The transactions' bytes together.
  package static let bodyByteLimit = 2 * 1024 * 1024
  package static let byteLimit =
    bodyByteLimit + transactionLimit * 128 + BlockHeader.byteLimit

  package let header: BlockHeader
  package let transactions: [Transaction]
  /// One for each transaction, in order.
  package let outcomes: [Outcome]

  /// - Precondition: as many outcomes as transactions.
  package init(header: BlockHeader, transactions: [Transaction], outcomes: [Outcome]) {
    precondition(transactions.count == outcomes.count, "every transaction has its outcome")
    self.header = header
    self.transactions = transactions
    self.outcomes = outcomes
  }

  /// The transactions' bytes together, at most `bodyByteLimit` in a valid block.
  package var bodyByteCount: Int { transactions.reduce(0) { $0 + $1.bytes.count } }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: bodyByteCount + transactions.count * 64 + 512)
    encoder.array(3)
    header.encode(into: &encoder)
    encoder.array(transactions.count)
    for transaction in transactions { encoder.encoded(transaction.bytes) }
    encoder.array(outcomes.count)
    for outcome in outcomes { outcome.encode(into: &encoder) }
    return encoder.bytes
  }

  /// Reads a block and checks that its header covers exactly this body: counts and roots.
  ///
  /// Signatures, the contract's rules and the state root need the state before the block.
  package init(_ bytes: [UInt8]) throws(LedgerError) {
    guard bytes.count <= Block.byteLimit else {
      throw .malformed(.limitExceeded(offset: 0))
    }
    var reader = LedgerReader(bytes)
    try reader.array(count: 3)
    header = try BlockHeader(from: &reader)
    let network = header.network
    transactions = try reader.list(0...Block.transactionLimit) {
      reader throws(LedgerError) in
      try Transaction(Array(bytes[try reader.skip()]), network: network)
    }
    let outcomesStart = reader.offset
    outcomes = try reader.list(0...Block.transactionLimit) {
      reader throws(LedgerError) in try Outcome(from: &reader)
    }
    guard outcomes.count == transactions.count else {
      throw .malformed(.invalidValue(offset: outcomesStart))
    }
    try reader.finish()
    guard coversBody else { throw .malformed(.invalidValue(offset: 0)) }
  }

  /// Whether the header's counts and roots are those of the body.
  package var coversBody: Bool {
    header.transactionCount == UInt64(transactions.count)
      && header.operationCount == Block.operationCount(of: transactions)
      && header.transactionsRoot == Block.transactionsRoot(of: transactions)
      && header.outcomesRoot == Block.outcomesRoot(of: outcomes, transactions: transactions)
  }

  package static func operationCount(of transactions: [Transaction]) -> UInt64 {
    transactions.reduce(0) { $0 + UInt64($1.operations.count) }
  }

  package static func transactionsRoot(of transactions: [Transaction]) -> Digest {
    MerkleTree.root(ofLeaves: transactions.map(\.leaf))
  }

  package static func outcomesRoot(of outcomes: [Outcome], transactions: [Transaction]) -> Digest {
    MerkleTree.root(ofLeaves: zip(outcomes, transactions).map { $0.leaf(of: $1.id) })
  }
}
