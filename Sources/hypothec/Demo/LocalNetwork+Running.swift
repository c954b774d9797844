import CommandInterface
import Documents
@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Node

// Starting nodes, waiting for them, stopping them.

extension LocalNode {
  /// What runs in the node's data directory.
  enum Occupant: Hashable, Sendable {
    case nobody
    /// The process that `start` started.
    case node(ProcessIdentity)
    /// A process that was started in another way; it is left alone.
    case other(pid_t)
    /// The files that tell cannot be read, most often since another user started the node.
    case unclear(Problem)
  }

  /// A process is taken for the node's only if the process file names it with its start, it still
  /// runs the command that `start` gave it, and nobody else holds the directory: an id that another
  /// program has by now is never mistaken.
  func occupant() -> Occupant {
    do throws(Problem) {
      let holder = try DirectoryHolder.holder(of: data)
      if let process = try ProcessFile.load(processFile), Array(process.words.dropFirst()) == words
      {
        switch holder {
        // It begins, or ends.
        case .nobody: return .node(process)
        case .process(let id): return id == process.id ? .node(process) : .other(id)
        }
      }
      switch holder {
      case .nobody: return .nobody
      case .process(let id): return .other(id)
      }
    } catch {
      return .unclear(.nodeUnclear(self, error))
    }
  }

  fileprivate var words: [String] { ["node", "run", "--directory", data] }

  /// Starts the node, unless it runs.
  func start(_ terminal: LocalProcess.Terminal) throws(Problem) {
    switch occupant() {
    case .node: return
    case .other(let id): throw .directoryInUse(id, data)
    case .unclear(let problem): throw problem
    case .nobody: break
    }
    let started = try ProgramProcess.start(words, output: log, terminal)
    // One that ended at once is gone from /proc; `waitUntilReady` tells why.
    guard let process = ProcessIdentity(of: started.id) else { return }
    try ProcessFile.store(process, at: processFile)
  }

  /// How a node came to its end.
  enum End: Hashable, Sendable {
    case wasStopped
    /// It ended when it was asked to; with this status, if it was started by this process.
    case inOrder(status: Int32?)
    /// It did not end in time and was killed; nothing that it acknowledged is lost by that.
    case killed
    /// Another process works in the directory, and was left alone.
    case leftAlone(pid_t)
    /// Whether it runs cannot be told, for this reason; nothing was done.
    case unclear(Problem)
  }

  /// Asks the node to end, and kills it if it does not within `patience`.
  func stop(within patience: Duration) -> End {
    switch occupant() {
    case .nobody: return forgotten(.wasStopped)
    case .other(let id): return .leftAlone(id)
    case .unclear(let problem): return .unclear(problem)
    case .node(let process):
      kill(process.id, SIGTERM)
      if let end = end(of: process, within: patience) { return forgotten(end) }
      kill(process.id, SIGKILL)
      _ = end(of: process, within: .seconds(10))
      return forgotten(.killed)
    }
  }

  /// Ends the node as a power cut would. Returns whether one ran.
  func crash() -> Bool {
    guard case .node(let process) = occupant() else { return false }
    kill(process.id, SIGKILL)
    return end(of: process, within: .seconds(10)) != nil
  }

  private func forgotten(_ end: End) -> End {
    unlink(processFile)
    return end
  }

  private func end(of process: ProcessIdentity, within patience: Duration) -> End? {
    let deadline = ContinuousClock.now + patience
    while true {
      if let status = LocalProcess.ended(process.id) { return .inOrder(status: status) }
      // Its first thread may be gone a moment before the others.
      if !process.isRunning { return .inOrder(status: LocalProcess.endStatus(process.id)) }
      guard ContinuousClock.now < deadline else { return nil }
      usleep(10_000)
    }
  }
}

extension LocalNetwork {
  /// Starts all nodes that do not run.
  func start(_ terminal: LocalProcess.Terminal) throws(Problem) {
    for node in nodes { try node.start(terminal) }
  }

  /// Waits until every one of `nodes` answers and waits for nothing: it sees a quorum.
  func waitUntilReady(
    _ nodes: [LocalNode], within patience: Duration, _ interrupt: InterruptFlag
  ) throws(Problem) {
    let deadline = ContinuousClock.now + patience
    for node in nodes {
      while true {
        try interrupt.throwIfRequested(resume: nil)
        let report = node.report()
        if report.isReady { break }
        if report.occupant == .nobody { throw .nodeEnded(node) }
        guard ContinuousClock.now < deadline else {
          throw .nodeNotReady(node, report.running?.waitsFor ?? "")
        }
        usleep(20_000)
      }
    }
  }

  /// Stops the followers first, so that none of them is left waiting for validators.
  func stop(within patience: Duration = .seconds(20)) -> [(LocalNode, LocalNode.End)] {
    nodes.reversed().map { ($0, $0.stop(within: patience)) }
  }
}

/// What a node says of itself.
struct LocalNodeReport: Sendable {
  let node: LocalNode
  let occupant: LocalNode.Occupant
  /// `nil` if it does not answer.
  let head: ChainHead?
  let status: NodeStatus?

  var running: RunningStatus? { status?.running }
  var isReady: Bool { running?.waitsFor.isEmpty ?? false }
}

extension LocalNode {
  func report() -> LocalNodeReport {
    let occupant = occupant()
    do throws(NodeAccessError) {
      let client = try NodeClient(dataDirectory: data, timeout: .seconds(5))
      let response = try client.ask(.status)
      guard case .status(let status) = response.answer else { throw .closed }
      return LocalNodeReport(node: self, occupant: occupant, head: response.head, status: status)
    } catch {
      // It does not answer yet, or no longer: that is the report.
      return LocalNodeReport(node: self, occupant: occupant, head: nil, status: nil)
    }
  }

  /// The last lines of the node's log.
  var lastWords: String {
    do throws(Problem) {
      let text = String(decoding: try LocalFile.read(log), as: UTF8.self)
      return text.split(separator: "\n").suffix(4).joined(separator: "\n")
    } catch {
      return ""
    }
  }
}

extension Problem {
  fileprivate static func nodeUnclear(_ node: LocalNode, _ reason: Problem) -> Problem {
    Problem(
      .localNetworkFailed, reason.exitCode,
      what: LocalizedText(
        english: "it cannot be told whether the node of \(node.member) runs.",
        chinese: "无法得知 \(node.member) 的节点是否在运行。"),
      why: reason.what,
      next: LocalizedText(
        english: "repeat the command as the user who started the node.", chinese: "请以启动该节点的用户重试。"),
      details: ["member": .member(node.member)])
  }

  fileprivate static func nodeEnded(_ node: LocalNode) -> Problem {
    Problem(
      .localNetworkFailed, .failure,
      what: LocalizedText(
        english: "the node of \(node.member) ended.", chinese: "\(node.member) 的节点已结束。"),
      why: LocalizedText(verbatim: node.lastWords),
      next: LocalizedText(english: "see \(node.log)", chinese: "见 \(node.log)"))
  }

  fileprivate static func nodeNotReady(_ node: LocalNode, _ waitsFor: String) -> Problem {
    let reason =
      waitsFor.isEmpty
      ? LocalizedText(verbatim: node.lastWords)
      : LocalizedText(english: "it waits for \(waitsFor).", chinese: "节点正在等待：\(waitsFor)。")
    return Problem(
      .localNetworkFailed, .failure,
      what: LocalizedText(
        english: "the node of \(node.member) is not ready in time.",
        chinese: "\(node.member) 的节点未能及时就绪。"),
      why: reason,
      next: LocalizedText(english: "see \(node.log)", chinese: "见 \(node.log)"))
  }
}
