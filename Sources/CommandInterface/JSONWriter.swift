/// Writes JSON by hand: compact, deterministic, and safe to print on a terminal, because control
/// characters (C0, DEL, C1) and the two separators that end lines in JavaScript are escaped.
struct JSONWriter {
  private(set) var text = ""

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .signed(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .string(let value): write(value)
    case .array(let elements): write(elements, "[", "]") { $0.write($1) }
    case .object(let members):
      precondition(Set(members.map(\.name)).count == members.count, "a member is written once")
      write(members, "{", "}") { writer, member in
        writer.write(member.name)
        writer.text += ":"
        writer.write(member.value)
      }
    }
  }

  private mutating func write<Element>(
    _ elements: [Element], _ open: String, _ close: String,
    _ body: (inout JSONWriter, Element) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      body(&self, element)
    }
    text += close
  }

  private mutating func write(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      write(scalar)
    }
    text += "\""
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
}
