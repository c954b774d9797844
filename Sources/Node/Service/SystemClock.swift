import Consensus
@preconcurrency import Glibc
import Ledger

/// The machine's two clocks.
enum SystemClock {
  static var now: Moment {
    Moment(instant: instant, wallClock: wallClock)
  }

  static var instant: Instant {
    let time = read(CLOCK_MONOTONIC)
    return Instant(microseconds: time.seconds * 1_000_000 + time.nanoseconds / 1_000)
  }

  private static var wallClock: Timestamp {
    let time = read(CLOCK_REALTIME)
    let milliseconds = time.seconds * 1_000 + time.nanoseconds / 1_000_000
    // A clock beyond the year 9999 is as wrong as one of the year 9999.
    return Timestamp(milliseconds: min(milliseconds, Timestamp.limit - 1)) ?? .origin
  }

  private static func read(_ clock: clockid_t) -> (seconds: UInt64, nanoseconds: UInt64) {
    var time = timespec()
    clock_gettime(clock, &time)
    return (UInt64(max(0, time.tv_sec)), UInt64(max(0, time.tv_nsec)))
  }
}

extension Timestamp {
  /// 1970-01-01T00:00:00Z.
  package static let origin: Timestamp = {
    guard let time = Timestamp(milliseconds: 0) else {
      preconditionFailure("the first millisecond is a time")
    }
    return time
  }()
}
