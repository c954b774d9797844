import Cryptography
import Testing

@testable import Ledger

@Suite("Vehicle identification number")
struct VehicleIdentificationNumberTests {
  static let alphabet = Array("0123456789ABCDEFGHJKLMNPRSTUVWXYZ")

  @Test("makes a number whose check digit is wrong, for a registry to attest")
  func invalidCheckDigit() throws {
    let vin = try VehicleIdentificationNumber("LFWADRJF011002356")
    #expect(vin.checkDigit == .invalid)
    #expect(throws: RefusalCode.vinCheckDigit) { try vin.requireCheckDigit() }
  }

  @Test(
    "asks for the check digit of North American and Chinese numbers only",
    arguments: alphabet)
  func mandatoryCheckDigit(first: Character) throws {
    let mandatory: Set<Character> = ["1", "2", "3", "4", "5", "L"]
    // An A at position 9 is never right.
    let vin = try VehicleIdentificationNumber("\(first)FWADRJFA11002356")
    #expect(vin.checkDigit == (mandatory.contains(first) ? .invalid : .notApplicable))
  }

  @Test(
    "refuses what is not canonical",
    arguments: [
      ("", RefusalCode.vinLength),
      ("1m8GDM9AXKP042788", .vinCharacter),
      (" M8GDM9AXKP042788", .vinCharacter),
      ("1M8GDM9AXKP04278\u{0}", .vinCharacter),
      ("１M8GDM9AXKP042788", .vinCharacter),
      ("1M8GDM9AXKP04278\u{301}", .vinCharacter),
      ("1M8GDM9AXKP042788\u{301}", .vinLength),
      ("1M8GDM9AXQP042788", .vinCharacter),
      ("ZZZZZZZZZZZZZZZZZ", .vinDegenerate),
    ])
  func refusals(text: String, code: RefusalCode) {
    #expect(throws: code) { try VehicleIdentificationNumber(text) }
  }

  @Test("is inline: no number takes memory of its own")
  func size() {
    #expect(MemoryLayout<VehicleIdentificationNumber>.size == 20)
    #expect(_isPOD(VehicleIdentificationNumber.self))
  }

  @Test("catches 92 to 93.5 % of single substitutions of random numbers")
  func substitutions() throws {
    let seed: UInt64 = 0x51
    var random = SplitMix64(seed: seed)
    var caught = 0
    let count = 10_000
    for _ in 0..<count {
      var characters = Array(try Self.randomValid(&random).text)
      let index = Int.random(in: 0..<17, using: &random)
      let old = characters[index]
      while characters[index] == old {
        characters[index] = try #require(Self.alphabet.randomElement(using: &random))
      }
      if try VehicleIdentificationNumber(String(characters)).checkDigit != .valid { caught += 1 }
    }
    #expect((9_200...9_350).contains(caught), "seed \(seed)")
  }

  @Test(
    "finds every real number of an auction file valid, and 94 to 96 % of adjacent swaps not",
    .enabled(
      if: SharedData.isPresent("auction_sales_camry_odyssey.csv"),
      "shared/data/auction_sales_camry_odyssey.csv is not beside the package"))
  func realNumbers() throws {
    let rows = try #require(SharedData.rows(of: "auction_sales_camry_odyssey.csv"))
    var random = SplitMix64(seed: 0x52)
    var (swaps, caughtSwaps, caughtSubstitutions) = (0, 0, 0)
    for row in rows {
      let text = try #require(row.split(separator: ",").first { $0.utf8.count == 17 })
      #expect(try VehicleIdentificationNumber(String(text)).checkDigit == .valid, "\(row)")
      let index = Int.random(in: 0..<16, using: &random)
      var characters = Array(text)
      if characters[index] != characters[index + 1] {
        swaps += 1
        characters.swapAt(index, index + 1)
        if Self.isCaught(characters) { caughtSwaps += 1 }
      }
      characters = Array(text)
      let others = Self.alphabet.filter { $0 != characters[index] }
      characters[index] = try #require(others.randomElement(using: &random))
      if Self.isCaught(characters) { caughtSubstitutions += 1 }
    }
    let swapShare = caughtSwaps * 1_000 / swaps
    #expect((940...960).contains(swapShare), "seed 0x52")
    #expect((922...932).contains(caughtSubstitutions * 1_000 / rows.count), "seed 0x52")
  }

  @Test("is ordered as its bytes are")
  func order() throws {
    var random = SplitMix64(seed: 0x53)
    for _ in 0..<500 {
      let left = try Self.randomValid(&random)
      var text = Array(left.text.utf8)
      text[Int.random(in: 0..<17, using: &random)] = UInt8(ascii: "5")
      let right = try VehicleIdentificationNumber(String(decoding: text, as: UTF8.self))
      let expected = left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
      #expect((left < right) == expected, "\(left) \(right), seed 0x53")
    }
  }

  // MARK: What people type

  @Test(
    "brings what people type to canonical form",
    arguments: [
      (" 1m8gdm9axkp042788\n", "1M8GDM9AXKP042788"),
      ("1M8 GDM9AX-KP042788", "1M8GDM9AXKP042788"),
      ("１Ｍ８ＧＤＭ９ＡＸＫＰ０４２７８８", "1M8GDM9AXKP042788"),
      ("ｌｆｗａｄｒｊｆ０１１００２３４６\u{3000}", "LFWADRJF011002346"),
      ("1M8GDM9A\u{200B}X\u{2011}KP042788\u{FEFF}", "1M8GDM9AXKP042788"),
      ("ß", "ß"),
    ])
  func canonical(typed: String, expected: String) {
    #expect(VehicleIdentificationNumber.canonical(from: typed) == expected)
  }

  @Test(
    "folds the last six characters that are taken for one another",
    arguments: [
      ("1M8GDM9AXKP042788", "042788"),
      ("1M8GDM9AXKPO42788", "042788"),
      ("o-4z7bb", "042788"),
      ("xILZHYS", "112445"),
      ("CGBOQD", "6680QD"),
    ])
  func similarityKey(searched: String, expected: String) {
    #expect(VehicleIdentificationNumber.SimilarityKey(of: searched)?.text == expected)
  }

  @Test(
    "has no similarity key for less than six letters or digits", arguments: ["", "12345", "12345学"])
  func noSimilarityKey(searched: String) {
    #expect(VehicleIdentificationNumber.SimilarityKey(of: searched) == nil)
  }

  @Test("has the similarity key of its text")
  func ownSimilarityKey() throws {
    let vin = try VehicleIdentificationNumber("WDBEA30D3HA39L1SZ")
    #expect(vin.similarityKey.text == "391152")
  }

  private static func isCaught(_ characters: [Character]) -> Bool {
    // A first character of another region makes the digit not applicable: caught as well, since
    // the search shows it.
    (try? VehicleIdentificationNumber(String(characters)).checkDigit) != .valid
  }

  private static func randomValid(
    _ random: inout SplitMix64
  ) throws -> VehicleIdentificationNumber {
    let head = "L" + random.text(of: alphabet, count: 7)
    let tail = random.text(of: alphabet, count: 8)
    for check in "0123456789X" {
      let vin = try VehicleIdentificationNumber(head + String(check) + tail)
      if vin.checkDigit == .valid { return vin }
    }
    throw RefusalCode.vinCheckDigit
  }
}
