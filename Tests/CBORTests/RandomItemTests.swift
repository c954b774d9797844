import CBOR
import Testing

/// Items made at random, read by the decoder and by a deliberately naive twin.
@Suite("Random items")
struct RandomItemTests {
  @Test("reads back what it wrote", arguments: 0..<8 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var generator = SplitMix64(state: seed)
    for _ in 0..<100 {
      let item = Item.random(depth: 4, using: &generator)
      var encoder = CBOREncoder()
      item.write(to: &encoder)
      #expect(NaiveReader.encode(item) == encoder.bytes, "seed \(seed)")
      var decoder = CBORDecoder(encoder.bytes)
      let readBack = try Item(from: &decoder, shape: item)
      #expect(readBack == item, "seed \(seed)")
      try decoder.finish()
    }
  }

  /// No input makes the decoder crash, and it takes exactly what the twin takes.
  @Test("agrees with a naive reader on every change of one byte", arguments: 0..<8 as Range<UInt64>)
  func everyMutation(seed: UInt64) {
    var generator = SplitMix64(state: seed &+ 1000)
    let replacements: [UInt8] = [0, 1, 0x17, 0x18, 0x1B, 0x1F, 0x41, 0x61, 0x81, 0xA1, 0xF6, 0xFF]
    for _ in 0..<12 {
      let original = NaiveReader.encode(Item.random(depth: 3, using: &generator))
      for index in original.indices.prefix(160) {
        for replacement in replacements + [original[index] ^ 1, original[index] ^ 0x20] {
          var changed = original
          changed[index] = replacement
          expectAgreement(on: changed, seed)
        }
      }
      for count in original.indices.prefix(160) {
        expectAgreement(on: Array(original[..<count]), seed)
      }
    }
  }

  @Test("agrees with a naive reader on random bytes", arguments: 0..<4 as Range<UInt64>)
  func randomBytes(seed: UInt64) {
    var generator = SplitMix64(state: seed &+ 2000)
    for _ in 0..<3000 {
      let count = Int.random(in: 0...12, using: &generator)
      expectAgreement(
        on: (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }, seed)
    }
  }

  @Test("agrees with a naive reader on every input of two bytes")
  func twoBytes() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max { expectAgreement(on: [first, second], 0) }
    }
  }

  private func expectAgreement(on input: [UInt8], _ seed: UInt64) {
    var decoder = CBORDecoder(input)
    let range = try? decoder.skip()
    let isAgreed = range?.upperBound == NaiveReader.itemByteCount(input)
    if !isAgreed {
      Issue.record("decoder and twin differ on \(hexadecimal(input)), seed \(seed)")
    }
  }
}

/// A value of CBOR's data model, as far as the profile goes.
indirect enum Item: Hashable {
  case integer(Int64)
  case bytes([UInt8])
  case text(String)
  case array([Item])
  case map([UInt64: Item])
  case tag(UInt64, Item)
  case bool(Bool)
  case null

  static func random(depth: Int, using generator: inout SplitMix64) -> Item {
    let count = Int.random(in: 0...6, using: &generator)
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
    case 0, 1:
      let shift = Int64.random(in: 0..<64, using: &generator)
      return .integer(Int64.random(in: .min ... .max, using: &generator) >> shift)
    case 2: return .bytes((0..<count * 9).map { UInt8(truncatingIfNeeded: $0 * count) })
    case 3: return .text(String(repeating: "a\u{fc}\u{6c34}", count: count))
    case 4: return .bool(count > 3)
    case 5: return .null
    case 6: return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
    case 7:
      var pairs: [UInt64: Item] = [:]
      for _ in 0..<count {
        let key = generator.next() >> UInt64.random(in: 0..<64, using: &generator)
        pairs[key] = random(depth: depth - 1, using: &generator)
      }
      return .map(pairs)
    default: return .tag(generator.next() >> 50, random(depth: depth - 1, using: &generator))
    }
  }

  func write(to encoder: inout CBOREncoder) {
    switch self {
    case .integer(let value): encoder.integer(value)
    case .bytes(let value): encoder.byteString(value)
    case .text(let value): encoder.text(value)
    case .array(let items):
      encoder.array(items.count)
      for item in items { item.write(to: &encoder) }
    case .map(let pairs):
      encoder.map(pairs.count)
      for (key, item) in pairs.sorted(by: { $0.key < $1.key }) {
        encoder.unsigned(key)
        item.write(to: &encoder)
      }
    case .tag(let number, let item):
      encoder.tag(number)
      item.write(to: &encoder)
    case .bool(let value): encoder.bool(value)
    case .null: encoder.null()
    }
  }

  /// Reads as a schema would that expects what `shape` has.
  init(from decoder: inout CBORDecoder, shape: Item) throws {
    switch shape {
    case .integer: self = .integer(try decoder.integer())
    case .bytes: self = .bytes(try decoder.byteString(limit: 1 << 16))
    case .text: self = .text(try decoder.text(limit: 1 << 16))
    case .array(let shapes):
      let count = try decoder.array(limit: shapes.count)
      self = .array(try shapes.prefix(count).map { try Item(from: &decoder, shape: $0) })
    case .map(let shapes):
      var map = try decoder.map(limit: shapes.count)
      var pairs: [UInt64: Item] = [:]
      for (key, shape) in shapes.sorted(by: { $0.key < $1.key }) {
        try decoder.require(key, in: &map)
        pairs[key] = try Item(from: &decoder, shape: shape)
      }
      try decoder.end(map)
      self = .map(pairs)
    case .tag(let number, let shape):
      try decoder.tag(number)
      self = .tag(number, try Item(from: &decoder, shape: shape))
    case .bool: self = .bool(try decoder.bool())
    case .null: self = decoder.acceptNull() ? .null : .bool(false)
    }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed everywhere.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
