/// Why a node cannot take part in its network at all.
package enum TransportError: Error, Hashable, Sendable {
  /// OpenSSL cannot be set up as the links need it; its reason.
  case tls(String)
  /// Nobody can connect to this address.
  case listen(SocketAddress, SystemError)
  case system(SystemError)
  case randomnessUnavailable
}

extension TransportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tls(let reason): "TLS 1.3 cannot be set up with this OpenSSL: \(reason)"
    case .listen(let address, let error): "cannot listen on \(address): \(error)"
    case .system(let error): "\(error)"
    case .randomnessUnavailable: "the operating system supplies no random bytes"
    }
  }
}
