import Ledger
import Testing

@testable import Transport

@Suite("The quota of handshakes")
struct HandshakeQuotaTests {
  @Test("is one for an IPv6 network, and another for the next")
  func bySource() throws {
    var quota = HandshakeQuota(TransportLimits())
    let now = Instant(microseconds: 0)
    func admits(_ text: String) throws -> Bool {
      quota.admits(try #require(SocketAddress(text)).host, at: now)
    }
    for index in 0..<20 { #expect(try admits("[2001:db8::\(index + 1)]:1")) }
    #expect(try !admits("[2001:db8::ffff]:1"))
    #expect(try admits("[2001:db8:0:1::1]:1"))
    #expect(try admits("192.0.2.1:1"))
  }

  @Test("remembers a bounded number of sources, the busy ones while there is room")
  func isBounded() {
    var quota = HandshakeQuota(TransportLimits())
    var now = Instant(microseconds: 0)
    func admits(_ host: UInt32) -> Bool { quota.admits(.v4(host), at: now) }
    for _ in 0..<20 { #expect(admits(0)) }
    for index in 1...1_000 { #expect(admits(UInt32(index))) }
    now = now.advanced(byMicroseconds: 200_000)
    // Those with one handshake are forgotten, the one with twenty is not.
    for index in 1_001...2_000 { #expect(admits(UInt32(index))) }
    #expect(admits(0))
    #expect(!admits(0))
  }
}
