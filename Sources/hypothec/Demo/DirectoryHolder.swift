import CommandInterface
import Documents
@preconcurrency import Glibc
import LocalProcesses

/// Who works in a data directory, found without touching its lock: to try it, even for a moment,
/// could turn away a node that starts just then.
enum DirectoryHolder: Hashable, Sendable {
  case nobody
  case process(pid_t)

  /// The process that wrote its id into the lock, if it runs and has the lock open. One of another
  /// user, whose files cannot be seen, counts as nobody: a node that starts finds out.
  ///
  /// - Throws: if there is a lock that cannot be read.
  static func holder(of directory: String) throws(Problem) -> DirectoryHolder {
    let path = LocalPath.joined(directory, "lock")
    guard !LocalFile.isMissing(path) else { return .nobody }
    let bytes = try LocalFile.read(path, limit: 64)
    let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    guard let lock = LocalFile.status(path), let id = pid_t(text), ProcessIdentity(of: id) != nil,
      hasOpen(id, lock)
    else { return .nobody }
    return .process(id)
  }

  private static func hasOpen(_ id: pid_t, _ file: stat) -> Bool {
    let directory = "/proc/\(id)/fd"
    for name in DirectoryTree.names(in: directory) {
      guard let open = LocalFile.status("\(directory)/\(name)") else { continue }
      if open.st_dev == file.st_dev, open.st_ino == file.st_ino { return true }
    }
    return false
  }
}
