import Ledger

/// An allowance that fills up with time: `rate` units a second, `burst` at most.
package struct TokenBucket: Sendable {
  private static let microsecondsPerSecond: UInt64 = 1_000_000

  private let rate: UInt64
  private let burst: UInt64
  /// Millionths of a unit, so that nothing is lost to rounding.
  private var level: UInt64
  /// Has to fill up first; 0 unless `level` is 0.
  private var debt: UInt64 = 0
  private var filledAt: Instant

  /// Full at first.
  ///
  /// - Precondition: `rate` and `burst` are at most 2^40.
  package init(rate: UInt64, burst: UInt64, at now: Instant) {
    precondition(rate <= 1 << 40 && burst <= 1 << 40, "no overflow")
    self.rate = rate
    self.burst = burst
    level = burst * TokenBucket.microsecondsPerSecond
    filledAt = now
  }

  /// Takes `amount` if anything is there: what is too much for now is owed, and nothing is given
  /// until it has filled up again. For work whose cost is known only when it is done.
  package mutating func takeOnCredit(_ amount: UInt64, at now: Instant) -> Bool {
    fill(at: now)
    guard level > 0 else { return false }
    let (cost, overflow) = amount.multipliedReportingOverflow(by: TokenBucket.microsecondsPerSecond)
    debt = overflow ? .max : cost - min(cost, level)
    level -= min(cost, level)
    return true
  }

  /// Takes `amount` if it is there.
  package mutating func take(_ amount: UInt64, at now: Instant) -> Bool {
    fill(at: now)
    let (cost, overflow) = amount.multipliedReportingOverflow(by: TokenBucket.microsecondsPerSecond)
    guard !overflow, cost <= level else { return false }
    level -= cost
    return true
  }

  /// Whether nothing was taken that has not filled up again.
  package mutating func isFull(at now: Instant) -> Bool {
    fill(at: now)
    return level == burst * TokenBucket.microsecondsPerSecond
  }

  private mutating func fill(at now: Instant) {
    let full = burst * TokenBucket.microsecondsPerSecond
    let (inflow, overflow) = now.microseconds(since: filledAt)
      .multipliedReportingOverflow(by: rate)
    let paid = min(debt, overflow ? .max : inflow)
    debt -= paid
    level = overflow ? full : min(full, level + min(full, inflow - paid))
    filledAt = max(filledAt, now)
  }
}
