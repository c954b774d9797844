import Ledger

/// Why bytes are nothing that this protocol has.
package enum ProtocolError: Error, Hashable, Sendable {
  case frameTooLarge(Int)
  case malformed(LedgerError)
  /// The first frame is no greeting.
  case notAGreeting
  case otherVersion(UInt64)
}

extension ProtocolError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .frameTooLarge(let count): "a frame of \(count) bytes is beyond the limit"
    case .malformed(let error): "\(error)"
    case .notAGreeting: "the first frame is no greeting of the node protocol"
    case .otherVersion(let version): "protocol version \(version)"
    }
  }
}
