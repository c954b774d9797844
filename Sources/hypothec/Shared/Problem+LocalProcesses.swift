import CommandInterface
import Documents
import LocalProcesses

extension Problem {
  init(_ error: LocalProcessError) {
    switch error {
    case .notStarted(let program, let number):
      let reason = SystemError.text(number)
      self = .localNetwork(
        LocalizedText(
          english: "\(program) cannot be started: \(reason)",
          chinese: "无法启动 \(program)：\(reason)"))
    case .notWaitedFor(let process, let number):
      let reason = SystemError.text(number)
      self = .localNetwork(
        LocalizedText(
          english: "how process \(process) ended cannot be known: \(reason)",
          chinese: "无法得知进程 \(process) 的结束状态：\(reason)"))
    case .ownProgramUnknown(let number):
      let reason = SystemError.text(number)
      self = .localNetwork(
        LocalizedText(
          english: "this program's own path cannot be read: \(reason)",
          chinese: "无法读取本程序的路径：\(reason)"))
    case .noFreePort(let number):
      let reason = SystemError.text(number)
      self = .localNetwork(
        LocalizedText(
          english: "no free port of 127.0.0.1 was found: \(reason)",
          chinese: "找不到 127.0.0.1 的空闲端口：\(reason)"))
    case .noTemporaryDirectory(let parent, let number): self = .cannotWrite(parent, number)
    }
  }
}

extension LocalFile {
  /// Creates an empty directory for this run in the temporary directory (TMPDIR, else /tmp): its name
  /// is `hypothec-`, `name` and something new.
  static func createTemporaryDirectory(_ name: String) throws(Problem) -> String {
    do throws(LocalProcessError) {
      return try DirectoryTree.makeTemporary("hypothec-\(name)")
    } catch {
      throw Problem(error)
    }
  }
}
