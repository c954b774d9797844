import CBOR
import CommandInterface
import Cryptography
import Ledger

/// The memory of an import, in a file `NAME.import-state` beside the report: what makes an import
/// that was stopped at any moment go on without doing anything twice or leaving anything out.
///
/// **Format.** Records, one after the other: byte count (4 bytes, big-endian), the first 8 bytes of
/// the SHA-256 of the content, the content in deterministic CBOR. The first record says what is
/// imported: digests of the file and the map, and the network. Then `plan` and `settled` records.
///
/// **Durability invariant.** A transaction is sent only when the `plan` record that holds its signed
/// bytes is on the disk. A plan covers a range of rows as a whole: what was rejected, what the
/// ledger had already, and the transactions for the rest are one record, so a crash leaves all of a
/// range or nothing of it. `settled` records are not synced: a lost one is found again by asking.
///
/// **Recovery.** The state ends at the first record that does not match its check sum; what follows is
/// cut off, as if the state had been deleted from there on (see below). Rows up to the last planned
/// one are not planned again. A transaction that is planned and not settled is
/// looked up by its id, and sent again, the same bytes, if no block has it: salts and validity times
/// are new in every run, the stored bytes are not.
///
/// - *Expired before it was sent, or while it was on its way*: the node turns it away, and it is
///   looked up once more. If no block has it, its rows are checked against the ledger anew and what
///   passes is signed anew, in a plan that `replaces` the old one.
/// - *Another file, another map, another network*: refused, because the rows that are planned are
///   not those of this file. The old import is finished with the old file, or the state is deleted.
///   A state whose import is complete is replaced.
/// - *The state was deleted*: nothing is done twice either. Every row is compared with the ledger
///   before it is planned, references are made of the file's digest and the batch's content, and the
///   contract admits a vehicle, a valuation id and a pledge id once only.
struct ImportStateHeader: Hashable, Sendable {
  static let format = "hypothec/import-state/1"

  let file: Digest
  let map: Digest
  let network: NetworkID
}

/// One thing that the state remembers.
enum ImportStateRecord: Hashable, Sendable {
  case header(ImportStateHeader)
  case plan(ImportPlan)
  case settled(attempt: UInt64, Settlement)
  /// The file was read to its end, and nothing is under way.
  case complete
}

/// What is to become of a range of rows.
struct ImportPlan: Hashable, Sendable {
  /// The attempt whose rows these are, when it failed; a plan of new rows if `nil`.
  var replaces: UInt64?
  /// All rows in this range are dealt with by this plan.
  var rows: ClosedRange<Int>
  /// How many operations the ledger, or an earlier row, had already.
  var alreadyThereCount: Int
  var rejections: [StoredRejection]
  var attempts: [StoredAttempt]
}

/// A row that the ledger's state refuses.
struct StoredRejection: Hashable, Sendable {
  let row: Int
  let finding: RowFinding
}

/// A signed transaction for some rows.
struct StoredAttempt: Hashable, Sendable {
  /// Counted through the whole import.
  let number: UInt64
  /// How many attempts for the same rows there were before.
  let generation: UInt64
  /// The rows, ascending, with how many of the transaction's operations each has.
  let rows: [Share]
  let transaction: [UInt8]

  struct Share: Hashable, Sendable {
    let row: Int
    let operationCount: Int
  }
}

/// What became of an attempt that needs no other.
struct Settlement: Hashable, Sendable {
  let height: Height
  let counts: OperationCounts
}

/// Accepted operations by kind.
struct OperationCounts: Hashable, Sendable {
  var registrations = 0
  var valuations = 0
  var pledges = 0

  mutating func add(_ operation: Operation) {
    switch operation.body {
    case .registerVehicle: registrations += 1
    case .recordValuation: valuations += 1
    case .createPledge: pledges += 1
    case .releasePledge, .releasePledgeByOrder, .registerModel, .governance: break
    }
  }

  static func += (left: inout OperationCounts, right: OperationCounts) {
    left.registrations += right.registrations
    left.valuations += right.valuations
    left.pledges += right.pledges
  }
}
