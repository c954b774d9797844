import Ledger
import Storage

/// Why a node cannot go on: it stops, and says so.
package enum ReplicaFault: Error, Hashable, Sendable {
  /// The ledger's data cannot be read or written, or are not what they must be.
  case chain(ChainError)
  /// The journal failed, and what it holds is unknown until recovery has read it.
  case journal(StorageError)
  /// OpenSSL could not sign.
  case signing(String)
  /// A record of the journal, though whole, is none that this version writes.
  case unreadableJournal(LedgerError)

  /// Whether a disk is to blame.
  var isOfStorage: Bool {
    switch self {
    case .chain(.storage), .journal: true
    case .chain, .signing, .unreadableJournal: false
    }
  }
}

extension ReplicaFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .chain(let error): "\(error)"
    case .journal(let error): "the journal: \(error)"
    case .signing(let reason): "the consensus key could not sign: \(reason)"
    case .unreadableJournal(let error): "a record of the journal cannot be read: \(error)"
    }
  }
}

/// Runs `body`, whose chain errors become faults.
func faulting<Value>(
  _ body: () throws(ChainError) -> Value
) throws(ReplicaFault) -> Value {
  do { return try body() } catch { throw .chain(error) }
}
