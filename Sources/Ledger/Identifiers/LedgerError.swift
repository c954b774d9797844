import CBOR

/// Why bytes are not what the ledger's formats allow: a rejection, never a bug.
package enum LedgerError: Error, Hashable, Sendable {
  /// Not deterministic CBOR, or not of the schema's shape; the offset lies in the reader's input.
  case malformed(CBORError)
  /// Well-formed, but a value that the ledger turns away.
  case refused(RefusalCode)
}

extension LedgerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let error): "malformed bytes: \(error)"
    case .refused(let code): "refused: \(code.name)"
    }
  }
}
