@preconcurrency import Glibc
import Transport

/// Where a node listens for the command line.
package struct UnixSocketPath: Hashable, Sendable, CustomStringConvertible {
  /// `sun_path` holds 108 bytes, the last of which is zero.
  package static let byteLimit = 107
  package static let name = "node.socket"

  package let text: String

  /// - Throws: `pathTooLong` if it does not fit into a Unix address.
  package init(dataDirectory: String) throws(UnixSocketError) {
    text = NodeClient.socketPath(dataDirectory: dataDirectory)
    guard text.utf8.count <= UnixSocketPath.byteLimit else { throw .pathTooLong(text) }
  }

  package var description: String { text }

  fileprivate func withAddress<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { buffer in
      buffer.copyBytes(from: text.utf8)
    }
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

package enum UnixSocketError: Error, Hashable, Sendable {
  /// Longer than `UnixSocketPath.byteLimit`.
  case pathTooLong(String)
  /// What lies at the path is no socket, and is left alone.
  case notASocket(String)
  case system(String, SystemError)
}

extension UnixSocketError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .pathTooLong(let path):
      "the path \(path) is longer than the \(UnixSocketPath.byteLimit) bytes that a Unix socket's "
        + "path may have; choose a data directory with a shorter path"
    case .notASocket(let path):
      "\(path) exists and is no socket; move it away"
    case .system(let what, let error): "\(what): \(error)"
    }
  }
}

/// A listening Unix socket (mode 0600); its name is removed when the owner goes.
struct UnixListener: ~Copyable {
  let descriptor: Descriptor
  private let path: UnixSocketPath

  /// Binds and listens, in place of a socket that an earlier process left.
  ///
  /// The caller holds the lock of the data directory, so no running node has the name.
  init(_ path: UnixSocketPath) throws(UnixSocketError) {
    try UnixListener.removeStale(path)
    let number = socket(AF_UNIX, UnixListener.streamType, 0)
    guard number >= 0 else { throw .system("socket", .last) }
    let descriptor = Descriptor(owning: number)
    descriptor.setNonBlocking()
    // Linux makes the file with the socket's own mode: nobody can connect in between. The mask of the
    // process would do the same to what other threads make meanwhile.
    guard fchmod(number, 0o600) == 0 else { throw .system("fchmod", .last) }
    guard path.withAddress({ bind(number, $0, $1) }) == 0 else {
      throw .system("bind \(path)", .last)
    }
    guard listen(number, 128) == 0 else { throw .system("listen \(path)", .last) }
    self.descriptor = descriptor
    self.path = path
  }

  deinit { unlink(path.text) }

  private static func removeStale(_ path: UnixSocketPath) throws(UnixSocketError) {
    var status = stat()
    guard lstat(path.text, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path.text) }
    guard unlink(path.text) == 0 else { throw .system("remove \(path)", .last) }
  }

  fileprivate static var streamType: Int32 {
    Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
  }

  /// The next connection; `nil` if none waits. Throws what is not the connecting client's doing.
  func accept() throws(SystemError) -> Int32? {
    while true {
      let number = Glibc.accept(descriptor.number, nil, nil)
      if number >= 0 { return number }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN: return nil
      default: throw .last
      }
    }
  }
}

/// Connects a client.
enum UnixConnector {
  static func connect(_ path: UnixSocketPath) throws(NodeAccessError) -> Int32 {
    let number = socket(AF_UNIX, UnixListener.streamType, 0)
    guard number >= 0 else { throw .system("socket: \(SystemError.last)") }
    while path.withAddress({ Glibc.connect(number, $0, $1) }) != 0 {
      let code = errno
      if code == EINTR { continue }
      _ = close(number)
      switch code {
      case ENOENT, ECONNREFUSED, ENOTDIR: throw .notRunning(path.text)
      case EACCES, EPERM: throw .accessDenied(path.text)
      case EAGAIN: throw .refused("too many clients are waiting")
      default: throw .system("connect \(path): \(SystemError(code: code))")
      }
    }
    return number
  }
}
