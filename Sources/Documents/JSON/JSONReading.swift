import CommandInterface

/// What is wrong with a configuration file, one entry a fault, in the order of the file.
package final class JSONFindings {
  package struct Finding: Hashable, Sendable {
    /// `members[2].keys[0].coseKey`; empty for the file as a whole.
    let path: String
    let line: Int?
    let text: LocalizedText
  }

  package private(set) var findings: [Finding] = []

  package init() {}

  package func add(_ path: String, line: Int?, _ text: LocalizedText) {
    findings.append(Finding(path: path, line: line, text: text))
  }
}

/// A value within a file, with its path. Reading notes what is wrong and gives `nil`, so that one
/// look at a file finds everything that is wrong with it.
package struct JSONField {
  package let value: JSONInput
  package let path: String
  package let findings: JSONFindings

  package init(value: JSONInput, path: String, findings: JSONFindings) {
    self.value = value
    self.path = path
    self.findings = findings
  }

  package func wrong(_ english: String, _ chinese: String) {
    findings.add(path, line: value.line, LocalizedText(english: english, chinese: chinese))
  }

  private func notA(_ english: String, _ chinese: String) {
    let kind = value.kind
    wrong("this is \(kind.english); \(english) is due here", "此处为\(kind.chinese)，应为\(chinese)")
  }

  package func text() -> String? {
    if case .string(let text) = value.content { return text }
    notA("a text", "文本")
    return nil
  }

  /// A text that reads as a value of the command line.
  package func value<Value>(_ type: ValueType<Value>) -> Value? {
    guard let text = text() else { return nil }
    do throws(InvalidValue) {
      return try type.parse(text)
    } catch {
      wrong(error.message.english, error.message.chinese)
      return nil
    }
  }

  package func number(_ range: ClosedRange<Int>) -> Int? {
    guard case .number(let text) = value.content else {
      notA("a whole number", "整数")
      return nil
    }
    guard let number = Int(text), range.contains(number) else {
      wrong(
        "\(text) is not from \(range.lowerBound) to \(range.upperBound)",
        "\(text) 不在 \(range.lowerBound) 到 \(range.upperBound) 之间")
      return nil
    }
    return number
  }

  /// Whether the text names the format that is expected; a fault if not.
  package func isFormat(_ format: String) -> Bool {
    guard let text = text() else { return false }
    if text == format { return true }
    wrong(
      "the format is \"\(text)\"; this version of hypothec reads \"\(format)\"",
      "格式为 \"\(text)\"；此版本的 hypothec 读取 \"\(format)\"")
    return false
  }

  /// The elements of a list with `counts` of them.
  func elements(_ counts: ClosedRange<Int>) -> [JSONField]? {
    guard case .array(let elements) = value.content else {
      notA("a list", "列表")
      return nil
    }
    guard counts.contains(elements.count) else {
      wrong(
        "the list has \(elements.count) entries; \(counts.lowerBound) to \(counts.upperBound) "
          + "are allowed",
        "列表有 \(elements.count) 项，应为 \(counts.lowerBound) 至 \(counts.upperBound) 项")
      return nil
    }
    return elements.enumerated().map { index, element in
      JSONField(value: element, path: "\(path)[\(index)]", findings: findings)
    }
  }

  /// The elements as values; `nil` if one of them is none.
  package func list<Value>(
    _ counts: ClosedRange<Int>, _ read: (JSONField) -> Value?
  ) -> [Value]? {
    guard let elements = elements(counts) else { return nil }
    let values = elements.map(read)
    let known = values.compactMap { $0 }
    return known.count == values.count ? known : nil
  }

  /// Reads the members of an object; those that `read` does not ask for are faults.
  package func object<Value>(_ read: (JSONMembers) -> Value?) -> Value? {
    guard case .object(let members) = value.content else {
      notA("an object", "对象")
      return nil
    }
    let reading = JSONMembers(members, self)
    let result = read(reading)
    reading.refuseUnknown()
    return result
  }
}

/// The members of an object while they are read.
package final class JSONMembers {
  private let members: [JSONInput.Member]
  private let field: JSONField
  private var asked: [String] = []

  fileprivate init(_ members: [JSONInput.Member], _ field: JSONField) {
    self.members = members
    self.field = field
  }

  /// A member that may be missing; `null` counts as missing.
  package func optional(_ name: String) -> JSONField? {
    asked.append(name)
    guard let member = members.first(where: { $0.name == name }), member.value.content != .null
    else { return nil }
    let path = field.path.isEmpty ? name : "\(field.path).\(name)"
    return JSONField(value: member.value, path: path, findings: field.findings)
  }

  /// A member whose absence is a fault.
  package func required(_ name: String) -> JSONField? {
    if let member = optional(name) { return member }
    field.wrong("the member \"\(name)\" is missing", "缺少成员 \"\(name)\"")
    return nil
  }

  fileprivate func refuseUnknown() {
    for member in members where !asked.contains(member.name) {
      let hint = Suggestion.nearest(to: member.name, in: asked)
      field.findings.add(
        field.path, line: member.value.line,
        LocalizedText(
          english: "\"\(member.name)\" is not known here"
            + (hint.map { "; did you mean \"\($0)\"?" } ?? ""),
          chinese: "此处没有成员 \"\(member.name)\"" + (hint.map { "，是否想写 \"\($0)\"？" } ?? "")))
    }
  }
}

/// A configuration file as a whole.
package enum JSONFile {
  /// Reads `bytes` with `read`, which gives `nil` only where it noted a fault. Throws all faults as
  /// one problem with `code`, exit status 78.
  package static func read<Value>(
    _ bytes: [UInt8], _ path: String, _ code: ProblemCode, _ read: (JSONField) -> Value?
  ) throws(Problem) -> Value {
    let input: JSONInput
    do throws(JSONSyntaxError) {
      input = try JSONParser.parse(bytes)
    } catch {
      throw .notJSON(path, code, error)
    }
    let findings = JSONFindings()
    let value = read(JSONField(value: input, path: "", findings: findings))
    guard let value, findings.findings.isEmpty else {
      precondition(!findings.findings.isEmpty, "what cannot be read has a fault that is noted")
      throw .faulty(path, code, findings.findings)
    }
    return value
  }
}

extension Problem {
  fileprivate static func notJSON(
    _ path: String, _ code: ProblemCode, _ error: JSONSyntaxError
  ) -> Problem {
    Problem(
      code, .configurationError,
      what: LocalizedText(
        english: "\(path) is not JSON: \(error.reason.english) "
          + "(line \(error.line), column \(error.column)).",
        chinese: "\(path) 不是 JSON：\(error.reason.chinese)（第 \(error.line) 行第 \(error.column) 列）。"),
      next: LocalizedText(
        english: "correct the line and run the command again.", chinese: "请改正该行后重试。"),
      details: [
        "path": .string(path), "line": .integer(error.line), "column": .integer(error.column),
      ])
  }

  /// All faults at once, one a line.
  static func faulty(
    _ path: String, _ code: ProblemCode, _ findings: [JSONFindings.Finding]
  ) -> Problem {
    let count = findings.count
    return Problem(
      code, .configurationError,
      what: LocalizedText(
        english: "\(path) has \(count == 1 ? "a fault" : "\(count) faults").",
        chinese: "\(path) 有 \(count) 处错误。"),
      why: LocalizedText(
        english: findings.map { $0.sentence(.english) }.joined(separator: "\n"),
        chinese: findings.map { $0.sentence(.chinese) }.joined(separator: "\n")),
      next: LocalizedText(
        english: "correct them and run the command again.", chinese: "请改正后重试。"),
      details: ["path": .string(path), "findings": .array(findings.map(\.json))])
  }
}

extension JSONFindings.Finding {
  /// `line 12, members[2].roles[0]: 'bank' is none of ...`.
  package func sentence(_ language: Language) -> String {
    let place: LocalizedText? = line.map {
      LocalizedText(english: "line \($0)", chinese: "第 \($0) 行")
    }
    let parts = [place?[language] ?? "", path].filter { !$0.isEmpty }
    let lead = parts.joined(separator: ", ")
    return lead.isEmpty ? text[language] : "\(lead): \(text[language])"
  }

  package var json: JSONValue {
    [
      "path": .string(path), "line": .optional(line) { .integer($0) },
      "fault": .string(text.english),
    ]
  }
}
