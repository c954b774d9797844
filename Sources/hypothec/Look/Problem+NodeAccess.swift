import CommandInterface
import Node

extension ProblemCode {
  static let nodeNotRunning = ProblemCode("NODE_NOT_RUNNING")
  static let nodeAccessDenied = ProblemCode("NODE_ACCESS_DENIED")
  static let nodeUnreachable = ProblemCode("NODE_UNREACHABLE")
  static let otherNetwork = ProblemCode("OTHER_NETWORK")
  static let otherVersion = ProblemCode("OTHER_VERSION")
  static let requestTooLarge = ProblemCode("REQUEST_TOO_LARGE")
}

extension Problem {
  /// There is no answer.
  init(_ error: NodeAccessError) {
    let what = LocalizedText(english: "\(error).", chinese: "无法取得节点的回答：\(error)。")
    switch error {
    case .notRunning:
      self.init(
        .nodeNotRunning, .unreachable, what: what,
        next: LocalizedText(
          english: "start it: hypothec node run; or name another with --node or --directory.",
          chinese: "请启动节点：hypothec node run；或用 --node、--directory 指定其他节点。"))
    case .accessDenied:
      self.init(
        .nodeAccessDenied, .accessDenied, what: what,
        next: LocalizedText(
          english: "run the command as the user who runs the node.", chinese: "请以运行节点的用户执行命令。"))
    case .pathTooLong: self.init(.nodeUnreachable, .configurationError, what: what)
    case .refused, .timedOut, .closed, .system:
      self.init(
        .nodeUnreachable, .unreachable, what: what,
        next: LocalizedText(
          english: "see how the node is: hypothec status; then run the command again.",
          chinese: "查看节点状态：hypothec status；然后重试。"))
    case .anotherNetwork: self.init(.otherNetwork, .otherNetwork, what: what)
    case .otherProtocol, .protocolViolation:
      self.init(
        .otherVersion, .softwareError, what: what,
        next: LocalizedText(
          english: "use node and command line of one version: hypothec --version",
          chinese: "请使用同一版本的节点和命令行：hypothec --version"))
    case .requestTooLarge: self.init(.requestTooLarge, .usage, what: what)
    }
  }
}
