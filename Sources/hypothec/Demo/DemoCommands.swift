import CommandInterface

/// The demonstration.
enum DemoCommands {
  static let all: [Command] = [DemoCommand.command]

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = [
    .init(
      .demoFailed,
      LocalizedText(
        english: """
          The demonstration could not go on, or one of its checks failed. The output above the \
          message says which. Nothing outside its own temporary directory was touched.
          """,
        chinese: "演示无法继续，或有检查未通过，原因见上方输出。除其临时目录外，没有改动任何内容。"))
  ]
}
