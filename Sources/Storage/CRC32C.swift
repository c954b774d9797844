/// CRC-32C (Castagnoli; RFC 3720 appendix B.4): finds accidental damage, proves nothing.
///
/// Slicing by sixteen: sixteen tables, so that sixteen bytes are taken in at a time without one
/// look-up waiting for another.
package struct CRC32C {
  private static let tableCount = 16
  private static let tables: [UInt32] = makeTables()

  private var state: UInt32 = ~0

  package init() {}

  package var value: UInt32 { ~state }

  /// CRC-32C of `bytes` alone.
  package static func of(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32C()
    checksum.update(bytes)
    return checksum.value
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var crc = state
    CRC32C.tables.withUnsafeBufferPointer { tables in
      var offset = 0
      while bytes.count - offset >= 16 {
        let low = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
        let high = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self).littleEndian
        crc =
          CRC32C.eightBytes(low ^ UInt64(crc), tables, first: 8)
          ^ CRC32C.eightBytes(high, tables, first: 0)
        offset += 16
      }
      while offset < bytes.count {
        crc = crc >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[offset])]
        offset += 1
      }
    }
    state = crc
  }

  /// What eight bytes contribute that are followed by `first` more.
  @inline(__always)
  private static func eightBytes(
    _ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>, first: Int
  ) -> UInt32 {
    @inline(__always)
    func entry(_ byte: Int) -> UInt32 {
      tables[(first + 7 - byte) << 8 | Int(truncatingIfNeeded: word >> UInt64(8 * byte) & 0xFF)]
    }
    return entry(0) ^ entry(1) ^ entry(2) ^ entry(3) ^ entry(4) ^ entry(5) ^ entry(6) ^ entry(7)
  }

  /// Table 0 is the byte-wise table; entry b of table k is b followed by k zero bytes.
  private static func makeTables() -> [UInt32] {
    let reversedPolynomial: UInt32 = 0x82F6_3B78
    var tables = [UInt32](repeating: 0, count: tableCount << 8)
    for byte in 0..<256 {
      var entry = UInt32(byte)
      for _ in 0..<8 {
        entry = entry & 1 == 1 ? entry >> 1 ^ reversedPolynomial : entry >> 1
      }
      tables[byte] = entry
    }
    for index in 256..<tables.count {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }
}
