import CommandInterface
import Documents
import Ledger
import Node
import Storage
import Transport

// Why a node does not start, or a data directory cannot be read.

extension ProblemCode {
  static let chainWrong = ProblemCode("CHAIN_WRONG")
  static let recoveryRefused = ProblemCode("RECOVERY_REFUSED")
  static let journalUnreadable = ProblemCode("JOURNAL_UNREADABLE")
  static let socketFailed = ProblemCode("SOCKET_FAILED")
  static let listeningFailed = ProblemCode("LISTENING_FAILED")
  static let systemCallFailed = ProblemCode("SYSTEM_CALL_FAILED")
}

extension Problem {
  init(_ error: NodeStartError, directory: String) {
    switch error {
    case .networkFile(let cause):
      self.init(cause, networkFile: NodeDirectory(directory).networkPath)
    case .storage(let cause): self.init(cause, directory: directory)
    case .replica(let fault): self.init(fault, directory: directory)
    case .socket(let cause): self = .socketFailed(cause, directory)
    case .transport(.listen(let address, _)):
      self.init(
        .listeningFailed, .cannotCreate,
        what: LocalizedText(
          english: "the node cannot open its side to its peers: \(error).",
          chinese: "节点无法对其他节点开放：\(error)。"),
        why: LocalizedText(
          english: "the port may be in use, or the address belongs to another machine.",
          chinese: "端口可能已被占用，或地址不属于本机。"),
        next: LocalizedText(
          english: "end what uses the port, or name an address of this machine as \"listen\" in "
            + NodeDirectory(directory).configurationPath,
          chinese: "结束占用端口的程序，或在 \(NodeDirectory(directory).configurationPath) 的 \"listen\" 中指定本机地址"
        ), details: ["address": .string("\(address)")])
    case .transport:
      self.init(
        .systemCallFailed, .softwareError,
        what: LocalizedText(
          english: "the node cannot make connections to its peers: \(error).",
          chinese: "节点无法与其他节点建立连接：\(error)。"))
    case .system:
      self.init(
        .systemCallFailed, .softwareError,
        what: LocalizedText(english: "\(error).", chinese: "系统调用失败：\(error)。"))
    }
  }

  init(_ fault: ReplicaFault, directory: String) {
    switch fault {
    case .chain(let error): self.init(error, directory: directory)
    case .journal(let error): self.init(error, directory: directory)
    case .unreadableJournal: self = .journalUnreadable("\(fault)", directory)
    case .signing:
      self.init(
        .softwareFault, .softwareError,
        what: LocalizedText(english: "\(fault).", chinese: "签名失败：\(fault)。"))
    }
  }

  init(_ error: ChainError, directory: String) {
    switch error {
    case .storage(let cause): self.init(cause, directory: directory)
    case .diskFull:
      self.init(StorageError.disk(DiskError(.write, .root, .noSpace)), directory: directory)
    case .recovery(_, let fault): self = .recoveryUnfit(fault, directory)
    case .state, .tree, .unreadableBlock, .wrongBlock:
      self.init(
        .chainWrong, .provenFalse,
        what: LocalizedText(
          english: "the chain in \(directory) is not what it must be: \(error).",
          chinese: "\(directory) 中的区块链不正确：\(error)。"),
        why: LocalizedText(
          english: "every block is executed again and compared before it is believed.",
          chinese: "每个区块在采信之前都会重新执行并比对。"),
        next: LocalizedText(
          english: "find out where: hypothec audit verify --directory \(directory)",
          chinese: "查明位置：hypothec audit verify --directory \(directory)"),
        details: ["directory": .string(directory)])
    case .unknownBlock, .unknownParent, .stopped:
      self.init(
        .softwareFault, .softwareError,
        what: LocalizedText(english: "\(error).", chinese: "区块链报错：\(error)。"),
        next: LocalizedText(
          english: "start again, which runs recovery.", chinese: "请重新启动，启动时会执行恢复。"))
    }
  }

  private static func recoveryUnfit(_ fault: RecoveryFault, _ directory: String) -> Problem {
    Problem(
      .recoveryRefused, .refused,
      what: LocalizedText(
        english: "the recovery record cannot be followed from the chain in \(directory): \(fault).",
        chinese: "\(directory) 中的链无法按该恢复记录继续：\(fault)。"),
      why: LocalizedText(
        english: "a record is for one block of one chain, and signed by the governors of the state "
          + "behind it.",
        chinese: "恢复记录只针对一条链上的一个区块，并由该区块之后状态中的治理成员签署。"),
      next: LocalizedText(
        english: "compare it with the chain: hypothec recovery show FILE; hypothec status "
          + "--directory \(directory)",
        chinese: "请与链核对：hypothec recovery show 文件；hypothec status --directory \(directory)"),
      details: ["directory": .string(directory)])
  }

  static func journalUnreadable(_ reason: String, _ directory: String) -> Problem {
    Problem(
      .journalUnreadable, .provenFalse,
      what: LocalizedText(
        english: "the journal of the node's votes in \(directory) cannot be read: \(reason).",
        chinese: "无法读取 \(directory) 中的投票日志：\(reason)。"),
      why: LocalizedText(
        english: "without it the node could vote twice, so it does not vote in this epoch.",
        chinese: "没有日志，节点可能重复投票，因此本期不投票。"),
      next: LocalizedText(
        english: "start the node, which puts the journal away and follows: hypothec node run "
          + "--directory \(directory)",
        chinese: "启动节点，它会另存该日志并以跟随方式运行：hypothec node run --directory \(directory)"),
      details: ["directory": .string(directory)])
  }

  private static func socketFailed(_ error: UnixSocketError, _ directory: String) -> Problem {
    Problem(
      .socketFailed, .cannotCreate,
      what: LocalizedText(
        english: "the node cannot listen in \(directory): \(error).",
        chinese: "节点无法在 \(directory) 监听：\(error)。"),
      next: LocalizedText(
        english: "a socket's path has at most \(UnixSocketPath.byteLimit) bytes and lies on a "
          + "local file system: choose a shorter data directory.",
        chinese: "套接字路径最多 \(UnixSocketPath.byteLimit) 字节且须在本地文件系统上：请选择较短的数据目录。"),
      details: ["directory": .string(directory)])
  }
}
