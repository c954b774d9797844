import CommandInterface
import Documents
@preconcurrency import Glibc

/// A process of this machine. An id alone may be another process's tomorrow; id and start together
/// are nobody else's until the machine starts again.
struct ProcessIdentity: Hashable, Sendable {
  let id: pid_t
  /// Clock ticks from the machine's start to the process's (proc(5), field 22 of `stat`).
  let startTicks: UInt64
}

extension ProcessIdentity {
  /// The process that has this id now; `nil` if none runs. One that ended and was not waited for
  /// does not run.
  init?(of id: pid_t) {
    guard id > 0, let text = ProcessIdentity.text("/proc/\(id)/stat"),
      // The second field is a name in parentheses that may hold anything.
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let ticks = UInt64(fields[19])
    else { return nil }
    self.init(id: id, startTicks: ticks)
  }

  var isRunning: Bool { ProcessIdentity(of: id) == self }

  /// The words that it was started with; empty if it does not run.
  var words: [String] {
    guard isRunning, let text = ProcessIdentity.text("/proc/\(id)/cmdline") else { return [] }
    return text.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  private static func text(_ path: String) -> String? {
    do throws(Problem) {
      return String(decoding: try LocalFile.read(path, limit: 1 << 20), as: UTF8.self)
    } catch {
      // Most often it ended meanwhile.
      return nil
    }
  }
}

/// `MEMBER.pid`: the process that was started for a node, so that another process can stop it.
///
/// Two decimal numbers, id and start, and a line feed.
enum ProcessFile {
  private static let byteLimit = 64

  /// The process that a file names; `nil` if there is no file or it holds anything else.
  ///
  /// - Throws: if there is a file that cannot be read.
  static func load(_ path: String) throws(Problem) -> ProcessIdentity? {
    guard !LocalFile.isMissing(path) else { return nil }
    return parse(String(decoding: try LocalFile.read(path, limit: byteLimit), as: UTF8.self))
  }

  static func parse(_ text: String) -> ProcessIdentity? {
    guard text.hasSuffix("\n") else { return nil }
    let words = text.dropLast().split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, let id = pid_t(words[0]), id > 0, let ticks = UInt64(words[1])
    else { return nil }
    let process = ProcessIdentity(id: id, startTicks: ticks)
    // One way to write it: no signs, no leading zeros.
    return ProcessFile.text(process) == text ? process : nil
  }

  static func text(_ process: ProcessIdentity) -> String {
    "\(process.id) \(process.startTicks)\n"
  }

  static func store(_ process: ProcessIdentity, at path: String) throws(Problem) {
    try LocalFile.write(Array(text(process).utf8), to: path, .owner, .replaced)
  }
}
