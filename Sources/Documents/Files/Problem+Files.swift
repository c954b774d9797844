import CommandInterface
@preconcurrency import Glibc

extension ProblemCode {
  package static let fileUnreadable = ProblemCode("FILE_UNREADABLE")
  package static let fileTooLarge = ProblemCode("FILE_TOO_LARGE")
  package static let fileExists = ProblemCode("FILE_EXISTS")
  package static let fileNotWritten = ProblemCode("FILE_NOT_WRITTEN")
}

extension Problem {
  package static func cannotRead(_ path: String, _ errorNumber: Int32) -> Problem {
    let exitCode: ExitCode =
      switch errorNumber {
      case ENOENT, ENOTDIR, EISDIR: .dataError
      case EACCES, EPERM: .permissionDenied
      default: .inputOutputError
      }
    let reason = SystemError.text(errorNumber)
    return Problem(
      .fileUnreadable, exitCode,
      what: LocalizedText(
        english: "\(path) cannot be read: \(reason).", chinese: "无法读取 \(path)：\(reason)。"),
      next: errorNumber == ENOENT
        ? LocalizedText(
          english: "check the path; it is taken from the current directory.",
          chinese: "请检查路径；相对路径以当前目录为准。")
        : nil,
      details: ["path": .string(path), "errno": .integer(errorNumber)])
  }

  package static func cannotWrite(_ path: String, _ errorNumber: Int32) -> Problem {
    let exitCode: ExitCode =
      switch errorNumber {
      case ENOSPC, EDQUOT, EIO: .inputOutputError
      case EACCES, EPERM, EROFS: .permissionDenied
      default: .cannotCreate
      }
    let reason = SystemError.text(errorNumber)
    return Problem(
      .fileNotWritten, exitCode,
      what: LocalizedText(
        english: "\(path) cannot be written: \(reason).", chinese: "无法写入 \(path)：\(reason)。"),
      details: ["path": .string(path), "errno": .integer(errorNumber)])
  }

  static func fileTooLarge(_ path: String, limit: Int) -> Problem {
    let size = NumberText.bytes(UInt64(limit))
    return Problem(
      .fileTooLarge, .dataError,
      what: LocalizedText(
        english: "\(path) is larger than \(size), more than such a file may have.",
        chinese: "\(path) 大于 \(size)，超出此类文件的上限。"),
      next: LocalizedText(
        english: "check that the right file is named.", chinese: "请确认文件是否正确。"),
      details: ["path": .string(path), "limit": .integer(limit)])
  }

  package static func fileExists(_ path: String) -> Problem {
    Problem(
      .fileExists, .cannotCreate,
      what: LocalizedText(
        english: "\(path) exists already and is not overwritten.",
        chinese: "\(path) 已存在，不会覆盖。"),
      next: LocalizedText(
        english: "choose another name, or move the file away.",
        chinese: "请换一个文件名，或先移走该文件。"),
      details: ["path": .string(path)])
  }
}
