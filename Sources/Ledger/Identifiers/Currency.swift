/// A currency of ISO 4217's active list that has a minor unit.
///
/// Metals, funds without a minor unit and the test codes are no money. The list is part of the
/// format: a node that knew a currency more than its peers would accept what they refuse.
package struct Currency: CanonicalText {
  private let storage: InlineASCII
  /// How many decimal digits its minor unit has, 0...4.
  package let exponent: Int

  /// Throws `currencyUnknown`.
  package init(_ text: String) throws(RefusalCode) {
    // ASCII first: a dictionary finds a key by canonical equivalence, and the Kelvin sign is a K.
    guard text.utf8.allSatisfy(\.isASCIIUpperCaseLetter), let exponent = Self.exponents[text] else {
      throw .currencyUnknown
    }
    self.storage = InlineASCII(text.utf8)
    self.exponent = exponent
  }

  package var text: String { storage.text }

  package static func < (left: Self, right: Self) -> Bool { left.storage < right.storage }

  /// All currencies, in ascending order.
  package static var all: [Currency] {
    exponents.keys.sorted().compactMap { code in
      exponents[code].map { Currency(storage: InlineASCII(code.utf8), exponent: $0) }
    }
  }

  private init(storage: InlineASCII, exponent: Int) {
    self.storage = storage
    self.exponent = exponent
  }

  private static let exponents: [String: Int] = {
    var exponents: [String: Int] = [:]
    for (exponent, codes) in table {
      for code in codes.split(separator: " ") { exponents[String(code)] = exponent }
    }
    return exponents
  }()

  private static let table: [(exponent: Int, codes: String)] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
      2,
      """
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD \
      CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL \
      GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR \
      LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD \
      PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
      SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR \
      ZMW ZWG
      """
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
  ]
}
