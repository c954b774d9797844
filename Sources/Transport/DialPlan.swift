import Cryptography
import Ledger

/// When and where a peer is dialled next: its addresses in order, then a pause that doubles each time.
struct DialPlan {
  /// Not before this.
  private(set) var next: Instant

  private var addressIndex = 0
  /// What the current address's host name stands for and was not tried yet, the next one last.
  private var candidates: [SocketAddress] = []
  private var failures = 0
  private var told: [NodeAddress: DialFailure] = [:]

  init(at now: Instant) { next = now }

  enum Target {
    case address(SocketAddress)
    case name(host: String, port: UInt16)
  }

  /// The next target of `addresses`; `nil` if it is no address, which `NodeAddress` excludes.
  mutating func target(in addresses: [NodeAddress]) -> (NodeAddress, Target)? {
    guard !addresses.isEmpty else { return nil }
    let address = addresses[addressIndex % addresses.count]
    if let candidate = candidates.popLast() { return (address, .address(candidate)) }
    if let literal = SocketAddress(address.text) { return (address, .address(literal)) }
    guard let (host, port) = SocketAddress.parts(of: address.text) else { return nil }
    return (address, .name(host: host, port: port))
  }

  /// The host name was looked up: the first address is the one to try now.
  mutating func resolved(_ addresses: [SocketAddress]) -> SocketAddress? {
    candidates = addresses.reversed()
    return candidates.popLast()
  }

  /// Goes on with the next address at once, or from the first after a pause.
  ///
  /// - Parameter isOfPeer: the peer itself was reached, so its other addresses are no better.
  mutating func failed(
    _ failure: DialFailure, addressCount: Int, isOfPeer: Bool, _ limits: TransportLimits,
    _ jitter: inout SplitMix64
  ) {
    if !isOfPeer {
      if candidates.isEmpty { addressIndex += 1 }
      if addressIndex < addressCount {
        next = failure.time
        return
      }
    }
    startOver()
    pause(from: failure.time, limits, &jitter)
  }

  /// Whether a failure at an address is to be told: it is another than last time, or a minute is over.
  mutating func tells(_ failure: DialFailure, _ limits: TransportLimits) -> Bool {
    if let last = told[failure.address], last.reason == failure.reason,
      failure.time.microseconds(since: last.time) < limits.repeatedNoticeMicroseconds
    {
      return false
    }
    told[failure.address] = failure
    return true
  }

  mutating func linkCame() {
    startOver()
    told = [:]
  }

  mutating func linkEnded(
    afterMicroseconds lived: UInt64, at now: Instant, _ limits: TransportLimits,
    _ jitter: inout SplitMix64
  ) {
    if lived >= limits.steadyMicroseconds { failures = 0 }
    pause(from: now, limits, &jitter)
  }

  private mutating func startOver() {
    addressIndex = 0
    candidates = []
  }

  private mutating func pause(
    from now: Instant, _ limits: TransportLimits, _ jitter: inout SplitMix64
  ) {
    let doubled = limits.shortestBackOffMicroseconds << min(UInt64(failures), 20)
    let longest = min(doubled, limits.longestBackOffMicroseconds)
    failures += 1
    let pause = UInt64.random(in: (longest / 2)...longest, using: &jitter)
    next = now.advanced(byMicroseconds: pause)
  }
}

/// Why a peer could not be reached, where and when.
struct DialFailure: Hashable, Sendable {
  let address: NodeAddress
  let reason: ConnectionFailure
  let time: Instant
}
