import Cryptography
import Testing

@testable import Ledger

@Suite("Identifier")
struct IdentifierTests {
  @Test(
    "admits 1 to 64 of its characters",
    arguments: [
      "a", "Pledge-2025/001:v1.0_x", "0", String(repeating: "z", count: 64),
      // 11 digits that no mobile number begins with, 12 digits, an identity number's length but
      // not its check character or its date.
      "12800138000", "138001380001", "110105194912310021", "11010519491331002X",
    ])
  func admits(text: String) throws {
    #expect(try Identifier(text).text == text)
  }

  @Test(
    "refuses everything else",
    arguments: [
      ("", RefusalCode.identifierInvalid), ("a b", .identifierInvalid), ("é", .identifierInvalid),
      ("a\u{0}", .identifierInvalid), ("a+b", .identifierInvalid), ("\u{212A}", .identifierInvalid),
      (String(repeating: "z", count: 65), .fieldTooLong),
      ("11010519491231002X", .personalDataSuspected),
      ("11010519491231002x", .personalDataSuspected),
      ("pledge-11010519491231002X/1", .personalDataSuspected),
      ("13800138000", .personalDataSuspected), ("p19912345678", .personalDataSuspected),
      ("13800138000X", .personalDataSuspected), ("a/13800138000.b", .personalDataSuspected),
    ])
  func refusals(text: String, code: RefusalCode) {
    #expect(throws: code) { try Identifier(text) }
  }

  @Test("suspects an identity number for each of its check characters")
  func checkCharacters() throws {
    var random = SplitMix64(seed: 0x54)
    for _ in 0..<200 {
      let body = "110105" + "19900228" + random.text(of: Array("0123456789"), count: 3)
      let suspected = "0123456789X".filter { check in
        #expect(throws: Never.self) { try Identifier(body) }
        return (try? Identifier(body + String(check))) == nil
      }
      #expect(suspected.count == 1, "\(body), seed 0x54")
      #expect(suspected == String(Self.naiveCheckCharacter(of: body)), "\(body), seed 0x54")
    }
  }

  /// GB 11643's weights, as its table has them.
  private static func naiveCheckCharacter(of body: String) -> Character {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    let digits = body.compactMap(\.wholeNumberValue)
    let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
    return Array("10X98765432")[sum % 11]
  }
}

@Suite("Member id")
struct MemberIDTests {
  @Test(
    "admits lower-case names",
    arguments: ["a", "bank-a", "b2-", "z" + String(repeating: "9", count: 31)])
  func admits(text: String) throws {
    #expect(try MemberID(text).text == text)
  }

  @Test(
    "refuses everything else",
    arguments: [
      "", "1a", "-a", "Bank", "bank_a", "bänk", "bank a", "a" + String(repeating: "9", count: 32),
    ])
  func refusals(text: String) {
    #expect(throws: RefusalCode.identifierInvalid) { try MemberID(text) }
  }
}

@Suite("Descriptive text")
struct DescriptiveTextTests {
  @Test(
    "admits any script up to 60 scalars",
    arguments: [
      "Camry", "比亚迪 汉EV", "Citroën C3", "Citroe\u{308}n", "ID.4 \u{1F697}", "١٢٣",
      String(repeating: "\u{1F697}", count: 60),
    ])
  func admits(text: String) throws {
    #expect(try DescriptiveText(text).text.utf8.elementsEqual(text.utf8))
  }

  @Test(
    "refuses what could deceive, overflow or name a person",
    arguments: [
      ("", RefusalCode.notCanonical), (" Camry", .notCanonical), ("Camry\u{3000}", .notCanonical),
      ("Cam\nry", .notCanonical), ("Cam\u{0}ry", .notCanonical), ("Cam\u{85}ry", .notCanonical),
      ("\u{202E}yrmaC", .notCanonical), ("Cam\u{200B}ry", .notCanonical),
      ("Cam\u{2028}ry", .notCanonical), ("\u{FEFF}Camry", .notCanonical),
      (String(repeating: "a", count: 61), .fieldTooLong),
      (String(repeating: "e\u{301}", count: 31), .fieldTooLong),
      ("王 13800138000", .personalDataSuspected), ("１３８００１３８０００", .personalDataSuspected),
      ("王11010519491231002Ｘ", .personalDataSuspected),
    ])
  func refusals(text: String, code: RefusalCode) {
    #expect(throws: code) { try DescriptiveText(text) }
  }

  @Test("tells texts apart by their bytes, not by canonical equivalence")
  func bytes() throws {
    let composed = try DescriptiveText("Citro\u{EB}n")
    let decomposed = try DescriptiveText("Citroe\u{308}n")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(decomposed < composed)
    // UTF-16's order would put the emoji first.
    #expect(try DescriptiveText("\u{FF21}") < DescriptiveText("\u{1F697}"))
  }
}

@Suite("Region")
struct RegionTests {
  @Test(
    "admits divisions and subdivisions",
    arguments: ["110000", "440305", "820000", "CN-BJ", "GB-ENG", "US-1"])
  func admits(text: String) throws {
    #expect(try Region(text).text == text)
  }

  @Test(
    "refuses everything else",
    arguments: [
      "", "000000", "160000", "990000", "11000", "1100000", "11000A", "CN", "CN-", "CN-ABCD",
      "cn-bj", "C1-BJ", "CN_BJ", "CNBJ1", "１10000", "CN-B\u{301}",
    ])
  func refusals(text: String) {
    #expect(throws: RefusalCode.regionInvalid) { try Region(text) }
  }
}

@Suite("Licence plate")
struct LicensePlateTests {
  @Test(
    "brings what people type to canonical form",
    arguments: [("京a·12345", "京A12345"), ("粤 BD-12345", "粤BD12345"), ("川Ａ•2222学", "川A2222学")])
  func canonical(typed: String, expected: String) throws {
    #expect(try LicensePlate(LicensePlate.canonical(from: typed)).text == expected)
  }

  @Test(
    "refuses marks of use elsewhere than at the end",
    arguments: ["", "京", "京A", "京A学2222", "京A1234使", "京A12345学", "京1A2345", "京A1234\u{301}"])
  func refusals(text: String) {
    #expect(throws: RefusalCode.plateInvalid) { try LicensePlate(text) }
  }
}
