import CommandInterface
@preconcurrency import Glibc
import Ledger

/// TCP ports of 127.0.0.1 that nobody uses.
enum LoopbackPorts {
  /// `count` different addresses. They are free when this returns; nothing keeps them so, and whoever
  /// comes too late hears of it when the node does not start.
  static func free(_ count: Int) throws(Problem) -> [NodeAddress] {
    var sockets: [Int32] = []
    // All are held until the last is found, so that none is found twice.
    defer { for socket in sockets { close(socket) } }
    var addresses: [NodeAddress] = []
    for _ in 0..<count {
      let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard socket >= 0 else { throw failure() }
      sockets.append(socket)
      guard let port = bound(socket) else { throw failure() }
      do throws(RefusalCode) {
        addresses.append(try NodeAddress("127.0.0.1:\(port)"))
      } catch {
        preconditionFailure("a port of this machine makes an address")
      }
    }
    return addresses
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

  private static func failure() -> Problem {
    let reason = SystemError.text(errno)
    return .localNetwork(
      LocalizedText(
        english: "no free port of 127.0.0.1 was found: \(reason)",
        chinese: "找不到 127.0.0.1 的空闲端口：\(reason)"))
  }
}
