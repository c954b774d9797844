import Ledger

/// An allowance that fills up with time: `rate` units a second, `burst` at most.
package struct TokenBucket: Sendable {
  private static let microsecondsPerSecond: UInt64 = 1_000_000

  private let rate: UInt64
  private let burst: UInt64
  /// Millionths of a unit, so that nothing is lost to rounding.
  private var level: UInt64
  private var filledAt: Instant

  /// Full at first.
  ///
  /// - Precondition: `rate` and `burst` are 1...2^40.
  package init(rate: UInt64, burst: UInt64, at now: Instant) {
    precondition((1...1 << 40).contains(rate) && (1...1 << 40).contains(burst), "no overflow")
    self.rate = rate
    self.burst = burst
    level = burst * TokenBucket.microsecondsPerSecond
    filledAt = now
  }

  /// Takes `amount` if it is there.
  package mutating func take(_ amount: UInt64, at now: Instant) -> Bool {
    fill(at: now)
    let (cost, overflow) = amount.multipliedReportingOverflow(by: TokenBucket.microsecondsPerSecond)
    guard !overflow, cost <= level else { return false }
    level -= cost
    return true
  }

  private mutating func fill(at now: Instant) {
    let full = burst * TokenBucket.microsecondsPerSecond
    let elapsed = min(now.microseconds(since: filledAt), full / rate + 1)
    level = min(full, level + elapsed * rate)
    filledAt = max(filledAt, now)
  }
}
