import CommandInterface
import Testing

@Suite("Time")
struct TimeTests {
  @Test(
    "is written and read as RFC 3339",
    arguments: [
      (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (1_789_896_660_000, "2026-09-20T09:31:00.000Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (WallTime.range.lowerBound, "0000-01-01T00:00:00.000Z"),
      (WallTime.range.upperBound, "9999-12-31T23:59:59.999Z"),
    ])
  func roundTrip(milliseconds: Int64, text: String) {
    #expect(WallTime(millisecondsSince1970: milliseconds).text == text)
    #expect(WallTime(text)?.millisecondsSince1970 == milliseconds)
  }

  @Test(
    "is read with offsets and fractions",
    arguments: [
      ("2026-09-20T09:31:00Z", "2026-09-20T09:31:00.000Z"),
      ("2026-09-20t09:31:00.5z", "2026-09-20T09:31:00.500Z"),
      ("2026-09-20 09:31:00.123456Z", "2026-09-20T09:31:00.123Z"),
      ("2026-01-01T01:00:00+08:00", "2025-12-31T17:00:00.000Z"),
      ("2026-01-01T01:00:00-05:30", "2026-01-01T06:30:00.000Z"),
    ])
  func offsets(text: String, expected: String) {
    #expect(WallTime(text)?.text == expected)
  }

  @Test(
    "is refused where RFC 3339 does not have it",
    arguments: [
      "", "2026-09-20", "2026-09-20T09:31Z", "2026-09-20T09:31:00", "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z", "2026-09-20T24:00:00Z", "2026-09-20T09:60:00Z",
      "2026-12-31T23:59:60Z", "2026-09-20T09:31:00.Z", "2026-09-20T09:31:00+08", "x",
      "2026-09-20T09:31:00+24:00", "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
      "2026-09-20T09:31:00Z ", "２０２６-09-20T09:31:00Z",
    ])
  func refused(text: String) {
    #expect(WallTime(text) == nil)
  }

  @Test("counts the days of every month from year 0 to 9999 as a naive calendar does")
  func calendar() {
    var days = -719_528
    for year in 0...9999 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      #expect(CivilDate.isLeap(year: year) == isLeap)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      for (index, length) in lengths.enumerated() {
        let first = CivilDate(year: year, month: index + 1, day: 1)
        let last = CivilDate(year: year, month: index + 1, day: length)
        guard first?.daysSince1970 == days, last?.daysSince1970 == days + length - 1,
          CivilDate(daysSince1970: days) == first,
          CivilDate(daysSince1970: days + length - 1) == last,
          CivilDate(year: year, month: index + 1, day: length + 1) == nil
        else {
          Issue.record("month \(year)-\(index + 1)")
          return
        }
        days += length
      }
    }
    #expect(days == 2_932_897)
    #expect(CivilDate(daysSince1970: 2_932_897) == nil)
    #expect(CivilDate(daysSince1970: -719_529) == nil)
  }

  @Test("survives any millisecond", arguments: [UInt64(11), 12])
  func anyMillisecond(seed: UInt64) {
    var random = SplitMix(state: seed)
    for _ in 0..<5000 {
      let milliseconds = Int64.random(in: WallTime.range, using: &random)
      let time = WallTime(millisecondsSince1970: milliseconds)
      #expect(WallTime(time.text) == time, "seed \(seed): \(milliseconds)")
    }
    #expect(WallTime(millisecondsSince1970: .max).text == "9999-12-31T23:59:59.999Z")
  }

  @Test("is local time with its offset for people")
  func local() throws {
    let time = try #require(WallTime("2026-03-02T01:14:07.9Z"))
    let shanghai = LocalZone { _ in 8 * 3600 }
    let newfoundland = LocalZone { _ in -(3 * 3600 + 1800) }
    #expect(time.localText(shanghai) == "2026-03-02 09:14 +08:00")
    #expect(time.localText(shanghai, .minutes) == "2026-03-02 09:14")
    #expect(time.localText(newfoundland, .secondsWithOffset) == "2026-03-01 21:44:07 -03:30")
    #expect(time.localText(.utc) == "2026-03-02 01:14 +00:00")
    #expect(WallTime(millisecondsSince1970: .max).localText(shanghai).hasPrefix("9999-12-31"))
  }

  @Test("reads calendar dates")
  func dates() throws {
    let date = try #require(CivilDate("2024-02-29"))
    #expect((date.year, date.month, date.day) == (2024, 2, 29))
    #expect(date.text == "2024-02-29")
    for text in ["2023-02-29", "2024-2-29", "2024-02-29 ", "24-02-29", "2024-00-10", "2024/02/29"] {
      #expect(CivilDate(text) == nil, "\(text)")
    }
  }
}
