import CommandInterface
import Testing

@testable import Documents

@Suite("JSON that people write")
struct JSONTests {
  private func content(_ text: String) throws -> JSONInput.Content {
    try JSONParser.parse(Array(text.utf8)).content
  }

  @Test(
    "is read as RFC 8259 says",
    arguments: [
      ("null", JSONInput.Content.null), (" true ", .boolean(true)), ("-0", .number("-0")),
      ("120", .number("120")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{C}\n\r\t")),
      (#""\u4e2d\uD83D\uDE97""#, .string("中🚗")), ("[]", .array([])), ("{}", .object([])),
      ("\u{FEFF}null", .null),
    ])
  func valid(_ text: String, _ expected: JSONInput.Content) throws {
    #expect(try content(text) == expected)
  }

  @Test(
    "is refused if it is not",
    arguments: [
      "", "nul", "[1,]", "{\"a\":1,}", "[1 2]", "{\"a\" 1}", "{a:1}", "01", "1.5", "1e3", "+1", "-",
      "\"a", "\"\n\"", #""\x""#, #""\u12""#, #""\uD800""#, #""\uDE97""#, "1 1", "{\"a\":1,\"a\":2}",
      "[", "{", "'a'", "// note\n1", #""\u+123""#,
    ])
  func invalid(_ text: String) {
    #expect(throws: JSONSyntaxError.self) { try content(text) }
  }

  @Test("names line and column of an error")
  func place() {
    let text = "{\n  \"a\": 1,\n  \"a\": 2\n}"
    let error = #expect(throws: JSONSyntaxError.self) { try content(text) }
    #expect(error?.line == 3)
    #expect(error?.column == 3)
    #expect(error?.reason.english == "the member \"a\" stands here a second time")
  }

  @Test("is refused when it is nested too deeply, not read until the stack ends")
  func depth() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONSyntaxError.self) { try content(text) }
  }

  @Test("is refused when a text is not UTF-8")
  func encoding() {
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
  }

  @Test("is laid out so that it reads as it was")
  func layout() throws {
    let value: JSONValue = [
      "name": "demo", "list": [1, 2], "members": [["id": "a"], ["id": "b"]], "none": [],
    ]
    let text = JSONLayout.text(value)
    #expect(
      text == """
        {
          "name": "demo",
          "list": [1, 2],
          "members": [
            {"id": "a"},
            {"id": "b"}
          ],
          "none": []
        }

        """)
    _ = try JSONParser.parse(Array(text.utf8))
  }
}
