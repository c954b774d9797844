/// A reading of the host's monotonic clock: microseconds since an origin of the host's choice.
package struct Instant: Hashable, Comparable, Sendable {
  package let microseconds: UInt64

  package init(microseconds: UInt64) { self.microseconds = microseconds }

  /// Saturates at the end of the clock's range.
  package func advanced(byMicroseconds duration: UInt64) -> Instant {
    let (sum, overflow) = microseconds.addingReportingOverflow(duration)
    return Instant(microseconds: overflow ? .max : sum)
  }

  /// Microseconds from `earlier` to this instant; 0 if `earlier` is later.
  package func microseconds(since earlier: Instant) -> UInt64 {
    microseconds > earlier.microseconds ? microseconds - earlier.microseconds : 0
  }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.microseconds < right.microseconds
  }
}

/// The time of a step, on both clocks: timers run on the monotonic one, headers are judged by the
/// wall clock, and neither is ever derived from the other.
package struct Moment: Hashable, Sendable {
  package let instant: Instant
  package let wallClock: Timestamp

  package init(instant: Instant, wallClock: Timestamp) {
    self.instant = instant
    self.wallClock = wallClock
  }
}
