import CommandInterface
import Cryptography
import Documents
import Ledger
import Storage

// Errors of the data directory as what its operator sees.

extension ProblemCode {
  static let diskFull = ProblemCode("DISK_FULL")
  static let diskFailed = ProblemCode("DISK_FAILED")
  static let directoryReadOnly = ProblemCode("DIRECTORY_READ_ONLY")
  static let directoryDenied = ProblemCode("DIRECTORY_DENIED")
  static let directoryMissing = ProblemCode("DIRECTORY_MISSING")
  static let directoryInUse = ProblemCode("DIRECTORY_IN_USE")
  static let directoryForeign = ProblemCode("DIRECTORY_OF_ANOTHER_NETWORK")
  static let directoryNewer = ProblemCode("DIRECTORY_FORMAT_NEWER")
  static let directoryExists = ProblemCode("DIRECTORY_EXISTS")
  static let directoryDamaged = ProblemCode("DIRECTORY_DAMAGED")
  static let indexUnusable = ProblemCode("INDEX_UNUSABLE")
}

extension Problem {
  init(_ error: StorageError, directory: String) {
    switch error {
    case .disk(let cause): self.init(cause, directory: directory)
    case .stopped(let cause): self = .diskFailed(cause, directory)
    case .damaged(let damage): self = .directoryDamaged("\(damage)", directory)
    case .missingSegment, .missingBlocks: self = .directoryDamaged("\(error)", directory)
    case .foreignNetwork(_, let network): self = .directoryForeign(network, directory)
    case .newerFormat(let path, let version):
      self = .directoryNewer(path.text, version: version, directory)
    case .notADataDirectory: self = .directoryMissing(directory)
    case .alreadyADataDirectory: self = .directoryExists(directory)
    case .inUse(let process): self = .directoryInUse(process, directory)
    // RocksDB gives its reasons as text; this one is the system's own for a full disk.
    case .indexUnusable(let reason) where reason.contains("No space left on device"):
      self = .diskFull(directory)
    case .indexUnusable(let reason): self = .indexUnusable(reason, directory)
    case .outOfOrder:
      self.init(
        .softwareFault, .softwareError,
        what: LocalizedText(english: "\(error).", chinese: "存储报错：\(error)。"))
    }
  }

  init(_ error: DiskError, directory: String) {
    let path = LocalPath.joined(directory, error.path.text)
    switch error.reason {
    case .noSpace: self = .diskFull(directory)
    case .readOnly:
      self.init(
        .directoryReadOnly, .permissionDenied,
        what: LocalizedText(
          english: "\(path) lies on a read-only file system.", chinese: "\(path) 位于只读文件系统。"),
        next: LocalizedText(
          english: "a file system turns read-only when its disk fails: look at dmesg, mount it "
            + "writable, and start again.",
          chinese: "磁盘故障会使文件系统变为只读：请查看 dmesg，以可写方式挂载后重试。"),
        details: ["path": .string(path)])
    case .accessDenied:
      self.init(
        .directoryDenied, .permissionDenied,
        what: LocalizedText(
          english: "access to \(path) was denied.", chinese: "无权访问 \(path)。"),
        next: LocalizedText(
          english: "run hypothec as the user who owns it: ls -ld \(path)",
          chinese: "请以其所有者身份运行：ls -ld \(path)"),
        details: ["path": .string(path)])
    case .notFound, .notADirectory: self = .directoryMissing(directory)
    case .locked(let process): self = .directoryInUse(process, directory)
    case .io, .exists, .tooManyOpenFiles, .other: self = .diskFailed(error, directory)
    }
  }

  static func directoryMissing(_ directory: String) -> Problem {
    Problem(
      .directoryMissing, .configurationError,
      what: LocalizedText(
        english: "\(directory) is not a node's data directory.",
        chinese: "\(directory) 不是节点的数据目录。"),
      why: LocalizedText(
        english: "nothing was ever set up there.", chinese: "该目录从未设置。"),
      next: LocalizedText(
        english: "name the right one with --directory, or set one up: hypothec node init",
        chinese: "用 --directory 指定正确的目录，或新建：hypothec node init"),
      details: ["directory": .string(directory)])
  }

  static func directoryInUse(_ process: Int32?, _ directory: String) -> Problem {
    let owner = process.map {
      LocalizedText(english: "process \($0)", chinese: "进程 \($0)")
    }
    return Problem(
      .directoryInUse, .directoryInUse,
      what: LocalizedText(
        english: "\(owner?.english ?? "another process") is using \(directory).",
        chinese: "\(owner?.chinese ?? "另一进程")正在使用 \(directory)。"),
      why: LocalizedText(
        english: "one process works in a data directory; two would sign different votes with one "
          + "key.",
        chinese: "一个数据目录只由一个进程使用；两个进程可能用同一密钥签出不同的投票。"),
      next: LocalizedText(
        english: "ask the running node: hypothec status --directory \(directory)",
        chinese: "询问正在运行的节点：hypothec status --directory \(directory)"),
      details: [
        "directory": .string(directory), "process": .optional(process) { .integer($0) },
      ])
  }

  static func directoryForeign(_ network: Digest, _ directory: String) -> Problem {
    Problem(
      .directoryForeign, .otherNetwork,
      what: LocalizedText(
        english: "\(directory) belongs to another network.", chinese: "\(directory) 属于另一个网络。"),
      why: LocalizedText(
        english: "its data are of the network \(network).", chinese: "其中数据属于网络 \(network)。"),
      next: LocalizedText(
        english: "use the directory of this network, or another network file.",
        chinese: "请使用本网络的目录，或换用对应的网络文件。"),
      details: ["directory": .string(directory), "networkId": .string(network.description)])
  }

  private static func diskFull(_ directory: String) -> Problem {
    Problem(
      .diskFull, .inputOutputError,
      what: LocalizedText(
        english: "the disk under \(directory) is full.", chinese: "\(directory) 所在磁盘已满。"),
      why: LocalizedText(
        english: "nothing was lost: what was answered before is stored.",
        chinese: "没有数据丢失：此前已确认的内容均已保存。"),
      next: LocalizedText(
        english: "free some space, then start again.", chinese: "请释放空间后重新启动。"),
      details: ["directory": .string(directory)])
  }

  private static func diskFailed(_ error: DiskError, _ directory: String) -> Problem {
    Problem(
      .diskFailed, .inputOutputError,
      what: LocalizedText(
        english: "the disk under \(directory) failed: \(error).",
        chinese: "\(directory) 所在磁盘出错：\(error)。"),
      next: LocalizedText(
        english: "look at dmesg and the disk's health, then start again: recovery checks "
          + "everything that was written.",
        chinese: "请查看 dmesg 与磁盘健康状况后重新启动：恢复程序会检查所有已写入的数据。"),
      details: ["directory": .string(directory)])
  }

  private static func directoryDamaged(_ damage: String, _ directory: String) -> Problem {
    Problem(
      .directoryDamaged, .provenFalse,
      what: LocalizedText(
        english: "data in \(directory) are not what was written: \(damage).",
        chinese: "\(directory) 中的数据与写入时不符：\(damage)。"),
      why: LocalizedText(
        english: "the disk altered them, or somebody did.", chinese: "磁盘损坏或有人改动了数据。"),
      next: LocalizedText(
        english:
          "a node with peers fetches what its block log lost: start it; otherwise restore the "
          + "directory from a backup, or from another member's sealed segments.",
        chinese: "有对等节点的节点会自动取回区块日志的缺失部分：请启动它；否则请用备份或其他成员的已封存区段恢复该目录。"),
      details: ["directory": .string(directory)])
  }

  private static func directoryNewer(
    _ path: String, version: String, _ directory: String
  ) -> Problem {
    Problem(
      .directoryNewer, .configurationError,
      what: LocalizedText(
        english: "\(directory) was written by a newer version of hypothec (\(path) has format "
          + "\(version)).",
        chinese: "\(directory) 由更新版本的 hypothec 写入（\(path) 的格式为 \(version)）。"),
      next: LocalizedText(
        english: "run that version; an older one does not touch the data.",
        chinese: "请使用该版本；旧版本不会改动数据。"),
      details: ["directory": .string(directory), "format": .string(version)])
  }

  private static func directoryExists(_ directory: String) -> Problem {
    Problem(
      .directoryExists, .cannotCreate,
      what: LocalizedText(
        english: "\(directory) is a data directory already.", chinese: "\(directory) 已是数据目录。"),
      next: LocalizedText(
        english: "name another directory; nothing was changed in this one.",
        chinese: "请换一个目录；此目录未作改动。"),
      details: ["directory": .string(directory)])
  }

  private static func indexUnusable(_ reason: String, _ directory: String) -> Problem {
    Problem(
      .indexUnusable, .inputOutputError,
      what: LocalizedText(
        english: "the index in \(directory) cannot be used: \(reason).",
        chinese: "\(directory) 中的索引无法使用：\(reason)。"),
      why: LocalizedText(
        english: "it is derived from the block log, which is not touched by this.",
        chinese: "索引由区块日志派生，日志不受影响。"),
      next: LocalizedText(
        english: "remove \(LocalPath.joined(directory, "index")); the next start builds it again.",
        chinese: "请删除 \(LocalPath.joined(directory, "index"))；下次启动会重建。"),
      details: ["directory": .string(directory)])
  }
}
