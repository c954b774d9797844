import Testing

@testable import Documents

/// JSON that a command wrote, read by the strict parser.
struct JSONTestValue {
  private let input: JSONInput

  init(_ text: String) throws {
    input = try JSONParser.parse(Array(text.utf8))
  }

  private init(_ input: JSONInput) { self.input = input }

  subscript(name: String) -> JSONTestValue? {
    guard case .object(let members) = input.content else { return nil }
    return members.first { $0.name == name }.map { JSONTestValue($0.value) }
  }

  var array: [JSONTestValue]? {
    guard case .array(let elements) = input.content else { return nil }
    return elements.map { JSONTestValue($0) }
  }

  var string: String? {
    guard case .string(let text) = input.content else { return nil }
    return text
  }

  /// As it is written.
  var number: String? {
    guard case .number(let text) = input.content else { return nil }
    return text
  }

  var boolean: Bool? {
    guard case .boolean(let value) = input.content else { return nil }
    return value
  }

  var isNull: Bool { input.content == .null }
}
