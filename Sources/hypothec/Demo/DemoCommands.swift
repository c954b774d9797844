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
        chinese: "演示无法继续，或有检查未通过，原因见上方输出。除其临时目录外，没有改动任何内容。")),
    .init(
      .localNetworkMissing,
      LocalizedText(
        english: """
          The directory was never set up by 'network up', or its name was mistyped. The commands \
          'network status' and 'network down' work with such directories alone.
          """,
        chinese: "该目录不是由 'network up' 创建的，或目录名有误。'network status' 和 'network down' 只适用于这类目录。")),
    .init(
      .localNetworkFailed,
      LocalizedText(
        english: """
          A network on this machine could not be made, started or stopped, for the reason shown. \
          Every node writes a log, MEMBER.log in the network's directory; the end of it says why a \
          node does not start or waits. Ports were free when the network was made: if another \
          program took one since, stop that program. 'network up' may be repeated.
          """,
        chinese: """
          无法在本机创建、启动或停止网络，原因如错误所示。每个节点在网络目录中写有日志 MEMBER.log，其末尾说明节点未启动或\
          在等待的原因。创建网络时端口是空闲的；若后来被其他程序占用，请停止该程序。'network up' 可重复执行。
          """)),
  ]
}
