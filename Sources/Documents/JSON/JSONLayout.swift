import CommandInterface

/// JSON in lines, for files that people read and edit.
package enum JSONLayout {
  private static let lineColumnCount = 100

  /// `value` with two spaces a level and a line feed at the end. What fits on a line stays on it.
  package static func text(_ value: JSONValue) -> String {
    lines(value, indent: 0, lead: "", tail: "").joined(separator: "\n") + "\n"
  }

  private static func lines(
    _ value: JSONValue, indent: Int, lead: String, tail: String
  ) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let flat = margin + lead + spaced(value) + tail
    if isFlat(value) && (DisplayWidth.columns(of: flat) <= lineColumnCount || isScalar(value)) {
      return [flat]
    }
    switch value {
    case .array(let elements):
      let inner = elements.enumerated().flatMap { index, element in
        lines(
          element, indent: indent + 2, lead: "", tail: index + 1 < elements.count ? "," : "")
      }
      return ["\(margin)\(lead)["] + inner + ["\(margin)]\(tail)"]
    case .object(let members):
      let inner = members.enumerated().flatMap { index, member in
        lines(
          member.value, indent: indent + 2, lead: "\(JSONValue.string(member.name).text): ",
          tail: index + 1 < members.count ? "," : "")
      }
      return ["\(margin)\(lead){"] + inner + ["\(margin)}\(tail)"]
    default: return [flat]
    }
  }

  /// Lists of objects and objects of objects are laid out in lines even if they are short.
  private static func isFlat(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): elements.allSatisfy(isScalar)
    case .object(let members): members.allSatisfy { isScalar($0.value) }
    default: true
    }
  }

  private static func isScalar(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }

  /// On one line, with spaces after commas and colons.
  private static func spaced(_ value: JSONValue) -> String {
    switch value {
    case .array(let elements): "[\(elements.map(spaced).joined(separator: ", "))]"
    case .object(let members):
      "{"
        + members.map { "\(JSONValue.string($0.name).text): \(spaced($0.value))" }
        .joined(separator: ", ") + "}"
    default: value.text
    }
  }
}
