/// An amount above zero, counted in its currency's minor units.
package struct Money: Hashable, Sendable {
  /// 1...Int64.max.
  package let minorUnits: Int64
  package let currency: Currency

  /// Throws `amountNotPositive`.
  package init(minorUnits: Int64, currency: Currency) throws(RefusalCode) {
    guard minorUnits > 0 else { throw .amountNotPositive }
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Reads a decimal number such as `1234.50`: no sign, no grouping, no leading zero, and either no
  /// fraction or exactly as many digits as the currency's minor unit has.
  ///
  /// Throws `amountNotPositive` for zero and for a number with a minus sign, `valueOutOfRange`
  /// beyond 2^63 - 1 minor units, `notCanonical` for anything else that is not such a number.
  package init(decimal: String, currency: Currency) throws(RefusalCode) {
    let isNegative = decimal.utf8.first == UInt8(ascii: "-")
    let parts = decimal.utf8.dropFirst(isNegative ? 1 : 0).split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let whole = Array(parts[0])
    guard !whole.isEmpty, whole.count == 1 || whole[0] != UInt8(ascii: "0") else {
      throw .notCanonical
    }
    var fraction = [UInt8](repeating: UInt8(ascii: "0"), count: currency.exponent)
    if parts.count == 2 {
      guard currency.exponent > 0, parts[1].count == currency.exponent else { throw .notCanonical }
      fraction = Array(parts[1])
    }
    let digits = whole + fraction
    guard digits.allSatisfy(\.isASCIIDigit) else { throw .notCanonical }
    guard !isNegative else { throw .amountNotPositive }
    guard let minorUnits = Int64(String(decoding: digits, as: UTF8.self)) else {
      throw .valueOutOfRange
    }
    try self.init(minorUnits: minorUnits, currency: currency)
  }

  /// The number with all digits of its minor unit, `1234.50`, without the currency.
  package var decimal: String {
    guard currency.exponent > 0 else { return String(minorUnits) }
    var digits = Array(String(minorUnits).utf8)
    let missing = currency.exponent + 1 - digits.count
    if missing > 0 {
      digits.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: missing), at: 0)
    }
    digits.insert(UInt8(ascii: "."), at: digits.count - currency.exponent)
    return String(decoding: digits, as: UTF8.self)
  }
}

extension Money: CustomStringConvertible {
  /// `1234.50 CNY`.
  package var description: String { "\(decimal) \(currency)" }
}
