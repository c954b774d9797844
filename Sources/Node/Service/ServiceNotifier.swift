import Consensus
@preconcurrency import Glibc
import Transport

/// What a service manager is told (sd_notify(3)): plain datagrams to the socket in `NOTIFY_SOCKET`.
package struct ServiceNotifier: Sendable {
  private let path: String?
  /// How often the service manager wants to hear from the node, in microseconds; half of its limit.
  let watchdogMicroseconds: UInt64?

  /// - Parameter environment: the process's variables.
  package init(environment: (String) -> String?) {
    path = environment("NOTIFY_SOCKET")
    watchdogMicroseconds = environment("WATCHDOG_USEC").flatMap { UInt64($0) }.map { $0 / 2 }
  }

  package enum Message: Hashable, Sendable {
    case ready
    case stopping
    case watchdog
    case status(String)

    var text: String {
      switch self {
      case .ready: "READY=1"
      case .stopping: "STOPPING=1"
      case .watchdog: "WATCHDOG=1"
      case .status(let text): "STATUS=" + LogText.oneLine(text)
      }
    }
  }

  /// Tells the service manager, if there is one. Nothing depends on whether it listens.
  package func tell(_ message: Message) {
    guard let path else { return }
    let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { return }
    let descriptor = Descriptor(owning: number)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    guard !name.isEmpty, name.count <= UnixSocketPath.byteLimit else { return }
    // `@` in front stands for Linux's abstract names, which begin with a zero byte.
    if name[0] == UInt8(ascii: "@") { name[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + name.count } ?? 0
    let text = Array(message.text.utf8)
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = sendto(
          descriptor.number, text, text.count, Int32(MSG_NOSIGNAL), address, socklen_t(length))
      }
    }
  }
}
