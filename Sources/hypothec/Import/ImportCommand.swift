import CommandInterface
import Cryptography
@preconcurrency import Glibc
import Ledger
import Node

/// `hypothec import FILE.csv --map MAP`.
enum ImportCommand {
  static let file = Argument.required(
    "file", .file,
    LocalizedText(english: "The CSV file.", chinese: "CSV 文件。"))

  static let map = Option.required(
    "map", .file,
    LocalizedText(
      english: "What the columns mean, in JSON (docs/import.md).",
      chinese: "列的含义（JSON，见 docs/import.md）。"))

  static let rejects = Option.optional(
    "rejects", .file,
    LocalizedText(
      english: "Where refused rows and oddities are written; else FILE.rejects.csv.",
      chinese: "写入被拒行与异常的文件；默认为 FILE.rejects.csv。"))

  static let operations = Option.defaulted(
    "operations", .integer(1...TransactionPayload.operationLimit), to: "1000",
    LocalizedText(
      english: "How many operations a transaction has at most.", chinese: "每笔交易的操作数上限。"))

  static let delimiter = Option.optional(
    "delimiter", ValueType<UInt8>.delimiter,
    LocalizedText(
      english: "What parts the cells: , ; or tab; else as the heading shows.",
      chinese: "分隔符：, ; 或 tab；默认自动识别。"))

  static let encoding = Option.optional(
    "encoding", .choice(of: TextEncoding.self, "encoding"),
    LocalizedText(
      english: "How the file's characters are written; else as its bytes show.",
      chinese: "文件编码；默认自动识别。"))

  static let dryRun = Flag(
    "dry-run",
    LocalizedText(
      english: "Do everything but sign and submit.", chinese: "除签名和提交外全部执行。"))

  static func command(_ node: ImportNode) -> Command {
    Command(
      "import",
      LocalizedText(
        english: "Record a portfolio from a CSV file.", chinese: "从 CSV 文件批量登记。"),
      discussion: LocalizedText(
        english: """
          A map says which column is which field of which operation. Every row is compared with the \
          ledger and checked first; only rows that pass are signed and submitted, up to 1,000 \
          operations a transaction. Refused rows and oddities are reported in a CSV file of their own.
          An import that is stopped at any moment goes on with the same command and records nothing \
          twice. Exit status 12 says that some rows were refused.
          """,
        chinese: """
          映射文件说明各列对应的操作字段。每行先与账本比对并检查，通过者才签名提交，每笔交易至多 1,000 个操作。\
          被拒行和异常写入单独的 CSV。
          任何时刻中断后，用同一命令继续，不会重复登记。退出码 12 表示有行被拒。
          """),
      section: Noun.record, arguments: [file],
      options: [map, rejects, operations, delimiter, encoding, dryRun] + SigningOptions.all,
      examples: [
        Command.Example(
          "hypothec import book.csv --map book.map.json --dry-run",
          LocalizedText(english: "See what would be recorded.", chinese: "查看将登记的内容。")),
        Command.Example(
          "hypothec import book.csv --map book.map.json --key registry=r.pem "
            + "--key appraiser=a.pem",
          LocalizedText(
            english: "Record it, signed by two members.", chinese: "由两个成员签名并登记。")),
      ]
    ) { context throws(Problem) in try run(context, node) }
  }

  private static func run(
    _ context: CommandContext, _ node: ImportNode
  ) throws(Problem) -> ExitCode {
    let start = context.host.monotonicClock.now()
    let input = try ImportInput(context)
    context.interrupt.arm()
    let isDryRun = context[dryRun]
    let keys = try isDryRun ? [:] : keys(context, input)
    let first = try isDryRun ? node.read(context) : node.connectAtFirst(context)
    let network = try network(first)
    let report = try FindingsFile(input.rejectsPath, context.language)
    let state = try isDryRun ? nil : state(input, network)
    let progress = context.progress(
      LocalizedText(english: isDryRun ? "Checking" : "Importing", chinese: isDryRun ? "检查" : "导入"),
      unit: LocalizedText(english: "rows", chinese: "行"), total: input.estimatedRowCount)
    var unused: (any ImportConnection)? = first
    let run = ImportRun(
      ImportRun.Settings(
        fileDigest: input.survey.digest, network: network,
        purpose: isDryRun ? .dryRun : .submission, operationLimit: context[operations], keys: keys,
        resumeCommand: input.command),
      ImportRun.Surroundings(
        open: { () throws(NodeAccessError) in
          if let first = unused {
            unused = nil
            return first
          }
          return try node.connect(context)
        }, now: context.host.wallClock.now, salt: salt, pause: { usleep(200_000) },
        interrupt: context.interrupt,
        report: { finding, line, original throws(Problem) in
          try report.add(finding, line: line, original: original)
        }, progress: { progress.update(UInt64($0)) }),
      table: input.table, converter: input.converter,
      planner: ImportPlanner(
        input.map, member: input.member, for: isDryRun ? .dryRun : .submission), state: state)
    let summary: ImportSummary
    do throws(Problem) {
      summary = try run.run()
      try report.flush()
    } catch {
      progress.abandon()
      try report.flush()
      throw error
    }
    progress.finish()
    let elapsed = context.host.monotonicClock.now() - start
    try ImportAnswer(summary, elapsed, input, isDryRun, report.isWritten).give(context)
    return summary.rejectedCount == 0 ? .success : .refused
  }

  private static func keys(
    _ context: CommandContext, _ input: ImportInput
  ) throws(Problem) -> [MemberID: SigningKey] {
    var keys: [MemberID: SigningKey] = [:]
    for signer in try context.signers() { keys[signer.member] = signer.key }
    for member in input.map.signers(input.member) where keys[member] == nil {
      throw .importKeyMissing(member)
    }
    return keys
  }

  private static func network(
    _ connection: any ImportConnection
  ) throws(Problem) -> NetworkID {
    do throws(NodeAccessError) {
      return try connection.ask(.status).head.network
    } catch {
      throw Problem(error)
    }
  }

  private static func state(
    _ input: ImportInput, _ network: NetworkID
  ) throws(Problem) -> (log: ImportStateLog, recovered: ImportStateLog.Recovered) {
    let header = ImportStateHeader(
      file: input.survey.digest, map: input.mapDigest, network: network)
    let (log, recovered) = try ImportStateLog.open(
      try ImportStateFile(input.statePath), header, name: input.statePath)
    return (log, recovered)
  }

  private static func salt() throws(Problem) -> Digest {
    do throws(CryptographyError) {
      guard let salt = Digest(try SecureRandom.bytes(Digest.byteCount)) else {
        preconditionFailure("32 bytes are a digest")
      }
      return salt
    } catch {
      throw Problem(error)
    }
  }
}
