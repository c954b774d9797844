@preconcurrency import Glibc

/// The figures, as a table or as JSON Lines.
struct Report {
  enum Format {
    case table
    case json
  }

  let format: Format
  private var rows: [Row] = []
  private(set) var verificationsPerSecond: Double?

  private struct Row {
    let measure: String
    let value: Double
    let unit: String
    let bound: Double?
    let target: String
  }

  init(format: Format) { self.format = format }

  /// What all cores verify: the bound of the rates that follow.
  mutating func setBound(_ value: Double) { verificationsPerSecond = value }

  /// Adds a figure.
  ///
  /// - Parameters:
  ///   - bound: what the machine allows, taken in the same run; the ratio is `value / bound`.
  ///   - target: the target in words.
  mutating func add(
    _ measure: String, _ value: Double, _ unit: String, bound: Double? = nil, target: String = ""
  ) {
    let row = Row(measure: measure, value: value, unit: unit, bound: bound, target: target)
    rows.append(row)
    switch format {
    case .table: note("\(measure): \(Report.number(value)) \(unit)")
    case .json: print(Report.json(row))
    }
  }

  /// Progress, for people.
  func note(_ text: String) { fputs("\(text)\n", stderr) }

  func finish() {
    guard format == .table else { return }
    print(Report.line("measure", "value", "unit", "bound", "ratio", "target"))
    for row in rows {
      print(
        Report.line(
          row.measure, Report.number(row.value), row.unit, row.bound.map(Report.number) ?? "",
          row.bound.map { Report.ratio(row.value / $0) } ?? "", row.target))
    }
  }

  private static func line(
    _ measure: String, _ value: String, _ unit: String, _ bound: String, _ ratio: String,
    _ target: String
  ) -> String {
    pad(measure, 28) + padLeft(value, 12) + "  " + pad(unit, 26) + padLeft(bound, 10)
      + padLeft(ratio, 7) + "  " + target
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func padLeft(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func json(_ row: Row) -> String {
    let bound = row.bound.map { exact($0) } ?? "null"
    let ratio = row.bound.map { exact(row.value / $0) } ?? "null"
    return "{\"measure\":\"\(row.measure)\",\"value\":\(exact(row.value)),\"unit\":\"\(row.unit)\","
      + "\"bound\":\(bound),\"ratio\":\(ratio)}"
  }

  /// Rounded to thousandths, without an exponent.
  private static func exact(_ value: Double) -> String {
    let thousandths = Int64((value * 1_000).rounded())
    let fraction = String(thousandths.magnitude % 1_000)
    let sign = thousandths < 0 ? "-" : ""
    return "\(sign)\(thousandths.magnitude / 1_000)."
      + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  static func number(_ value: Double) -> String {
    value >= 100 ? String(Int64(value.rounded())) : exact(value)
  }

  private static func ratio(_ value: Double) -> String {
    String(exact(value).dropLast())
  }
}

/// Statistics of a few values.
enum Sample {
  /// - Precondition: not empty.
  static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

  /// - Precondition: not empty.
  static func mean(_ values: [Double]) -> Double {
    precondition(!values.isEmpty, "a mean is of some values")
    return values.reduce(0, +) / Double(values.count)
  }

  /// The value below which `fraction` of all lie (nearest rank).
  ///
  /// - Precondition: not empty.
  static func quantile(_ values: [Double], _ fraction: Double) -> Double {
    precondition(!values.isEmpty, "a quantile is of some values")
    let sorted = values.sorted()
    let rank = Int((fraction * Double(sorted.count)).rounded(.up)) - 1
    return sorted[min(max(rank, 0), sorted.count - 1)]
  }
}

/// Seconds on the monotonic clock.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Milliseconds since 1970.
func wallMilliseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
}
