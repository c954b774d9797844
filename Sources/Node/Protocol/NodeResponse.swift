import CBOR
import Cryptography
import Ledger
import Merkle

/// What a node answers, and as of which block.
package struct NodeResponse: Sendable {
  /// The node's newest final block when it answered.
  package let head: ChainHead
  package let answer: NodeAnswer

  package init(head: ChainHead, answer: NodeAnswer) {
    self.head = head
    self.answer = answer
  }
}

package enum NodeAnswer: Sendable {
  case status(NodeStatus)
  case networkFile([UInt8])
  case entries([EntryAnswer])
  case history([HistoryItem])
  case vehicles([VehicleIdentificationNumber])
  case pledges([PledgeItem])
  case transaction(TransactionAnswer)
  case transactions([TransactionItem])
  case blocks([BlockItem])
  /// One for each operation that was asked about; `nil` where it would be accepted.
  case check([Refusal?])
  case submitted(SubmissionResult)
  /// The node cannot answer.
  case failed(NodeFailure)
}

/// The newest final block.
package struct ChainHead: Hashable, Sendable {
  package let network: NetworkID
  package let height: Height
  package let block: BlockHash
  package let time: Timestamp
  package let stateRoot: Digest

  package init(
    network: NetworkID, height: Height, block: BlockHash, time: Timestamp, stateRoot: Digest
  ) {
    self.network = network
    self.height = height
    self.block = block
    self.time = time
    self.stateRoot = stateRoot
  }
}

/// How a node is.
package struct NodeStatus: Hashable, Sendable {
  package var networkName: NetworkName
  /// `nil` when a data directory is read without a running node.
  package var running: RunningStatus?
  package var epoch: Epoch
  package var validatorCount: Int
  package var quorum: Int
  package var vehicleCount: UInt64
  package var transactionCount: UInt64
  package var operationCount: UInt64

  package init(
    networkName: NetworkName, running: RunningStatus?, epoch: Epoch, validatorCount: Int,
    quorum: Int, vehicleCount: UInt64, transactionCount: UInt64, operationCount: UInt64
  ) {
    self.networkName = networkName
    self.running = running
    self.epoch = epoch
    self.validatorCount = validatorCount
    self.quorum = quorum
    self.vehicleCount = vehicleCount
    self.transactionCount = transactionCount
    self.operationCount = operationCount
  }
}

package struct RunningStatus: Hashable, Sendable {
  package var member: MemberID
  package var role: NodeRole
  package var view: View
  package var uptimeMilliseconds: UInt64
  package var waitingTransactions: Int
  /// What the node waits for, when it does not go on; empty when all is well.
  package var waitsFor: String
  /// Why few failures may part the validators, as they are linked; empty when all is well.
  package var weakness: String
  /// By member.
  package var peers: [PeerSummary]

  package init(
    member: MemberID, role: NodeRole, view: View, uptimeMilliseconds: UInt64,
    waitingTransactions: Int, waitsFor: String, weakness: String = "", peers: [PeerSummary]
  ) {
    self.member = member
    self.role = role
    self.view = view
    self.uptimeMilliseconds = uptimeMilliseconds
    self.waitingTransactions = waitingTransactions
    self.waitsFor = waitsFor
    self.weakness = weakness
    self.peers = peers
  }
}

/// A peer as a node sees it.
package struct PeerSummary: Hashable, Sendable {
  package var member: MemberID
  package var address: String
  package var reach: Reach

  package enum Reach: Hashable, Sendable {
    case linked(LinkSummary)
    /// It could not be reached, and why.
    case unreachable(String)
  }

  package init(member: MemberID, address: String, reach: Reach) {
    self.member = member
    self.address = address
    self.reach = reach
  }
}

package struct LinkSummary: Hashable, Sendable {
  package var sinceMilliseconds: UInt64
  package var roundTripMicroseconds: UInt64?
  /// What the peer said last, `nil` before it has said anything.
  package var said: Said?

  package struct Said: Hashable, Sendable {
    package var role: NodeRole
    package var height: Height
    package var view: View
    /// How far its clock is ahead of this node's, in milliseconds, the round trip's half allowed for.
    package var clockMilliseconds: Int64

    package init(role: NodeRole, height: Height, view: View, clockMilliseconds: Int64) {
      self.role = role
      self.height = height
      self.view = view
      self.clockMilliseconds = clockMilliseconds
    }
  }

  package init(sinceMilliseconds: UInt64, roundTripMicroseconds: UInt64?, said: Said?) {
    self.sinceMilliseconds = sinceMilliseconds
    self.roundTripMicroseconds = roundTripMicroseconds
    self.said = said
  }
}

package enum NodeRole: UInt64, Sendable {
  case validator = 1
  /// A validator that may not vote in this epoch, because its own votes may be lost.
  case observer = 2
  case follower = 3
}

package struct EntryAnswer: Sendable {
  package let entry: StateEntry?
  /// Of inclusion or of absence in the head's state root; `nil` unless it was asked for.
  package let proof: StateProof?

  package init(entry: StateEntry?, proof: StateProof?) {
    self.entry = entry
    self.proof = proof
  }
}

/// One entry of a vehicle's history with the operation that made it.
package struct HistoryItem: Sendable {
  package let number: UInt64
  package let entry: HistoryEntry
  package let time: Timestamp
  package let signers: [MemberID]
  package let operation: Operation

  package init(
    number: UInt64, entry: HistoryEntry, time: Timestamp, signers: [MemberID], operation: Operation
  ) {
    self.number = number
    self.entry = entry
    self.time = time
    self.signers = signers
    self.operation = operation
  }
}

package struct PledgeItem: Hashable, Sendable {
  package let id: Identifier
  package let vin: VehicleIdentificationNumber

  package init(id: Identifier, vin: VehicleIdentificationNumber) {
    self.id = id
    self.vin = vin
  }
}

package enum TransactionAnswer: Sendable {
  case unknown
  /// Received and not yet in a block.
  case waiting
  case final(FinalTransaction)
}

/// A transaction with its place and what became of it.
package struct FinalTransaction: Sendable {
  package let place: TransactionPlace
  package let time: Timestamp
  package let block: BlockHash
  package let outcome: Outcome
  package let bytes: [UInt8]

  package init(
    place: TransactionPlace, time: Timestamp, block: BlockHash, outcome: Outcome, bytes: [UInt8]
  ) {
    self.place = place
    self.time = time
    self.block = block
    self.outcome = outcome
    self.bytes = bytes
  }
}

package struct TransactionItem: Hashable, Sendable {
  package let id: TransactionID
  package let place: TransactionPlace
  package let time: Timestamp
  package let submitter: MemberID
  package let reference: Identifier
  package let operationCount: Int
  package let outcome: Outcome

  package init(
    id: TransactionID, place: TransactionPlace, time: Timestamp, submitter: MemberID,
    reference: Identifier, operationCount: Int, outcome: Outcome
  ) {
    self.id = id
    self.place = place
    self.time = time
    self.submitter = submitter
    self.reference = reference
    self.operationCount = operationCount
    self.outcome = outcome
  }
}

/// A block and its finalization certificate, both encoded.
package struct BlockItem: Hashable, Sendable {
  package let block: [UInt8]
  package let certificate: [UInt8]

  package init(block: [UInt8], certificate: [UInt8]) {
    self.block = block
    self.certificate = certificate
  }
}

/// What became of a submission.
package enum SubmissionResult: Hashable, Sendable {
  /// In a final block that is on disk: accepted, or refused on the record. The same for a
  /// transaction that had been submitted before.
  case final(TransactionID, TransactionPlace, Timestamp, Outcome)
  /// Turned away at the door: nothing was recorded.
  case turnedAway(RefusalCode)
  /// Not decodable, or against a rule of form.
  case malformed(String)
}

/// Why a node cannot answer.
package enum NodeFailure: Hashable, Sendable {
  /// The question itself is beyond a limit or not understood.
  case badRequest(String)
  /// The node is stopping or cannot read its data.
  case unavailable(String)
  /// The range is damaged on this node's disk.
  case damaged(String)
}
