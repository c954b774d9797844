import CBOR
import Cryptography
import Ledger
import Storage

/// The keys and values of the index (docs/formats/index.md). All of it is derived from the blocks.
///
/// A key begins with one letter. Numbers are big-endian, so that keys are in the order of numbers;
/// texts that another part follows end with a zero byte, which no identifier holds.
enum IndexSchema {
  /// What the schema is; an index with another is rebuilt.
  static let version: UInt64 = 3

  enum Table: UInt8 {
    case state = 0x53  // S
    case expiry = 0x58  // X
    case history = 0x48  // H
    case transaction = 0x54  // T
    case memberTransaction = 0x4D  // M
    case refusedTransaction = 0x52  // R
    case memberRefusal = 0x51  // Q
    case pledge = 0x50  // P
    case livePledge = 0x4C  // L
    case similar = 0x4E  // N
    case block = 0x42  // B
    case validators = 0x56  // V
    case meta = 0x4B  // K

    var prefix: [UInt8] { [rawValue] }
  }

  // MARK: State

  static func state(_ key: Digest) -> [UInt8] { Table.state.key(key) }

  /// The state key that a row's key names.
  static func stateKey(of row: UnsafeRawBufferPointer) -> Digest {
    Digest(UnsafeRawBufferPointer(rebasing: row[1..<1 + Digest.byteCount]))
  }

  static let valueOffset = Digest.byteCount

  /// The value hash that the tree has, then the entry.
  static func stateValue(_ entry: EncodedEntry) -> [UInt8] {
    var value: [UInt8] = []
    value.reserveCapacity(valueOffset + entry.stored.count)
    entry.valueHash.withUnsafeBytes { value.append(contentsOf: $0) }
    value.append(contentsOf: entry.stored)
    return value
  }

  static func expiry(_ time: Timestamp, _ key: Digest) -> [UInt8] {
    Table.expiry.key(time.milliseconds, key)
  }

  static func expiry(from milliseconds: UInt64) -> [UInt8] {
    Table.expiry.key { $0.bigEndian(milliseconds) }
  }

  /// When the reference of an expiry row expires.
  static func expiryTime(of row: UnsafeRawBufferPointer) -> UInt64 { row.bigEndian(at: 1) }

  // MARK: Vehicles

  static func history(_ vin: VehicleIdentificationNumber, _ number: UInt64) -> [UInt8] {
    Table.history.key {
      $0.append(contentsOf: vin.text.utf8)
      $0.bigEndian(number)
    }
  }

  static func history(vinPrefix: String) -> [UInt8] {
    Table.history.key { $0.append(contentsOf: vinPrefix.utf8) }
  }

  /// The vehicle of a row whose key ends with its number, `after` bytes from the key's end.
  static func vin(
    of row: UnsafeRawBufferPointer, after count: Int = 0
  ) -> VehicleIdentificationNumber? {
    let end = row.count - count
    let start = end - VehicleIdentificationNumber.length
    guard start >= 1 else { return nil }
    let text = String(decoding: UnsafeRawBufferPointer(rebasing: row[start..<end]), as: UTF8.self)
    do { return try VehicleIdentificationNumber(text) } catch { return nil }
  }

  static func similar(
    _ key: VehicleIdentificationNumber.SimilarityKey, _ vin: VehicleIdentificationNumber
  ) -> [UInt8] {
    similar(key) + Array(vin.text.utf8)
  }

  static func similar(_ key: VehicleIdentificationNumber.SimilarityKey) -> [UInt8] {
    Table.similar.key { $0.append(contentsOf: key.text.utf8) }
  }

  static func pledge(_ id: Identifier, _ vin: VehicleIdentificationNumber) -> [UInt8] {
    pledges(id) + Array(vin.text.utf8)
  }

  static func pledges(_ id: Identifier) -> [UInt8] { Table.pledge.key(text: id.text) }

  static func livePledge(_ pledgee: MemberID, _ vin: VehicleIdentificationNumber) -> [UInt8] {
    livePledges(pledgee) + Array(vin.text.utf8)
  }

  static func livePledges(_ pledgee: MemberID) -> [UInt8] {
    Table.livePledge.key(text: pledgee.text)
  }

  // MARK: Transactions

  static func transaction(_ id: TransactionID) -> [UInt8] { Table.transaction.key(id.digest) }

  /// The prefix of a member's transactions; a block's height follows.
  static func memberTransactions(_ member: MemberID) -> [UInt8] {
    Table.memberTransaction.key(text: member.text)
  }

  /// The prefix of a member's refused transactions; a block's height follows.
  static func memberRefusals(_ member: MemberID) -> [UInt8] {
    Table.memberRefusal.key(text: member.text)
  }

  /// The prefix of all refused transactions; a block's height follows.
  static let refusals = Table.refusedTransaction.prefix

  /// A row with the transactions of one block that have something in common.
  static func list(_ prefix: [UInt8], at height: Height) -> [UInt8] {
    var key = prefix
    key.bigEndian(height.rawValue)
    return key
  }

  /// The height at the end of a row's key.
  static func height(of row: UnsafeRawBufferPointer) -> Height {
    Height(row.bigEndian(at: row.count - 8))
  }

  /// The transactions' indices in their block, ascending, two bytes each.
  static func listValue(_ indices: [Int]) -> [UInt8] {
    var value: [UInt8] = []
    value.reserveCapacity(2 * indices.count)
    for index in indices { value.bigEndian(UInt16(index)) }
    return value
  }

  static func indices(ofList value: UnsafeRawBufferPointer) -> [Int] {
    stride(from: 0, to: value.count - 1, by: 2).map {
      Int(value[$0]) << 8 | Int(value[$0 + 1])
    }
  }

  // MARK: Blocks

  static func block(_ height: Height) -> [UInt8] {
    Table.block.key { $0.bigEndian(height.rawValue) }
  }

  /// The block's hash and the number of its transactions.
  static func blockValue(_ hash: BlockHash, transactionCount: UInt64) -> [UInt8] {
    var value = hash.digest.bytes
    value.bigEndian(UInt16(truncatingIfNeeded: transactionCount))
    return value
  }

  static func blockHash(ofValue value: [UInt8]) -> BlockHash? {
    Digest(value.prefix(Digest.byteCount)).map { BlockHash($0) }
  }

  static func transactionCount(ofValue value: [UInt8]) -> Int {
    value.dropFirst(Digest.byteCount).reduce(0) { $0 << 8 | Int($1) }
  }

  /// The validators of an epoch.
  static func validators(_ epoch: Epoch) -> [UInt8] {
    Table.validators.key { $0.bigEndian(epoch.rawValue) }
  }

  static func validatorsValue(_ set: ValidatorSet) -> [UInt8] {
    var encoder = CBOREncoder()
    set.encode(into: &encoder)
    return encoder.bytes
  }

  static let meta = Table.meta.prefix

  /// `IndexHead`; node to node it differs, as certificates do.
  static let head = Table.meta.prefix + [0x48]
}

extension IndexSchema.Table {
  func key(_ digest: Digest) -> [UInt8] {
    key { bytes in digest.withUnsafeBytes { bytes.append(contentsOf: $0) } }
  }

  func key(_ number: UInt64, _ digest: Digest) -> [UInt8] {
    key { bytes in
      bytes.bigEndian(number)
      digest.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
  }

  /// A text and the zero byte after it.
  func key(text: String) -> [UInt8] {
    key {
      $0.append(contentsOf: text.utf8)
      $0.append(0)
    }
  }

  func key(_ body: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(48)
    bytes.append(rawValue)
    body(&bytes)
    return bytes
  }
}

extension [UInt8] {
  mutating func bigEndian(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
  }

}

extension UnsafeRawBufferPointer {
  func bigEndian(at offset: Int) -> UInt64 {
    UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
