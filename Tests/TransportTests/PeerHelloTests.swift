import CBOR
import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Transport

@Suite("A peer's hello")
struct PeerHelloTests {
  let hello = PeerHello(
    network: NetworkID(SHA256.hash([1])), member: try! MemberID("bank-a"), channel: .bulk,
    link: Nonce([UInt8](0..<16))!, instance: Nonce([UInt8](16..<32))!)

  @Test("has the bytes that the format says")
  func matchesVector() throws {
    let network = Hexadecimal.encode(SHA256.hash([1]).bytes)
    #expect(
      Hexadecimal.encode(hello.encoded)
        == "886d6879706f7468656320706565720158" + "20" + network + "6662616e6b2d6101"
        + "50000102030405060708090a0b0c0d0e0f" + "50101112131415161718191a1b1c1d1e1f" + "f6")
    #expect(try PeerHello(hello.encoded) == hello)
    #expect(hello.encoded.count <= TransportLimits.helloByteLimit)
  }

  @Test(
    "carries every refusal",
    arguments: [
      HelloRefusal.otherNetwork, .otherVersion, .otherMember, .memberUnknown, .tooManyLinks,
      .keyInUse, .alreadyLinked, .unpaired, .other("something new"),
    ])
  func carriesRefusals(refusal: HelloRefusal) throws {
    var refused = hello
    refused.refusal = refusal
    #expect(try PeerHello(refused.encoded).refusal == refusal)
  }

  @Test("shows a peer's own words without what could disturb a log")
  func cleansWords() throws {
    var refused = hello
    refused.refusal = .other("a\n\u{1B}[31mé")
    #expect(try PeerHello(refused.encoded).refusal == .other("a??[31m??"))
  }

  @Test("is refused when it is cut off, longer, or changed anywhere in its structure")
  func refusesDamage() {
    let bytes = hello.encoded
    for count in 0..<bytes.count {
      #expect(throws: PeerHelloError.malformed) { try PeerHello(Array(bytes.prefix(count))) }
    }
    #expect(throws: PeerHelloError.malformed) { try PeerHello(bytes + [0]) }
    var random = SplitMix64(seed: 7)
    for index in bytes.indices {
      var changed = bytes
      changed[index] = UInt8.random(in: 0...255, using: &random)
      // Whatever it reads is written the same way.
      if let read = try? PeerHello(changed) { #expect(read.encoded == changed) }
    }
    var long = hello
    long.refusal = .other(String(repeating: "a", count: 129))
    #expect(throws: PeerHelloError.malformed) { try PeerHello(long.encoded) }
  }

  @Test("of another version says which, whatever follows")
  func readsVersion() {
    var encoder = CBOREncoder()
    encoder.array(2)
    encoder.text("hypothec peer")
    encoder.unsigned(.max)
    #expect(throws: PeerHelloError.otherVersion(.max)) { try PeerHello(encoder.bytes + [1, 2]) }
  }
}
