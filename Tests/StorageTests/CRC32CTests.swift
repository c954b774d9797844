import Storage
import TestSupport
import Testing

@Suite("CRC-32C")
struct CRC32CTests {
  @Test("gives the check value of its definition")
  func checkValue() {
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
  }

  @Test("gives the values of RFC 3720 appendix B.4")
  func testVectors() {
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.of(Array(0..<32)) == 0x46DD_794E)
  }

  @Test("gives what the polynomial gives bit by bit, however the bytes are cut")
  func naiveTwin() {
    let bytes = StorageSample.bytes(seed: 1, count: 100)
    for count in 0...bytes.count {
      let part = Array(bytes.prefix(count))
      #expect(CRC32C.of(part) == bitwise(part))
      var checksum = CRC32C()
      checksum.update(Array(bytes.prefix(count)))
      checksum.update(Array(bytes.dropFirst(count)))
      #expect(checksum.value == bitwise(bytes))
    }
  }

  private func bitwise(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }
}
