import CommandInterface
import Cryptography
import Documents
import Ledger

/// What `import` says at its end.
struct ImportAnswer {
  private let summary: ImportSummary
  private let elapsed: Duration
  private let input: ImportInput
  private let isDryRun: Bool
  private let hasReport: Bool

  init(
    _ summary: ImportSummary, _ elapsed: Duration, _ input: ImportInput, _ isDryRun: Bool,
    _ hasReport: Bool
  ) {
    self.summary = summary
    self.elapsed = elapsed
    self.input = input
    self.isDryRun = isDryRun
    self.hasReport = hasReport
  }

  func give(_ context: CommandContext) throws(Problem) {
    try context.answer(json: { document }, text: { text(context) })
  }

  private var milliseconds: Int64 {
    let (seconds, attoseconds) = elapsed.components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }

  private var document: JSONDocument {
    JSONDocument(
      JSONSchema("import"),
      [
        "dryRun": .boolean(isDryRun), "file": .string(input.path),
        "fileSha256": .string(input.survey.digest.description),
        "encoding": .string(input.survey.encoding.rawValue),
        "rows": .integer(summary.rowCount),
        "vehiclesRegistered": .integer(summary.accepted.registrations),
        "valuations": .integer(summary.accepted.valuations),
        "pledges": .integer(summary.accepted.pledges),
        "alreadyThere": .integer(summary.alreadyThereCount),
        "rejected": .integer(summary.rejectedCount), "warnings": .integer(summary.warningCount),
        "transactions": .integer(summary.transactionCount),
        "refusedInARace": .integer(summary.racedCount),
        "height": .optional(summary.height) { .height($0) },
        "milliseconds": .integer(milliseconds),
        "operationsSubmitted": .integer(summary.submittedCount),
        "rejects": hasReport ? .string(input.rejectsPath) : .null,
      ])
  }

  private func text(_ context: CommandContext) -> String {
    let language = context.language
    var rows: [(LocalizedText, String)] = [
      (LocalizedText(english: "rows", chinese: "行数"), number(summary.rowCount)),
      (
        LocalizedText(english: "vehicles registered", chinese: "登记车辆"),
        number(summary.accepted.registrations)
      ),
      (LocalizedText(english: "valuations", chinese: "评估"), number(summary.accepted.valuations)),
      (LocalizedText(english: "pledges", chinese: "抵押"), number(summary.accepted.pledges)),
      (LocalizedText(english: "already there", chinese: "已存在"), number(summary.alreadyThereCount)),
      (LocalizedText(english: "rows rejected", chinese: "被拒行"), number(summary.rejectedCount)),
      (LocalizedText(english: "warnings", chinese: "警告"), number(summary.warningCount)),
    ]
    if !isDryRun {
      rows.append(
        (LocalizedText(english: "transactions", chinese: "交易"), number(summary.transactionCount)))
      rows.append(
        (
          LocalizedText(english: "refused in a race", chinese: "竞争中被拒"),
          number(summary.racedCount)
        ))
    }
    rows.append((LocalizedText(english: "time", chinese: "用时"), time(language)))
    if let height = summary.height {
      rows.append((LocalizedText(english: "height", chinese: "高度"), number(height.rawValue)))
    }
    var lines = [lead[language]]
    let labelWidth = rows.map { DisplayWidth.columns(of: $0.0[language]) }.max() ?? 0
    let valueWidth = rows.map { DisplayWidth.columns(of: $0.1) }.max() ?? 0
    for (label, value) in rows {
      lines.append(
        "  " + DisplayWidth.pad(label[language], to: labelWidth, .left) + "  "
          + DisplayWidth.pad(value, to: valueWidth, .right))
    }
    if hasReport {
      lines.append(
        LocalizedText(
          english: "Rejected rows and warnings: \(input.rejectsPath)",
          chinese: "被拒行与警告：\(input.rejectsPath)")[language])
    }
    return lines.joined(separator: "\n")
  }

  private var lead: LocalizedText {
    isDryRun
      ? LocalizedText(
        english: "Dry run of \(input.path): nothing was recorded.",
        chinese: "试运行 \(input.path)：未登记任何内容。")
      : LocalizedText(english: "Imported \(input.path).", chinese: "已导入 \(input.path)。")
  }

  private func time(_ language: Language) -> String {
    let text = "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    guard milliseconds > 0, summary.submittedCount > 0 else { return text }
    let rate = Int64(summary.submittedCount) * 1_000 / milliseconds
    return "\(text) (\(number(rate))/s)"
  }

  private func number(_ value: some BinaryInteger) -> String { NumberText.grouped(value) }
}
