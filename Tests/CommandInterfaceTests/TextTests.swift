import CommandInterface
import Testing

@Suite("Display width")
struct DisplayWidthTests {
  @Test(
    "counts columns as terminals do",
    arguments: [
      ("", 0), ("abc", 3), ("车辆", 4), ("LHY车", 5), ("\u{FF1A}", 2), ("é", 1), ("e\u{301}", 1),
      ("\u{300}", 0), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("👍", 2), ("👨‍👩‍👧", 2), ("🇨🇳", 2),
      ("❤\u{FE0F}", 2), ("a\u{200B}b", 2), ("…", 1), ("ｱ", 1), ("Ａ", 2), ("\u{20000}", 2),
      ("\u{3000}", 2),
    ])
  func columns(text: String, expected: Int) {
    #expect(DisplayWidth.columns(of: text) == expected)
  }

  @Test("pads and truncates by columns")
  func padding() {
    #expect(DisplayWidth.pad("车", to: 4) == "车  ")
    #expect(DisplayWidth.pad("7", to: 4, .right) == "   7")
    #expect(DisplayWidth.pad("long", to: 2) == "long")
    #expect(DisplayWidth.truncate("车辆抵押", to: 6) == "车辆…")
    #expect(DisplayWidth.truncate("车辆抵押", to: 8) == "车辆抵押")
    #expect(DisplayWidth.truncate("abcdef", to: 4) == "abc…")
    #expect(DisplayWidth.truncate("abc", to: 0) == "")
  }

  @Test("breaks lines at spaces and between Chinese characters, not before a closing mark")
  func wrapping() {
    #expect(DisplayWidth.wrap("one two three", to: 7) == ["one two", "three"])
    #expect(DisplayWidth.wrap("unbreakable x", to: 4) == ["unbreakable", "x"])
    #expect(DisplayWidth.wrap("车辆抵押。账本", to: 8) == ["车辆抵", "押。账本"])
    #expect(DisplayWidth.wrap("a\n\n  b", to: 9) == ["a", "", "  b"])
    #expect(DisplayWidth.wrap("", to: 9) == [""])
  }

  @Test("makes control characters visible")
  func visible() {
    #expect(DisplayWidth.visible("a\u{1B}[31m\n\u{202E}车") == "a\\u{1b}[31m\\u{a}\\u{202e}车")
  }

  @Test("aligns the columns of a table by width")
  func table() {
    var table = Table([.init("VIN"), .init("Height", .right), .init("Holder")])
    table.append(["LHY", "48,213", "银行甲"])
    table.append(["车辆", "7", "B"])
    #expect(
      table.lines() == [
        "VIN   Height  Holder", "LHY   48,213  银行甲", "车辆       7  B",
      ])
    var untitled = Table([.init(), .init()])
    untitled.append(["a", String(repeating: "b", count: 40)])
    #expect(untitled.lines(.columns(20)) == ["a  " + String(repeating: "b", count: 16) + "…"])
    #expect(untitled.lines() == ["a  " + String(repeating: "b", count: 40)])
  }
}

@Suite("Durations and numbers")
struct NumberTextTests {
  @Test(
    "show one number and a unit",
    arguments: [
      (0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172_799, "47 h"),
      (172_800, "2 d"), (-5, "0 s"),
    ])
  func short(seconds: Int, expected: String) {
    #expect(DurationText.short(.seconds(seconds)) == expected)
  }

  @Test("are ages in both languages")
  func age() {
    #expect(DurationText.age(.seconds(3)) == "3 s ago")
    #expect(DurationText.age(.seconds(180), .chinese) == "3 分钟前")
  }

  @Test(
    "are read with a unit",
    arguments: [
      ("90s", 90), ("15min", 900), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("5 h", 18_000),
      ("0s", 0),
    ])
  func parsed(text: String, seconds: Int) {
    #expect(DurationText.parse(text) == .seconds(seconds))
  }

  @Test(
    "are refused otherwise", arguments: ["", "5", "h", "-5h", "1.5h", "99999999999d", "5w", "５h"])
  func refused(text: String) {
    #expect(DurationText.parse(text) == nil)
  }

  @Test("group thousands")
  func grouped() {
    #expect(NumberText.grouped(0) == "0")
    #expect(NumberText.grouped(999) == "999")
    #expect(NumberText.grouped(48213) == "48,213")
    #expect(NumberText.grouped(-1_234_567) == "-1,234,567")
    #expect(NumberText.grouped(UInt64.max) == "18,446,744,073,709,551,615")
    #expect(NumberText.grouped(Int64.min) == "-9,223,372,036,854,775,808")
  }

  @Test(
    "show bytes in binary units",
    arguments: [
      (UInt64(0), "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
      (1_048_575, "1,023.9 KiB"), (1_048_576, "1.0 MiB"), (.max, "15.9 EiB"),
    ])
  func bytes(count: UInt64, expected: String) {
    #expect(NumberText.bytes(count) == expected)
  }
}
