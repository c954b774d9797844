import Glibc

/// Time that only moves on, for rates and ages of this process's own work.
package struct MonotonicClock: Sendable {
  /// Time since some moment before the first reading.
  package let now: @Sendable () -> Duration

  package init(now: @escaping @Sendable () -> Duration) {
    self.now = now
  }

  package static let system = MonotonicClock {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

/// The time of day, which the operator can set.
package struct WallClock: Sendable {
  package let now: @Sendable () -> WallTime

  package init(now: @escaping @Sendable () -> WallTime) {
    self.now = now
  }

  package static let system = WallClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(
      millisecondsSince1970: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
