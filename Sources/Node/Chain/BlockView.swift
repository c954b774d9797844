import Cryptography
import Ledger

/// An encoded final block of which a question needs one part: the others are passed over, not
/// decoded.
struct BlockView {
  let bytes: [UInt8]
  let header: BlockHeader

  /// - Parameter height: of the block, for the error.
  init(_ bytes: [UInt8], at height: Height) throws(ChainError) {
    self.bytes = bytes
    header = try BlockView.header(of: bytes, at: height)
  }

  /// The header alone.
  static func header(of bytes: [UInt8], at height: Height) throws(ChainError) -> BlockHeader {
    do {
      var reader = LedgerReader(bytes)
      try reader.array(count: 3)
      return try BlockHeader(from: &reader)
    } catch {
      throw .unreadableBlock(height, error)
    }
  }

  // MARK: One transaction

  /// The transaction that begins at `offset`.
  func transactionBytes(at offset: Int) throws(ChainError) -> [UInt8]? {
    guard bytes.indices.contains(offset) else { return nil }
    do {
      var reader = LedgerReader(bytes, range: offset..<bytes.count)
      return Array(bytes[try reader.skip()])
    } catch {
      throw .unreadableBlock(header.height, error)
    }
  }

  /// One operation of the transaction that begins at `offset`.
  func operation(_ index: Int, at offset: Int) throws(ChainError) -> OperationView? {
    guard bytes.indices.contains(offset) else { return nil }
    do {
      var reader = LedgerReader(bytes, range: offset..<bytes.count)
      return try OperationView(
        from: &reader, bytes: bytes, index: index, network: header.network)
    } catch {
      throw .unreadableBlock(header.height, error)
    }
  }
}

/// Where the transactions and outcomes of an encoded block lie: for questions about many of them.
struct BlockDirectory {
  let view: BlockView
  private let transactions: [Range<Int>]
  private let outcomes: [Range<Int>]

  /// O(bytes).
  init(_ view: BlockView) throws(ChainError) {
    self.view = view
    do {
      var reader = LedgerReader(view.bytes)
      try reader.array(count: 3)
      _ = try BlockHeader(from: &reader)
      transactions = try reader.ranges(limit: Block.transactionLimit)
      outcomes = try reader.ranges(limit: Block.transactionLimit)
      try reader.finish()
    } catch {
      throw .unreadableBlock(view.header.height, error)
    }
  }

  /// The signed payload of a transaction.
  func payload(_ index: Int) throws(ChainError) -> TransactionPayload? {
    guard transactions.indices.contains(index) else { return nil }
    do {
      var reader = LedgerReader(view.bytes, range: transactions[index])
      try reader.array(count: 3)
      return try TransactionPayload(try reader.signedPayload())
    } catch {
      throw .unreadableBlock(view.header.height, error)
    }
  }

  func outcome(_ index: Int) throws(ChainError) -> Outcome? {
    guard outcomes.indices.contains(index) else { return nil }
    do {
      var reader = LedgerReader(view.bytes, range: outcomes[index])
      return try Outcome(from: &reader)
    } catch {
      throw .unreadableBlock(view.header.height, error)
    }
  }
}

/// One operation of a transaction; the others were passed over.
struct OperationView {
  let transaction: TransactionID
  let payload: TransactionPayload
  let operation: Operation
  let hash: Digest

  fileprivate init?(
    from reader: inout LedgerReader, bytes: [UInt8], index: Int, network: NetworkID
  ) throws(LedgerError) {
    try reader.array(count: 3)
    let payloadBytes = try reader.signedPayload()
    transaction = TransactionID(network: network, payload: payloadBytes)
    payload = try TransactionPayload(payloadBytes)
    let salt = try reader.digest()
    guard try reader.array(limit: TransactionPayload.operationLimit) > index else { return nil }
    for _ in 0..<index { _ = try reader.skip() }
    (operation, hash) = try Operation.decode(
      from: &reader, bytes: bytes,
      salt: OperationHash.salt(transactionSalt: salt, index: index))
  }
}

extension LedgerReader {
  private static let signStructureByteLimit = 16 * 1_024

  /// The payload in the COSE_Sign that a transaction begins with.
  fileprivate mutating func signedPayload() throws(LedgerError) -> [UInt8] {
    let structure = try byteString(limit: LedgerReader.signStructureByteLimit)
    do {
      return try COSESign(decoding: structure, payloadLimit: TransactionPayload.byteLimit).payload
    } catch {
      throw .refused(.signatureInvalid)
    }
  }

  /// Where the items of an array lie.
  fileprivate mutating func ranges(limit: Int) throws(LedgerError) -> [Range<Int>] {
    let count = try array(limit: limit)
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(count)
    for _ in 0..<count { ranges.append(try skip()) }
    return ranges
  }
}

/// The blocks that were looked into last.
struct BlockViewCache {
  private static let capacity = 8

  /// The least recently used first.
  private var views: [BlockView] = []

  mutating func view(
    at height: Height, load: () throws(ChainError) -> [UInt8]
  ) throws(ChainError) -> BlockView {
    if let index = views.firstIndex(where: { $0.header.height == height }) {
      let view = views.remove(at: index)
      views.append(view)
      return view
    }
    let view = try BlockView(try load(), at: height)
    if views.count == BlockViewCache.capacity { views.removeFirst() }
    views.append(view)
    return view
  }
}
