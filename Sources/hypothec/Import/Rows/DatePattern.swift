import CommandInterface
import Ledger

/// How a column writes dates or times: `yyyy-MM-dd`, `d.M.yyyy`, `yyyy/MM/dd HH:mm:ss`.
///
/// `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` have that many digits; `M`, `d`, `H` one or two; `XXX` is Z
/// or an offset such as +08:00; anything else stands for itself.
struct DatePattern: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case number(Component, ClosedRange<Int>)
    case offset
    case literal(UInt8)
  }

  enum Component: Hashable, Sendable { case year, month, day, hour, minute, second }

  let text: String
  let parts: [Part]

  /// `nil` if the pattern lacks year, month or day, or has something twice.
  init?(_ text: String) {
    var parts: [Part] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      let run = rest.prefix { $0 == first }.count
      rest = rest.dropFirst(run)
      switch (first, run) {
      case (UInt8(ascii: "y"), 4): parts.append(.number(.year, 4...4))
      case (UInt8(ascii: "M"), 1...2): parts.append(.number(.month, run...2))
      case (UInt8(ascii: "d"), 1...2): parts.append(.number(.day, run...2))
      case (UInt8(ascii: "H"), 1...2): parts.append(.number(.hour, run...2))
      case (UInt8(ascii: "m"), 2): parts.append(.number(.minute, 2...2))
      case (UInt8(ascii: "s"), 2): parts.append(.number(.second, 2...2))
      case (UInt8(ascii: "X"), 3): parts.append(.offset)
      case (UInt8(ascii: "a")...UInt8(ascii: "z"), _) where first != UInt8(ascii: "t"): return nil
      case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _)
      where first != UInt8(ascii: "T") && first != UInt8(ascii: "Z"):
        return nil
      default: parts += Array(repeating: .literal(first), count: run)
      }
    }
    self.text = text
    self.parts = parts
    let components = self.components
    guard Set(components).count == components.count,
      Set(components).isSuperset(of: [.year, .month, .day])
    else { return nil }
  }

  private var components: [Component] {
    parts.compactMap { part in
      if case .number(let component, _) = part { component } else { nil }
    }
  }

  var hasOffset: Bool { parts.contains(.offset) }

  /// What a text says, as the pattern reads it.
  struct Reading {
    var values: [Component: Int] = [:]
    var offsetMinutes: Int?

    var date: CivilDate? {
      CivilDate(
        year: values[.year] ?? 0, month: values[.month] ?? 0, day: values[.day] ?? 0)
    }
  }

  func read(_ text: String) -> Reading? {
    var reading = Reading()
    var rest = Array(text.utf8)[...]
    for part in parts {
      switch part {
      case .literal(let byte):
        guard rest.first == byte else { return nil }
        rest = rest.dropFirst()
      case .number(let component, let counts):
        let digits = rest.prefix(counts.upperBound).prefix { (0x30...0x39).contains($0) }
        guard counts.contains(digits.count) else { return nil }
        reading.values[component] = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        rest = rest.dropFirst(digits.count)
      case .offset:
        guard let (minutes, count) = Self.offset(rest) else { return nil }
        reading.offsetMinutes = minutes
        rest = rest.dropFirst(count)
      }
    }
    return rest.isEmpty ? reading : nil
  }

  /// `Z`, `+08:00`, `-0530`.
  static func offset(_ bytes: ArraySlice<UInt8>) -> (minutes: Int, byteCount: Int)? {
    guard let sign = bytes.first else { return nil }
    if sign == UInt8(ascii: "Z") { return (0, 1) }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    let hasColon = bytes.dropFirst(3).first == UInt8(ascii: ":")
    let count = hasColon ? 6 : 5
    let digits = Array(bytes.prefix(count).dropFirst()).filter { $0 != UInt8(ascii: ":") }
    guard bytes.count >= count, digits.count == 4,
      digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    let numbers = digits.map { Int($0) - 0x30 }
    let (hours, minutes) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
    guard hours <= 14, minutes < 60 else { return nil }
    return ((sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes), count)
  }
}

extension DatePattern {
  /// The day; `nil` if the text is none or the calendar has no such day from 1900 on.
  func day(_ text: String) -> CalendarDate? {
    guard let date = read(text)?.date else { return nil }
    return CalendarDate(year: date.year, month: date.month, day: date.day)
  }

  /// The moment; `offsetMinutes` is used where the text has no offset of its own.
  func moment(_ text: String, offsetMinutes: Int) -> Timestamp? {
    guard let reading = read(text), let date = reading.date else { return nil }
    let hour = reading.values[.hour] ?? 0
    let minute = reading.values[.minute] ?? 0
    let second = reading.values[.second] ?? 0
    guard hour < 24, minute < 60, second < 60 else { return nil }
    let minutes =
      date.daysSince1970 * 1_440 + hour * 60 + minute - (reading.offsetMinutes ?? offsetMinutes)
    guard let milliseconds = UInt64(exactly: (minutes * 60 + second) * 1_000) else { return nil }
    return Timestamp(milliseconds: milliseconds)
  }
}
