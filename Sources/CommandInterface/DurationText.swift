/// Durations as people write and read them.
package enum DurationText {
  private static let units: [(suffix: String, seconds: Int64)] = [
    ("d", 86_400), ("h", 3600), ("min", 60), ("m", 60), ("s", 1),
  ]

  /// One number, rounded down: `3 s`, `2 min`, `5 h`, `3 d`. Negative durations show as `0 s`.
  package static func short(_ duration: Duration, _ language: Language = .english) -> String {
    let seconds = max(0, duration.components.seconds)
    let (value, unit): (Int64, LocalizedText) =
      switch seconds {
      case ..<60: (seconds, LocalizedText(english: "s", chinese: "秒"))
      case ..<3600: (seconds / 60, LocalizedText(english: "min", chinese: "分钟"))
      case ..<172_800: (seconds / 3600, LocalizedText(english: "h", chinese: "小时"))
      default: (seconds / 86_400, LocalizedText(english: "d", chinese: "天"))
      }
    return "\(value) \(unit[language])"
  }

  /// `3 s ago`.
  package static func age(_ duration: Duration, _ language: Language = .english) -> String {
    switch language {
    case .english: "\(short(duration, language)) ago"
    case .chinese: "\(short(duration, language))前"
    }
  }

  /// Reads `90s`, `15min` or `15m`, `24h`, `7d`; a space before the unit is allowed. `nil` for
  /// anything else, and for more than 2^31 seconds.
  package static func parse(_ text: String) -> Duration? {
    for (suffix, unitSeconds) in units where text.hasSuffix(suffix) {
      let digits = text.dropLast(suffix.count)
      let number = digits.hasSuffix(" ") ? digits.dropLast() : digits
      guard !number.isEmpty, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let value = Int64(number), value <= (1 << 31) / unitSeconds
      else { return nil }
      return .seconds(value * unitSeconds)
    }
    return nil
  }
}

/// Numbers as people read them.
package enum NumberText {
  /// `48,213`.
  package static func grouped(_ number: some BinaryInteger) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `812 B`, `1.2 KiB`, `34.0 MiB`: tenths are cut off, not rounded.
  package static func bytes(_ byteCount: UInt64) -> String {
    guard byteCount >= 1024 else { return "\(byteCount) B" }
    var unitBytes: UInt64 = 1024
    var units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][...]
    while byteCount / 1024 >= unitBytes && units.count > 1 {
      unitBytes *= 1024
      units = units.dropFirst()
    }
    // The rest is below 2^60, so that ten times as much still fits.
    let tenths = byteCount % unitBytes * 10 / unitBytes
    return "\(grouped(byteCount / unitBytes)).\(tenths) \(units[units.startIndex])"
  }
}
