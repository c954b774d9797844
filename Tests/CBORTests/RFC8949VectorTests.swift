import CBOR
import Testing

/// RFC 8949 Appendix A, every vector: what the profile takes and what it refuses.
@Suite("RFC 8949 vectors")
struct RFC8949VectorTests {
  @Test(
    "reads and writes integers",
    arguments: [
      ("00", 0), ("01", 1), ("0a", 10), ("17", 23), ("1818", 24), ("1819", 25), ("1864", 100),
      ("1903e8", 1000), ("1a000f4240", 1_000_000), ("1b000000e8d4a51000", 1_000_000_000_000),
      ("20", -1), ("29", -10), ("3863", -100), ("3903e7", -1000),
      ("1b7fffffffffffffff", Int64.max), ("3b7fffffffffffffff", Int64.min),
    ] as [(String, Int64)])
  func integers(hexadecimal: String, value: Int64) throws {
    #expect(try decoded(hexadecimal) { try $0.integer() } == value)
    #expect(encoded { $0.integer(value) } == hexadecimal)
  }

  @Test("reads and writes the largest unsigned integer")
  func largestUnsigned() throws {
    #expect(try decoded("1bffffffffffffffff") { try $0.unsigned() } == .max)
    #expect(encoded { $0.unsigned(.max) } == "1bffffffffffffffff")
  }

  @Test(
    "refuses as Int64 what only 65 bits hold",
    arguments: ["1bffffffffffffffff", "3bffffffffffffffff"])
  func wideIntegers(hexadecimal: String) throws {
    var decoder = try CBORDecoder(hexadecimal: hexadecimal)
    #expect(throws: CBORError.limitExceeded(offset: 0)) { try decoder.integer() }
  }

  @Test("reads and writes false and true", arguments: [("f4", false), ("f5", true)])
  func bools(hexadecimal: String, value: Bool) throws {
    #expect(try decoded(hexadecimal) { try $0.bool() } == value)
    #expect(encoded { $0.bool(value) } == hexadecimal)
  }

  @Test("reads and writes null")
  func null() throws {
    var decoder = try CBORDecoder(hexadecimal: "f600")
    let answers = (decoder.acceptNull(), decoder.acceptNull())
    #expect(answers == (true, false))
    #expect(decoder.offset == 1)
    #expect(encoded { $0.null() } == "f6")
  }

  @Test("reads and writes byte strings", arguments: [("40", []), ("4401020304", [1, 2, 3, 4])])
  func byteStrings(hexadecimal: String, value: [UInt8]) throws {
    #expect(try decoded(hexadecimal) { try $0.byteString(limit: value.count) } == value)
    #expect(encoded { $0.byteString(value) } == hexadecimal)
    #expect(encoded { encoder in value.withUnsafeBytes { encoder.byteString($0) } } == hexadecimal)
  }

  @Test(
    "reads and writes text",
    arguments: [
      ("60", ""), ("6161", "a"), ("6449455446", "IETF"), ("62225c", "\"\\"),
      ("62c3bc", "\u{fc}"), ("63e6b0b4", "\u{6c34}"), ("64f0908591", "\u{10151}"),
    ])
  func texts(hexadecimal: String, value: String) throws {
    #expect(try decoded(hexadecimal) { try $0.text(limit: value.utf8.count) } == value)
    #expect(encoded { $0.text(value) } == hexadecimal)
  }

  @Test("reads and writes an array within an array")
  func arrays() throws {
    let (numbers, rest) = try decoded("8301820203820405") { decoder in
      try decoder.array(count: 3)
      var numbers = [try decoder.unsigned()]
      for _ in 0..<(try decoder.array(limit: 2)) { numbers.append(try decoder.unsigned()) }
      return (numbers, try decoder.skip())
    }
    #expect(numbers == [1, 2, 3])
    #expect(rest == 5..<8)
    let written = encoded { encoder in
      encoder.array(3)
      encoder.unsigned(1)
      encoder.encoded([0x82, 2, 3, 0x82, 4, 5])
    }
    #expect(written == "8301820203820405")
  }

  @Test("reads and writes a map")
  func maps() throws {
    let values = try decoded("a201020304") { decoder in
      var map = try decoder.map(limit: 2)
      try decoder.require(1, in: &map)
      var values = [try decoder.unsigned()]
      if try decoder.accept(2, in: &map) { values.append(0) }
      if try decoder.accept(3, in: &map) { values.append(try decoder.unsigned()) }
      try decoder.end(map)
      return values
    }
    #expect(values == [2, 4])
    let written = encoded { encoder in
      encoder.map(2)
      for number in 1...4 as ClosedRange<UInt64> { encoder.unsigned(number) }
    }
    #expect(written == "a201020304")
  }

  @Test("reads and writes a tag")
  func tags() throws {
    let value = try decoded("c11a514b67b0") { decoder in
      try decoder.tag(1)
      return try decoder.unsigned()
    }
    #expect(value == 1_363_896_240)
    let written = encoded { encoder in
      encoder.tag(1)
      encoder.unsigned(1_363_896_240)
    }
    #expect(written == "c11a514b67b0")
  }

  @Test(
    "skips every vector of the profile",
    arguments: [
      "3bffffffffffffffff", "c249010000000000000000", "c349010000000000000000",
      "c074323031332d30332d32315432303a30343a30305a", "d74401020304", "d818456449455446",
      "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "80", "83010203",
      "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0",
      "a26161016162820203", "826161a161626163", "a56161614161626142616361436164614461656145",
    ])
  func skips(hexadecimal: String) throws {
    #expect(try decoded(hexadecimal) { try $0.skip() } == 0..<hexadecimal.utf8.count / 2)
  }

  @Test(
    "refuses floats, indefinite lengths and other simple values",
    arguments: [
      ("f90000", 0), ("f98000", 0), ("f93c00", 0), ("fb3ff199999999999a", 0), ("f93e00", 0),
      ("f97bff", 0), ("fa47c35000", 0), ("fa7f7fffff", 0), ("fb7e37e43c8800759c", 0),
      ("f90001", 0), ("f90400", 0), ("f9c400", 0), ("fbc010666666666666", 0), ("f97c00", 0),
      ("f97e00", 0), ("f9fc00", 0), ("fa7f800000", 0), ("fa7fc00000", 0), ("faff800000", 0),
      ("fb7ff0000000000000", 0), ("fb7ff8000000000000", 0), ("fbfff0000000000000", 0),
      ("f7", 0), ("f0", 0), ("f818", 0), ("f8ff", 0), ("c1fb41d452d9ec200000", 1),
      ("5f42010243030405ff", 0), ("7f657374726561646d696e67ff", 0), ("9fff", 0),
      ("9f018202039f0405ffff", 0), ("9f01820203820405ff", 0), ("83018202039f0405ff", 5),
      ("83019f0203ff820405", 2), ("bf61610161629f0203ffff", 0), ("826161bf61626163ff", 3),
      ("bf6346756ef563416d7421ff", 0), ("ff", 0),
    ])
  func refuses(hexadecimal: String, offset: Int) throws {
    var decoder = try CBORDecoder(hexadecimal: hexadecimal)
    #expect(throws: CBORError.notDeterministic(offset: offset)) { try decoder.skip() }
  }
}
