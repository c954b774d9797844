import CommandInterface
import Cryptography
import Documents
import Ledger
import Node
import Storage

/// `audit verify`: checks a data directory's whole block log from the network file alone.
///
/// Every byte, every block, every rule, every signature. Exit status 0 sound, 20 damaged or altered,
/// 21 cannot tell: a block that cannot be read ends what can be checked.
struct AuditVerify {
  static let directory = Argument.optional(
    "directory", .directory,
    LocalizedText(
      english: "The data directory; else that of --directory.", chinese: "数据目录；默认同 --directory。"))

  static let network = Option.optional(
    "network", ValueType<String>.path.named("network-file"),
    LocalizedText(
      english: "The network file to trust; else the directory's own.",
      chinese: "所信任的网络文件；默认为目录中的网络文件。"))

  static let index = Flag(
    "index",
    LocalizedText(
      english: "Compare the index with the log as well, row by row.", chinese: "同时逐行比较索引与日志。"))

  static let recovery = Option.repeated(
    "accept-recovery", ValueType<String>.path.named("record"),
    LocalizedText(
      english: "Accept that the chain goes on by this recovery record: its file or its hash.",
      chinese: "接受链依据此恢复记录继续：记录文件或其哈希。"))

  static let command = Command(
    "verify",
    LocalizedText(
      english: "Check every byte, rule and signature of a stopped node's block log.",
      chinese: "核验已停止节点的区块日志：每个字节、每条规则、每个签名。"),
    discussion: LocalizedText(
      english: """
        Exit status 0: sound. 20: damaged or altered; the answer names file, bytes and height. 21: \
        parts are missing, or a recovery record was not accepted, so that it cannot tell. The node must be stopped, or audit a copy of \
        its directory.
        """,
      chinese: "退出码 0：完好。20：损坏或被篡改，并指出文件、字节和高度。21：缺少部分内容或未接受恢复记录，无法判断。节点须停止，或核验其目录的副本。"),
    arguments: [directory], options: [network, index, recovery],
    examples: [
      Command.Example(
        "hypothec audit verify /var/lib/hypothec --network network.cbor",
        LocalizedText(
          english: "Against a network file of your own:", chinese: "依据自己保存的网络文件："))
    ]
  ) { context throws(Problem) in
    try AuditVerify(context).run()
  }

  private let context: CommandContext
  private let path: String

  init(_ context: CommandContext) {
    self.context = context
    path = context[Self.directory] ?? context.dataDirectory
  }

  func run() throws(Problem) -> ExitCode {
    let genesis = try genesis()
    let disk: PosixDisk
    do throws(DiskError) {
      disk = try PosixDisk(root: path)
    } catch {
      throw Problem(error, directory: path)
    }
    // Held while the audit runs: opening the log removes what a crash left unfinished.
    let lock = try locked(disk, genesis)
    defer { withExtendedLifetime(lock) {} }
    let report = try audit(genesis, disk)
    try present(report, genesis)
    try noteUnlogged(report, disk, genesis)
    return Self.exitCode(report)
  }

  static func exitCode(_ report: AuditReport) -> ExitCode {
    if report.isSound { return .success }
    let isMissing = report.findings.allSatisfy { finding in
      if case .unfinalized = finding.matter { return true }
      if case .recoveryNotAccepted = finding.matter { return true }
      if case .damage(let kind) = finding.matter { return kind == .missing }
      return false
    }
    return isMissing ? .cannotTell : .provenFalse
  }

  // MARK: The audit

  private func genesis() throws(Problem) -> Genesis {
    let file: NetworkFile =
      if let trusted = context[Self.network] { try NetworkDocument.load(.path(trusted)) } else {
        try NodeDirectory(path).networkFile()
      }
    do throws(NetworkFileError) {
      return try Genesis(file)
    } catch {
      throw Problem(
        .networkUnusable, .configurationError,
        what: LocalizedText(
          english: "the network file describes no network that can run: \(error).",
          chinese: "网络文件所描述的网络无法运行：\(error)。"))
    }
  }

  private func locked(
    _ disk: PosixDisk, _ genesis: Genesis
  ) throws(Problem) -> DataDirectory {
    do throws(StorageError) {
      return try DataDirectory.open(on: disk, network: genesis.network.digest)
    } catch {
      throw Problem(error, directory: path)
    }
  }

  private func audit(_ genesis: Genesis, _ disk: PosixDisk) throws(Problem) -> AuditReport {
    let accepting = try accepted(genesis, disk)
    let scratch = try ScratchStore()
    defer { scratch.remove() }
    var bar: Progress?
    do throws(ChainError) {
      let report = try ChainAudit(
        genesis, on: disk, BlockLog.Configuration(network: genesis.network.digest),
        scratch: scratch.store, comparingIndex: try index(), accepting: accepting
      ).run { progress in
        let shown = bar ?? context.auditProgress(progress)
        bar = shown
        shown.update(progress.height.rawValue)
      }
      bar?.finish()
      return report
    } catch {
      bar?.abandon()
      throw Problem(auditing: error, directory: path)
    }
  }

  /// The records of `--accept-recovery`. Throws RECOVERY_RECORD_UNKNOWN for a hash that no record of the
  /// directory has.
  private func accepted(
    _ genesis: Genesis, _ disk: PosixDisk
  ) throws(Problem) -> RecoveryRecords {
    var accepted = RecoveryRecords.none
    for text in context[Self.recovery] {
      guard text.utf8.count == 2 * Digest.byteCount, let hash = Digest(hexadecimal: text) else {
        let record = try RecoveryFile.read(.path(text))
        try record.requireNetwork(genesis.network)
        accepted.insert(record)
        continue
      }
      let found: RecoveryRecords
      do throws(StorageError) {
        found = try RecoveryRecords.load(from: disk, network: genesis.network)
      } catch {
        throw Problem(error, directory: path)
      }
      guard let record = found.all.first(where: { $0.hash == hash }) else {
        throw Problem(
          .recoveryRecordUnknown, .notFound,
          what: LocalizedText(
            english: "\(path) holds no recovery record \(text).",
            chinese: "\(path) 中没有恢复记录 \(text)。"),
          next: LocalizedText(
            english: "give the record's file: --accept-recovery FILE",
            chinese: "请给出记录文件：--accept-recovery 文件"),
          details: ["record": .string(text)])
      }
      accepted.insert(record)
    }
    return accepted
  }

  /// After a crash the newest blocks may stand in the journal alone, where a node finds them: the
  /// audit, which reads the log, says that it has not seen them.
  private func noteUnlogged(
    _ report: AuditReport, _ disk: PosixDisk, _ genesis: Genesis
  ) throws(Problem) {
    guard let head = report.head, LocalFile.exists(LocalPath.joined(path, "journal")) else {
      return
    }
    let journal = try JournalContent(disk, genesis.network, NodeDirectory(path))
    guard let height = journal.finalizedHeight, height > head.height else { return }
    context.note(
      LocalizedText(
        english: """
          Not in the log yet: final blocks up to height \(height.rawValue), which a crash left in \
          the journal. Run the node once, stop it, and audit again to check them too.
          """,
        chinese: """
          崩溃后留在日志（journal）中、尚未写入区块文件的最终区块：至高度 \(height.rawValue)。请运行节点一次并停止后再次核验。
          """))
  }

  private func index() throws(ChainError) -> (any StoreReader)? {
    guard context[Self.index] else { return nil }
    do throws(StorageError) {
      return try Index(path: LocalPath.joined(path, DataDirectory.indexName))
    } catch {
      throw .storage(error)
    }
  }

  // MARK: The answer

  private func present(_ report: AuditReport, _ genesis: Genesis) throws(Problem) {
    let name = genesis.networkFile.name
    try context.answer {
      document(report, genesis)
    } text: {
      text(report, name)
    }
  }

  private func document(_ report: AuditReport, _ genesis: Genesis) -> JSONDocument {
    JSONDocument(
      JSONSchema("audit-verify"),
      [
        "directory": .string(path), "network": .string(genesis.networkFile.name.text),
        "networkId": .string(genesis.network.description), "sound": .boolean(report.isSound),
        "complete": .boolean(report.isThrough),
        "height": .optional(report.head) { .height($0.height) },
        "time": .optional(report.head) { .time($0.time) },
        "stateRoot": .optional(report.head) { .string($0.stateRoot.description) },
        "blocks": .integer(report.blocks), "transactions": .integer(report.transactions),
        "operations": .integer(report.operations), "signatures": .integer(report.signatures),
        "certificates": .integer(report.certificates), "bytes": .integer(report.byteCount),
        "recoveries": .array(report.recoveries.map(Self.json)),
        "findingCount": .integer(report.findingCount),
        "findings": .array(report.findings.map(Self.json)),
      ])
  }

  private static func json(_ recovery: AuditedRecovery) -> JSONValue {
    [
      "record": .string(recovery.record.hash.description),
      "height": .height(recovery.record.height), "epoch": .integer(recovery.record.epoch.rawValue),
      "accepted": .boolean(recovery.isAccepted),
    ]
  }

  private static func json(_ finding: AuditFinding) -> JSONValue {
    [
      "file": .optional(finding.file) { .string($0.text) },
      "from": .optional(finding.byteRange) { .integer($0.lowerBound) },
      "to": .optional(finding.byteRange) { .integer($0.upperBound) },
      "height": .optional(finding.height, JSONValue.height),
      "finding": .string("\(finding)"),
    ]
  }

  private func text(_ report: AuditReport, _ name: NetworkName) -> String {
    var facts = FactList()
    if let head = report.head {
      facts.append(
        context.say("Checked to", "核验至"), context.text(head.time, head.height))
      facts.append(context.say("State root", "状态根"), head.stateRoot.description)
    }
    facts.append(
      context.say("Blocks", "区块"),
      "\(NumberText.grouped(report.blocks)) (\(NumberText.bytes(report.byteCount)))")
    facts.append(
      context.say("Transactions", "交易"),
      context.say(
        "\(NumberText.grouped(report.transactions)), \(NumberText.grouped(report.operations)) "
          + "operations",
        "\(NumberText.grouped(report.transactions)) 笔，\(NumberText.grouped(report.operations)) 项操作")
    )
    facts.append(
      context.say("Signatures", "签名"),
      context.say(
        "\(NumberText.grouped(report.signatures)) of members, certificates of "
          + "\(NumberText.grouped(report.certificates))",
        "成员签名 \(NumberText.grouped(report.signatures)) 个，证书 "
          + "\(NumberText.grouped(report.certificates)) 个"))
    for recovery in report.recoveries {
      facts.append(
        context.say("Recovery", "恢复"),
        RecoverySummary(recovery.record).text[context.language]
          + (recovery.isAccepted
            ? context.say(" (accepted)", "（已接受）")
            : context.say(" (NOT accepted: --accept-recovery)", "（未接受：--accept-recovery）")))
    }
    let findings = report.findings.prefix(20).map { "  \($0)" }
    let rest = report.findingCount - findings.count
    let more = rest > 0 ? [context.say("  … and \(rest) more", "  … 另有 \(rest) 处")] : []
    return
      ([context.say("Audit of \(path), \(name)", "核验 \(path)，\(name)")]
      + facts.lines(context) + findings + more + [conclusion(report)])
      .joined(separator: "\n")
  }

  private func conclusion(_ report: AuditReport) -> String {
    switch Self.exitCode(report) {
    case .success:
      return context.output.terminal.styled(
        context.say("Sound: nothing was altered.", "完好：没有任何改动。"), .green)
    case .cannotTell:
      return context.output.terminal.styled(
        context.say(
          "Cannot tell: parts are missing, or a recovery record was not accepted.",
          "无法判断：缺少部分内容，或未接受恢复记录。"), .yellow)
    default:
      return context.output.terminal.styled(
        context.say("NOT SOUND: damaged or altered.", "有误：已损坏或被篡改。"), .red)
    }
  }
}

extension CommandContext {
  fileprivate func auditProgress(_ progress: AuditProgress) -> Progress {
    self.progress(
      LocalizedText(english: "Audit", chinese: "核验"),
      unit: LocalizedText(english: "blocks", chinese: "个区块"),
      total: progress.lastHeight.rawValue)
  }
}

extension Problem {
  fileprivate init(auditing error: ChainError, directory: String) {
    switch error {
    case .storage(let error): self.init(error, directory: directory)
    case .unknownBlock, .unknownParent, .diskFull, .state, .tree, .unreadableBlock, .wrongBlock,
      .recovery, .stopped:
      self.init(
        .auditFailed, .cannotTell,
        what: LocalizedText(
          english: "the audit could not go on: \(error).", chinese: "核验无法继续：\(error)。"),
        next: LocalizedText(
          english: "free space in the temporary directory, then run it again.",
          chinese: "请释放临时目录空间后重试。"))
    }
  }
}

extension ProblemCode {
  static let recoveryRecordUnknown = ProblemCode("RECOVERY_RECORD_UNKNOWN")
  static let auditFailed = ProblemCode("AUDIT_FAILED")
  static let networkUnusable = ProblemCode("NETWORK_UNUSABLE")
}
