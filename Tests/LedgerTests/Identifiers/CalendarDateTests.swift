import Cryptography
import Testing

@testable import Ledger

@Suite("Calendar date")
struct CalendarDateTests {
  /// A calendar that only knows how to turn a page.
  private struct NaiveCalendar {
    var (year, month, day) = (1900, 1, 1)

    mutating func turn() {
      day += 1
      if day > length(ofMonth: month, year: year) { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }

    func length(ofMonth month: Int, year: Int) -> Int {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }
  }

  @Test("agrees with a calendar turned page by page for 450 years")
  func naiveTwin() throws {
    var calendar = NaiveCalendar()
    for days in -25_567..<138_800 {
      let date = try #require(CalendarDate(daysSinceEpoch: Int32(days)))
      let components = date.components
      guard components == (calendar.year, calendar.month, calendar.day) else {
        Issue.record("day \(days) is \(date), not \(calendar)")
        return
      }
      let made = CalendarDate(year: calendar.year, month: calendar.month, day: calendar.day)
      guard made == date else {
        Issue.record("\(calendar) is day \(date.daysSinceEpoch), not \(days)")
        return
      }
      calendar.turn()
    }
    #expect(calendar.year == 2350)
  }

  @Test(
    "knows the days that bound it",
    arguments: [
      ("1900-01-01", -25_567), ("1969-12-31", -1), ("1970-01-01", 0), ("2000-02-29", 11_016),
      ("2025-06-15", 20_254), ("9999-12-31", 2_932_896),
    ] as [(String, Int32)])
  func knownDays(text: String, days: Int32) throws {
    let date = try CalendarDate(text)
    #expect(date.daysSinceEpoch == days)
    #expect(date.text == text)
  }

  @Test("ends where it begins to be unknown")
  func range() {
    #expect(CalendarDate.first.text == "1900-01-01")
    #expect(CalendarDate.last.text == "9999-12-31")
    #expect(CalendarDate(daysSinceEpoch: -25_568) == nil)
    #expect(CalendarDate(daysSinceEpoch: 2_932_897) == nil)
    #expect(CalendarDate(year: 10_000, month: 1, day: 1) == nil)
    #expect(CalendarDate(year: 2025, month: 13, day: 1) == nil)
    #expect(CalendarDate(year: .min, month: .max, day: .min) == nil)
  }

  @Test(
    "refuses other forms and days that are none",
    arguments: [
      ("", RefusalCode.notCanonical), ("2025-6-15", .notCanonical), ("2025/06/15", .notCanonical),
      ("2025-06-15T", .notCanonical), ("+025-06-15", .notCanonical), ("２025-06-1", .notCanonical),
      ("2025-02-29", .valueOutOfRange), ("2025-00-01", .valueOutOfRange),
      ("2025-01-00", .valueOutOfRange), ("2100-02-29", .valueOutOfRange),
      ("1899-12-31", .valueOutOfRange), ("2025-04-31", .valueOutOfRange),
    ])
  func refusals(text: String, code: RefusalCode) {
    #expect(throws: code) { try CalendarDate(text) }
  }

  @Test(
    "clamps to the month's end when months are added",
    arguments: [
      ("2025-01-31", 1, "2025-02-28"), ("2024-01-31", 1, "2024-02-29"),
      ("2024-02-29", 12, "2025-02-28"), ("2024-02-29", 48, "2028-02-29"),
      ("2025-03-31", -1, "2025-02-28"), ("2025-12-15", 1, "2026-01-15"),
      ("2025-01-15", -1, "2024-12-15"), ("2025-08-31", 360, "2055-08-31"),
      ("2025-06-15", 0, "2025-06-15"), ("1900-01-31", -1, "1900-01-01"),
      ("9999-12-01", 1, "9999-12-31"), ("2025-06-15", Int.max, "9999-12-31"),
      ("2025-06-15", Int.min, "1900-01-01"),
    ])
  func months(text: String, months: Int, expected: String) throws {
    #expect(try CalendarDate(text).addingMonths(months).text == expected)
  }

  @Test("agrees with counting months one by one")
  func naiveMonths() throws {
    var random = SplitMix64(seed: 0x55)
    let naive = NaiveCalendar()
    for _ in 0..<500 {
      let start = try #require(
        CalendarDate(daysSinceEpoch: Int32.random(in: -20_000...1_000_000, using: &random)))
      let months = Int.random(in: 0...480, using: &random)
      var (year, month) = (start.year, start.month)
      for _ in 0..<months { (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1) }
      let day = min(start.day, naive.length(ofMonth: month, year: year))
      let expected = CalendarDate(year: year, month: month, day: day)
      #expect(start.addingMonths(months) == expected, "\(start) \(months), seed 0x55")
    }
  }

  @Test("counts and adds days, at most to its ends")
  func days() throws {
    let (first, second) = (try CalendarDate("2024-02-28"), try CalendarDate("2024-03-01"))
    #expect(first.days(until: second) == 2)
    #expect(second.days(until: first) == -2)
    #expect(first.addingDays(2) == second)
    #expect(first < second)
    #expect(first.addingDays(.max) == .last)
    #expect(first.addingDays(.min) == .first)
  }

  @Test(
    "is the day on the calendar where the clock is ahead or behind",
    arguments: [
      (0, 0, "1970-01-01"), (0, -1, "1969-12-31"), (0, -1_440, "1969-12-31"),
      (86_399_999, 0, "1970-01-01"), (86_400_000, 0, "1970-01-02"),
      (57_599_999, 480, "1970-01-01"), (57_600_000, 480, "1970-01-02"),
      (1_750_003_200_000, 480, "2025-06-16"), (1_750_003_200_000, -240, "2025-06-15"),
      (Timestamp.limit - 1, 0, "9999-12-31"), (Timestamp.limit - 1, 840, "9999-12-31"),
      (86_400_000, Int.min, "1970-01-01"),
    ] as [(UInt64, Int, String)])
  func dayOfTime(milliseconds: UInt64, offset: Int, expected: String) throws {
    let time = try #require(Timestamp(milliseconds: milliseconds))
    #expect(CalendarDate(of: time, offsetMinutes: offset).text == expected)
  }
}
