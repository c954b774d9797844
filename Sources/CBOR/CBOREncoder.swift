/// Writes deterministic CBOR (RFC 8949 section 4.2.1): shortest heads, definite lengths.
///
/// The caller writes map keys in ascending order of their encoded bytes, as the schema lists
/// them; `CBORDecoder` refuses any other order, so a golden vector catches a mistake.
package struct CBOREncoder: Sendable {
  package private(set) var bytes: [UInt8]

  package init(reservingCapacity capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Empties the encoder and keeps its storage, for the next value.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  package mutating func unsigned(_ value: UInt64) {
    head(.unsigned, value)
  }

  package mutating func integer(_ value: Int64) {
    if value >= 0 {
      head(.unsigned, UInt64(value))
    } else {
      head(.negative, UInt64(-1 - value))
    }
  }

  package mutating func bool(_ value: Bool) {
    bytes.append(value ? Simple.true : Simple.false)
  }

  package mutating func null() {
    bytes.append(Simple.null)
  }

  package mutating func byteString(_ value: [UInt8]) {
    head(.byteString, UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func byteString(_ value: UnsafeRawBufferPointer) {
    head(.byteString, UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func text(_ value: String) {
    head(.text, UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// Begins an array; the caller writes `count` items next.
  package mutating func array(_ count: Int) {
    head(.array, UInt64(count))
  }

  /// Begins a map; the caller writes `count` pairs of key and value next.
  package mutating func map(_ count: Int) {
    head(.map, UInt64(count))
  }

  /// Begins a map of at most 23 pairs whose number shows only when they are written.
  package mutating func beginShortMap() -> ShortMap {
    bytes.append(MajorType.map.rawValue << 5)
    return ShortMap(head: bytes.count - 1)
  }

  /// Writes the next key of `map`; the caller writes its value next.
  package mutating func key(_ key: UInt64, in map: inout ShortMap) {
    precondition(map.previousKey.map { $0 < key } ?? true, "map keys ascend")
    map.previousKey = key
    map.count += 1
    unsigned(key)
  }

  /// Writes the number of pairs into the head of `map`.
  package mutating func end(_ map: ShortMap) {
    precondition(map.count < 24, "a short map has at most 23 pairs")
    bytes[map.head] |= map.count
  }

  /// A map whose pairs are being written.
  package struct ShortMap: Sendable {
    fileprivate let head: Int
    fileprivate var count: UInt8 = 0
    fileprivate var previousKey: UInt64?

    fileprivate init(head: Int) { self.head = head }
  }

  package mutating func tag(_ number: UInt64) {
    head(.tag, number)
  }

  /// Appends one or more items that are already encoded.
  package mutating func encoded(_ items: [UInt8]) {
    bytes.append(contentsOf: items)
  }

  private mutating func head(_ type: MajorType, _ argument: UInt64) {
    let type = type.rawValue << 5
    switch argument {
    case ..<24:
      bytes.append(type | UInt8(truncatingIfNeeded: argument))
    case ...0xFF:
      bytes.append(type | 24)
      bytes.append(UInt8(truncatingIfNeeded: argument))
    case ...0xFFFF:
      bytes.append(type | 25)
      appendBigEndian(UInt16(truncatingIfNeeded: argument))
    case ...0xFFFF_FFFF:
      bytes.append(type | 26)
      appendBigEndian(UInt32(truncatingIfNeeded: argument))
    default:
      bytes.append(type | 27)
      appendBigEndian(argument)
    }
  }

  private mutating func appendBigEndian(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}

/// The three high bits of an item's first byte (RFC 8949 section 3.1).
enum MajorType: UInt8 {
  case unsigned, negative, byteString, text, array, map, tag, simple
}

/// The simple values that hypothec's formats use, as whole items.
enum Simple {
  static let `false`: UInt8 = 0xF4
  static let `true`: UInt8 = 0xF5
  static let null: UInt8 = 0xF6
}
