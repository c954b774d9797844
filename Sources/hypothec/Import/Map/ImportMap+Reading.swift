import CommandInterface
import Documents
import Ledger

extension ImportMap {
  /// Reads a map file; all that is wrong with it is told at once.
  static func read(_ bytes: [UInt8], _ path: String) throws(Problem) -> ImportMap {
    try JSONFile.read(bytes, path, .importMapInvalid) { field in
      field.object { members in read(members) }
    }
  }

  private static func read(_ members: JSONMembers) -> ImportMap? {
    let hasFormat = members.required("format").map { $0.isFormat(format) } ?? false
    let delimiter = members.optional("delimiter").map { $0.value(.delimiter) }
    let encoding = members.optional("encoding").map {
      $0.value(.choice(of: TextEncoding.self, "encoding"))
    }
    _ = members.optional("comment")?.text()
    let operations = members.required("operations")?.list(1...3) { field in
      field.object { OperationMap.read($0, field) }
    }
    guard hasFormat, let operations, delimiter != .some(.none), encoding != .some(.none) else {
      return nil
    }
    let kinds = operations.map(\.kind)
    if Set(kinds).count < kinds.count {
      members.required("operations")?.wrong(
        "a kind of operation stands here twice", "同一种操作出现了两次")
      return nil
    }
    return ImportMap(
      delimiter: delimiter ?? nil, encoding: encoding ?? nil, operations: operations)
  }
}

extension OperationMap {
  fileprivate static func read(_ members: JSONMembers, _ field: JSONField) -> OperationMap? {
    _ = members.optional("comment")?.text()
    let kind = members.required("operation")?.value(.importedKind)
    let by = members.optional("by").map { $0.value(.member) }
    let coSigners = members.optional("coSigners").map { $0.list(1...8) { $0.value(.member) } }
    let condition = members.optional("when").map { $0.object { RowCondition.read($0) } }
    // Asked for in any case, so that it does not count as unknown.
    let fields = members.required("fields")
    guard let kind, let fields, by != .some(.none), coSigners != .some(.none),
      condition != .some(.none), let sources = sources(fields, kind)
    else { return nil }
    return OperationMap(
      kind: kind, by: by ?? nil, coSigners: (coSigners ?? nil) ?? [],
      condition: (condition ?? nil) ?? nil, sources: sources)
  }

  private static func sources(
    _ field: JSONField, _ kind: OperationKind
  ) -> [String: [FieldSource]]? {
    field.object { members -> [String: [FieldSource]]? in
      var sources: [String: [FieldSource]] = [:]
      var isWhole = true
      for declaration in ImportField.fields(of: kind) {
        let found =
          declaration.presence == .required
          ? members.required(declaration.name) : members.optional(declaration.name)
        guard let found else {
          isWhole = isWhole && declaration.presence != .required
          continue
        }
        if let read = FieldSource.readAll(found, declaration) {
          sources[declaration.name] = read
        } else {
          isWhole = false
        }
      }
      return isWhole && isConsistent(sources, kind, field) ? sources : nil
    }
  }

  /// Fields that only make sense together.
  private static func isConsistent(
    _ sources: [String: [FieldSource]], _ kind: OperationKind, _ field: JSONField
  ) -> Bool {
    func has(_ name: String) -> Bool { sources[name] != nil }
    if has("modelId") != has("modelVersion") {
      field.wrong(
        "modelId and modelVersion are given together", "modelId 与 modelVersion 须同时给出")
      return false
    }
    guard kind == .createPledge else { return true }
    if has("existingSince") != has("existingAnnotation") {
      field.wrong(
        "existingSince and existingAnnotation are given together",
        "existingSince 与 existingAnnotation 须同时给出")
      return false
    }
    if !has("existingSince") && !has("valuation") {
      field.wrong(
        "a pledge rests on a valuation, or, if it is an existing one, on existingSince and "
          + "existingAnnotation",
        "抵押须基于 valuation，已有抵押则须给出 existingSince 与 existingAnnotation")
      return false
    }
    return true
  }
}

extension RowCondition {
  fileprivate static func read(_ members: JSONMembers) -> RowCondition? {
    let column = members.required("column")?.text()
    let equals = members.optional("equals").map { $0.list(1...1_000) { $0.text() } }
    guard let column, equals != .some(.none) else { return nil }
    return RowCondition(column: column, equals: equals ?? nil)
  }
}

extension ValueType where Value == OperationKind {
  fileprivate static var importedKind: ValueType {
    ValueType("operation") { text throws(InvalidValue) in
      if let kind = ImportField.kinds.first(where: { $0.name == text }) { return kind }
      let list = ImportField.kinds.map(\.name).joined(separator: ", ")
      throw InvalidValue(
        english: "'\(text)' is no operation that can be imported: \(list)",
        chinese: "'\(text)' 不是可导入的操作：\(list)")
    }
  }
}

extension ValueType where Value == UInt8 {
  /// `,`, `;` or `tab`.
  static var delimiter: ValueType {
    ValueType("delimiter", completion: .words([",", ";", "tab"])) { text throws(InvalidValue) in
      switch text {
      case ",", "comma": return UInt8(ascii: ",")
      case ";", "semicolon": return UInt8(ascii: ";")
      case "\t", "tab": return UInt8(ascii: "\t")
      default:
        throw InvalidValue(
          english: "'\(text)' is none of , ; tab", chinese: "'\(text)' 不是 , ; tab 之一")
      }
    }
  }
}
