import Ledger

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
        rate: limits.handshakesPerSecond, burst: limits.handshakeBurst, at: now)
    }
    return buckets[source]?.take(1, at: now) ?? false
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
