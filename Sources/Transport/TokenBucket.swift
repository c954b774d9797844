import Ledger

/// A number of things at once, and so many more a second.
struct TokenBucket {
  /// In millionths.
  private var tokens: UInt64
  private var filledAt: Instant
  private let burst: UInt64
  private let perSecond: UInt64

  private static let one: UInt64 = 1_000_000

  /// A full one. The numbers are a configuration's: at most a million each.
  init(burst: UInt64, perSecond: UInt64, at now: Instant) {
    precondition(burst <= 1_000_000 && perSecond <= 1_000_000, "a bucket's numbers are small")
    self.burst = burst
    self.perSecond = perSecond
    tokens = burst * TokenBucket.one
    filledAt = now
  }

  mutating func take(at now: Instant) -> Bool {
    fill(at: now)
    guard tokens >= TokenBucket.one else { return false }
    tokens -= TokenBucket.one
    return true
  }

  mutating func isFull(at now: Instant) -> Bool {
    fill(at: now)
    return tokens == burst * TokenBucket.one
  }

  private mutating func fill(at now: Instant) {
    // An hour at a million a second stays far below 2^64.
    let elapsed = min(now.microseconds(since: filledAt), 3_600_000_000)
    tokens = min(burst * TokenBucket.one, tokens + elapsed * perSecond)
    filledAt = max(filledAt, now)
  }
}

/// How many handshakes each source may begin.
struct HandshakeQuota {
  private var buckets: [SocketAddress.Host: TokenBucket] = [:]
  private let limits: TransportLimits

  init(_ limits: TransportLimits) { self.limits = limits }

  mutating func admits(_ host: SocketAddress.Host, at now: Instant) -> Bool {
    let source = host.source
    if buckets[source] == nil {
      makeRoom(at: now)
      buckets[source] = TokenBucket(
        burst: limits.handshakeBurst, perSecond: limits.handshakesPerSecond, at: now)
    }
    return buckets[source]?.take(at: now) ?? false
  }

  /// A source whose bucket is full again is forgotten; if all have something to answer for, all are
  /// forgotten: who can use a thousand networks is not bounded by source, but by `halfOpenLimit`.
  private mutating func makeRoom(at now: Instant) {
    guard buckets.count >= TransportLimits.quotaSourceLimit else { return }
    buckets = buckets.filter { entry in
      var bucket = entry.value
      return !bucket.isFull(at: now)
    }
    if buckets.count >= TransportLimits.quotaSourceLimit { buckets = [:] }
  }
}
