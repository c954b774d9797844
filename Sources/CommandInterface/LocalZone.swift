import Glibc

/// How far local time is ahead of UTC at a moment.
package struct LocalZone: Sendable {
  /// Seconds ahead of UTC, for seconds since 1970.
  private let offsetSeconds: @Sendable (Int64) -> Int

  package init(offsetSeconds: @escaping @Sendable (Int64) -> Int) {
    self.offsetSeconds = offsetSeconds
  }

  package static let utc = LocalZone { _ in 0 }

  /// The zone of the machine, or of TZ.
  package static let system = LocalZone { seconds in
    var moment = time_t(seconds)
    var parts = tm()
    tzset()
    return localtime_r(&moment, &parts) == nil ? 0 : parts.tm_gmtoff
  }

  fileprivate func offsetMinutes(at time: WallTime) -> Int {
    offsetSeconds(time.millisecondsSince1970.dividedFloor(by: 1000)) / 60
  }
}

extension WallTime {
  package enum LocalStyle: Sendable {
    /// `2026-09-20 09:31`, for columns whose offset is said elsewhere.
    case minutes
    /// `2026-09-20 09:31 +08:00`.
    case minutesWithOffset
    /// `2026-09-20 09:31:07 +08:00`.
    case secondsWithOffset
  }

  /// What people read: the local time of `zone`.
  package func localText(_ zone: LocalZone, _ style: LocalStyle = .minutesWithOffset) -> String {
    let offset = zone.offsetMinutes(at: self)
    let parts = ClockParts(millisecondsSince1970 + Int64(offset) * 60_000)
    switch style {
    case .minutes: return "\(parts.date) \(parts.time(.minutes))"
    case .minutesWithOffset:
      return "\(parts.date) \(parts.time(.minutes)) \(Self.offsetText(offset))"
    case .secondsWithOffset:
      return "\(parts.date) \(parts.time(.seconds)) \(Self.offsetText(offset))"
    }
  }

  private static func offsetText(_ minutes: Int) -> String {
    let sign = minutes < 0 ? "-" : "+"
    let distance = abs(minutes)
    return "\(sign)\(zeroPadded(distance / 60, 2)):\(zeroPadded(distance % 60, 2))"
  }
}
