import CBOR
import Testing

/// Inputs worth keeping: what a fuzzer would find first, and what once went wrong. A schema of two
/// fields reads each of them, whole and cut at every byte, and must answer as written here.
@Suite("Corpus")
struct CorpusTests {
  /// {1: unsigned, ? 2: text of at most 8 bytes, 3: [* bytes of at most 4 bytes]}.
  private func read(_ input: [UInt8]) throws(CBORError) {
    var decoder = CBORDecoder(input)
    var map = try decoder.map(limit: 3)
    try decoder.require(1, in: &map)
    _ = try decoder.unsigned()
    if try decoder.accept(2, in: &map) { _ = try decoder.text(limit: 8) }
    try decoder.require(3, in: &map)
    for _ in 0..<(try decoder.array(limit: 4)) { _ = try decoder.byteString(limit: 4) }
    try decoder.end(map)
    try decoder.finish()
  }

  @Test("takes what the schema describes", arguments: ["a201000380", "a3010002616103824041ff"])
  func valid(hexadecimal: String) throws {
    let input = try bytes(hexadecimal)
    try read(input)
    for count in input.indices {
      #expect(throws: CBORError.self) { try read(Array(input[..<count])) }
    }
    #expect(throws: CBORError.trailingBytes(offset: input.count)) { try read(input + [0]) }
  }

  @Test(
    "refuses what it does not",
    arguments: [
      ("", .truncated(offset: 0)),
      ("80", .unexpectedType(offset: 0)),
      ("a4010002600380", .limitExceeded(offset: 0)),
      ("bf01000380ff", .notDeterministic(offset: 0)),
      ("b80201000380", .notDeterministic(offset: 0)),
      ("a101000380", .unexpectedKey(offset: 3)),
      ("a203800100", .unexpectedKey(offset: 1)),
      ("a20118000380", .notDeterministic(offset: 2)),
      ("a2011bffffffffffffffff0384", .truncated(offset: 12)),
      ("a2010003845bffffffffffffffff", .limitExceeded(offset: 5)),
      ("a20100039b8000000000000000", .limitExceeded(offset: 4)),
      ("a2010003845affffffff", .limitExceeded(offset: 5)),
      ("a20100038145", .limitExceeded(offset: 5)),
      ("a20100038144000000", .truncated(offset: 5)),
      ("a3010002 61ff 0380", .invalidText(offset: 4)),
      ("a3010002 69616161616161616161 0380", .limitExceeded(offset: 4)),
      ("a3010002 f6 0380", .unexpectedType(offset: 4)),
      ("a20100f980000380", .notDeterministic(offset: 3)),
      ("a201c2400380", .unexpectedType(offset: 2)),
    ] as [(String, CBORError)])
  func invalid(hexadecimal: String, error: CBORError) throws {
    let input = try bytes(hexadecimal.filter { $0 != " " })
    #expect(throws: error) { try read(input) }
  }
}
