import Cryptography
import Ledger
import Merkle
import Storage

extension Chain {
  /// The header of a final block, by height 0 the genesis block's.
  ///
  /// - Precondition: not above the head.
  package func header(at height: Height) throws(ChainError) -> BlockHeader {
    if height == .genesis { return genesis.header }
    if height == head.header.height { return head.header }
    return try BlockView.header(of: try encodedBlock(at: height), at: height)
  }

  /// The hash of a final block.
  ///
  /// - Precondition: not above the head.
  package func hash(at height: Height) throws(ChainError) -> BlockHash {
    guard let hash = IndexSchema.blockHash(ofValue: try blockRow(at: height)) else {
      throw .storage(.indexUnusable("the row of block \(height.rawValue) is too short"))
    }
    return hash
  }

  func blockRow(at height: Height) throws(ChainError) -> [UInt8] {
    precondition(height <= head.header.height, "only what is final has a place in the chain")
    let row = try stored { () throws(StorageError) in
      try state.store.value(of: IndexSchema.block(height))
    }
    guard let row else {
      throw .storage(.indexUnusable("the row of block \(height.rawValue) is missing"))
    }
    return row
  }

  /// The bytes of a final block above the genesis block.
  ///
  /// - Precondition: not above the head.
  package func encodedBlock(at height: Height) throws(ChainError) -> [UInt8] {
    precondition(
      height > .genesis && height <= head.header.height, "final blocks can be read, but genesis")
    if let block = unloggedBlocks[height] {
      return block.encoded
    }
    guard let bytes = try log.block(at: height) else {
      throw .storage(.missingSegment(firstHeight: height))
    }
    return bytes
  }

  /// The validators of an epoch up to that of the next block; `nil` of a later one.
  package func validators(of epoch: Epoch) throws(ChainError) -> ValidatorSet? {
    if let record = recoveries.beginning(epoch), record.height <= head.header.height {
      return record.validators
    }
    let row = try stored { () throws(StorageError) in
      try state.store.value(of: IndexSchema.validators(epoch))
    }
    guard let row else { return nil }
    do {
      var reader = LedgerReader(row)
      return try ValidatorSet(from: &reader)
    } catch {
      throw IndexSchema.defect(error)
    }
  }

  /// The finalization of the lowest height from `height` on that has one of its own; it proves the
  /// block at `height` too. `nil` for the genesis block, which needs none.
  package func certificate(
    covering height: Height
  ) throws(ChainError) -> (height: Height, certificate: Certificate)? {
    guard height > .genesis else { return nil }
    guard let found = try encodedCertificate(covering: height) else { return nil }
    return (found.height, try ChainLog.decoded(found))
  }

  func encodedCertificate(
    covering height: Height
  ) throws(ChainError) -> (height: Height, bytes: [UInt8])? {
    if let first = unloggedBlocks.first?.height, height >= first {
      var next = height
      while let block = unloggedBlocks[next] {
        if let certificate = block.certificate { return (next, certificate) }
        next = next.next
      }
      return nil
    }
    return try log.certificate(covering: height)
  }

  func view(at height: Height) throws(ChainError) -> BlockView {
    try blockCache.view(at: height) { () throws(ChainError) in try encodedBlock(at: height) }
  }

  // MARK: What the door asks

  /// A member's state after the head.
  package func member(_ id: MemberID) throws(ChainError) -> MemberState? {
    try judged { () throws(StateFault) in try state.member(id) }
  }

  /// The keys with which a member may sign after the head; `nil` if it is no member.
  package func signingKeys(
    of member: MemberID, for authority: Authority
  ) throws(ChainError) -> [PublicKey]? {
    try judged { () throws(StateFault) in try state.signingKeys(of: member, for: authority) }
  }

  /// What a submitter used a reference for, if that is in force after the head.
  package func reference(
    _ reference: Identifier, of submitter: MemberID
  ) throws(ChainError) -> ReferenceState? {
    let id = StateID.reference(submitter: submitter, reference)
    guard
      case .reference(let state)? = try judged({ () throws(StateFault) in
        try state.entry(id)
      })
    else { return nil }
    return state
  }

  /// Where a transaction is and what became of it.
  package func transaction(_ id: TransactionID) throws(ChainError) -> FinalTransaction? {
    let row = try stored { () throws(StorageError) in
      try state.store.value(of: IndexSchema.transaction(id))
    }
    guard let row else { return nil }
    let value = try PlaceValue(row)
    let view = try view(at: value.place.height)
    guard let bytes = try view.transactionBytes(at: value.offset) else {
      throw .storage(.indexUnusable("transaction \(id) is not where the index says"))
    }
    return FinalTransaction(
      place: value.place, time: view.header.time, block: try hash(at: value.place.height),
      outcome: value.outcome, bytes: bytes)
  }
}

extension IndexSchema {
  /// A value of the index that does not decode.
  static func defect(_ error: LedgerError) -> ChainError {
    .storage(.indexUnusable("a row does not decode: \(error)"))
  }
}
