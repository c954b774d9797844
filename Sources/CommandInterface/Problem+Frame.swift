extension ProblemCode {
  package static let usage = ProblemCode("USAGE")
  package static let interrupted = ProblemCode("INTERRUPTED")
  package static let outputClosed = ProblemCode("OUTPUT_CLOSED")
  package static let outputFull = ProblemCode("OUTPUT_FULL")
  package static let outputFailed = ProblemCode("OUTPUT_FAILED")
  package static let topicUnknown = ProblemCode("TOPIC_UNKNOWN")
  package static let codeUnknown = ProblemCode("CODE_UNKNOWN")
}

extension Problem {
  /// The answer could not be written. A reader that went away is not told anything.
  init(_ failure: OutputFailure) {
    switch failure {
    case .closed: self = Self.outputClosed
    case .full: self = Self.outputFull
    case .failed(let errorNumber): self = Self.outputFailed(errorNumber)
    }
  }

  private static let outputClosed = Problem(
    .outputClosed, .inputOutputError,
    what: LocalizedText(
      english: "the reader of the output went away.", chinese: "输出的读取方已关闭。"),
    presentation: .silent)

  private static let outputFull = Problem(
    .outputFull, .inputOutputError,
    what: LocalizedText(
      english: "the answer could not be written: the disk is full.",
      chinese: "无法写出结果：磁盘已满。"),
    why: LocalizedText(
      english: "standard output leads to a file on a disk without free space or quota.",
      chinese: "标准输出指向的磁盘没有可用空间或配额。"),
    next: LocalizedText(
      english: "free some space and run the command again; the file is not complete.",
      chinese: "释放空间后重新运行命令；该文件不完整。"))

  private static func outputFailed(_ errorNumber: Int32) -> Problem {
    let reason = SystemError.text(errorNumber)
    return Problem(
      .outputFailed, .inputOutputError,
      what: LocalizedText(
        english: "the answer could not be written: \(reason).",
        chinese: "无法写出结果：\(reason)。"),
      next: LocalizedText(
        english: "check where standard output leads, and run the command again.",
        chinese: "检查标准输出的去向，然后重新运行命令。"),
      details: ["errno": .integer(errorNumber)])
  }

  /// Ends long work that was interrupted; `resume` is the command that continues it, if any.
  package static func interrupted(resume: String?) -> Problem {
    let next = resume.map { command in
      LocalizedText(english: "to resume, run: \(command)", chinese: "继续请运行：\(command)")
    }
    return Problem(
      .interrupted, .interrupted,
      what: LocalizedText(english: "interrupted.", chinese: "已中断。"),
      why: LocalizedText(
        english: "a signal asked hypothec to stop; what was finished is kept.",
        chinese: "收到停止信号；已完成的部分已保留。"),
      next: next)
  }
}
