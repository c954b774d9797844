@preconcurrency import Glibc

/// TCP ports of 127.0.0.1 that nobody uses.
package enum LoopbackPorts {
  /// `count` different ports. They are free when this returns; nothing keeps them so, and whoever
  /// comes too late hears of it when the program that was to have one does not start.
  package static func free(_ count: Int) throws(LocalProcessError) -> [UInt16] {
    var sockets: [Int32] = []
    // All are held until the last is found, so that none is found twice.
    defer { for socket in sockets { close(socket) } }
    var ports: [UInt16] = []
    for _ in 0..<count {
      let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard socket >= 0 else { throw .noFreePort(errno) }
      sockets.append(socket)
      guard let port = bound(socket) else { throw .noFreePort(errno) }
      ports.append(port)
    }
    return ports
  }

  private static func bound(_ socket: Int32) -> UInt16? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
        bind(socket, general, length) == 0 ? getsockname(socket, general, &length) : -1
      }
    }
    return code == 0 ? UInt16(bigEndian: address.sin_port) : nil
  }
}
