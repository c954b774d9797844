import CommandInterface
import Cryptography
import Documents
import Ledger
import LocalProcesses
import Node

/// `network up`, `network status`, `network down`: all nodes of a network on this machine.
enum LocalNetworkCommands {
  static let all = [up, status, down]

  private static let directory = Argument.required(
    "directory", .directory,
    LocalizedText(english: "Where the network is.", chinese: "网络所在目录。"))

  private static let template = Option.optional(
    "template", .file,
    LocalizedText(
      english: "What to make the network of; else four validators and an auditor.",
      chinese: "网络模板；默认为四个验证节点和一个审计节点。"))

  private static let patience = Option.defaulted(
    "patience", .duration, to: "60s",
    LocalizedText(
      english: "How long the nodes may take to find each other.", chinese: "节点互相连接的最长时间。"))

  // MARK: Up

  private static let up = Command(
    "up",
    LocalizedText(
      english: "Run a whole network on this machine.", chinese: "在本机运行整个网络。"),
    discussion: LocalizedText(
      english: """
        Makes the network in the directory, if there is none: free ports of 127.0.0.1, the keys of \
        all members, a data directory for every node. Then starts the nodes that do not run, each \
        as a process of its own, and waits until all of them see a quorum. They go on when the \
        terminal is closed, until 'network down'.
        For one person who plays all roles: to try things out, never for a real network.
        """,
      chinese: """
        若目录中没有网络，则先创建：127.0.0.1 的空闲端口、所有成员的密钥、每个节点的数据目录。然后把未运行的节点\
        各自作为独立进程启动，并等到都能看到法定数。关闭终端后节点继续运行，直到 'network down'。
        供一人扮演所有角色试用，不可用于真实网络。
        """),
    arguments: [directory], options: [template, patience],
    examples: [
      .init(
        "hypothec network up try",
        LocalizedText(english: "Four validators and an auditor:", chinese: "四个验证节点和一个审计节点：")),
      .init(
        "hypothec network up try7 --template network-configs/seven.json",
        LocalizedText(english: "Seven validators:", chinese: "七个验证节点：")),
    ]
  ) { context throws(Problem) in
    let network = try network(context)
    try network.start(.detached)
    try network.waitUntilReady(network.nodes, within: context[patience], context.interrupt)
    try answer(network, JSONSchema("network-up"), context)
    if let node = network.nodes.first {
      context.note(
        LocalizedText(
          english: "Next: hypothec status -d \(node.data)",
          chinese: "下一步：hypothec status -d \(node.data)"))
    }
    return .success
  }

  private static func network(_ context: CommandContext) throws(Problem) -> LocalNetwork {
    let directory = context[directory]
    if LocalNetwork.exists(in: directory) {
      guard context[template] == nil else {
        throw context.misuse(
          LocalizedText(
            english: "\(directory) has a network already: leave --template out to start it",
            chinese: "\(directory) 已有网络：去掉 --template 即可启动"))
      }
      let network = try LocalNetwork.load(directory)
      try network.setUpNodes()
      return network
    }
    guard let now = Timestamp(context.now) else { throw .clockBefore1970 }
    let bytes: [UInt8] =
      if let source = context[template] {
        try LocalFile.read(source, limit: NetworkFile.byteLimit)
      } else { Array(NetworkTemplate.demonstration.utf8) }
    return try LocalNetwork.make(bytes, in: directory, at: now)
  }

  // MARK: Status

  private static let status = Command(
    "status",
    LocalizedText(
      english: "Show all nodes of a network on this machine.", chinese: "显示本机网络的所有节点。"),
    discussion: LocalizedText(
      english: "Exit status 0: every node runs and waits for nothing. 30: one does not.",
      chinese: "退出码 0：所有节点运行正常。30：有节点未运行或在等待。"),
    arguments: [directory]
  ) { context throws(Problem) in
    let network = try LocalNetwork.load(context[directory])
    let reports = try answer(network, JSONSchema("network-status"), context)
    return reports.allSatisfy(\.isReady) ? .success : .unreachable
  }

  @discardableResult
  private static func answer(
    _ network: LocalNetwork, _ schema: JSONSchema, _ context: CommandContext
  ) throws(Problem) -> [LocalNodeReport] {
    let reports = network.nodes.map { $0.report() }
    try context.answer {
      JSONDocument(
        schema,
        [
          "network": .member(network.file.name), "networkId": .string(network.file.id.description),
          "directory": .string(network.directory), "nodes": .array(reports.map(\.json)),
        ])
    } text: {
      let columns = LocalNodeReport.titles.map { Table.Column($0[context.language]) }
      var table = Table(columns)
      for report in reports { table.append(report.cells(context.language)) }
      return table.lines(context.tableLimit).joined(separator: "\n")
    }
    return reports
  }

  // MARK: Down

  private static let down = Command(
    "down",
    LocalizedText(
      english: "Stop all nodes of a network on this machine.", chinese: "停止本机网络的所有节点。"),
    discussion: LocalizedText(
      english: """
        Stops the processes that 'network up' started, in order, and leaves every other process \
        alone. All data stay: 'network up' goes on with them.
        """,
      chinese: "有序停止 'network up' 启动的进程，不触及其他进程。数据保留：'network up' 可继续使用。"),
    arguments: [directory]
  ) { context throws(Problem) in
    let network = try LocalNetwork.load(context[directory])
    let ends = network.stop()
    try context.answer {
      JSONDocument(
        JSONSchema("network-down"),
        [
          "network": .member(network.file.name), "directory": .string(network.directory),
          "nodes": .array(
            ends.map { node, end in
              ["member": .member(node.member), "end": .string(end.word)]
            }),
        ])
    } text: {
      var table = Table([Table.Column(), Table.Column()])
      for (node, end) in ends { table.append([node.member.text, end.text[context.language]]) }
      return table.lines().joined(separator: "\n")
    }
    for (node, end) in ends {
      switch end {
      case .wasStopped, .inOrder, .killed: continue
      case .leftAlone(let id): throw .directoryInUse(id, node.data)
      case .unclear(let problem): throw problem
      }
    }
    return .success
  }
}

extension LocalNode.End {
  fileprivate var word: String {
    switch self {
    case .wasStopped: "was-stopped"
    case .inOrder: "stopped"
    case .killed: "killed"
    case .leftAlone: "left-alone"
    case .unclear: "unknown"
    }
  }

  fileprivate var text: LocalizedText {
    switch self {
    case .wasStopped: LocalizedText(english: "did not run", chinese: "未在运行")
    case .inOrder: LocalizedText(english: "stopped", chinese: "已停止")
    case .killed:
      LocalizedText(
        english: "killed, since it did not stop in time; what it acknowledged is on the disk",
        chinese: "未及时停止，已强制结束；已确认的内容均在磁盘上")
    case .leftAlone(let id):
      LocalizedText(
        english: "left alone: process \(id) was not started by 'network up'",
        chinese: "未处理：进程 \(id) 不是由 'network up' 启动")
    case .unclear: LocalizedText(english: "left alone: not known", chinese: "未处理：情况不明")
    }
  }
}

extension LocalNodeReport {
  fileprivate static let titles = [
    LocalizedText(english: "NODE", chinese: "节点"),
    LocalizedText(english: "ROLE", chinese: "角色"),
    LocalizedText(english: "HEIGHT", chinese: "高度"),
    LocalizedText(english: "BLOCK", chinese: "区块"),
    LocalizedText(english: "PEERS", chinese: "对等节点"),
    LocalizedText(english: "WAITS FOR", chinese: "等待"),
    LocalizedText(english: "PROCESS", chinese: "进程"),
  ]

  fileprivate func cells(_ language: Language) -> [String] {
    guard let running, let head else {
      return [node.member.text, "", "", "", "", silence[language], processText]
    }
    let waitsFor =
      running.waitsFor.isEmpty
      ? LocalizedText(english: "nothing", chinese: "无")
      : LocalizedText(verbatim: running.waitsFor)
    return [
      node.member.text, running.role.word, NumberText.grouped(head.height.rawValue),
      String(head.block.description.prefix(12)), peers.joined(separator: ", "),
      waitsFor[language], processText,
    ]
  }

  private var silence: LocalizedText {
    switch occupant {
    case .nobody: LocalizedText(english: "to be started", chinese: "启动")
    case .node, .other: LocalizedText(english: "it does not answer", chinese: "无应答")
    case .unclear: LocalizedText(english: "not known", chinese: "情况不明")
    }
  }

  private var process: Int32? {
    switch occupant {
    case .nobody, .unclear: nil
    case .node(let process): process.id
    case .other(let id): id
    }
  }

  private var processText: String { process.map(String.init) ?? "" }

  /// The members that the node has a link to.
  private var peers: [String] {
    (running?.peers ?? []).compactMap { peer in
      if case .linked = peer.reach { peer.member.text } else { nil }
    }
  }

  fileprivate var json: JSONValue {
    [
      "member": .member(node.member), "directory": .string(node.data),
      "process": .optional(process) { .integer($0) }, "answers": .boolean(status != nil),
      "role": .optional(running) { .string($0.role.word) },
      "height": .optional(head) { .height($0.height) },
      "block": .optional(head) { .string($0.block.description) },
      "stateRoot": .optional(head) { .string($0.stateRoot.description) },
      "peers": .array(peers.map { .string($0) }),
      "waitsFor": .optional(running?.waitsFor.isEmpty == false ? running?.waitsFor : nil) {
        .string($0)
      },
    ]
  }
}
