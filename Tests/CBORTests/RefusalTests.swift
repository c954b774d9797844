import CBOR
import Testing

@Suite("Refusals of the decoder")
struct RefusalTests {
  @Test(
    "refuses a head longer than need be",
    arguments: [
      "1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
      "1b00000000ffffffff", "3817", "5800", "7817", "9800", "b900ff", "d817", "da0000ffff",
    ])
  func longHead(hexadecimal: String) throws {
    // Content enough for whatever the head announces: the head alone is at fault.
    var decoder = CBORDecoder(try [0x82, 0x00] + bytes(hexadecimal) + zeros(1024))
    try decoder.array(count: 2)
    _ = try decoder.unsigned()
    #expect(throws: CBORError.notDeterministic(offset: 2)) { try decoder.skip() }
  }

  @Test("refuses reserved additional information", arguments: [28, 29, 30] as [UInt8])
  func reservedInformation(information: UInt8) {
    for type in 0..<7 as Range<UInt8> {
      var decoder = CBORDecoder([type << 5 | information] + zeros(16))
      #expect(throws: CBORError.notDeterministic(offset: 0)) { try decoder.skip() }
    }
  }

  @Test(
    "refuses an item that the input ends within, at the item's own offset",
    arguments: [
      ("", 0), ("18", 0), ("19ff", 0), ("1affffff", 0), ("1bffffffffffffff", 0), ("41", 0),
      ("58ff00", 0), ("6261", 0), ("8200", 0), ("a100", 0), ("a20001", 0),
      ("c1", 1), ("8141", 1),
    ])
  func truncated(hexadecimal: String, offset: Int) throws {
    var decoder = try CBORDecoder(hexadecimal: hexadecimal)
    #expect(throws: CBORError.truncated(offset: offset)) { try decoder.skip() }
  }

  @Test("refuses another type than the schema's, in every reader")
  func unexpectedType() throws {
    let (number, string) = ([0x05], [0x41, 0x05]) as ([UInt8], [UInt8])
    try expectUnexpectedType(string) { _ = try $0.unsigned() }
    try expectUnexpectedType([0x20]) { _ = try $0.unsigned() }
    try expectUnexpectedType(string) { _ = try $0.integer() }
    try expectUnexpectedType(number) { _ = try $0.bool() }
    try expectUnexpectedType([0xF6]) { _ = try $0.bool() }
    try expectUnexpectedType([0x61, 0x61]) { _ = try $0.byteString(limit: 1) }
    try expectUnexpectedType(string) { _ = try $0.text(limit: 1) }
    try expectUnexpectedType([0xA0]) { _ = try $0.array(limit: 1) }
    try expectUnexpectedType([0x80]) { _ = try $0.map(limit: 1) }
    try expectUnexpectedType(number) { try $0.tag(5) }
    try expectUnexpectedType([0xF6]) { _ = try $0.unsigned() }
    try expectUnexpectedType(number) { _ = try $0.embedded(limit: 1) }
  }

  @Test("refuses what exceeds a limit, and takes what reaches it")
  func limits() throws {
    try expect(.limitExceeded(offset: 0), [0x18, 0x65]) { _ = try $0.unsigned(through: 100) }
    try expect(nil, [0x18, 0x64]) { _ = try $0.unsigned(through: 100) }
    try expect(.limitExceeded(offset: 0), [0x42, 0, 0]) { _ = try $0.byteString(limit: 1) }
    try expect(nil, [0x42, 0, 0]) { _ = try $0.byteString(limit: 2) }
    try expect(.limitExceeded(offset: 0), [0x62, 0x61, 0x61]) { _ = try $0.text(limit: 1) }
    try expect(.limitExceeded(offset: 0), [0x82, 0, 0]) { _ = try $0.array(limit: 1) }
    try expect(.limitExceeded(offset: 0), [0x82, 0, 0]) { try $0.array(count: 1) }
    try expect(.limitExceeded(offset: 0), [0xA1, 0, 0]) { _ = try $0.map(limit: 0) }
    try expect(nil, [0xA1, 0, 0]) { _ = try $0.map(limit: 1) }
    try expect(.limitExceeded(offset: 0), [0x42, 0, 0]) { _ = try $0.embedded(limit: 1) }
  }

  @Test("refuses a value that the schema does not allow")
  func invalidValues() throws {
    try expect(.invalidValue(offset: 0), [0x81, 0]) { try $0.array(count: 2) }
    try expect(.invalidValue(offset: 0), [0xC2, 0]) { try $0.tag(1) }
    try expect(.invalidValue(offset: 0), [0x41, 0]) { decoder in
      _ = try decoder.fixedByteString(count: 2) { $0.count }
    }
    try expect(.limitExceeded(offset: 0), [0x43, 0, 0, 0]) { decoder in
      _ = try decoder.fixedByteString(count: 2) { $0.count }
    }
    try expect(nil, [0x42, 7, 9]) { decoder in
      let content = try decoder.fixedByteString(count: 2) { Array($0) }
      #expect(content == [7, 9])
    }
  }

  @Test(
    "refuses text that is not UTF-8",
    arguments: ["61ff", "62c328", "61c3", "62c080", "63eda080", "64f4908080", "63e28228"])
  func invalidText(hexadecimal: String) throws {
    let input = try [0x81] + bytes(hexadecimal)
    try expect(.invalidText(offset: 1), input) { decoder in
      try decoder.array(count: 1)
      _ = try decoder.text(limit: 4)
    }
    try expect(.invalidText(offset: 1), input) { _ = try $0.skip() }
  }

  @Test("refuses bytes after the last item")
  func trailingBytes() throws {
    try expect(.trailingBytes(offset: 1), [0x00, 0x00]) { decoder in
      _ = try decoder.unsigned()
      try decoder.finish()
    }
  }

  @Test("takes a count that no input could hold for truncation, before any memory is taken")
  func announcedCounts() throws {
    for type in [0x40, 0x60, 0x80, 0xA0] as [UInt8] {
      for exponent in [30, 40, 62, 63] as [UInt64] {
        let head = withUnsafeBytes(of: (UInt64(1) << exponent).bigEndian) { Array($0) }
        let input = exponent == 30 ? [type | 26] + head[4...] : [type | 27] + head
        try expect(.truncated(offset: 0), input) { _ = try $0.skip() }
        let limited = CBORError.limitExceeded(offset: 0)
        try expect(limited, input) { decoder in
          switch type {
          case 0x40: _ = try decoder.byteString(limit: 1 << 20)
          case 0x60: _ = try decoder.text(limit: 1 << 20)
          case 0x80: _ = try decoder.array(limit: 1 << 20)
          default: _ = try decoder.map(limit: 1 << 20)
          }
        }
        guard exponent < 63 else { continue }
        try expect(.truncated(offset: 0), input) { decoder in
          switch type {
          case 0x40: _ = try decoder.byteString(limit: .max)
          case 0x60: _ = try decoder.text(limit: .max)
          case 0x80: _ = try decoder.array(limit: .max)
          default: _ = try decoder.map(limit: .max)
          }
        }
      }
    }
  }

  @Test("takes an array for truncated unless a byte is left for each item, a map two a pair")
  func countsAgainstInput() throws {
    try expect(.truncated(offset: 0), [0x83, 0, 0]) { _ = try $0.array(limit: 9) }
    try expect(nil, [0x83, 0, 0, 0]) { _ = try $0.array(limit: 9) }
    try expect(.truncated(offset: 0), [0xA2, 0, 0, 0]) { _ = try $0.map(limit: 9) }
    try expect(nil, [0xA2, 0, 0, 0, 0]) { _ = try $0.map(limit: 9) }
  }

  @Test("skips as deep as it is told to and no deeper", arguments: [1, 2, 16])
  func skipDepth(depth: Int) throws {
    for head in [0x81, 0xC1] as [UInt8] {
      let inside = [UInt8](repeating: head, count: depth - 1) + [0x00]
      try expect(nil, inside) { _ = try $0.skip(depth: depth) }
      try expect(.limitExceeded(offset: depth), [head] + inside) { _ = try $0.skip(depth: depth) }
    }
    let maps = [UInt8]([[UInt8]](repeating: [0xA1, 0x00], count: depth).joined()) + [0x00]
    try expect(.limitExceeded(offset: 2 * depth - 1), maps) { _ = try $0.skip(depth: depth) }
  }

  @Test("reads a range in place, with offsets of the whole input and nothing beyond it")
  func rangeInPlace() throws {
    let input: [UInt8] = [0xFF, 0x42, 0x01, 0x18, 0xFF]
    var decoder = CBORDecoder(input, range: 1..<4)
    var inner = try decoder.embedded(limit: 2)
    try decoder.finish()
    let first = try inner.unsigned()
    #expect(first == 1)
    #expect(throws: CBORError.truncated(offset: 3)) { try inner.unsigned() }
  }

  @Test("an embedded decoder ends with its byte string")
  func embedded() throws {
    var decoder = CBORDecoder([0x82, 0x42, 0x01, 0x02, 0x03])
    try decoder.array(count: 2)
    var inner = try decoder.embedded(limit: 2)
    let first = try inner.unsigned()
    #expect(first == 1)
    #expect(throws: CBORError.trailingBytes(offset: 3)) { try inner.finish() }
    let last = try decoder.unsigned()
    #expect(last == 3)
    try decoder.finish()
  }
}

@Suite("Map keys")
struct MapKeyTests {
  private func read(_ hexadecimal: String, _ keys: [UInt64]) throws(CBORError) {
    var decoder = CBORDecoder(Array(hexadecimal.utf8).pairs)
    var map = try decoder.map(limit: 8)
    for key in keys where try decoder.accept(key, in: &map) { _ = try decoder.unsigned() }
    try decoder.end(map)
    try decoder.finish()
  }

  @Test(
    "takes any subset of optional keys",
    arguments: ["a0", "a10102", "a203040506", "a3010203040506"])
  func optionalKeys(hexadecimal: String) throws {
    try read(hexadecimal, [1, 3, 5])
  }

  @Test("refuses a repeated key")
  func repeated() {
    #expect(throws: CBORError.keyOrder(offset: 3)) { try read("a201020102", [1, 3]) }
    #expect(throws: CBORError.unexpectedKey(offset: 3)) { try read("a201020102", [1]) }
  }

  @Test("refuses keys out of order")
  func outOfOrder() {
    #expect(throws: CBORError.keyOrder(offset: 5)) { try read("a3020003000100", [2, 3, 4]) }
    #expect(throws: CBORError.unexpectedKey(offset: 3)) { try read("a203040102", [1, 3]) }
  }

  @Test("refuses an unknown key below, between and above the known ones")
  func unknown() {
    #expect(throws: CBORError.unexpectedKey(offset: 1)) { try read("a10002", [1, 3]) }
    #expect(throws: CBORError.unexpectedKey(offset: 3)) {
      try read("a301000200 0300".compact, [1, 3])
    }
    #expect(throws: CBORError.unexpectedKey(offset: 3)) { try read("a201000400", [1, 3]) }
  }

  @Test("refuses a key that is not an unsigned integer, or not in its shortest form")
  func keyForm() {
    #expect(throws: CBORError.unexpectedType(offset: 1)) { try read("a12002", [1]) }
    #expect(throws: CBORError.unexpectedType(offset: 1)) { try read("a1610102", [1]) }
    #expect(throws: CBORError.notDeterministic(offset: 1)) { try read("a1180102", [1]) }
  }

  @Test("names the place of a missing key")
  func missing() throws {
    var decoder = CBORDecoder([0xA1, 0x03, 0x00])
    var map = try decoder.map(limit: 2)
    #expect(throws: CBORError.unexpectedKey(offset: 1)) { try decoder.require(1, in: &map) }
    var empty = CBORDecoder([0xA0])
    var none = try empty.map(limit: 2)
    #expect(throws: CBORError.unexpectedKey(offset: 1)) { try empty.require(1, in: &none) }
  }

  @Test(
    "skips a map only if the bytes of its keys ascend",
    arguments: [
      ("a20001 0001", 3), ("a2010000 00", 3), ("a22000 0000", 3), ("a2616200 616100", 4),
      ("a2626161006162 00", 5), ("a24100 0000 00", 4), ("81a2 0100 0000", 4),
    ])
  func skippedOrder(hexadecimal: String, offset: Int) throws {
    var decoder = try CBORDecoder(hexadecimal: hexadecimal.compact)
    #expect(throws: CBORError.keyOrder(offset: offset)) { try decoder.skip() }
  }
}

extension String {
  fileprivate var compact: String { filter { $0 != " " } }
}

extension [UInt8] {
  /// The bytes of which these are the hexadecimal digits.
  fileprivate var pairs: [UInt8] {
    stride(from: 0, to: count, by: 2).compactMap { index in
      UInt8(String(decoding: self[index..<index + 2], as: UTF8.self), radix: 16)
    }
  }
}

private func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

private func expect(
  _ error: CBORError?, _ input: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
  _ read: (inout CBORDecoder) throws -> Void
) throws {
  var decoder = CBORDecoder(input)
  guard let error else { return try read(&decoder) }
  #expect(throws: error, sourceLocation: sourceLocation) { try read(&decoder) }
}

private func expectUnexpectedType(
  _ item: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
  _ read: (inout CBORDecoder) throws -> Void
) throws {
  try expect(.unexpectedType(offset: 0), item, sourceLocation: sourceLocation, read)
}
