import CommandInterface

/// Reads one JSON text, strictly: UTF-8, no member twice in an object, nothing after the value, at
/// most 32 levels deep.
struct JSONParser {
  private static let depthLimit = 32

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONInput {
    // A byte order mark is what some editors put before UTF-8.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var parser = JSONParser(bytes: bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == parser.bytes.count else {
      throw parser.error("something follows the end of the value", "值之后还有内容")
    }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  // MARK: Values

  private mutating func value() throws(JSONSyntaxError) -> JSONInput {
    skipSpace()
    let line = place.line
    guard let first = peek else { throw error("the file ends where a value is due", "文件不完整，缺少值") }
    let content: JSONInput.Content
    switch first {
    case UInt8(ascii: "{"): content = .object(try members())
    case UInt8(ascii: "["): content = .array(try elements())
    case UInt8(ascii: "\""): content = .string(try string())
    case UInt8(ascii: "-"), 0x30...0x39: content = .number(try number())
    default: content = try word()
    }
    return JSONInput(content: content, line: line)
  }

  private mutating func members() throws(JSONSyntaxError) -> [JSONInput.Member] {
    try enter()
    var members: [JSONInput.Member] = []
    var names: Set<String> = []
    while try !ends("}", members.isEmpty) {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else {
        throw error("a member begins with its name in quotation marks", "成员应以带引号的名称开头")
      }
      let start = position
      let name = try string()
      guard names.insert(name).inserted else {
        position = start
        throw error("the member \"\(name)\" stands here a second time", "成员 \"\(name)\" 重复出现")
      }
      skipSpace()
      guard skip(":") else { throw error("a colon follows a member's name", "成员名称后应为冒号") }
      members.append(JSONInput.Member(name: name, value: try value()))
    }
    depth -= 1
    return members
  }

  private mutating func elements() throws(JSONSyntaxError) -> [JSONInput] {
    try enter()
    var elements: [JSONInput] = []
    while try !ends("]", elements.isEmpty) { elements.append(try value()) }
    depth -= 1
    return elements
  }

  private mutating func enter() throws(JSONSyntaxError) {
    position += 1
    depth += 1
    if depth > Self.depthLimit { throw error("the nesting is too deep", "嵌套过深") }
  }

  /// Takes the closing bracket, or the comma before the next part.
  private mutating func ends(
    _ bracket: Unicode.Scalar, _ isFirst: Bool
  ) throws(JSONSyntaxError) -> Bool {
    skipSpace()
    if skip(bracket) { return true }
    if isFirst { return false }
    guard skip(",") else {
      throw error("a comma or \(bracket) is missing", "缺少逗号或 \(bracket)")
    }
    skipSpace()
    if peek == UInt8(ascii: bracket) {
      throw error("a comma stands before \(bracket)", "\(bracket) 之前有多余的逗号")
    }
    return false
  }

  private mutating func word() throws(JSONSyntaxError) -> JSONInput.Content {
    for (word, content) in [
      ("true", JSONInput.Content.boolean(true)), ("false", .boolean(false)), ("null", .null),
    ] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return content
    }
    throw error("this is no JSON value; texts stand in quotation marks", "不是 JSON 值；文本须加引号")
  }

  private mutating func number() throws(JSONSyntaxError) -> String {
    let start = position
    while let byte = peek,
      (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let isInteger = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isInteger, digits.count == 1 || !digits.hasPrefix("0") else {
      position = start
      throw error("\(text) is not a whole number", "\(text) 不是整数")
    }
    return text
  }

  // MARK: Texts

  private mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw error("the text is not UTF-8", "文本不是 UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): content += try escape()
      case ..<0x20:
        position -= 1
        throw error("a text ends on its own line: write \\n for a line feed", "文本不能换行：换行写作 \\n")
      default: content.append(byte)
      }
    }
    throw error("a quotation mark is missing", "缺少引号")
  }

  private mutating func escape() throws(JSONSyntaxError) -> [UInt8] {
    guard let byte = peek else { throw error("the file ends within a text", "文件在文本中结束") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(Character(try unicodeEscape())).utf8)
    default: throw error("no such escape after \\", "无效的转义")
    }
  }

  /// A scalar in one or, as a surrogate pair, two escapes.
  private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800...0xDBFF).contains(first), skip("\\"), skip("u") else {
      throw error("half of a surrogate pair", "代理对不完整")
    }
    let second = try fourDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair", "代理对不完整") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONSyntaxError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    let text = String(decoding: digits, as: UTF8.self)
    guard digits.count == 4, text.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
      let value = UInt32(text, radix: 16)
    else { throw error("\\u is followed by four hexadecimal digits", "\\u 之后应为四位十六进制数") }
    position += 4
    return value
  }

  // MARK: Bytes

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
  }

  private var place: (line: Int, column: Int) {
    let before = bytes[..<min(position, bytes.count)]
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return (before.count { $0 == 0x0A } + 1, before.count - start + 1)
  }

  private func error(_ english: String, _ chinese: String) -> JSONSyntaxError {
    JSONSyntaxError(
      line: place.line, column: place.column,
      reason: LocalizedText(english: english, chinese: chinese))
  }
}
