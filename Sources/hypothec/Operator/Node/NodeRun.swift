import CommandInterface
import Cryptography
import Documents
import Ledger
import Node
import Storage

/// `node run`: the node itself, in the foreground, until SIGTERM or Ctrl-C.
///
/// It has no answer: what it says goes to its log on stderr, in the form that fits the place (text on
/// a terminal, logfmt in a file, journald's form under systemd).
enum NodeRun {
  private static let level = Option.defaulted(
    "log-level", .word(of: LogLevel.self, "level"), to: LogLevel.information.word,
    LocalizedText(english: "The least that is logged.", chinese: "日志级别。"))

  private static let format = Option.optional(
    "log-format", .choice(of: Format.self, "format"),
    LocalizedText(
      english: "How log lines are written; else what fits the place.",
      chinese: "日志格式；默认按所在环境选择。"))

  private enum Format: String, CaseIterable, Sendable {
    case text
    case logfmt
    case json

    var logFormat: LogFormat {
      switch self {
      case .text: .text
      case .logfmt: .logfmt
      case .json: .json
      }
    }
  }

  private static let threads = Option.optional(
    "threads", .integer(1...256),
    LocalizedText(
      english: "How many threads verify signatures; else one a processor.",
      chinese: "验证签名的线程数；默认每个处理器一个。"))

  private static let heartbeat = Option.defaulted(
    "heartbeat", .duration, to: "1h",
    LocalizedText(
      english: "Make an empty block when there was none for so long; 0s for never.",
      chinese: "多久没有区块时产生空块；0s 表示从不。"))

  private static let delay = Option.defaulted(
    "network-delay", .integer(1...10_000), to: "100",
    LocalizedText(
      english:
        "Milliseconds within which a message reaches all validators when all is well: 100 in a "
        + "local network, about eight times the usual delay between sites.",
      chinese: "正常时消息到达所有验证节点的毫秒上限：局域网为 100，跨站点约为通常单程延迟的八倍。"))

  static let command = Command(
    "run", LocalizedText(english: "Run a node.", chinese: "运行节点。"),
    discussion: LocalizedText(
      english: """
        Runs in the foreground until SIGTERM or Ctrl-C, and then stops in order: everything it \
        acknowledged is on the disk. After a crash the same command recovers. It refuses to start \
        where another process uses the directory, or where the data are of another network or of \
        a newer version.
        """,
      chinese:
        "在前台运行，收到 SIGTERM 或 Ctrl-C 后有序停止：已确认的内容都已写入磁盘。崩溃后用同一命令即可恢复。目录被占用、属于另一网络或由更新版本写入时拒绝启动。"),
    options: [SigningOptions.passphraseFile, level, format, threads, heartbeat, delay],
    examples: [
      .init(
        "hypothec node run -d /var/lib/hypothec",
        LocalizedText(english: "Run the node of a data directory:", chinese: "运行数据目录中的节点："))
    ]
  ) { context throws(Problem) in
    let directory = NodeDirectory(context.dataDirectory)
    let configuration = try configuration(directory, context)
    try directory.requireRoom()
    let log = LogStream.standardError(
      threshold: context[level], format: context[format]?.logFormat)
    let end: NodeEnd
    do throws(NodeStartError) {
      try FreedMemory.returnRegularly()
      end = try NodeProcess.run(configuration, log: log)
    } catch {
      throw Problem(error, directory: directory.path)
    }
    return try settle(end, directory)
  }

  private static func configuration(
    _ directory: NodeDirectory, _ context: CommandContext
  ) throws(Problem) -> NodeProcess.Configuration {
    let network = try directory.networkFile()
    let node = try directory.configuration()
    var passphrase: Passphrase?
    if let source = context[SigningOptions.passphraseFile] {
      passphrase = try Passphrase(from: source)
    }
    var configuration = NodeProcess.Configuration(
      dataDirectory: directory.path, networkFile: network, member: node.member,
      consensusKey: try KeyFile.load(
        directory.resolved(node.consensusKey), passphrase: passphrase))
    configuration.verifierThreadCount = context[threads]
    let milliseconds = UInt64(context[heartbeat].components.seconds) * 1_000
    configuration.heartbeatMilliseconds = milliseconds == 0 ? nil : milliseconds
    configuration.delayMicroseconds = UInt64(context[delay]) * 1_000
    configuration.peering = try peering(directory, node, network, passphrase)
    return configuration
  }

  /// The node's identity towards its peers.
  private static func peering(
    _ directory: NodeDirectory, _ node: NodeConfiguration, _ network: NetworkFile,
    _ passphrase: Passphrase?
  ) throws(Problem) -> NodeProcess.Peering {
    let path = directory.resolved(node.transportKey)
    let key = try KeyFile.load(path, passphrase: passphrase)
    let nodes = network.validators + network.followers
    let listed = nodes.first { $0.member == node.member }?.addresses ?? []
    return NodeProcess.Peering(
      transportKey: key, listenAddresses: node.listen ?? listed, only: node.peers)
  }

  private static func settle(
    _ end: NodeEnd, _ directory: NodeDirectory
  ) throws(Problem) -> ExitCode {
    switch end {
    case .stopped: return .success
    case .fault(let fault): throw Problem(fault, directory: directory.path)
    case .system(let what, let error):
      throw Problem(.system(what, error), directory: directory.path)
    }
  }
}

extension LogLevel: Worded {
  package var word: String { name }
}
