extension CalendarDate: CanonicalText {
  /// Reads `YYYY-MM-DD`. Throws `notCanonical` for any other form, `valueOutOfRange` if there is no
  /// such day between 1900 and 9999.
  package init(_ text: String) throws(RefusalCode) {
    let bytes = Array(text.utf8)
    let hyphen = UInt8(ascii: "-")
    guard bytes.count == 10, bytes[4] == hyphen, bytes[7] == hyphen,
      let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
      let day = Self.number(bytes[8..<10])
    else { throw .notCanonical }
    guard let date = CalendarDate(year: year, month: month, day: day) else {
      throw .valueOutOfRange
    }
    self = date
  }

  /// `YYYY-MM-DD`.
  package var text: String {
    let (year, month, day) = components
    return "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))"
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + $1.digitValue }
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : String(number)
  }
}
