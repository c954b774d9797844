import CommandInterface
import Testing

@Suite("JSON")
struct JSONTests {
  @Test("keeps the order of members and writes compactly")
  func order() {
    let value: JSONValue = [
      "b": 1, "a": [true, nil, "x"], "c": [:], "d": [], "e": .unsigned(.max),
      "f": .integer(Int64.min),
    ]
    #expect(
      value.text
        == #"{"b":1,"a":[true,null,"x"],"c":{},"d":[],"e":18446744073709551615,"#
        + #""f":-9223372036854775808}"#)
  }

  @Test("escapes what could end a string or steer a terminal")
  func escapes() {
    let value: JSONValue = "\"\\/\n\r\t\u{0}\u{1B}\u{7F}\u{9B}\u{2028}车🇨🇳\r\n"
    #expect(
      value.text
        == #""\"\\/\n\r\t\u0000\u001b\u007f\u009b\u2028车🇨🇳\r\n""#)
  }

  @Test("names its schema first")
  func schema() {
    let document = JSONDocument(JSONSchema("vehicle-check", version: 2), ["height": 48213])
    #expect(document.text == #"{"schema":"hypothec/vehicle-check/2","height":48213}"#)
  }

  @Test("writes amounts as decimal strings")
  func decimals() async {
    #expect(JSONValue.decimal("-120000.50").text == #""-120000.50""#)
    await #expect(processExitsWith: .failure) { _ = JSONValue.decimal("1e5") }
    await #expect(processExitsWith: .failure) { _ = JSONValue.decimal("1.") }
  }

  @Test("refuses a member that is written twice")
  func twice() async {
    await #expect(processExitsWith: .failure) {
      _ = JSONDocument(JSONSchema("x"), ["a": 1, "a": 2]).text
    }
  }

  @Test("is read by Python as the very same scalars", arguments: [UInt64(21), 22])
  func python(seed: UInt64) throws {
    guard ExternalTool.isInstalled("python3") else { return }
    var random = SplitMix(state: seed)
    let strings = (0..<300).map { _ in randomString(&random) }
    let lines = strings.map { string -> String in
      let scalars = string.unicodeScalars.map { JSONValue.integer($0.value) }
      let value: JSONValue = ["text": .string(string), "scalars": .array(scalars)]
      return value.text
    }
    let command = """
      python3 -c 'import json, sys
      lines = open(sys.argv[1], encoding="utf-8", newline="\\n").read().split("\\n")
      documents = [json.loads(line) for line in lines]
      assert all([ord(c) for c in d["text"]] == d["scalars"] for d in documents)
      print(len(documents))' "$1"
      """
    let result = try ExternalTool.run(command, on: lines.joined(separator: "\n"))
    #expect(result.output == "300\n", "seed \(seed)")
  }

  private func randomString(_ random: inout SplitMix) -> String {
    var string = ""
    for _ in 0..<(random.next() % 12) {
      let limit: UInt64 = [0x20, 0x80, 0x3000, 0x11_0000][Int(random.next() % 4)]
      guard let scalar = Unicode.Scalar(UInt32(random.next() % limit)) else { continue }
      string.unicodeScalars.append(scalar)
    }
    return string
  }
}
