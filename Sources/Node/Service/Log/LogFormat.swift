import Ledger

/// How events are written, one line each.
package enum LogFormat: Hashable, Sendable {
  /// For a terminal: time of day, level, message, fields.
  case text
  /// `level=info key=block-final msg="..." height=12`, with the time in front.
  case logfmt
  /// As `logfmt`, with syslog's priority `<6>` in front and without the time, which journald has.
  case journal
  case json

  /// What fits the process: JSON if asked for, journald's form under systemd, text on a terminal.
  package static func fitting(
    environment: (String) -> String?, isTerminal: Bool
  ) -> LogFormat {
    if environment("JOURNAL_STREAM") != nil || environment("INVOCATION_ID") != nil {
      return isTerminal ? .text : .journal
    }
    return isTerminal ? .text : .logfmt
  }

  /// The line of an event at `time`, with its newline.
  package func line(_ event: LogEvent, at time: Timestamp) -> String {
    switch self {
    case .text: textLine(event, time)
    case .logfmt: "ts=\(time.rfc3339) " + logfmtFields(event)
    case .journal: "<\(event.level.rawValue)>" + logfmtFields(event)
    case .json: jsonLine(event, time)
    }
  }

  private func textLine(_ event: LogEvent, _ time: Timestamp) -> String {
    var line = "\(time.rfc3339) \(event.level.name)  \(LogText.oneLine(event.message))"
    for field in event.fields { line += "  \(field.name)=\(LogText.logfmt(field.value))" }
    return line + "\n"
  }

  private func logfmtFields(_ event: LogEvent) -> String {
    var line = "level=\(event.level.name) key=\(event.key)"
    line += " msg=\(LogText.logfmt(.text(event.message)))"
    for field in event.fields { line += " \(field.name)=\(LogText.logfmt(field.value))" }
    return line + "\n"
  }

  private func jsonLine(_ event: LogEvent, _ time: Timestamp) -> String {
    var line = "{\"time\":\"\(time.rfc3339)\",\"level\":\"\(event.level.name)\""
    line += ",\"key\":\(LogText.json(event.key)),\"message\":\(LogText.json(event.message))"
    for field in event.fields {
      line += ",\(LogText.json(field.name)):"
      switch field.value {
      case .text(let text): line += LogText.json(text)
      case .number(let number): line += String(number)
      }
    }
    return line + "}\n"
  }
}

/// Texts as log lines quote them. Nothing that came from outside begins a line of its own, or drives
/// a terminal.
enum LogText {
  static func logfmt(_ value: LogValue) -> String {
    switch value {
    case .number(let number): return String(number)
    case .text(let text):
      let isPlain =
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !isSpecial($0) }
      return isPlain ? text : json(text)
    }
  }

  /// A JSON string (RFC 8259 section 7).
  static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if isControl(scalar) {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// The text with controls as spaces.
  static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "\\")
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

extension Timestamp {
  /// `2026-03-02T09:14:00.123Z`.
  package var rfc3339: String {
    let day = 86_400_000 as UInt64
    let time = milliseconds % day
    guard let date = CalendarDate(daysSinceEpoch: Int32(milliseconds / day)) else {
      preconditionFailure("every timestamp has a date")
    }
    return "\(date)T\(two(time / 3_600_000)):\(two(time / 60_000 % 60)):\(two(time / 1_000 % 60))"
      + ".\(three(time % 1_000))Z"
  }

  private func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : String(number) }

  private func three(_ number: UInt64) -> String {
    number < 100 ? "0" + two(number) : String(number)
  }
}
