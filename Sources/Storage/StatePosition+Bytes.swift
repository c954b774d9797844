import Cryptography
import Ledger

/// How a store keeps its position: under the key 0x00 "meta", as
///
///     version  u8: 1
///     height   u64, big-endian
///     root     32 bytes
extension StatePosition {
  package static let key: [UInt8] = [0] + Array("meta".utf8)
  private static let version: UInt8 = 1
  private static let byteCount = 1 + 8 + Digest.byteCount

  package var bytes: [UInt8] {
    [StatePosition.version] + withUnsafeBytes(of: height.rawValue.bigEndian) { Array($0) }
      + stateRoot.bytes
  }

  /// `nil` unless `bytes` are a position of this version.
  package init?(bytes: [UInt8]) {
    guard bytes.count == StatePosition.byteCount, bytes[0] == StatePosition.version else {
      return nil
    }
    let height = bytes[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    self.init(height: Height(height), stateRoot: bytes[9...].withUnsafeBytes { Digest($0) })
  }
}
