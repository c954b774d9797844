import CBOR
import Cryptography
import Ledger

/// What a client asks of a node, over the Unix socket in the data directory or of an opened data
/// directory itself (docs/formats/node-protocol.md).
package enum NodeRequest: Hashable, Sendable {
  case status
  /// The canonical network file.
  case networkFile
  /// State entries at the node's height, in the order of the question.
  case entries([StateID], ProofDemand)
  /// A vehicle's history from the entry with this number (0 is the first).
  case history(VehicleIdentificationNumber, from: UInt64)
  case search(VehicleSearch, limit: Int)
  case pledges(PledgeFilter, after: PledgeCursor?, limit: Int)
  case transaction(TransactionID)
  case transactions(TransactionFilter, before: TransactionPlace?, limit: Int)
  /// Blocks with their certificates, from a height on; waits up to `waitMilliseconds` for the first.
  case blocks(from: Height, waitMilliseconds: UInt64)
  /// What would become of these operations now, each judged after those before it.
  case check(signers: [MemberID], [Operation])
  /// Answered when the transaction is final and durable, or turned away at the door.
  case submit(transaction: [UInt8])
  /// Take no submissions from now on, so that the node can be stopped when what waits is final.
  /// Answered with the status.
  case drain

  package static let entryLimit = 1_000
  package static let listLimit = 1_000
}

/// Whether an entry comes with its proof in the state tree.
package enum ProofDemand: UInt64, Sendable {
  case none = 0
  case proof = 1
}

/// Which vehicles are looked for.
package enum VehicleSearch: Hashable, Sendable {
  /// VINs that begin with this text, ascending.
  case prefix(String)
  /// VINs whose last six characters look like those of this text (CONTRACT section 2).
  case similar(String)
}

/// Which pledges are listed.
package enum PledgeFilter: Hashable, Sendable {
  /// The live pledges of a pledgee, by VIN.
  case livePledges(of: MemberID)
  /// Every pledge that ever had this id, by VIN.
  case id(Identifier)
}

/// Where a list of pledges goes on.
package struct PledgeCursor: Hashable, Sendable {
  package let vin: VehicleIdentificationNumber

  package init(vin: VehicleIdentificationNumber) { self.vin = vin }
}

/// Which transactions are listed, the newest first.
package struct TransactionFilter: Hashable, Sendable {
  /// Of all submitters when `nil`.
  package var submitter: MemberID?
  package var outcome: OutcomeFilter

  package init(submitter: MemberID?, outcome: OutcomeFilter) {
    self.submitter = submitter
    self.outcome = outcome
  }
}

package enum OutcomeFilter: UInt64, Sendable {
  case any = 0
  case refusedOnly = 1
}
