/// A JSON value for output (RFC 8259), with members in the order they are written.
///
/// Literals read as JSON does: `["height": 48_213, "pledgee": nil]`. There are no floating-point
/// numbers: amounts are `decimal` strings. Swift strings hold no lone surrogates, so every value
/// has an encoding.
package enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case signed(Int64)
  case unsigned(UInt64)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])
}

/// One member of an object. Precondition of the objects: no name twice.
package struct JSONMember: Hashable, Sendable {
  package let name: String
  package let value: JSONValue

  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension JSONValue {
  /// Any integer of at most 64 bits, exactly.
  package static func integer(_ value: some FixedWidthInteger) -> JSONValue {
    if let value = Int64(exactly: value) { return .signed(value) }
    guard let value = UInt64(exactly: value) else {
      preconditionFailure("a JSON number has at most 64 bits")
    }
    return .unsigned(value)
  }

  /// An amount: decimal digits as a string, which no reader rounds. Precondition: `text` is an
  /// optional minus sign, digits, and optionally a point with digits.
  package static func decimal(_ text: String) -> JSONValue {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    precondition(
      parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
      }, "a decimal is digits with at most one point")
    return .string(text)
  }

  /// `null` for `nil`.
  package static func optional<Wrapped>(
    _ value: Wrapped?, _ transform: (Wrapped) -> JSONValue
  ) -> JSONValue {
    value.map(transform) ?? .null
  }

  /// RFC 3339 in UTC.
  package static func time(_ time: WallTime) -> JSONValue { .string(time.text) }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(integerLiteral value: Int64) { self = .signed(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONMember($0.0, $0.1) })
  }
}

extension JSONValue {
  /// The one compact encoding, without a line feed at its end.
  package var text: String {
    var writer = JSONWriter()
    writer.write(self)
    return writer.text
  }
}
