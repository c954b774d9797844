import CBOR
import Cryptography
import Testing

@testable import Ledger

@Suite("CBOR of identifiers")
struct IdentifierEncodingTests {
  @Test("is pinned byte for byte, and read back")
  func golden() throws {
    let digest = try #require(Digest(hexadecimal: String(repeating: "ab", count: 32)))
    let hash = "5820" + String(repeating: "ab", count: 32)
    try expect(
      "71314d3847444d394158 4b50303432373838", try VehicleIdentificationNumber("1M8GDM9AXKP042788"),
      { $0.vin($1) }, { try $0.vin() })
    try expect(
      "66706c2f2d3031", try Identifier("pl/-01"), { $0.identifier($1) }, { try $0.identifier() })
    try expect("6662616e6b2d61", try MemberID("bank-a"), { $0.memberID($1) }, { try $0.memberID() })
    try expect(
      "66e58f82e58f82", try DescriptiveText("参参"), { $0.descriptiveText($1) },
      { try $0.descriptiveText() })
    try expect("65434e2d424a", try Region("CN-BJ"), { $0.region($1) }, { try $0.region() })
    try expect("63434e59", try Currency("CNY"), { $0.currency($1) }, { try $0.currency() })
    let money = try Money(minorUnits: 123_450, currency: try Currency("CNY"))
    try expect("821a0001e23a63434e59", money, { $0.money($1) }, { try $0.money() })
    try expect(
      "8200821a0001e23a63434e59", .disclosed(money), { $0.disclosableMoney($1) },
      { try $0.disclosableMoney() })
    try expect(
      "194f1e", try CalendarDate("2025-06-15"), { $0.calendarDate($1) }, { try $0.calendarDate() })
    try expect(
      "20", try CalendarDate("1969-12-31"), { $0.calendarDate($1) }, { try $0.calendarDate() })
    let company = try LegalEntity("91110000600037341L")
    let companyBytes = "820172" + Hexadecimal.encode(Array("91110000600037341L".utf8))
    try expect(companyBytes, company, { $0.legalEntity($1) }, { try $0.legalEntity() })
    try expect(
      "8200" + companyBytes, Party.disclosed(company), { $0.party($1) }, { try $0.party() })
    let lei = try LegalEntity("5493001KJTIIGC8Y1R12")
    try expect(
      "820274" + Hexadecimal.encode(Array("5493001KJTIIGC8Y1R12".utf8)), lei,
      { $0.legalEntity($1) }, { try $0.legalEntity() })
    try expect(
      "8201" + hash, Party.committed(Commitment(digest: digest)), { $0.party($1) },
      { try $0.party() })
    try expect(
      "8200" + hash, Disclosable.disclosed(DocumentHash(digest)), { $0.document($1) },
      { try $0.document() })
    try expect(
      "8200" + "6131", Disclosable.disclosed(try Identifier("1")), { $0.disclosableIdentifier($1) },
      { try $0.disclosableIdentifier() })
  }

  private func expect<Value: Equatable>(
    _ hexadecimal: String, _ value: Value, _ encode: (inout CBOREncoder, Value) -> Void,
    _ decode: (inout LedgerReader) throws -> Value,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    var encoder = CBOREncoder()
    encode(&encoder, value)
    let expected = hexadecimal.filter { $0 != " " }
    #expect(Hexadecimal.encode(encoder.bytes) == expected, sourceLocation: location)
    var reader = LedgerReader(encoder.bytes)
    #expect(try decode(&reader) == value, sourceLocation: location)
    try reader.finish()
  }

  @Test("tells what is malformed from what is refused")
  func errors() {
    #expect(throws: LedgerError.refused(.vinLength)) { try Self.read("6131") { try $0.vin() } }
    #expect(throws: LedgerError.refused(.fieldTooLong)) {
      try Self.read("7841" + String(repeating: "61", count: 65)) { try $0.identifier() }
    }
    #expect(throws: LedgerError.malformed(.limitExceeded(offset: 0))) {
      try Self.read("790101" + String(repeating: "61", count: 257)) { try $0.identifier() }
    }
    #expect(throws: LedgerError.malformed(.unexpectedType(offset: 0))) {
      try Self.read("01") { try $0.vin() }
    }
    #expect(throws: LedgerError.malformed(.invalidText(offset: 0))) {
      try Self.read("61ff") { try $0.descriptiveText() }
    }
    #expect(throws: LedgerError.refused(.amountNotPositive)) {
      try Self.read("820063434e59") { try $0.money() }
    }
    #expect(throws: LedgerError.malformed(.unexpectedType(offset: 1))) {
      try Self.read("822063434e59") { try $0.money() }
    }
    #expect(throws: LedgerError.refused(.currencyUnknown)) {
      try Self.read("820163585858") { try $0.money() }
    }
    #expect(throws: LedgerError.malformed(.invalidValue(offset: 1))) {
      try Self.read("82026131") { try $0.disclosableIdentifier() }
    }
    #expect(throws: LedgerError.malformed(.invalidValue(offset: 1))) {
      try Self.read("82006131") { try $0.legalEntity() }
    }
    #expect(throws: LedgerError.malformed(.invalidValue(offset: 0))) {
      try Self.read("816131") { try $0.party() }
    }
    #expect(throws: LedgerError.refused(.valueOutOfRange)) {
      try Self.read("3963df") { try $0.calendarDate() }
    }
    #expect(throws: LedgerError.refused(.valueOutOfRange)) {
      try Self.read("1b7fffffffffffffff") { try $0.calendarDate() }
    }
  }

  @Test("says whether an array is next, and leaves it")
  func nextIsArray() throws {
    var reader = Self.reader("8101")
    #expect(try reader.nextIsArray())
    try reader.array(count: 1)
    #expect(try reader.nextIsArray() == false)
    #expect(try reader.unsigned() == 1)
    #expect(throws: LedgerError.malformed(.truncated(offset: 2))) { try reader.nextIsArray() }
  }

  @Test("reads ranges, with offsets in the whole input")
  func range() throws {
    let bytes: [UInt8] = [0xFF, 0x62, 0x61, 0x62, 0xFF]
    var reader = LedgerReader(bytes, range: 1..<4)
    #expect(try reader.memberID() == MemberID("ab"))
    #expect(reader.offset == 4)
    try reader.finish()
    reader = LedgerReader(bytes, range: 1..<5)
    _ = try reader.memberID()
    #expect(throws: LedgerError.malformed(.trailingBytes(offset: 4))) { try reader.finish() }
  }

  @Test("survives random text, and keeps what it admits", arguments: 0..<8 as Range<UInt64>)
  func randomText(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("0019AXZILaz-./: \u{0}é京Ａ１\u{301}\u{212A}\u{1F697}\u{202E}")
    for _ in 0..<400 {
      let text = random.text(of: alphabet, count: Int.random(in: 0...70, using: &random))
      Self.probe(VehicleIdentificationNumber.self, text, seed)
      Self.probe(UnifiedSocialCreditCode.self, text, seed)
      Self.probe(LegalEntityIdentifier.self, text, seed)
      Self.probe(Currency.self, text, seed)
      Self.probe(Identifier.self, text, seed)
      Self.probe(MemberID.self, text, seed)
      Self.probe(DescriptiveText.self, text, seed)
      Self.probe(Region.self, text, seed)
      Self.probe(LicensePlate.self, text, seed)
      Self.probe(CalendarDate.self, text, seed)
      let typed = VehicleIdentificationNumber.canonical(from: text)
      #expect(VehicleIdentificationNumber.canonical(from: typed) == typed, "seed \(seed)")
      _ = VehicleIdentificationNumber.SimilarityKey(of: text)
    }
  }

  @Test("survives random bytes, and writes back what it reads", arguments: 0..<4 as Range<UInt64>)
  func randomBytes(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var admitted = 0
    let heads: [UInt8] = [
      0x82, 0x00, 0x01, 0x02, 0x61, 0x63, 0x43, 0x4E, 0x59, 0x31, 0x18, 0x19, 0x20,
    ]
    for _ in 0..<2_000 {
      let count = Int.random(in: 1...8, using: &random)
      let bytes = (0..<count).map { _ in heads.randomElement(using: &random) ?? 0 }
      for target in ReadTarget.allCases {
        var reader = LedgerReader(bytes)
        var encoder = CBOREncoder()
        guard (try? target.copy(from: &reader, to: &encoder)) != nil else { continue }
        admitted += 1
        #expect(encoder.bytes == Array(bytes[..<reader.offset]), "\(bytes) seed \(seed)")
      }
    }
    #expect(admitted > 0, "the bytes are chosen so that some are read")
  }

  private enum ReadTarget: CaseIterable {
    case identifier, descriptiveText, money, date, party, money0, identifier0

    func copy(from reader: inout LedgerReader, to encoder: inout CBOREncoder) throws(LedgerError) {
      switch self {
      case .identifier: encoder.identifier(try reader.identifier())
      case .descriptiveText: encoder.descriptiveText(try reader.descriptiveText())
      case .money: encoder.money(try reader.money())
      case .date: encoder.calendarDate(try reader.calendarDate())
      case .party: encoder.party(try reader.party())
      case .money0: encoder.disclosableMoney(try reader.disclosableMoney())
      case .identifier0: encoder.disclosableIdentifier(try reader.disclosableIdentifier())
      }
    }
  }

  private static func read<Value>(
    _ hexadecimal: String, _ body: (inout LedgerReader) throws -> Value
  ) throws -> Value {
    var reader = reader(hexadecimal)
    return try body(&reader)
  }

  private static func reader(_ hexadecimal: String) -> LedgerReader {
    LedgerReader(Hexadecimal.decode(hexadecimal) ?? [])
  }

  private static func probe<Value: CanonicalText>(
    _ type: Value.Type, _ text: String, _ seed: UInt64
  ) {
    guard let value = try? Value(text) else { return }
    #expect(value.text.utf8.elementsEqual(text.utf8), "\(type), seed \(seed)")
    #expect((try? Value(value.text)) == value, "\(type), seed \(seed)")
  }
}
