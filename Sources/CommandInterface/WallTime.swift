/// A moment in milliseconds since 1970-01-01T00:00:00Z, years 0 to 9999, without leap seconds.
package struct WallTime: Hashable, Comparable, Sendable {
  package let millisecondsSince1970: Int64

  /// The first and the last moment that RFC 3339 can write.
  package static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// Moments outside `range` become its nearest end, so that every value can be shown.
  package init(millisecondsSince1970 milliseconds: Int64) {
    millisecondsSince1970 = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
  }

  package static func < (left: WallTime, right: WallTime) -> Bool {
    left.millisecondsSince1970 < right.millisecondsSince1970
  }

  /// RFC 3339 in UTC, always with milliseconds, so that text sorts as time does:
  /// `2026-09-20T09:31:00.000Z`.
  package var text: String {
    let parts = ClockParts(millisecondsSince1970)
    return "\(parts.date)T\(parts.time(.seconds)).\(zeroPadded(parts.millisecond, 3))Z"
  }

  /// Reads RFC 3339 section 5.6 with any offset; digits of a second beyond the third are cut
  /// off. `nil` for anything else, and for leap seconds, which this time scale does not have.
  package init?(_ text: some StringProtocol) {
    let fields = text.split(maxSplits: 1, omittingEmptySubsequences: false) {
      $0 == "T" || $0 == "t" || $0 == " "
    }
    guard fields.count == 2, let date = CivilDate(fields[0]),
      let milliseconds = Self.millisecondsInDay(fields[1])
    else { return nil }
    let total = Int64(date.daysSince1970) * 86_400_000 + milliseconds
    guard Self.range.contains(total) else { return nil }
    self.init(millisecondsSince1970: total)
  }

  /// `hh:mm:ss[.fraction](Z|+hh:mm|-hh:mm)`, less its offset.
  private static func millisecondsInDay(_ text: some StringProtocol) -> Int64? {
    var scanner = DigitScanner(text)
    guard let hour = scanner.number(digitCount: 2), scanner.skip(":"),
      let minute = scanner.number(digitCount: 2), scanner.skip(":"),
      let second = scanner.number(digitCount: 2), hour < 24, minute < 60, second < 60
    else { return nil }
    var fraction = 0
    if scanner.skip(".") {
      guard let digits = scanner.digits() else { return nil }
      fraction = (digits + [0, 0]).prefix(3).reduce(0) { $0 * 10 + Int($1) }
    }
    guard let offset = offsetMinutes(&scanner) else { return nil }
    return Int64(((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction)
  }

  private static func offsetMinutes(_ scanner: inout DigitScanner) -> Int? {
    if scanner.skip("Z") || scanner.skip("z") { return scanner.isAtEnd ? 0 : nil }
    let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
    guard sign != 0, let hour = scanner.number(digitCount: 2), scanner.skip(":"),
      let minute = scanner.number(digitCount: 2), scanner.isAtEnd, hour < 24, minute < 60
    else { return nil }
    return sign * (hour * 60 + minute)
  }
}

/// A moment cut into what a clock and a calendar show.
struct ClockParts {
  enum Precision {
    case minutes
    case seconds
  }

  let date: String
  let hour, minute, second, millisecond: Int

  /// `milliseconds` may lie a day outside `WallTime.range`, after a local offset was added; the
  /// date then shows the nearest day that can be written.
  init(_ milliseconds: Int64) {
    let day = Int(milliseconds.dividedFloor(by: 86_400_000))
    let inDay = Int(milliseconds - Int64(day) * 86_400_000)
    date = CivilDate(daysSince1970: day)?.text ?? (day < 0 ? "0000-01-01" : "9999-12-31")
    (hour, minute) = (inDay / 3_600_000, inDay / 60_000 % 60)
    (second, millisecond) = (inDay / 1000 % 60, inDay % 1000)
  }

  func time(_ precision: Precision) -> String {
    let minutes = "\(zeroPadded(hour, 2)):\(zeroPadded(minute, 2))"
    switch precision {
    case .minutes: return minutes
    case .seconds: return "\(minutes):\(zeroPadded(second, 2))"
    }
  }
}

extension Int64 {
  /// Division that rounds down, for moments before 1970.
  func dividedFloor(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
