import CommandInterface

/// A JSON value that was read from a file (RFC 8259), with the place where it stands.
///
/// Written by hand and not Foundation's decoder, because people edit these files: a member that
/// stands twice is refused, not dropped, and every message names a line and a path.
package struct JSONInput: Hashable, Sendable {
  package indirect enum Content: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// As it is written; nothing in hypothec's files has a fraction.
    case number(String)
    case string(String)
    case array([JSONInput])
    case object([Member])
  }

  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: JSONInput
  }

  package let content: Content
  /// 1 for the first line.
  let line: Int

  /// What the value is, for messages.
  var kind: LocalizedText {
    switch content {
    case .null: LocalizedText(verbatim: "null")
    case .boolean: LocalizedText(english: "true or false", chinese: "布尔值")
    case .number: LocalizedText(english: "a number", chinese: "数字")
    case .string: LocalizedText(english: "a text", chinese: "文本")
    case .array: LocalizedText(english: "a list", chinese: "列表")
    case .object: LocalizedText(english: "an object", chinese: "对象")
    }
  }
}

/// Why a text is not JSON, and where.
struct JSONSyntaxError: Error, Hashable, Sendable {
  let line: Int
  /// In characters of UTF-8, 1 for the first.
  let column: Int
  let reason: LocalizedText
}
