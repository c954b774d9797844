import Ledger

/// Somebody who answers a `NodeRequest`: a running node over its socket, or a data directory that
/// this process has opened. A protocol because the two truly differ.
package protocol NodeAccess: AnyObject {
  /// Asks and waits for the answer.
  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse
}

/// Why there is no answer. `NodeAnswer.failed` is an answer.
package enum NodeAccessError: Error, Hashable, Sendable {
  /// There is no socket, or nobody listens on it.
  case notRunning(String)
  /// The socket belongs to somebody else.
  case accessDenied(String)
  /// The path of the socket does not fit into a Unix address.
  case pathTooLong(String, limit: Int)
  /// The node takes no connection now; its own words.
  case refused(String)
  /// The node is in this network, another than was expected.
  case anotherNetwork(NetworkID)
  /// The node speaks another version of the protocol.
  case otherProtocol(UInt64)
  /// No answer came in time; whether a submission was recorded is not known.
  case timedOut
  /// The node went away; whether a submission was recorded is not known.
  case closed
  /// Bytes that are no answer.
  case protocolViolation(String)
  /// The request has so many bytes, more than a node takes.
  case requestTooLarge(Int)
  /// A system call failed.
  case system(String)
}

extension NodeAccessError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notRunning(let path): "no node listens on \(path)"
    case .accessDenied(let path): "access to \(path) was denied"
    case .pathTooLong(let path, let limit):
      "the path \(path) is longer than the \(limit) bytes that a Unix socket's path may have"
    case .refused(let reason): "the node refused the connection: \(reason)"
    case .anotherNetwork(let network): "the node belongs to the network \(network)"
    case .otherProtocol(let version):
      "the node speaks version \(version) of the node protocol, this program version "
        + "\(Greeting.version)"
    case .timedOut: "the node did not answer in time"
    case .closed: "the node closed the connection"
    case .protocolViolation(let reason): "the node's answer cannot be read: \(reason)"
    case .requestTooLarge(let count):
      "the request has \(count) bytes, more than the \(NodeLimits.requestByteLimit) that a node takes"
    case .system(let reason): reason
    }
  }
}
