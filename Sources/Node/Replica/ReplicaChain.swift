import Consensus
import Ledger
import Storage

/// What a replica needs of the ledger's data: execution, state and answers. The loop thread's.
package protocol ReplicaChain: AnyObject {
  /// The newest block that `commit` took.
  var head: ChainHead { get }

  // MARK: At the door

  func member(_ id: MemberID) throws(ReplicaFault) -> MemberState?
  /// The transaction that has used a reference which has not expired.
  func holder(of reference: Identifier, by submitter: MemberID) throws(ReplicaFault)
    -> TransactionID?
  /// A transaction of a final block, with what became of it.
  func receipt(_ id: TransactionID) throws(ReplicaFault) -> Receipt?

  // MARK: Blocks that are not final yet

  /// Executes `transactions` on the parent, which is the head or a block made or judged before, and
  /// keeps the block. What cannot be in a block is left out.
  func build(
    _ request: ProposalRequest, proposer: MemberID, at time: Timestamp,
    _ transactions: [Transaction]
  ) throws(ReplicaFault) -> BuiltBlock
  /// Takes a whole block that came from elsewhere.
  func store(_ block: Block) throws(ReplicaFault)
  /// Executes a stored block on its parent and compares.
  func validate(_ header: BlockHeader) throws(ReplicaFault) -> Verdict
  /// The whole block, for the journal.
  func encodedBlock(_ hash: BlockHash) -> [UInt8]?

  // MARK: Final blocks

  /// Makes blocks final that the journal has durably. Writes nothing that it would have to sync.
  func commit(_ commit: Commit) throws(ReplicaFault) -> [CommittedBlock]
  /// The validators after a commit that closed an epoch.
  func validators() throws(ReplicaFault) -> ValidatorSet
  /// How many bytes of final blocks the block log lacks.
  var unloggedByteCount: UInt64 { get }
  /// Brings the block log up to the head, durably.
  func writeLog() throws(StorageError)

  // MARK: Questions

  /// Answers everything but `submit`; `blocks` at once, whether there are any or not.
  func answer(_ request: NodeRequest, running: RunningStatus) -> NodeResponse
}

/// A block that was built.
package struct BuiltBlock: Sendable {
  package let header: BlockHeader
  /// In the order of the block.
  package let included: [TransactionID]
  /// What cannot be in this block, and why.
  package let leftOut: [(transaction: TransactionID, code: RefusalCode)]

  package init(
    header: BlockHeader, included: [TransactionID],
    leftOut: [(transaction: TransactionID, code: RefusalCode)]
  ) {
    self.header = header
    self.included = included
    self.leftOut = leftOut
  }
}

/// Where a final transaction is and what became of it.
package struct Receipt: Hashable, Sendable {
  package let transaction: TransactionID
  package let place: TransactionPlace
  package let time: Timestamp
  package let outcome: Outcome

  package init(
    transaction: TransactionID, place: TransactionPlace, time: Timestamp, outcome: Outcome
  ) {
    self.transaction = transaction
    self.place = place
    self.time = time
    self.outcome = outcome
  }

  package var result: SubmissionResult { .final(transaction, place, time, outcome) }
}

/// A block that became final, with its transactions in order.
package struct CommittedBlock: Sendable {
  package let header: BlockHeader
  package let receipts: [Receipt]

  package init(header: BlockHeader, receipts: [Receipt]) {
    self.header = header
    self.receipts = receipts
  }
}

/// Why a node cannot go on: it stops, and says so.
package enum ReplicaFault: Error, Hashable, Sendable {
  /// The disk failed, and what it holds is unknown until recovery has read it.
  case storage(StorageError)
  /// The state cannot be read, or is not what it must be.
  case state(StateFault)
  /// OpenSSL could not sign.
  case signing(String)
  /// Bytes that this node wrote are not what it can read.
  case unreadable(String)
}

extension ReplicaFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .storage(let error): "\(error)"
    case .state(let fault): fault.reason
    case .signing(let reason): "the consensus key could not sign: \(reason)"
    case .unreadable(let reason): reason
    }
  }
}
