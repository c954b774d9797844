@preconcurrency import Glibc
import Ledger

/// An address of the internet with a port: `192.0.2.1:7001` or `[2001:db8::1]:7001`.
package struct SocketAddress: Hashable, Sendable {
  package enum Host: Hashable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)
  }

  package let host: Host
  /// 0 stands for any free one, where something is to listen.
  package let port: UInt16

  package init(host: Host, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// `nil` if the text is no literal address with a port; host names are none.
  package init?(_ text: String) {
    guard let (host, port) = SocketAddress.parts(of: text),
      let literal = Host(literal: host)
    else { return nil }
    self.init(host: literal, port: port)
  }

  /// Host and port of `host:port`; the brackets of an IPv6 address stay.
  package static func parts(of text: String) -> (host: String, port: UInt16)? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let port = UInt16(digits)
    else { return nil }
    return (String(text[..<colon]), port)
  }

  /// As others dial it; `nil` while the port is 0.
  package var nodeAddress: NodeAddress? { try? NodeAddress(description) }
}

extension SocketAddress: CustomStringConvertible {
  package var description: String {
    switch host {
    case .v4: "\(host):\(port)"
    case .v6: "[\(host)]:\(port)"
    }
  }
}

extension SocketAddress.Host: CustomStringConvertible {
  /// `nil` if the text is neither an IPv4 address nor an IPv6 address in brackets.
  init?(literal text: String) {
    if text.hasPrefix("["), text.hasSuffix("]") {
      var address = in6_addr()
      guard inet_pton(AF_INET6, String(text.dropFirst().dropLast()), &address) == 1 else {
        return nil
      }
      self.init(address)
    } else {
      var address = in_addr()
      guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
      self = .v4(UInt32(bigEndian: address.s_addr))
    }
  }

  fileprivate init(_ address: in6_addr) {
    self = withUnsafeBytes(of: address) { bytes in
      .v6(
        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  fileprivate static func in6Address(high: UInt64, low: UInt64) -> in6_addr {
    var address = in6_addr()
    withUnsafeMutableBytes(of: &address) { bytes in
      bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return address
  }

  /// What one party can be expected to have for itself: an IPv4 address, or the network of an IPv6
  /// address.
  var source: SocketAddress.Host {
    switch self {
    case .v4: self
    case .v6(let high, _): .v6(high: high, low: 0)
    }
  }

  /// All addresses of the machine that are of the same family.
  package var unspecified: SocketAddress.Host {
    switch self {
    case .v4: .unspecifiedV4
    case .v6: .unspecifiedV6
    }
  }

  package static let unspecifiedV4 = SocketAddress.Host.v4(0)
  package static let unspecifiedV6 = SocketAddress.Host.v6(high: 0, low: 0)

  /// Whether this machine knows addresses of the same kind; it may have none.
  package var isSupported: Bool { TCPSocket.supports(family) }

  var family: Int32 {
    switch self {
    case .v4: AF_INET
    case .v6: AF_INET6
    }
  }

  package var description: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch self {
    case .v4(let value):
      var address = in_addr(s_addr: value.bigEndian)
      inet_ntop(AF_INET, &address, &buffer, socklen_t(buffer.count))
    case .v6(let high, let low):
      var address = SocketAddress.Host.in6Address(high: high, low: low)
      inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count))
    }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// As the kernel has it.
extension SocketAddress {
  /// `nil` for another family.
  init?(_ address: UnsafePointer<sockaddr>, byteCount: Int) {
    switch Int32(address.pointee.sa_family) {
    case AF_INET where byteCount >= MemoryLayout<sockaddr_in>.size:
      // Safety: the family says what lies there, and the byte count that it does.
      let known = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
      self.init(
        host: .v4(UInt32(bigEndian: known.sin_addr.s_addr)),
        port: UInt16(bigEndian: known.sin_port))
    case AF_INET6 where byteCount >= MemoryLayout<sockaddr_in6>.size:
      // Safety: as above.
      let known = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
      self.init(host: Host(known.sin6_addr), port: UInt16(bigEndian: known.sin6_port))
    default: return nil
    }
  }

  /// What `fill` writes: `accept`, `getsockname` and the like.
  static func filled(
    _ fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> (result: Int32, address: SocketAddress?) {
    var storage = sockaddr_storage()
    var byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        let result = fill(pointer, &byteCount)
        guard result >= 0 else { return (result, nil) }
        return (result, SocketAddress(pointer, byteCount: Int(byteCount)))
      }
    }
  }

  func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    switch host {
    case .v4(let value):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr = in_addr(s_addr: value.bigEndian)
      return SocketAddress.rebound(address, body)
    case .v6(let high, let low):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = Host.in6Address(high: high, low: low)
      return SocketAddress.rebound(address, body)
    }
  }

  private static func rebound<Address, Result>(
    _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
