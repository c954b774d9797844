extension FrameCommands {
  static let exitCodesTopic = CommandTable.Topic(
    "exit-codes",
    title: LocalizedText(
      english: "Exit codes tell \"no\" from \"cannot tell\".",
      chinese: "退出码区分“否”与“无法判断”。"),
    text: LocalizedText(english: exitCodes(.english), chinese: exitCodes(.chinese)))

  private static func exitCodes(_ language: Language) -> String {
    ExitCode.allCases
      .map { "\(DisplayWidth.pad(String($0.rawValue), to: 3, .right))  \($0.meaning[language])" }
      .joined(separator: "\n")
  }

  /// The long texts of the problems that the frame itself reports.
  static let explanations = [
    CommandTable.Explanation(
      .usage,
      LocalizedText(
        english: """
          The command line names no command of hypothec, or gives a command something it does not \
          accept. Nothing was done. The usage line shows what the command expects.
          """,
        chinese: "命令行不是有效的命令，或参数不被接受。未执行任何操作。用法行给出了正确格式。")),
    CommandTable.Explanation(
      .interrupted,
      LocalizedText(
        english: """
          Ctrl-C or a signal ended the work early. What was finished is kept; the command that is \
          shown continues from there. A second Ctrl-C ends hypothec at once.
          """,
        chinese: "Ctrl-C 或信号使工作提前结束。已完成的部分已保留，运行所示命令即可继续。再次按 Ctrl-C 会立即退出。")),
    CommandTable.Explanation(
      .outputClosed,
      LocalizedText(
        english: """
          The program that read standard output ended, as 'head' does. This is never shown; the \
          exit status is 74 if the answer was cut short by it.
          """,
        chinese: "读取标准输出的程序已结束（例如 head）。不会显示此错误；若结果因此中断，退出码为 74。")),
    CommandTable.Explanation(
      .outputFull,
      LocalizedText(
        english: """
          Standard output leads to a file, and its disk or quota is full. The file holds only the \
          beginning of the answer. Free some space and run the command again.
          """,
        chinese: "标准输出指向文件，而磁盘或配额已满。文件只含结果的开头部分。请释放空间后重试。")),
    CommandTable.Explanation(
      .outputFailed,
      LocalizedText(
        english: "The system refused to write the answer to standard output, for the reason shown.",
        chinese: "系统因所示原因拒绝写出结果。")),
    CommandTable.Explanation(
      .topicUnknown,
      LocalizedText(
        english: "'help' knows the commands of the table and the topics that 'help' lists.",
        chinese: "help 只认识命令以及其列出的主题。")),
    CommandTable.Explanation(
      .codeUnknown,
      LocalizedText(
        english: "'explain' knows the codes that 'explain' without an argument lists.",
        chinese: "explain 只认识其不带参数时列出的代码。")),
  ]
}
