import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `hypothec reconcile FILE.csv --map MAP`.
enum ReconcileCommand {
  static let member = Option.optional(
    "as", .member,
    LocalizedText(
      english: "Also list this member's live pledges that the file lacks.",
      chinese: "同时列出该成员在账本上有效而文件中没有的抵押。"))

  static func command(_ node: ImportNode) -> Command {
    Command(
      "reconcile",
      LocalizedText(
        english: "Compare a book with the ledger, row by row.", chinese: "逐行核对台账与账本。"),
      discussion: LocalizedText(
        english: """
          Reads the file by the same map as `import` and says of every row whether it matches, differs \
          (which field, both values) or is not on the ledger. Rows that match are listed only with \
          --json. Exit status 0 says that all agree, 1 that something differs.
          """,
        chinese: """
          按与 import 相同的映射读取文件，逐行说明一致、不一致（字段及两边的值）或账本中没有。\
          一致的行只在 --json 中列出。退出码 0 表示全部一致，1 表示有差异。
          """),
      section: Noun.look, arguments: [ImportCommand.file],
      options: [ImportCommand.map, ImportCommand.delimiter, ImportCommand.encoding, member],
      examples: [
        Command.Example(
          "hypothec reconcile book.csv --map book.map.json --as bank-a",
          LocalizedText(english: "Check a bank's own book.", chinese: "核对银行自己的台账。"))
      ]
    ) { context throws(Problem) in
      let connection = try node.read(context)
      return try run(context) { request throws(Problem) in
        do throws(NodeAccessError) {
          return try connection.ask(request)
        } catch {
          throw Problem(error)
        }
      }
    }
  }

  private static func run(
    _ context: CommandContext, _ ask: @escaping LedgerView.Ask
  ) throws(Problem) -> ExitCode {
    let input = try ReconcileInput(context)
    context.interrupt.arm()
    let progress = context.progress(
      LocalizedText(english: "Reconciling", chinese: "核对"),
      unit: LocalizedText(english: "rows", chinese: "行"), total: input.estimatedRowCount)
    var reconciliation = Reconciliation(ask) { row throws(Problem) in
      switch context.format {
      case .json: try context.output.document(row.document)
      case .text:
        if row.result != .matches { try context.output.line(row.text(context.language)) }
      }
    }
    var table = input.table
    do throws(Problem) {
      try reconciliation.compare(&table, input.converter, context.interrupt) {
        progress.update(UInt64($0))
      }
      if let member = input.member { try reconciliation.findMissing(of: member) }
    } catch {
      progress.abandon()
      throw error
    }
    progress.finish()
    try answer(context, reconciliation)
    return reconciliation.counts.agree ? .success : .failure
  }

  private static func answer(
    _ context: CommandContext, _ reconciliation: Reconciliation
  ) throws(Problem) {
    let counts = reconciliation.counts
    let height = reconciliation.head?.height
    try context.answer(
      json: {
        JSONDocument(
          JSONSchema("reconcile"),
          [
            "rows": .integer(counts.rows), "matches": .integer(counts.matches),
            "differs": .integer(counts.differs), "notOnLedger": .integer(counts.notOnLedger),
            "notInFile": .integer(counts.notInFile), "unreadable": .integer(counts.unreadable),
            "agree": .boolean(counts.agree), "height": .optional(height) { .height($0) },
          ])
      },
      text: {
        let place = height.map { context.text($0) } ?? "-"
        return LocalizedText(
          english: "\(counts.rows) rows: \(counts.matches) match, \(counts.differs) differ, "
            + "\(counts.notOnLedger) not on the ledger, \(counts.unreadable) unreadable; "
            + "\(counts.notInFile) live pledges not in the file (\(place)).",
          chinese: "\(counts.rows) 行：一致 \(counts.matches)，不一致 \(counts.differs)，"
            + "账本中没有 \(counts.notOnLedger)，无法读取 \(counts.unreadable)；"
            + "文件中没有的有效抵押 \(counts.notInFile)（\(place)）。")[context.language]
      })
  }
}

/// What `reconcile` reads.
struct ReconcileInput {
  let table: ImportTable
  let converter: RowConverter
  let member: MemberID?
  let estimatedRowCount: UInt64

  init(_ context: CommandContext) throws(Problem) {
    guard case .path(let path) = context[ImportCommand.file],
      case .path(let mapPath) = context[ImportCommand.map]
    else {
      throw context.misuse(
        LocalizedText(
          english: "the file is read twice, so it cannot be standard input",
          chinese: "文件需读取两遍，不能使用标准输入"))
    }
    let map = try ImportMap.read(
      try LocalFile.read(mapPath, limit: ImportMap.byteLimit), mapPath)
    let survey = try FileSurvey(path)
    table = try ImportTable(
      path: path, survey: survey, encoding: context[ImportCommand.encoding] ?? map.encoding,
      delimiter: context[ImportCommand.delimiter] ?? map.delimiter)
    member = context[ReconcileCommand.member]
    let configured = try NodeConfiguration.loadIfPresent(context.dataDirectory)
    converter = try RowConverter(
      map, columns: table.columns, member: member ?? configured?.member, file: path)
    estimatedRowCount = survey.lineFeedCount - min(1, survey.lineFeedCount)
  }
}
