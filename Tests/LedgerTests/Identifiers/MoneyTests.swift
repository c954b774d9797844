import Testing

@testable import Ledger

@Suite("Money")
struct MoneyTests {
  @Test(
    "writes and reads decimal numbers with the currency's digits",
    arguments: [
      (123_450, "CNY", "1234.50"), (1, "CNY", "0.01"), (10, "USD", "0.10"), (100, "EUR", "1.00"),
      (1_234, "JPY", "1234"), (1, "KWD", "0.001"), (12_345, "CLF", "1.2345"),
      (Int64.max, "CNY", "92233720368547758.07"), (Int64.max, "JPY", "9223372036854775807"),
    ] as [(Int64, String, String)])
  func decimal(minorUnits: Int64, code: String, decimal: String) throws {
    let currency = try Currency(code)
    let money = try Money(minorUnits: minorUnits, currency: currency)
    #expect(money.decimal == decimal)
    #expect(try Money(decimal: decimal, currency: currency) == money)
    #expect(money.description == "\(decimal) \(code)")
  }

  @Test("reads a number without a fraction")
  func whole() throws {
    let currency = try Currency("CNY")
    #expect(try Money(decimal: "1234", currency: currency).minorUnits == 123_400)
  }

  @Test(
    "refuses every other form",
    arguments: [
      ("", "CNY", RefusalCode.notCanonical), (".50", "CNY", .notCanonical),
      ("1.", "CNY", .notCanonical), ("1.5", "CNY", .notCanonical),
      ("1.505", "CNY", .notCanonical), ("1.2.3", "KWD", .notCanonical),
      ("01.00", "CNY", .notCanonical), ("+1.00", "CNY", .notCanonical),
      ("1,000.00", "CNY", .notCanonical), (" 1.00", "CNY", .notCanonical),
      ("１.00", "CNY", .notCanonical), ("1e3", "CNY", .notCanonical), ("1.", "JPY", .notCanonical),
      ("1.0", "JPY", .notCanonical), ("--1", "JPY", .notCanonical), ("-", "JPY", .notCanonical),
      ("-5.00", "CNY", .amountNotPositive), ("0", "CNY", .amountNotPositive),
      ("0.00", "CNY", .amountNotPositive), ("9223372036854775808", "JPY", .valueOutOfRange),
      ("92233720368547758.08", "CNY", .valueOutOfRange),
    ])
  func refusals(decimal: String, code: String, refusal: RefusalCode) throws {
    let currency = try Currency(code)
    #expect(throws: refusal) { try Money(decimal: decimal, currency: currency) }
  }

  @Test("refuses amounts that are not above zero", arguments: [0, -1, Int64.min])
  func notPositive(minorUnits: Int64) throws {
    let currency = try Currency("CNY")
    #expect(throws: RefusalCode.amountNotPositive) {
      try Money(minorUnits: minorUnits, currency: currency)
    }
  }
}

@Suite("Currency")
struct CurrencyTests {
  @Test(
    "knows the digits of the minor unit",
    arguments: [("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("BHD", 3), ("CLF", 4), ("EUR", 2)])
  func exponents(code: String, exponent: Int) throws {
    #expect(try Currency(code).exponent == exponent)
  }

  @Test(
    "refuses what is no active currency with a minor unit",
    arguments: [
      "", "cny", "CN", "CNYY", "CNH", "XAU", "XXX", "XTS", "XDR", "ZWL", "HRK", "K\u{301}WD",
      "\u{212A}WD", "ＣＮＹ",
    ])
  func refusals(code: String) {
    #expect(throws: RefusalCode.currencyUnknown) { try Currency(code) }
  }

  @Test("lists each currency once, in order")
  func all() {
    let all = Currency.all
    #expect(all.count == Self.count)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
    #expect(all.allSatisfy { $0.text.utf8.count == 3 && (0...4).contains($0.exponent) })
  }

  /// A currency more or less is a change of format.
  private static let count = 166
}
