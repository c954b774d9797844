import Ledger

/// Lets a number of notices that strangers cause through and counts the others.
///
/// What members do is always told, however many strangers there are: a failure to reach one feeds its
/// status, and two processes with one key are worth an alarm. There is a bound of its own to each:
/// `DialPlan.tells`, and for who connects the quota of handshakes.
struct NoticeLimiter {
  private var bucket: TokenBucket
  private var suppressed: UInt64 = 0

  init(_ limits: TransportLimits, at now: Instant) {
    bucket = TokenBucket(rate: limits.noticesPerSecond, burst: limits.noticeBurst, at: now)
  }

  var hasSuppressed: Bool { suppressed > 0 }

  mutating func admits(_ notice: TransportNotice, at now: Instant) -> Bool {
    if !notice.isOfStranger || bucket.take(1, at: now) { return true }
    suppressed += 1
    return false
  }

  /// How many were left out since the last time this was told.
  mutating func takeSuppressed(at now: Instant) -> UInt64? {
    guard suppressed > 0, bucket.take(1, at: now) else { return nil }
    defer { suppressed = 0 }
    return suppressed
  }
}

extension TransportNotice {
  /// Whether anybody can cause it, without a member's key.
  fileprivate var isOfStranger: Bool {
    switch self {
    case .turnedAway(nil, _, _), .handshakeQuotaExceeded, .tooManyHalfOpen: true
    case .turnedAway, .dialFailed, .duplicateIdentity, .acceptPaused, .suppressed: false
    }
  }
}
