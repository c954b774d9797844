import CommandInterface
import Ledger

/// Numbers as books write them, without binary fractions: digits with a mark, and what to leave out.
struct DecimalText: Hashable, Sendable {
  /// `.` or `,`.
  var mark: UInt8 = UInt8(ascii: ".")
  /// What parts groups of three digits, if the column has such: `,` `.` a space or an apostrophe.
  var grouping: UInt8?

  /// Digits and how many of them stand after the mark; `nil` if the text is no such number.
  /// Negative numbers are numbers.
  struct Reading: Hashable {
    let isNegative: Bool
    let digits: UInt64
    let fractionCount: Int
  }

  func read(_ text: String) -> Reading? {
    var bytes = Array(text.utf8)[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes = bytes.dropFirst() }
    let parts = bytes.split(separator: mark, omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = ungrouped(parts[0]) else { return nil }
    var fraction = parts.count == 2 ? Array(parts[1]) : []
    guard parts.count == 1 || !fraction.isEmpty else { return nil }
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    let digits = whole + fraction
    guard !whole.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count <= 19,
      let number = UInt64(String(decoding: digits, as: UTF8.self))
    else { return nil }
    return Reading(isNegative: isNegative, digits: number, fractionCount: fraction.count)
  }

  /// Without separators, which stand before every third digit or nowhere.
  private func ungrouped(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard let grouping, bytes.contains(grouping) else { return Array(bytes) }
    let groups = bytes.split(separator: grouping, omittingEmptySubsequences: false)
    guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
      return nil
    }
    return Array(groups.joined())
  }
}

extension DecimalText.Reading {
  /// The number times `factor`, divided by 10 to the power of its fraction; `nil` if that is no
  /// whole number or beyond 64 bits.
  func whole(times factor: UInt64) -> Int64? {
    let product = digits.multipliedFullWidth(by: factor)
    let divisor = Self.power(fractionCount)
    guard product.high < divisor else { return nil }
    let (quotient, remainder) = divisor.dividingFullWidth(product)
    guard remainder == 0, let number = Int64(exactly: quotient) else { return nil }
    return isNegative ? -number : number
  }

  /// The number times `numerator / denominator`, rounded half up; `nil` beyond 32 bits or below 0.
  func rounded(times numerator: UInt64, over denominator: UInt64) -> UInt32? {
    guard !isNegative || digits == 0, fractionCount <= 6 else { return nil }
    let divisor = Self.power(fractionCount) * denominator
    let (product, overflow) = digits.multipliedReportingOverflow(by: numerator)
    guard !overflow, product < .max - divisor else { return nil }
    return UInt32(exactly: (product + divisor / 2) / divisor)
  }

  private static func power(_ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// Ten to the power of the currency's minor unit.
  static func minorUnits(of currency: Currency) -> UInt64 { power(currency.exponent) }
}
