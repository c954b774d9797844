import CommandInterface
import Ledger

extension Problem {
  static func encodingUnavailable(_ encoding: TextEncoding) -> Problem {
    Problem(
      .importEncodingUnavailable, .configurationError,
      what: LocalizedText(
        english: "this system cannot convert \(encoding.systemName) to UTF-8.",
        chinese: "本系统无法将 \(encoding.systemName) 转换为 UTF-8。"),
      why: LocalizedText(
        english: "iconv(3) has no table for it.", chinese: "iconv(3) 缺少相应编码表。"),
      next: LocalizedText(
        english:
          "install the C library's character sets (Debian: libc-bin, libc6), or save the file "
          + "as UTF-8.",
        chinese: "请安装 C 库字符集（Debian：libc-bin、libc6），或将文件另存为 UTF-8。"))
  }

  static func headingUnreadable(_ path: String, _ line: Int, _ reason: LocalizedText) -> Problem {
    Problem(
      .dataMalformed, .dataError,
      what: LocalizedText(
        english: "the heading of \(path) (line \(line)) cannot be read: \(reason.english).",
        chinese: "无法读取 \(path) 的表头（第 \(line) 行）：\(reason.chinese)。"),
      next: LocalizedText(
        english: "the first row names the columns; correct it and run the command again.",
        chinese: "第一行应为列名；请改正后重试。"))
  }

  static func fileWithoutRows(_ path: String) -> Problem {
    Problem(
      .importFileEmpty, .dataError,
      what: LocalizedText(
        english: "\(path) has no heading and no rows.", chinese: "\(path) 没有表头和数据。"),
      next: LocalizedText(
        english: "check that the right file is named.", chinese: "请确认文件是否正确。"))
  }

  static func columnsMissing(
    _ missing: [String], _ path: String, present: [String]
  ) -> Problem {
    let hints = missing.compactMap { name in
      Suggestion.nearest(to: name, in: present).map { (name, $0) }
    }
    let names = missing.map { "\"\($0)\"" }.joined(separator: ", ")
    let there = present.map { "\"\($0)\"" }.joined(separator: ", ")
    let english = hints.map { "For \"\($0.0)\" there is \"\($0.1)\"." }.joined(separator: " ")
    let chinese = hints.map { "\"\($0.0)\" 可能是 \"\($0.1)\"。" }.joined()
    return Problem(
      .importColumnMissing, .dataError,
      what: LocalizedText(
        english: "\(path) lacks columns that the map names: \(names).",
        chinese: "\(path) 缺少映射所用的列：\(names)。"),
      why: LocalizedText(
        english: "the file has \(there).", chinese: "文件中的列为 \(there)。"),
      next: LocalizedText(
        english: (hints.isEmpty ? "" : english + " ")
          + "correct the names in the map, which are compared letter by letter.",
        chinese: chinese + "请改正映射中的列名（逐字比较）。"),
      details: [
        "missing": .array(missing.map { .string($0) }),
        "columns": .array(present.map { .string($0) }),
      ])
  }

  static func columnRepeated(_ name: String, _ path: String, count: Int) -> Problem {
    Problem(
      .importColumnRepeated, .dataError,
      what: LocalizedText(
        english: "\(path) has \(count) columns named \"\(name)\", and the map uses one.",
        chinese: "\(path) 中名为 \"\(name)\" 的列有 \(count) 个，而映射要用其中一个。"),
      why: LocalizedText(
        english: "it cannot be told which is meant.", chinese: "无法判断所指为何列。"),
      next: LocalizedText(
        english: "rename one of them in the file.", chinese: "请在文件中改名。"),
      details: ["column": .string(name)])
  }

  static func actorUnknown(_ kind: OperationKind) -> Problem {
    Problem(
      .usage, .usage,
      what: LocalizedText(
        english: "it is not said who records \(kind.name).",
        chinese: "未说明由谁登记 \(kind.name)。"),
      next: LocalizedText(
        english: "name the member in the map (\"by\"), or give --as MEMBER.",
        chinese: "请在映射中写 \"by\"，或使用 --as 成员。"))
  }
}
