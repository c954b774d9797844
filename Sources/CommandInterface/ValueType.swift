/// Why a text is not a value of some type. The message quotes the text and says what to give:
/// `'abc' is not a height: give a whole number such as 48213`.
package struct InvalidValue: Error, Hashable, Sendable {
  package let message: LocalizedText

  package init(english: String, chinese: String) {
    message = LocalizedText(english: english, chinese: chinese)
  }
}

/// What a shell offers where a value is expected.
package enum ValueCompletion: Hashable, Sendable {
  case nothing
  case file
  case directory
  case words([String])
}

/// How the text of an argument or option becomes a value. Modules above add their own as static
/// members in an `extension ValueType where Value == Height`.
package struct ValueType<Value: Sendable>: Sendable {
  /// What stands for the value in help texts: `height` for `<height>`.
  package let placeholder: String
  package let completion: ValueCompletion
  /// Pure: the same text always gives the same value.
  package let parse: @Sendable (String) throws(InvalidValue) -> Value

  package init(
    _ placeholder: String, completion: ValueCompletion = .nothing,
    parse: @escaping @Sendable (String) throws(InvalidValue) -> Value
  ) {
    self.placeholder = placeholder
    self.completion = completion
    self.parse = parse
  }

  /// The same values under another placeholder: `.file.named("certificate")`.
  package func named(_ placeholder: String) -> ValueType {
    ValueType(placeholder, completion: completion, parse: parse)
  }
}

/// Where a command reads or writes: a file, or `-` for standard input or output.
package enum FilePath: Hashable, Sendable {
  case standardStream
  case path(String)

  package init(_ text: String) {
    self = text == "-" ? .standardStream : .path(text)
  }
}

extension ValueType where Value == String {
  /// Any text that is not empty.
  package static var text: ValueType {
    ValueType("text") { text throws(InvalidValue) in try nonEmpty(text) }
  }

  /// A path of a directory.
  package static var directory: ValueType {
    ValueType("directory", completion: .directory) { text throws(InvalidValue) in
      try nonEmpty(text)
    }
  }

  private static func nonEmpty(_ text: String) throws(InvalidValue) -> String {
    guard !text.isEmpty else {
      throw InvalidValue(english: "the value is empty", chinese: "值为空")
    }
    return text
  }
}

extension ValueType where Value == FilePath {
  /// A path of a file, or `-`.
  package static var file: ValueType {
    ValueType("file", completion: .file) { text throws(InvalidValue) in
      guard !text.isEmpty else {
        throw InvalidValue(
          english: "the path is empty: name a file, or - for standard input",
          chinese: "路径为空：请给出文件名，或用 - 表示标准输入")
      }
      return FilePath(text)
    }
  }
}

extension ValueType where Value == Int {
  /// A whole number within `range`.
  package static func integer(_ range: ClosedRange<Int>) -> ValueType {
    ValueType("number") { text throws(InvalidValue) in
      guard let value = Int(text), range.contains(value) else {
        throw InvalidValue(
          english:
            "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)",
          chinese: "'\(text)' 不是 \(range.lowerBound) 到 \(range.upperBound) 之间的整数")
      }
      return value
    }
  }
}

extension ValueType where Value == WallTime {
  package static var time: ValueType {
    ValueType("time") { text throws(InvalidValue) in
      if let time = WallTime(text) { return time }
      throw InvalidValue(
        english: "'\(text)' is not a time: write RFC 3339 such as 2026-09-20T09:31:00Z",
        chinese: "'\(text)' 不是时间：请按 RFC 3339 书写，如 2026-09-20T09:31:00Z")
    }
  }
}

extension ValueType where Value == CivilDate {
  package static var date: ValueType {
    ValueType("date") { text throws(InvalidValue) in
      if let date = CivilDate(text) { return date }
      throw InvalidValue(
        english: "'\(text)' is not a date: write year, month and day such as 2026-09-20",
        chinese: "'\(text)' 不是日期：请按年月日书写，如 2026-09-20")
    }
  }
}

extension ValueType where Value == Duration {
  package static var duration: ValueType {
    ValueType("duration") { text throws(InvalidValue) in
      if let duration = DurationText.parse(text) { return duration }
      throw InvalidValue(
        english:
          "'\(text)' is not a duration: write a number and a unit such as 90s, 15min, 24h, 7d",
        chinese: "'\(text)' 不是时长：请写数字和单位，如 90s、15min、24h、7d")
    }
  }
}

extension ValueType
where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
  /// One of the cases of an enum, by raw value; help and completion list them.
  package static func choice(of type: Value.Type, _ placeholder: String) -> ValueType {
    let words = Value.allCases.map(\.rawValue)
    return ValueType(placeholder, completion: .words(words)) { text throws(InvalidValue) in
      if let value = Value(rawValue: text) { return value }
      let list = words.joined(separator: ", ")
      throw InvalidValue(
        english: "'\(text)' is none of \(list)", chinese: "'\(text)' 不在可选值之内：\(list)")
    }
  }
}
