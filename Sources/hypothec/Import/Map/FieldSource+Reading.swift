import CommandInterface
import Documents
import Ledger

extension FieldSource {
  /// One source, or, for a field that is a list, several.
  static func readAll(_ field: JSONField, _ declaration: ImportField) -> [FieldSource]? {
    guard case .list(let limit) = declaration.presence, case .array = field.value.content else {
      return read(field, declaration).map { [$0] }
    }
    return field.list(1...limit) { read($0, declaration) }
  }

  private static func read(_ field: JSONField, _ declaration: ImportField) -> FieldSource? {
    field.object { members -> FieldSource? in
      _ = members.optional("comment")?.text()
      guard let origin = origin(members, field) else { return nil }
      var source = FieldSource(origin: origin)
      // Every member is read, so that all faults are found.
      let steps = [
        readText(members, &source), readForm(members, &source, declaration.form, field),
      ]
      return steps.allSatisfy { $0 } ? source : nil
    }
  }

  private static func origin(_ members: JSONMembers, _ field: JSONField) -> Origin? {
    let column = members.optional("column")
    let constant = members.optional("constant")
    let template = members.optional("template")
    guard [column, constant, template].count(where: { $0 != nil }) == 1 else {
      field.wrong(
        "a field has one of \"column\", \"constant\", \"template\"",
        "字段须给出 \"column\"、\"constant\"、\"template\" 之一")
      return nil
    }
    if let column { return column.text().map { .column($0) } }
    if let constant { return constantText(constant).map { .constant($0) } }
    guard let template, let text = template.text() else { return nil }
    guard let parsed = TextTemplate(text) else {
      template.wrong(
        "'\(text)' is no template: places stand in braces, such as {vin} or {row}",
        "'\(text)' 不是模板：占位写在花括号内，如 {vin} 或 {row}")
      return nil
    }
    return .template(parsed)
  }

  /// Numbers may stand without quotation marks.
  private static func constantText(_ field: JSONField) -> String? {
    if case .number(let text) = field.value.content { return text }
    return field.text()
  }

  /// What every field may have.
  private static func readText(_ members: JSONMembers, _ source: inout FieldSource) -> Bool {
    var isRight = true
    if let field = members.optional("trim") {
      if case .boolean(let value) = field.value.content {
        source.isTrimmed = value
      } else {
        field.wrong("true or false is due here", "此处应为 true 或 false")
        isRight = false
      }
    }
    take(members.optional("case"), .choice(of: LetterCase.self, "case"), &isRight) {
      source.letterCase = $0
    }
    take(members.optional("otherwise"), .choice(of: Untranslated.self, "otherwise"), &isRight) {
      source.otherwise = $0
    }
    if let field = members.optional("values") {
      if let values = translations(field) { source.values = values } else { isRight = false }
    }
    if let field = members.optional("empty") {
      if let empty = field.list(1...100, { $0.text() }) {
        source.empty = empty
      } else {
        isRight = false
      }
    }
    return isRight
  }

  private static func translations(_ field: JSONField) -> [String: String]? {
    guard case .object(let members) = field.value.content else {
      field.wrong(
        "an object is due here, from what the file has to what the ledger has",
        "此处应为对象：文件中的写法对应账本中的写法")
      return nil
    }
    var values: [String: String] = [:]
    for member in members {
      let value = JSONField(
        value: member.value, path: "\(field.path).\(member.name)", findings: field.findings)
      guard let text = constantText(value) else { return nil }
      values[member.name] = text
    }
    return values
  }

  private static func take<Value>(
    _ field: JSONField?, _ type: ValueType<Value>, _ isRight: inout Bool, _ set: (Value) -> Void
  ) {
    guard let field else { return }
    if let value = field.value(type) { set(value) } else { isRight = false }
  }

  // MARK: By form

  /// What only some fields have; asked for nowhere else, so that elsewhere it is unknown.
  private static func readForm(
    _ members: JSONMembers, _ source: inout FieldSource, _ form: ImportField.Form,
    _ field: JSONField
  ) -> Bool {
    switch form {
    case .odometer:
      return readNumber(members, &source) && readOdometer(members, &source)
    case .money:
      return readNumber(members, &source) && readMoney(members, &source, field)
    case .date: return readPattern(members, &source, needsTime: false)
    case .time: return readPattern(members, &source, needsTime: true)
    case .vin, .identifier, .text, .year, .condition, .region, .party, .document, .commitment,
      .word:
      return true
    }
  }

  private static func readNumber(_ members: JSONMembers, _ source: inout FieldSource) -> Bool {
    var isRight = true
    take(members.optional("decimalMark"), .oneByte([".", ","]), &isRight) {
      source.number.mark = $0
    }
    take(members.optional("grouping"), .oneByte([",", ".", " ", "'"]), &isRight) {
      source.number.grouping = $0
    }
    if source.number.grouping == source.number.mark {
      members.optional("grouping")?.wrong(
        "the same mark parts groups and fractions", "分组符与小数点相同")
      return false
    }
    return isRight
  }

  private static func readOdometer(_ members: JSONMembers, _ source: inout FieldSource) -> Bool {
    var isRight = true
    take(members.optional("unit"), .choice(of: DistanceUnit.self, "unit"), &isRight) {
      source.unit = $0
    }
    guard let field = members.optional("plausible") else { return isRight }
    let range = field.object { members -> ClosedRange<Int>? in
      let from = members.required("from")?.number(0...9_999_999)
      let through = members.required("to")?.number(0...9_999_999)
      guard let from, let through else { return nil }
      guard from <= through else {
        field.wrong("the range ends before it begins", "范围的终点小于起点")
        return nil
      }
      return from...through
    }
    source.plausible = range
    return isRight && range != nil
  }

  private static func readMoney(
    _ members: JSONMembers, _ source: inout FieldSource, _ field: JSONField
  ) -> Bool {
    var isRight = true
    if let scale = members.optional("scale") {
      if let number = scale.number(1...1_000_000) { source.scale = number } else { isRight = false }
    }
    let constant = members.optional("currency")
    let column = members.optional("currencyColumn")
    guard (constant == nil) != (column == nil) else {
      field.wrong(
        "an amount has a \"currency\" such as \"CNY\", or a \"currencyColumn\"",
        "金额须有 \"currency\"（如 \"CNY\"）或 \"currencyColumn\"")
      return false
    }
    take(constant, .currency, &isRight) { source.currency = .constant($0) }
    if let column {
      if let name = column.text() { source.currency = .column(name) } else { isRight = false }
    }
    return isRight
  }

  private static func readPattern(
    _ members: JSONMembers, _ source: inout FieldSource, needsTime: Bool
  ) -> Bool {
    var isRight = true
    take(members.optional("format"), .datePattern, &isRight) { source.pattern = $0 }
    guard needsTime else { return isRight }
    take(members.optional("offset"), .utcOffset, &isRight) { source.offsetMinutes = $0 }
    if let pattern = source.pattern, !pattern.hasOffset, source.offsetMinutes == nil {
      members.optional("format")?.wrong(
        "times of this format have no offset of their own: give \"offset\", such as \"+08:00\"",
        "此格式不含时区：请给出 \"offset\"，如 \"+08:00\"")
      return false
    }
    return isRight
  }
}

extension ValueType where Value == UInt8 {
  fileprivate static func oneByte(_ choices: [String]) -> ValueType {
    ValueType("character") { text throws(InvalidValue) in
      guard choices.contains(text), let byte = text.utf8.first else {
        let list = choices.map { "'\($0)'" }.joined(separator: " ")
        throw InvalidValue(
          english: "'\(text)' is none of \(list)", chinese: "'\(text)' 不是 \(list) 之一")
      }
      return byte
    }
  }
}

extension ValueType where Value == DatePattern {
  fileprivate static var datePattern: ValueType {
    ValueType("format") { text throws(InvalidValue) in
      if let pattern = DatePattern(text) { return pattern }
      throw InvalidValue(
        english: "'\(text)' is no date format: write such as yyyy-MM-dd, d.M.yyyy, "
          + "yyyy/MM/dd HH:mm:ss or yyyy-MM-ddTHH:mm:ssXXX",
        chinese: "'\(text)' 不是日期格式：如 yyyy-MM-dd、d.M.yyyy、yyyy/MM/dd HH:mm:ss、"
          + "yyyy-MM-ddTHH:mm:ssXXX")
    }
  }
}

extension ValueType where Value == Int {
  /// `+08:00`, `Z`: minutes east of UTC.
  fileprivate static var utcOffset: ValueType {
    ValueType("offset") { text throws(InvalidValue) in
      let bytes = Array(text.utf8)[...]
      if let offset = DatePattern.offset(bytes), offset.byteCount == bytes.count {
        return offset.minutes
      }
      throw InvalidValue(
        english: "'\(text)' is no offset from UTC such as +08:00 or Z",
        chinese: "'\(text)' 不是时区偏移，如 +08:00 或 Z")
    }
  }
}
