import CLinux
@preconcurrency import Glibc

/// Sockets of TCP that never block, and are closed for a program that is executed.
enum TCPSocket {
  /// Begins to connect: the socket can be written when it is decided, and `failure` says how.
  static func connect(to address: SocketAddress) throws(SystemError) -> Descriptor {
    let descriptor = try open(address.host.family)
    tune(descriptor.number)
    let result = address.withSocketAddress { Glibc.connect(descriptor.number, $0, $1) }
    guard result == 0 || errno == EINPROGRESS || errno == EINTR else { throw .last }
    return descriptor
  }

  /// Binds and listens.
  static func listen(on address: SocketAddress) throws(SystemError) -> Descriptor {
    let descriptor = try open(address.host.family)
    set(descriptor.number, Int32(SOL_SOCKET), SO_REUSEADDR, 1)
    // IPv4 has listeners of its own: no address is known by two names.
    if case .v6 = address.host {
      set(descriptor.number, Int32(IPPROTO_IPV6), Int32(IPV6_V6ONLY), 1)
    }
    guard address.withSocketAddress({ bind(descriptor.number, $0, $1) }) == 0,
      Glibc.listen(descriptor.number, 128) == 0
    else { throw .last }
    return descriptor
  }

  /// The next connection and where it comes from; `nil` if none waits. Throws what is not the
  /// connecting side's doing.
  static func accept(_ listener: Int32) throws(SystemError) -> (Int32, SocketAddress)? {
    while true {
      let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      let (number, address) = SocketAddress.filled { accept4(listener, $0, $1, flags) }
      if number >= 0 {
        guard let address else {
          _ = close(number)
          continue
        }
        tune(number)
        return (number, address)
      }
      switch errno {
      case EAGAIN: return nil
      // What a network or a firewall can do to a connection that waits (accept(2)).
      case EINTR, ECONNABORTED, EPERM, EPROTO, ENOPROTOOPT, ETIMEDOUT, ENETDOWN, ENETUNREACH,
        EHOSTDOWN, EHOSTUNREACH, ENONET:
        continue
      default: throw .last
      }
    }
  }

  /// The address that a socket was bound to.
  static func localAddress(_ number: Int32) -> SocketAddress? {
    SocketAddress.filled { getsockname(number, $0, $1) }.address
  }

  /// Why connecting failed; `nil` if it did not.
  static func failure(_ number: Int32) -> SystemError? {
    var code: Int32 = 0
    var byteCount = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(number, Int32(SOL_SOCKET), SO_ERROR, &code, &byteCount) == 0 else {
      return .last
    }
    return code == 0 ? nil : SystemError(code: code)
  }

  /// Whether the kernel has sockets of a family.
  static func supports(_ family: Int32) -> Bool {
    do throws(SystemError) {
      _ = try open(family)
      return true
    } catch {
      return error.code != EAFNOSUPPORT
    }
  }

  private static func open(_ family: Int32) throws(SystemError) -> Descriptor {
    let type =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let number = socket(family, type, 0)
    guard number >= 0 else { throw .last }
    return Descriptor(owning: number)
  }

  /// Frames leave at once; little of what cannot be sent yet lies in the kernel, where it could not
  /// be counted; and a machine that vanished is noticed in any case.
  private static func tune(_ number: Int32) {
    set(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    set(number, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, 64 * 1024)
    set(number, Int32(SOL_SOCKET), SO_KEEPALIVE, 1)
    set(number, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 10)
    set(number, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
    set(number, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
  }

  /// A socket works without any of these, only not as well.
  private static func set(_ number: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    _ = setsockopt(number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
