import CommandInterface

/// The long texts of what `import` and `reconcile` report.
enum ImportExplanations {
  static let all: [CommandTable.Explanation] = rows + cells + warnings + files

  private static func explanation(
    _ code: ProblemCode, _ english: String, _ chinese: String
  ) -> CommandTable.Explanation {
    CommandTable.Explanation(code, LocalizedText(english: english, chinese: chinese))
  }

  private static let rows = [
    explanation(
      .csvLineTooLong,
      "A row of the file is longer than 1 MiB. It is passed over; the rows after it are read. A quotation mark that is never closed makes such rows.",
      "某行超过 1 MiB，已跳过，其后的行照常读取。未关闭的引号常造成这种情况。"),
    explanation(
      .csvNulByte,
      "A row has a NUL byte in it, which no text has. The file was damaged, or is of another encoding: name it with --encoding.",
      "某行含有 NUL 字节。文件已损坏，或编码不同：请用 --encoding 指明。"),
    explanation(
      .csvQuote,
      "The quotation marks of a row do not match. A cell with a comma, a quotation mark or a line end in it stands in quotation marks, and a quotation mark within it is written twice (RFC 4180).",
      "某行的引号不配对。含逗号、引号或换行的单元格须加引号，其中的引号写两次（RFC 4180）。"),
    explanation(
      .csvEncoding,
      "A cell has bytes that are no characters in the file's encoding. Name the encoding with --encoding, or save the file as UTF-8.",
      "单元格中有不符合文件编码的字节。请用 --encoding 指明编码，或另存为 UTF-8。"),
    explanation(
      .csvCellCount,
      "A row has fewer or more cells than the heading. Most often a cell with a delimiter in it lacks quotation marks.",
      "某行的单元格数与表头不同。常因含分隔符的单元格没有加引号。"),
  ]

  private static let cells = [
    explanation(
      .cellEmpty,
      "A field that the operation needs is empty in this row. Nothing is invented for it. If only some rows give the operation, say so with \"when\" in the map.",
      "该操作必需的字段在此行为空，不会臆造。若只有部分行有此操作，请在映射中用 \"when\" 说明。"),
    explanation(
      .cellScientific,
      "A spreadsheet program took an id or a number for a large number and wrote it as 1.23E+16: its last digits are lost in the file. Format the column as text in the original and save again.",
      "表格软件把编号当成大数写成 1.23E+16，末尾数字已丢失。请在原文件中将该列设为文本后重新保存。"),
    explanation(
      .cellFormula,
      "A cell holds =\"...\", a trick that keeps spreadsheet programs from changing a text. Save the text itself.",
      "单元格为 =\"...\"，这是防止表格软件改动文本的写法。请保存文本本身。"),
    explanation(
      .cellErrorValue,
      "A cell holds a spreadsheet's error such as #N/A: the value was never there. If it means that nothing is known, list it under \"empty\" in the map.",
      "单元格为 #N/A 之类的错误值。若表示未知，请在映射的 \"empty\" 中列出。"),
    explanation(
      .cellDateSerial,
      "A date stands as a number of days, because its cell lost the date format. Format the column as a date or as text and save again.",
      "日期显示为天数序号，因为单元格丢失了日期格式。请设为日期或文本格式后重新保存。"),
    explanation(
      .cellNotNumber,
      "A cell is not a number. Say in the map what marks the fraction (decimalMark) and what parts groups of digits (grouping); units and currency signs do not belong into the cell.",
      "单元格不是数字。请在映射中说明小数点（decimalMark）与分组符（grouping）；单元格中不应有单位或货币符号。"),
    explanation(
      .cellNotDate,
      "A cell is not a date or a time of the form that the map gives (format), or the calendar has no such day.",
      "单元格不是映射所给格式（format）的日期或时间，或该日不存在。"),
    explanation(
      .cellUntranslated,
      "A cell has a word that neither the ledger nor the map's values know. Add it to \"values\", or say with \"otherwise\" what becomes of such words.",
      "单元格中的词既不是账本用词，也不在映射的 values 中。请加入 \"values\"，或用 \"otherwise\" 说明如何处理。"),
    explanation(
      .amountPrecision,
      "An amount has more digits after the point than its currency has, or is beyond 2^63 minor units. Amounts are never rounded.",
      "金额的小数位多于币种所有，或超出 2^63 最小单位。金额不会被舍入。"),
  ]

  private static let warnings = [
    explanation(
      .odometerImplausible,
      "An odometer lies outside the range that the map calls plausible. The row was imported, and its odometer left unstated.",
      "里程超出映射所定的合理范围。该行已导入，里程按未说明处理。"),
    explanation(
      .odometerEmpty,
      "An odometer is empty. The row was imported, and its odometer left unstated.",
      "里程为空。该行已导入，里程按未说明处理。"),
    explanation(
      .vinRewritten,
      "A VIN was written with blanks, hyphens, small letters or full-width letters and was brought to its canonical form.",
      "VIN 含空格、连字符、小写或全角字符，已转换为规范形式。"),
  ]

  private static let files = [
    explanation(
      .importMapInvalid,
      "The map file is not what docs/import.md describes. All faults are listed with line and place.",
      "映射文件不符合 docs/import.md 的说明。所有错误均列出行号和位置。"),
    explanation(
      .importColumnMissing,
      "The map names columns that the file's first row does not have. Names are compared letter by letter.",
      "映射中的列名在文件第一行中不存在。列名逐字比较。"),
    explanation(
      .importColumnRepeated,
      "Two columns of the file have the same name, and the map uses it.",
      "文件中有两列同名，而映射使用了该名称。"),
    explanation(
      .importFileEmpty, "The file has no heading and no rows.", "文件没有表头和数据。"),
    explanation(
      .importEncodingUnavailable,
      "The system's iconv cannot convert the file's encoding to UTF-8.",
      "系统的 iconv 无法将文件编码转换为 UTF-8。"),
    explanation(
      .importRejectsForeign,
      "The file in which refused rows would be reported exists and is no such report. It is not overwritten.",
      "用于报告被拒行的文件已存在且不是此类报告，不会覆盖。"),
    explanation(
      .importStateInvalid,
      "The file that remembers what was sent is something else or damaged. Moving it away is safe: rows that the ledger has already are recognised.",
      "记录已发送内容的文件另有用途或已损坏。移走它是安全的：已在账本上的行会被识别。"),
    explanation(
      .importStateOther,
      "An import of another file, with another map or in another network was stopped and not finished, and its memory lies where this one's would. Finish it, or delete the memory: rows that the ledger has already are recognised.",
      "另一文件、另一映射或另一网络的导入尚未完成，其状态文件占用了位置。请完成它或删除状态文件：已在账本上的行会被识别。"),
    explanation(
      .importRunning, "Another process imports the same file.", "另一进程正在导入同一文件。"),
    explanation(
      .importOutcomeUnknown,
      "The node went away while transactions were under way. The same command asks what became of them and goes on; nothing is recorded twice.",
      "有交易在途时节点断开。再次运行同一命令会查询结果并继续，不会重复登记。"),
    explanation(
      .importNodeUnavailable,
      "No node answers. An import needs a running node; a dry run and a reconciliation ask one too.",
      "没有节点应答。导入需要运行中的节点；试运行与核对同样需要。"),
  ]
}
