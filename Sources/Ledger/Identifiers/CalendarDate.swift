/// A day of the Gregorian calendar, 1900-01-01...9999-12-31, without a place.
package struct CalendarDate: Hashable, Sendable {
  package static let first = CalendarDate(unchecked: -25_567)
  package static let last = CalendarDate(unchecked: 2_932_896)

  /// Days since 1970-01-01.
  package let daysSinceEpoch: Int32

  /// `nil` outside 1900...9999.
  package init?(daysSinceEpoch: Int32) {
    guard (Self.first.daysSinceEpoch...Self.last.daysSinceEpoch).contains(daysSinceEpoch) else {
      return nil
    }
    self.daysSinceEpoch = daysSinceEpoch
  }

  /// `nil` if there is no such day, or it is outside 1900...9999.
  package init?(year: Int, month: Int, day: Int) {
    guard (1900...9999).contains(year), (1...12).contains(month),
      day >= 1, day <= Self.dayCount(ofMonth: month, year: year)
    else { return nil }
    self.init(unchecked: Self.days(year: year, month: month, day: day))
  }

  /// The calendar day of `time` where the clock is `offsetMinutes` ahead of UTC; offsets beyond a
  /// day count as a day.
  package init(of time: Timestamp, offsetMinutes: Int) {
    let minutes = Int(time.milliseconds / 60_000) + max(-1_440, min(1_440, offsetMinutes))
    self.init(clamping: minutes.flooredQuotient(by: 1_440))
  }

  private init(unchecked days: Int) { daysSinceEpoch = Int32(days) }

  private init(clamping days: Int) {
    let range = Int(Self.first.daysSinceEpoch)...Int(Self.last.daysSinceEpoch)
    self.init(unchecked: max(range.lowerBound, min(range.upperBound, days)))
  }

  // MARK: Components

  package var year: Int { components.year }
  /// 1...12.
  package var month: Int { components.month }
  /// 1...31.
  package var day: Int { components.day }

  /// Counted in years that begin in March, so that the leap day is a year's last, and in periods of
  /// 400 years, which all have the same number of days.
  package var components: (year: Int, month: Int, day: Int) {
    let days = Int(daysSinceEpoch) + Self.daysFromMarchOfYearZero
    let period = days / Self.daysOf400Years
    let dayOfPeriod = days % Self.daysOf400Years
    let yearOfPeriod =
      (dayOfPeriod - dayOfPeriod / 1_460 + dayOfPeriod / 36_524 - dayOfPeriod / 146_096) / 365
    let dayOfYear = dayOfPeriod - (365 * yearOfPeriod + yearOfPeriod / 4 - yearOfPeriod / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (period * 400 + yearOfPeriod + (month <= 2 ? 1 : 0), month, day)
  }

  // MARK: Arithmetic

  /// The same day `months` later (earlier if negative), or that month's last day if it is shorter;
  /// at most the first or last day there is.
  package func addingMonths(_ months: Int) -> CalendarDate {
    let start = components
    let step = max(-120_000, min(120_000, months))
    let month = start.year * 12 + start.month - 1 + step
    guard month >= 1900 * 12 else { return .first }
    guard month < 10_000 * 12 else { return .last }
    let (year, monthOfYear) = (month / 12, month % 12 + 1)
    let day = min(start.day, Self.dayCount(ofMonth: monthOfYear, year: year))
    return CalendarDate(unchecked: Self.days(year: year, month: monthOfYear, day: day))
  }

  /// The day `days` later (earlier if negative), at most the first or last day there is.
  package func addingDays(_ days: Int) -> CalendarDate {
    CalendarDate(clamping: Int(daysSinceEpoch) + max(-4_000_000, min(4_000_000, days)))
  }

  /// How many days `other` is later than this day; negative if it is earlier.
  package func days(until other: CalendarDate) -> Int {
    Int(other.daysSinceEpoch) - Int(daysSinceEpoch)
  }

  /// 28...31.
  package static func dayCount(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  private static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  private static func days(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
    return 365 * marchYear + leapDays + dayOfYear - daysFromMarchOfYearZero
  }

  private static let daysOf400Years = 146_097
  /// From 0000-03-01 to 1970-01-01.
  private static let daysFromMarchOfYearZero = 719_468
}

extension CalendarDate: Comparable {
  package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }
}

extension Int {
  /// The quotient rounded down, so that the minute before 1970 lies on the day before it.
  fileprivate func flooredQuotient(by divisor: Int) -> Int {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
